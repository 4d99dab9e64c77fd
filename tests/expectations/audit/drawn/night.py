"""A small night drawn by hand."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from expectations.audit import Evidence, RawTable
from tests.expectations.audit.drawn import raw
from tests.expectations.audit.drawn.decisions import AS_OF, SCHEMA, drawn_decisions
from tests.expectations.audit.drawn.features import DECLARED
from tests.expectations.audit.drawn.lake import lay_candidates, lay_features_and_scores
from tests.expectations.audit.drawn.limits import limit_rows
from tests.expectations.audit.drawn.models import model_files
from tests.expectations.audit.drawn.reasons import fill_reasons
from tests.expectations.audit.drawn.salts import salt_that_chooses, salt_that_draws
from tests.expectations.audit.drawn.sealing import KEPT, MADE_BY, seal

POLICY = """
limits:    # the use of each: 5, 2, 1, 26 / 5, 2
  - {name: budget,     sum: cost, max: 5}
  - {name: emails,     count: contacts, where: {channel: [email]}, max: 2}
  - {name: gifts,      count: contacts, where: {objective: [loyalty]}, min: 1}
  - {name: return,     ratio: [value, cost], min: 5.2}
  - {name: card wish,  count: contacts, where: {offer: [card]}, min: 3, shortfall_price: 0.5}
holdout: {share: 0.2, per: customer}
"""
VOLUMES = {"nights": 14, "min_nights": 2, "max_factor": 3.0, "min_contacts": 3, "acknowledged": []}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _share(value: Decimal, worth: float) -> float:
    return float(value) / worth if worth else 1.0


def _header(text: str) -> list[str]:
    return text.splitlines()[0].split(",")[1:]


def _nothing(_) -> None:
    """What changes nothing."""


@dataclass
class Night:
    """What a night decided; a fault changes it, or its files, or its manifest, or its sealed folder.

    Attributes:
        must_send: what the night says of must-sends (due, planned, at_most), by `must_send_prices`.
        attributes: customer -> attributes, true ones: the raw table and the lake both have them.
        features, scores: customer -> what the lake has in place of the truth.
        tonight: limit of a period -> the bounds that the manifest says.
        segments: customer -> those that the lake's candidates say it is in, where the policy has segments.
        further_scored: customers with features and scores who should have none.
    """

    root: Path
    decisions: list[dict] = field(default_factory=drawn_decisions)
    policy: dict = field(default_factory=lambda: deepcopy(raw.FORMULAS) | yaml.safe_load(POLICY))
    offers: list[dict] = field(default_factory=lambda: list(csv.DictReader(io.StringIO(raw.OFFERS))))
    customers: str = raw.CUSTOMERS
    consents: str | None = raw.CONSENTS
    transactions: str = raw.TRANSACTIONS
    products: str = raw.PRODUCTS
    contacts: str = raw.CONTACTS
    responses: str = raw.RESPONSES
    time_zone: str = "UTC"
    control_salt: bytes = b"control"
    exploration_salt: bytes = b"exploration"
    salt: bytes | None = salt_that_draws({"dora"}, ["007", "ann", "bob", "cid", "dora", "eve"])
    bound_above_value: Decimal = Decimal(0)
    opted_out: int = 0
    must_send: dict[str, int] | None = None
    must_send_prices: list[dict[str, str]] = field(default_factory=list)
    households: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict] = field(default_factory=dict)
    features: dict[str, dict] = field(default_factory=dict)
    scores: dict[str, dict] = field(default_factory=dict)
    tonight: dict[str, dict] = field(default_factory=dict)
    segments: dict[str, list[str]] = field(default_factory=dict)
    further_scored: list[str] = field(default_factory=list)
    further_candidates: list[dict] = field(default_factory=list)
    models: dict = field(default_factory=lambda: dict(model_files()))
    feature_declarations: bytes = DECLARED
    volumes: dict = field(default_factory=lambda: dict(VOLUMES))
    change_candidates: Callable[[list[dict]], object] = _nothing
    change_features: Callable[[list[dict]], object] = _nothing
    change_proof: Callable[[dict], object] = _nothing
    change_files: Callable[[dict[str, bytes]], object] = _nothing
    change_manifest: Callable[[dict], object] = _nothing
    count_limits: Callable[..., list[dict]] = limit_rows
    change_kept: Callable[[dict[str, list[dict]]], object] = _nothing
    change_sealed: Callable[[Path], object] = _nothing

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

    def answers_have_topics(self, *lines: str) -> None:
        """What was answered so far is about all topics; further lines say theirs."""
        head, *answers = self.consents.splitlines()
        self.consents = "\n".join([f"{head},topic", *(f"{line}," for line in answers), *lines]) + "\n"
        refused = ("email about cross_sell", "email about loyalty", "sms about cross_sell")
        self.of("cid")["reasons"] = [f"consent: no consent for {subject}" for subject in refused]

    def must_be_sent(self, *offers: str, **numbers: int) -> None:
        """These offers must be sent, and the night says so many of them."""
        for offer in self.offers:
            if offer["id"] in offers:
                offer["must_send"] = "true"
        self.must_send = numbers

    def share_a_household(self, customers: str, **left: int | None) -> None:
        """Customers live in one household; candidates say how many contacts the household of each has left."""
        for customer in customers.split():
            home = next(line for line in self.customers.splitlines() if line.startswith(f"{customer},"))
            self.customers = self.customers.replace(home, f"{customer},1")
        self.change_candidates = lambda rows: [row.update(household_capacity=left[row["customer_id"]]) for row in rows]
        self.change_proof = lambda proof: proof.update(max_per_household="household_capacity")

    def limit(self, name: str) -> dict:
        """A limit of the policy."""
        return next(limit for limit in self.policy["limits"] if limit["name"] == name)

    def attributes_of_all(self) -> dict[str, dict]:
        """What the formulas make the drawn money of, unless a test says otherwise of somebody."""
        rows = [*self.decisions, *self.further_candidates]
        return {row["customer_id"]: self._attributes(row["customer_id"]) for row in rows}

    def _attributes(self, customer_id: str) -> dict:
        rows = [row for row in (*self.decisions, *self.further_candidates) if row["customer_id"] == customer_id]
        rows = [row for row in rows if row["offer_id"]]
        facts = dict.fromkeys(raw.BY_OPTION) | dict.fromkeys(("worth", "price"))
        for name, money in (("worth", "value"), ("price", "cost")):
            facts[name] = next((float(row[money]) for row in rows if row[money] is not None), None)
        if facts["worth"] is not None:
            facts |= dict.fromkeys(raw.BY_OPTION, 0.0)
            shares = {row["offer_id"] + "_by_" + row["channel"]: row["value"] for row in rows if row["channel"]}
            facts |= {name: _share(value, facts["worth"]) for name, value in shares.items() if value is not None}
        return {name: facts[name] for name in facts if name in raw.ATTRIBUTES} | self.attributes.get(customer_id, {})

    def evidence(self) -> Evidence:
        """The night, sealed, and everything that the auditor is given."""
        fill_reasons(self)
        self._write_raw()
        folder, candidates = seal(self), lay_candidates(self)
        features, scores = lay_features_and_scores(self)
        return Evidence(
            folder=folder,
            as_of=AS_OF,
            customers=self._raw("customers", "household_id", *raw.ATTRIBUTES),
            attributes=raw.ATTRIBUTES,
            consents=self._raw("consents", *_header(self.consents)) if self.consents else None,
            unknown_consent_is_allowed=False,
            policy=self.policy,
            offers=self.offers,
            channels=raw.CHANNELS,
            max_gap=Decimal("0.0001"),
            candidates_folder=candidates,
            models={name: {"score": name} for name in ("attrition", "liking")},
            model_files=self.models,
            features_folder=features,
            feature_declarations=self.feature_declarations,
            scores_folders=[scores],
            volumes=self.volumes,
            deployment="drawn",
            currency="EUR",
            made_by={name: {value} for name, value in MADE_BY.items()},
            lake={name: self.root / name / f"as_of={AS_OF}" for name in (*KEPT, "bin_counts")},
            transactions=self._raw("transactions", *raw.TRANSACTIONS.splitlines()[0].split(",")[1:]),
            products=self._raw("products", "product_id", "category", key="product_id"),
            time_zone=self.time_zone,
            ledger_copy=self.root / "LEDGER.copy",
            contacts=self._raw("contacts", "offer_id", "channel", "contacted_at", "arm"),
            responses=self._raw("responses", "offer_id", "outcome", "responded_at"),
            holdout_salt=self.salt,
            control_salt=self.control_salt,
            exploration_salt=self.exploration_salt,
        )

    def sent_on(self, day: str, *decisions: dict, commit: int = 1, holdout: str | None = None) -> Path:
        """A committed set of another date, entered in the ledger; returns its folder."""
        folder = self.root / day / f"set-{commit}"
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(list(decisions), SCHEMA), folder / "decisions.parquet")
        (folder / "SHA256SUMS").write_text(f"{_sha256(folder / 'decisions.parquet')}  decisions.parquet\n")
        mark = folder.parent / f"COMMIT.{commit}"
        content = {"set": folder.name, "sha256": _sha256(folder / "SHA256SUMS"), "holdout": holdout}
        mark.write_text(json.dumps(content))
        self.enter(commit=f"{day}/{mark.name}", sha256=_sha256(mark))
        return folder

    def enter(self, **facts: str) -> None:
        """A line of the ledger."""
        path = self.root / "LEDGER"
        lines = path.read_bytes().splitlines() if path.exists() else []
        after = hashlib.sha256(lines[-1]).hexdigest() if lines else ""
        path.write_bytes(b"".join(line + b"\n" for line in [*lines, json.dumps(facts | {"after": after}).encode()]))

    def _write_raw(self) -> None:
        head, *rows = self.contacts.splitlines()
        whole = [row if row.count(",") == head.count(",") else f"{row},treatment" for row in rows]
        texts = {
            "customers": raw.with_attributes(self.customers, self.attributes_of_all()),
            "consents": self.consents or "",
            "contacts": "\n".join([head, *whole]) + "\n",
        }
        texts |= {name: getattr(self, name) for name in ("responses", "transactions", "products")}
        for name, text in texts.items():
            (self.root / f"{name}.csv").write_text(text)

    def _raw(self, name: str, *columns: str, key: str = "customer_id") -> RawTable:
        path, kinds = str(self.root / f"{name}.csv"), dict.fromkeys(raw.ATTRIBUTES, "number")
        is_lenient = name in ("transactions", "responses")
        columns_there = {item: item for item in (key, *columns)}
        return RawTable(path, "csv", columns_there, {}, kinds=kinds, skips_bad_lines=is_lenient)
