"""A small night drawn by hand and sealed as publication seals it, with none of publication's code."""

import csv
import hashlib
import hmac
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from pandas.util import hash_array

from optimization.audit import Evidence, RawTable

AS_OF = date(2024, 7, 1)
MONEY = ("value", "cost", "net_value")
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "status", "offer_id", "channel")]
    + [(name, pa.decimal128(18, 6)) for name in MONEY]
    + [("probability", pa.float64()), ("chosen_by", pa.string()), ("reasons", pa.list_(pa.string()))]
)
SENT = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "offer_id", "channel", "offer_name")]
    + [("valid_until", pa.date32())]
)
KEYS = ("customer_id", "offer_id", "channel", "value", "cost")
CANDIDATE = pa.schema(
    [(name, pa.int64() if name in MONEY else pa.string()) for name in (*KEYS, "objective", "category", "household_id")]
)
CUSTOMERS = "customer_id,household_id\n007,7\nann,1\nbob,2\ncid,\ndora,\neve,1\n"
CONSENTS = """customer_id,channel,is_allowed,updated_at
007,email,true,2024-01-01
ann,*,true,2024-01-01
bob,sms,false,2024-01-01
bob,sms,true,2024-02-01
eve,*,false,2024-01-01
"""
DECISIONS = """
    007  | offered      | gift | email |  5 | 1   # net  4
    ann  | offered      | card | email | 12 | 2   # net 10
    bob  | offered      | card | sms   |  9 | 2   # net  7: altogether 21, less half a dollar for the card that misses
    cid  | not_selected |      |       |    |
    dora | holdout      |      |       |    |
    eve  | objector     |      |       |    |
"""
OFFERS = """id,name,objective,valid_from,valid_to,channels,margin,incentive_cost
card,Golden card,cross_sell,2024-01-01,2024-12-31,email sms,20,1
gift,A small gift,loyalty,2024-07-01,2024-07-01,email,0,1
"""
POLICY = """
value: {cross_sell: worth, loyalty: worth}
cost: {cross_sell: price, loyalty: price}
limits:    # the use of each: 5, 2, 1, 26 / 5, 2
  - {name: budget,     sum: cost, max: 5}
  - {name: emails,     count: contacts, where: {channel: [email]}, max: 2}
  - {name: gifts,      count: contacts, where: {objective: [loyalty]}, min: 1}
  - {name: return,     ratio: [value, cost], min: 5.2}
  - {name: card wish,  count: contacts, where: {offer: [card]}, min: 3, shortfall_price: 0.5}
holdout: {share: 0.2, per: customer}
"""


def drawn_by(salt: bytes, units: list[str]) -> set[str]:
    """A fifth of the units, as the holdout's definition says."""
    fifth = 2**64 // 5
    return {one for one in units if int(hmac.new(salt, one.encode(), hashlib.sha256).hexdigest()[:16], 16) < fifth}


def salt_that_draws(wanted: set[str], units: list[str]) -> bytes:
    """The first of salt-0, salt-1, … whose fifth is exactly the units wanted."""
    return next(salt for number in range(10**6) if drawn_by(salt := b"salt-%d" % number, units) == wanted)


def decision(*cells: str | None) -> dict:
    """One row with its net value and a reason: customer_id, status, offer_id, channel, value, cost."""
    customer_id, status, offer_id, channel, *amounts = cells
    value, cost = (Decimal(amount) if amount else None for amount in amounts)
    net = value - cost if value is not None else None
    names = ("customer_id", "status", "offer_id", "channel", *MONEY, "probability", "chosen_by", "reasons")
    chance = (1.0, "plan") if offer_id else (None, None)
    return dict(zip(names, (customer_id, status, offer_id, channel, value, cost, net, *chance, [status]), strict=True))


def drawn_decisions() -> list[dict]:
    lines = [line.split("#")[0] for line in DECISIONS.strip().splitlines()]
    return [decision(*(cell.strip() or None for cell in line.split("|"))) for line in lines]


def salt_that_chooses(purpose: str, wanted: dict[str, bool]) -> bytes:
    """The first of salt-0, salt-1, … by which half of all ids are drawn as wanted: SipHash keyed by the purpose."""
    ids = np.array(list(wanted), dtype=object)
    for number in range(10**6):
        key = hmac.new(salt := b"salt-%d" % number, purpose.encode(), hashlib.sha256).hexdigest()[:16]
        if [one < 2**63 for one in hash_array(ids, hash_key=key, categorize=False)] == list(wanted.values()):
            return salt
    raise LookupError(purpose)


@dataclass
class Night:
    """What a night decided; a fault changes it, or its files, or its manifest, or its sealed folder."""

    root: Path
    decisions: list[dict] = field(default_factory=drawn_decisions)
    policy: dict = field(default_factory=lambda: yaml.safe_load(POLICY))
    offers: list[dict] = field(default_factory=lambda: list(csv.DictReader(io.StringIO(OFFERS))))
    customers: str = CUSTOMERS
    consents: str | None = CONSENTS
    contacts: str = "customer_id,offer_id,channel,contacted_at,arm\n"
    responses: str = "customer_id,offer_id,outcome,responded_at\n"
    time_zone: str = "UTC"
    control_salt: bytes = b"control"
    exploration_salt: bytes = b"exploration"
    salt: bytes | None = salt_that_draws({"dora"}, ["007", "ann", "bob", "cid", "dora", "eve"])
    bound_above_value: Decimal = Decimal(0)
    opted_out: int = 0
    households: dict[str, str] = field(default_factory=dict)
    features: dict[str, dict] = field(default_factory=dict)
    further_candidates: list[dict] = field(default_factory=list)
    change_proof: Callable[[dict], object] = lambda proof: None
    change_files: Callable[[dict[str, bytes]], object] = lambda files: None
    change_manifest: Callable[[dict], object] = lambda manifest: None
    change_sealed: Callable[[Path], object] = lambda folder: None

    def of(self, customer_id: str) -> dict:
        """The decision about a customer."""
        return next(row for row in self.decisions if row["customer_id"] == customer_id)

    def half_of_the_card_is_control(self, **wanted: bool) -> None:
        """Half of all customers are the card's control arm, these as wanted."""
        self.policy["control"] = {"share": 0.5, "offers": {"id": ["card"]}}
        self.control_salt = salt_that_chooses("control arm of card", wanted)

    def half_explore(self, **wanted: bool) -> None:
        """Half of all customers explore tonight, these as wanted."""
        self.policy["exploration"] = {"share": 0.5}
        self.exploration_salt = salt_that_chooses(f"explores on {AS_OF}", wanted)

    def limit(self, name: str) -> dict:
        """A limit of the policy."""
        return next(limit for limit in self.policy["limits"] if limit["name"] == name)

    def evidence(self) -> Evidence:
        """The night, sealed, and everything that the auditor is given."""
        (self.root / "customers.csv").write_text(self.customers)
        (self.root / "consents.csv").write_text(self.consents or "")
        head, *rows = self.contacts.splitlines()
        whole = [row if row.count(",") == head.count(",") else f"{row},treatment" for row in rows]
        (self.root / "contacts.csv").write_text("\n".join([head, *whole]) + "\n")
        (self.root / "responses.csv").write_text(self.responses)
        consents = self._raw("consents", "channel", "is_allowed", "updated_at") if self.consents else None
        return Evidence(
            folder=self._seal(),
            as_of=AS_OF,
            customers=self._raw("customers", "household_id"),
            consents=consents,
            unknown_consent_is_allowed=False,
            policy=self.policy,
            offers=self.offers,
            channels=[{"id": "email", "unit_cost": "0.1"}, {"id": "sms", "unit_cost": "0.2"}],
            max_gap=Decimal("0.0001"),
            candidates_folder=self._lay_candidates(),
            models={"attrition": {"score": "attrition"}},
            scored_folders=[self._lay_features()],
            time_zone=self.time_zone,
            contacts=self._raw("contacts", "offer_id", "channel", "contacted_at", "arm"),
            responses=self._raw("responses", "offer_id", "outcome", "responded_at"),
            holdout_salt=self.salt,
            control_salt=self.control_salt,
            exploration_salt=self.exploration_salt,
        )

    def sent_on(self, day: str, *decisions: dict, commit: int = 1) -> None:
        """A committed set of an earlier date."""
        folder = self.root / day / f"set-{commit}"
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(list(decisions), SCHEMA), folder / "decisions.parquet")
        (folder.parent / f"COMMIT.{commit}").write_text(json.dumps({"set": folder.name}))

    def _lay_candidates(self) -> Path:
        """What was offered, and what a test adds: amounts in millionths."""
        offered = [
            row for row in self.decisions if row["status"] == "offered" and None not in (row["value"], row["cost"])
        ]
        rows = [{name: row[name] for name in KEYS} for row in [*offered, *self.further_candidates]]
        for row in rows:
            offer = next((one for one in self.offers if one["id"] == row["offer_id"]), {})
            row |= {name: offer.get(name) for name in ("objective", "category")}
            row["household_id"] = self.households.get(row["customer_id"])
            row |= {name: int(Decimal(row[name]).scaleb(6)) for name in ("value", "cost")}
        folder = self.root / "candidates"
        folder.mkdir()
        pq.write_table(pa.Table.from_pylist(rows, CANDIDATE), folder / "part-0.parquet")
        return folder

    def _lay_features(self) -> Path:
        """What the formulas make the drawn money of, unless a test says otherwise of somebody."""
        rows = [
            {"customer_id": row["customer_id"], "attrition": 0.25}
            | {
                name: None if row[of] is None else float(row[of])
                for name, of in (("worth", "value"), ("price", "cost"))
            }
            | self.features.get(row["customer_id"], {})
            for row in {row["customer_id"]: row for row in self.decisions}.values()
        ]
        folder = self.root / "features"
        folder.mkdir()
        types = [("customer_id", pa.string()), *((name, pa.float64()) for name in ("attrition", "worth", "price"))]
        pq.write_table(pa.Table.from_pylist(rows, pa.schema(types)), folder / "part-0.parquet")
        return folder

    def _proof(self) -> dict:
        """The wish for more cards is worth its own price, which gives each card half a dollar; nothing else binds."""
        wishes = [limit for limit in self.policy.get("limits", ()) if limit.get("shortfall_price")]
        prices = [
            {"limit": wish["name"], "bound": "min", "price": str(Decimal(str(wish["shortfall_price"])) * 10**6)}
            for wish in wishes
        ]
        return {"max_per_household": None, "prices": prices, "tree": [], "explored": [], "control": []}

    def _raw(self, name: str, *columns: str) -> RawTable:
        return RawTable(str(self.root / f"{name}.csv"), "csv", {one: one for one in ("customer_id", *columns)}, {})

    def _seal(self) -> Path:
        files = {"report.html": b"<p>A night.</p>", "limits.csv": b"name,use\r\nbudget,5.0\r\nslack,-1.0\r\n"}
        tables = {"decisions.parquet": pa.Table.from_pylist(self.decisions, SCHEMA)}
        for channel in ("email", "sms"):
            tables[f"{channel}.parquet"] = pa.Table.from_pylist(self._sent(channel), SENT)
            files[f"{channel}.csv"] = _csv(tables[f"{channel}.parquet"])
        files |= {name: _parquet(table) for name, table in tables.items()}
        proof = self._proof()
        self.change_proof(proof)
        files["proof.json"] = json.dumps(proof).encode()
        self.change_files(files)
        manifest = self._manifest(files, tables)
        self.change_manifest(manifest)
        files["manifest.json"] = json.dumps(manifest).encode()
        sums = "".join(f"{_sha256(content)}  {name}\n" for name, content in sorted(files.items())).encode()
        folder = self.root / AS_OF.isoformat() / f"set-{_sha256(sums)[:16]}"
        folder.mkdir(parents=True)
        for name, content in {**files, "SHA256SUMS": sums, "audit.json": b"{}"}.items():
            (folder / name).write_bytes(content)
        self.change_sealed(folder)
        return folder

    def _sent(self, channel: str) -> list[dict]:
        offers = {offer["id"]: offer for offer in self.offers}
        rows = [row for row in self.decisions if row["status"] == "offered" and row["channel"] == channel]
        facts = [(row, offers.get(row["offer_id"])) for row in sorted(rows, key=lambda row: row["customer_id"])]
        return [
            {name: row[name] for name in ("customer_id", "offer_id", "channel")}
            | {"offer_name": offer and offer["name"]}
            | {"valid_until": offer and date.fromisoformat(offer["valid_to"])}
            for row, offer in facts
        ]

    def _manifest(self, files: dict[str, bytes], tables: dict[str, pa.Table]) -> dict:
        facts = {name: {"sha256": _sha256(content)} for name, content in files.items()}
        for name, table in tables.items():
            facts[name]["rows"] = table.num_rows
        sent = [row for row in self.decisions if row["status"] == "offered"]
        sums = {name: sum((row[name] or Decimal(0) for row in sent), Decimal(0)) for name in MONEY}
        facts["decisions.parquet"]["sums"] = {name: str(amount) for name, amount in sums.items()}
        value = sums["net_value"] - Decimal("0.5") * (3 - sum(row["offer_id"] == "card" for row in sent))
        plan = {"value": str(value), "bound": str(value + self.bound_above_value), "opted_out": self.opted_out}
        statuses = dict(Counter(row["status"] for row in self.decisions))
        return {"as_of": AS_OF.isoformat(), "statuses": statuses, "plan": plan, "files": facts}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _csv(table: pa.Table) -> bytes:
    rows = [["" if one is None else str(one) for one in row.values()] for row in table.to_pylist()]
    safe = [[f"'{cell}" if cell.startswith("=") else cell for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([table.column_names, *safe])
    return text.getvalue().encode()


@pytest.fixture
def night(tmp_path) -> Night:
    return Night(tmp_path)


@pytest.fixture
def new_decision():
    return decision


@pytest.fixture
def salt_for():
    return salt_that_draws
