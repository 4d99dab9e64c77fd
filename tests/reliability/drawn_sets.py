"""Nights of chance that keep everything: every seed another one, sealed as publication seals."""

import csv
import io
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
from pandas.util import hash_array

from tests.expectations.audit.drawn import raw
from tests.expectations.audit.drawn.decisions import AS_OF, decision
from tests.expectations.audit.drawn.night import Night
from tests.expectations.audit.drawn.salts import drawn_by, key_of

SALT = b"a salt of the tests"
CHANNELS_OF = {"card": ("email", "sms"), "gift": ("email",), "loan": ("sms", "email")}
NOT_SENT = ("no_value", "unknown", "ineligible", "capped", "no_consent")
"""Why somebody is not sent anything; of `unknown` value nothing is worth anything."""
NIGHTS_BEFORE = range(20, 17, -1)


def drawn_set(seed: int, root: Path) -> Night:
    """A night of some twenty customers with offers, rules, caps, arms, a history of nights and of purchases."""
    draw = Random(seed)
    night = Night(root, policy={}, salt=SALT, control_salt=SALT)
    night.offers = list(
        csv.DictReader(io.StringIO(raw.OFFERS + "loan,A loan,up_sell,2024-01-01,2024-12-31,sms email,9,2\n"))
    )
    customers = [f"{draw.choice('abcdef')}{number:03}" for number in range(draw.randrange(16, 28))]
    objectors = set(draw.sample(customers, 2))
    night.decisions = [_decided(customer, number, objectors, draw) for number, customer in enumerate(customers)]
    night.customers = "customer_id,household_id\n" + "".join(
        _home(customer, number) for number, customer in enumerate(customers)
    )
    night.households = {
        customer: f"home {number // 2}" if number < 4 else customer for number, customer in enumerate(customers)
    }
    _explain(night, draw)
    night.consents = _consents(night, objectors, draw)
    night.transactions = _transactions(customers, draw)
    night.contacts += "".join(f"{customer},old,letter,{_day(draw, 8, 300)}\n" for customer in draw.sample(customers, 5))
    _add_nights_before(night)
    night.policy = _policy(night)
    night.change_proof = lambda proof: proof.update(max_per_household=1)
    return night


def _decided(customer: str, number: int, objectors: set[str], draw: Random) -> dict:
    """The first four live in two homes, of which only one may be sent something."""
    if customer in objectors:
        return decision(customer, "objector", *[None] * 4)
    if drawn_by(SALT, [customer]):
        return decision(customer, "holdout", *[None] * 4)
    if number in (1, 3) or (number > 9 and draw.random() < 0.5):
        return decision(customer, draw.choice(NOT_SENT) if number > 3 else "not_selected", *[None] * 4)
    offers = [offer for offer in CHANNELS_OF if offer != "card" or not _is_in_arm(customer)]
    offer = "gift" if number in (4, 5) else draw.choice(offers)
    value, cost = Decimal(draw.randrange(5_000_000, 30_000_000)).scaleb(-6), draw.choice(["1", "1.25", "2.000001"])
    return decision(customer, "offered", offer, draw.choice(CHANNELS_OF[offer]), str(value), cost)


def _explain(night: Night, draw: Random) -> None:
    """Make true why the others are not sent anything; of a home, the other member is worth more."""
    for number, row in enumerate(night.decisions):
        customer, why = row["customer_id"], row["status"]
        if why == "not_selected" and night.decisions[number - 1]["status"] != "offered":
            why = "no_value"
        if why in ("not_selected", "no_value"):
            worth = "1.5" if why == "not_selected" else "0.75"
            night.further_candidates.append(decision(customer, "offered", "gift", "email", worth, "1"))
        if why == "ineligible":
            night.attributes[customer] = {"barred": 1.0}
        if why == "capped":
            night.contacts += f"{customer},old,letter,{_day(draw, 1, 7)}\n"
        reasons = {"ineligible": ["rules: not barred"], "capped": ["contact_policy: weekly"]}
        status = "no_value" if why == "unknown" else why
        row.update(status=status, reasons=reasons.get(status, [status]))


def _is_in_arm(customer: str) -> bool:
    """A tenth of all customers is the card's control arm."""
    (number,) = hash_array(
        np.array([customer], dtype=object), hash_key=key_of(SALT, "control arm of card"), categorize=False
    )
    return number < 2**64 // 10


def _home(customer: str, number: int) -> str:
    return f"{customer},home {number // 2}\n" if number < 4 else f"{customer},\n"


def _consents(night: Night, objectors: set[str], draw: Random) -> str:
    lines = ["customer_id,channel,is_allowed,updated_at"]
    for row in night.decisions:
        customer = row["customer_id"]
        if row["status"] == "no_consent":
            continue
        if customer in objectors:
            lines.append(f"{customer},*,false,{_day(draw, 1, 99)}")
        else:
            lines += [f"{customer},{draw.choice(['*', row['channel'] or '*'])},true,{_day(draw, 1, 99)}"]
    return "\n".join([lines[0], *draw.sample(lines[1:], len(lines) - 1)]) + "\n"


def _transactions(customers: list[str], draw: Random) -> str:
    """Everybody has bought once in the last days, most more often; some of it is given back."""
    lines = [raw.TRANSACTIONS.splitlines()[0]]
    for customer in customers:
        for number in range(draw.randrange(1, 7)):
            product, back = draw.choice(["shoe", "hat", "bread", "nothing"]), number and draw.random() < 0.2
            amount = Decimal(draw.randrange(1, 90_000_000)).scaleb(-6) * (-1 if back else 1)
            day = _day(draw, 1, 200 if number == 0 else 500)
            lines.append(f"{customer},{customer}-{draw.randrange(3)},{day},{product},{-1 if back else 1},{amount}")
    return "\n".join(lines) + "\n"


def _day(draw: Random, nearest: int, farthest: int) -> str:
    return (AS_OF - timedelta(days=draw.randrange(nearest, farthest))).isoformat()


def _add_nights_before(night: Night) -> None:
    """Three nights that sent what this night sends, to other customers."""
    sent = [row for row in night.decisions if row["status"] == "offered"]
    for ago in NIGHTS_BEFORE:
        rows = [dict(row, customer_id=f"x{ago}-{number}") for number, row in enumerate(sent)]
        night.sent_on((AS_OF - timedelta(days=ago)).isoformat(), *rows)


def _policy(night: Night) -> dict:
    """Limits that are just kept, and rules that everybody passes."""
    sent = [row for row in night.decisions if row["status"] == "offered"]
    value, cost = (sum(row[name] for row in sent) for name in ("value", "cost"))
    emails, gifts = (
        sum(row[name] == value for row in sent) for name, value in (("channel", "email"), ("offer_id", "gift"))
    )
    return {
        **deepcopy(raw.FORMULAS),
        "rules": [
            {"name": "stays", "only_when": "attrition is not null and attrition < 0.7"},
            {"name": "not barred", "only_when": "barred is null"},
        ],
        "contact_policy": [
            {"name": "weekly", "max_contacts": 1, "days": 7},
            {"name": "home", "max_contacts": 1, "days": 1, "per": "household"},
        ],
        "combinations": [{"name": "either", "never_together": ["card", "other"]}],
        "limits": [
            {"name": "budget", "sum": "cost", "max": str(cost)},
            {"name": "emails", "count": "contacts", "where": {"channel": ["email"]}, "max": emails},
            {"name": "gifts", "count": "contacts", "where": {"offer": ["gift"]}, "min": gifts},
            {"name": "return", "ratio": ["value", "cost"], "min": str(int(value / cost))},
        ],
        "holdout": {"share": 0.2, "per": "customer"},
        "control": {"share": 0.1, "offers": {"id": ["card"]}},
    }
