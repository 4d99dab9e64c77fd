"""Nights run in no order, recounted from raw inputs and published files alone: plain pandas, nothing of ours.

Two nights of the small company, the later one first; by `make test-full` also a week of the demo, one night of which is
superseded when all others are published.
"""

import hmac
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
import yaml

import conf
from tests.nights.recount import DAY, breaches, holds_on
from tests.workplace import SALT, Workplace

DEMO = Path(conf.__path__[0]) / "demo"


@dataclass(frozen=True)
class Shop:
    """A deployment that is replayed, and what the recount must know of it."""

    workplace: Workplace
    conf: Path
    days: pd.DatetimeIndex
    order: tuple[int, ...]
    """In which the nights are run; one that comes a second time is superseded."""
    customer: str
    """The column of a customer's id in raw tables."""
    cap: tuple[str, int, int]
    """A rule of the contact policy that our own nights use up, its contacts and its days."""
    broken_by_a_repeat: frozenset[str]
    offer: str
    change: str
    """A setting that takes the offer from everybody, and the block by which an explanation says so."""
    block: dict[str, str]
    more: tuple[str, ...] = ()
    has_attributes: bool = False

    @cached_property
    def policy(self):
        policy, offers = yaml.safe_load((self.conf / "policy.yaml").read_text()), pd.read_csv(self.conf / "offers.csv")
        exempt = list(offers.id[offers.exempt.eq(True)]) if "exempt" in offers else []
        for rule in policy["contact_policy"]:
            rule["except"] = [*rule.get("except", ()), *exempt]
            if isinstance(rule.get("max_contacts"), dict):
                wished = self.raw("customers", id="customer_id").set_index("customer_id")[
                    rule["max_contacts"]["attribute"]
                ]
                rule["max_contacts"] = wished.astype(float).fillna(rule["max_contacts"]["otherwise"])
        return policy

    @cached_property
    def objectives(self):
        return pd.read_csv(self.conf / "offers.csv").set_index("id").objective

    @cached_property
    def segments(self):
        """Name -> customers, by the raw attributes."""
        if not self.has_attributes:
            return {}
        people = self.raw("customers", id="customer_id")
        return {
            "retired": set(people.customer_id[people.job == "retired"]),
            "wealthy": set(people.customer_id[people.balance.astype(int) >= 5000]),
        }

    def with_facts(self, rows):
        """Decisions with what the policy's limits count; a retired customer is in the segment of that name."""
        rows = rows.join(self.objectives, on="offer_id")
        if not self.has_attributes:
            return rows
        jobs = self.raw("customers", id="customer_id").set_index("customer_id").job
        return rows.join(jobs, on="customer_id").assign(minutes=Decimal("7.5"), segment=lambda frame: frame.job)

    @property
    def settings(self):
        """A lake and an output of the replay's own; the models are those of the night before."""
        folders = (f"deployment.{name}=work/replay/{name}" for name in ("lake", "output"))
        return [word for change in (*folders, *self.more) for word in ("--set", change)]

    def on(self, day):
        return ["--conf", str(self.conf), "--as-of", f"{day:%F}", *self.settings]

    def raw(self, name, **columns):
        """A source as it was given, its columns called by our names."""
        if self.conf == DEMO:
            frame = pd.read_parquet(self.workplace.folder / "work/demo/sources" / f"{name}.parquet")
        else:
            frame = pd.read_csv(self.workplace.folder / "data" / f"{name}.csv", dtype=str)
        frame = frame.rename(columns=columns | {self.customer: "customer_id"}).astype({"customer_id": str})
        return frame.assign(day=pd.to_datetime(frame.day)) if "day" in frame else frame


def company_shop(company):
    """The small company, with five objectors among its customers."""
    consents = pd.read_csv(company.folder / "data/consents.csv", dtype=str)
    objections = consents.head(5).assign(channel="*", allowed="false")
    pd.concat([consents, objections]).to_csv(company.folder / "data/objections.csv", index=False)
    return Shop(
        company,
        conf=company.folder / "conf",
        days=pd.date_range("2025-03-02", periods=2),
        order=(1, 0),
        customer="customer",
        cap=("monthly", 1, 30),
        broken_by_a_repeat=frozenset({"monthly"}),
        offer="deposit",
        change="policy.contact_policy.monthly.max_contacts=0",
        block={"stage": "contact_policy", "reason": "monthly"},
        more=("sources.consents.path=data/objections.csv",),
        has_attributes=True,
    )


def demo_shop(demo):
    """The demo: a week of nights."""
    return Shop(
        demo,
        conf=DEMO,
        days=pd.date_range("2017-11-06", periods=7),
        order=(3, 0, 5, 6, 1, 4, 2, 0),
        customer="household_id",
        cap=("weekly", 2, 7),
        broken_by_a_repeat=frozenset({"no nagging", "one a household"}),
        offer="points_day",
        change="policy.rules.points are for regulars.only_when=baskets_90d >= 1000",
        block={"stage": "rules", "reason": "points are for regulars"},
    )


SLOW, FULL = pytest.mark.slow, pytest.mark.full


@pytest.fixture(scope="module", params=[pytest.param("company", marks=SLOW), pytest.param("demo", marks=FULL)])
def shop(request):
    workplace = request.getfixturevalue(request.param)
    return demo_shop(workplace) if request.param == "demo" else company_shop(workplace)


@pytest.fixture(scope="module")
def nights(shop):
    """Date -> the committed set of its night."""
    for place, number in enumerate(shop.order):
        words = ["--supersede"] if number in shop.order[:place] else []
        shop.workplace.must("run", *shop.on(shop.days[number]), *words)
    span = ["--from", f"{shop.days[0]:%F}", "--to", f"{shop.days[-1]:%F}"]
    rows = json.loads(shop.workplace.must("replay", "--conf", str(shop.conf), *span, "--json", *shop.settings))
    assert [(row["date"], row["outcome"]) for row in rows] == [(f"{day:%F}", "verified") for day in shop.days]
    output = shop.workplace.folder / "work/replay/output"
    newest = {day: max((output / f"{day:%F}").glob("COMMIT.*")) for day in shop.days}
    return {day: commit.parent / json.loads(commit.read_text())["set"] for day, commit in newest.items()}


@pytest.fixture(scope="module")
def decisions(nights):
    return {day: pd.read_parquet(folder / "decisions.parquet") for day, folder in nights.items()}


@pytest.fixture(scope="module")
def sent(shop, nights):
    """What the channels' files of all nights say is sent."""
    rows = [
        pd.read_csv(path, dtype=str).assign(day=day)
        for day, folder in nights.items()
        for path in (folder / f"{channel}.csv" for channel in pd.read_csv(shop.conf / "channels.csv").id)
    ]
    return pd.concat(rows).join(shop.objectives, on="offer_id")[
        ["customer_id", "offer_id", "channel", "day", "objective"]
    ]


@pytest.fixture(scope="module")
def of_others(shop, sent):
    """The contacts of other systems; those of the demo are letters."""
    rows = shop.raw("contacts", start_date="day", date="day", campaign_id="offer_id", campaign="offer_id")
    rows = rows if "channel" in rows else rows.assign(channel="direct_mail")
    return rows.assign(objective=None)[sent.columns].astype({"offer_id": str})


@pytest.fixture(scope="module")
def earlier(of_others, sent):
    """Every contact there ever was: of other systems, and of all nights."""
    return pd.concat([of_others, sent])


@pytest.fixture(scope="module")
def answers(shop):
    return shop.raw("responses", redemption_date="day", date="day").assign(outcome="redeemed")


@pytest.fixture(scope="module")
def customers_and_objectors(shop):
    """Everybody, and who of them refused all contact."""
    consents = shop.raw("objections" if shop.more else "consents", allowed="is_allowed")
    refused = ~consents.is_allowed.isin([True, "true"])
    return shop.raw("customers", id="customer_id").customer_id, set(
        consents.customer_id[(consents.channel == "*") & refused]
    )


def test_no_night_breaks_the_contact_policy(shop, earlier, answers, sent):
    assert set(sent.day) == set(shop.days)
    for _day, night in sent.groupby("day"):
        assert night.customer_id.is_unique
        assert breaches(shop.policy, earlier, answers, night, shop.segments) == {}


def test_a_night_that_is_sent_twice_would_be_seen(shop, earlier, answers, sent):
    first, second = (sent[sent.day == day] for day in shop.days[:2])
    again = pd.concat([second, first.assign(day=shop.days[1])])
    assert set(breaches(shop.policy, earlier, answers, again, shop.segments)) >= shop.broken_by_a_repeat


def test_the_contact_policy_binds_because_of_our_own_nights(shop, of_others, decisions, sent):
    rule, contacts_allowed, days = shop.cap
    first, last = (decisions[shop.days[shop.order[place]]].set_index("customer_id") for place in (0, -1))
    recent = set(of_others.customer_id[of_others.day > shop.days[shop.order[-1]] - days * DAY])
    used_up = sent.groupby("customer_id").size().loc[lambda sizes: sizes == contacts_allowed].index
    is_full = [rows.reasons.map(lambda reasons: f"contact_policy: {rule}" in reasons) for rows in (first, last)]
    capped = last.loc[used_up.difference(recent)].index[is_full[1][used_up.difference(recent)]]
    assert len(capped)
    assert not is_full[0][capped].all()
    assert not (last.status[capped] == "offered").any()


def test_nobody_is_contacted_who_objected_or_is_held_out(shop, customers_and_objectors, decisions, sent):
    customers, objectors = customers_and_objectors
    share = int(shop.policy["holdout"]["share"] * 2**64)
    drawn = {
        customer
        for customer in customers
        if int.from_bytes(hmac.new(SALT.encode(), customer.encode(), sha256).digest()[:8], "big") < share
    }
    assert objectors
    assert not (objectors | drawn) & set(sent.customer_id)
    for rows in decisions.values():
        assert set(rows.customer_id[rows.status == "holdout"]) == drawn - objectors
        assert set(rows.customer_id[rows.status == "objector"]) == objectors


def test_every_limit_holds_in_every_night(shop, decisions):
    for day, rows in decisions.items():
        offered = shop.with_facts(rows[rows.status == "offered"])
        for limit in (limit for limit in shop.policy["limits"] if holds_on(limit, day)):
            counted = offered
            for column, values in (limit.get("where") or {}).items():
                counted = counted[counted[{"offer": "offer_id"}.get(column, column)].isin(values)]
            above, below = Decimal(len(counted)), Decimal(1)
            if "share_of" in limit:
                assert len(counted) >= Decimal(limit["min"].rstrip("%")) / 100 * len(offered)
                continue
            if "sum" in limit:
                above = counted[limit["sum"]].sum()
            elif "ratio" in limit:
                above, below = (counted[column].sum() for column in limit["ratio"])
            if "max" in limit:
                assert above <= Decimal(str(limit["max"])) * below, (day, limit["name"])
            if "min" in limit and "shortfall_price" not in limit:
                assert above >= Decimal(str(limit["min"])) * below, (day, limit["name"])


def test_a_limit_of_a_month_holds_over_its_nights(shop, decisions):
    for limit in (limit for limit in shop.policy["limits"] if limit.get("per") == "month"):
        sent = [(day, len(rows[rows.status == "offered"])) for day, rows in decisions.items()]
        months = {day.month for day, _ in sent}
        assert all(sum(count for day, count in sent if day.month == month) <= limit["max"] for month in months)
        assert sum(count for _, count in sent) == limit["max"]  # and the second night takes what the first one left


def test_every_customer_has_one_decision_every_night(customers_and_objectors, decisions):
    customers, _ = customers_and_objectors
    assert all(sorted(rows.customer_id) == sorted(customers) for rows in decisions.values())


def test_a_changed_rule_shows_in_the_explanation(shop, nights):
    first = shop.days[0]
    candidates = pd.read_parquet(shop.workplace.folder / f"work/replay/lake/candidates/as_of={first:%F}")
    customer, channel = candidates[candidates.offer_id == shop.offer].iloc[0][["customer_id", "channel"]]

    def blocks():
        options = json.loads(shop.workplace.must("explain", customer, *shop.on(first), "--json"))["options"]
        (same,) = (option for option in options if (option["offer_id"], option["channel"]) == (shop.offer, channel))
        return same.get("blocks")

    assert blocks() is None
    shop.workplace.must("build_candidates", *shop.on(first), "--set", shop.change)
    assert blocks() == [shop.block]
