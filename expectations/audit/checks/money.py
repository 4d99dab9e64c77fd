"""Limits, offers and the gap, recounted in exact integers from the published rows."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from math import ceil

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.micros import MICROS, to_micros
from expectations.audit.periods import limits_of_the_night
from expectations.audit.recount import limits_counted, total

MONEY = ("value", "cost", "net_value")


def every_limit_holds(evidence: Evidence) -> Iterator[Breach]:
    """Use, recounted over the offered rows, lies between min and max.

    A soft minimum may be missed; so may any minimum when opt-outs came after planning.

    Reads: decisions, policy, offers.csv.
    """
    may_fall_short = evidence.manifest["plan"]["opted_out"] > 0
    for limit in limits_counted(evidence, limits_of_the_night(evidence)):
        if limit.missing and limit.price is None and not may_fall_short:
            yield Breach("limits", f"{limit.name}: below its min of {float(limit.low or 0):g}", 1)
        if limit.excess:
            yield Breach("limits", f"{limit.name}: above its max of {float(limit.high or 0):g}", 1)


def offers_are_valid_on_the_date(evidence: Evidence) -> Iterator[Breach]:
    """Every offer made is one of offers.csv, valid on the date, through one of its channels.

    Reads: decisions, offers.csv.
    """
    bad = 0
    for row in evidence.offered:
        offer = evidence.offer_of.get(row["offer_id"])
        bad += offer is None or not (
            date.fromisoformat(str(offer["valid_from"])) <= evidence.as_of <= date.fromisoformat(str(offer["valid_to"]))
            and row["channel"] in str(offer["channels"]).split()
        )
    if bad:
        yield Breach("offers", "decisions with an offer that is unknown, out of its dates, or in a wrong channel", bad)


def net_value_is_value_less_cost(evidence: Evidence) -> Iterator[Breach]:
    """In every complete row net value is value less cost, to the millionth; a cost is never negative.

    Reads: decisions.
    """
    amounts = ([row[name] for name in MONEY] for row in evidence.offered)
    complete = [[to_micros(amount) for amount in three] for three in amounts if None not in three]
    bad = sum(net_value != value - cost or cost < 0 for value, cost, net_value in complete)
    if bad:
        yield Breach("money", "rows whose net value is not value less cost", bad)


def the_plan_is_as_near_the_best_as_promised(evidence: Evidence) -> Iterator[Breach]:
    """The plan is worth no more than its bound, and is within the gap that settings allow.

    A plan is worth the net value of its rows less the price of every soft minimum missed. Where opt-outs came after
    planning, the rows are worth less than the plan was.

    Reads: manifest, decisions, policy.
    """
    plan = evidence.manifest["plan"]
    value, bound = Fraction(plan["value"]), Fraction(plan["bound"])
    if plan["opted_out"] == 0 and _worth(evidence) != value:
        yield Breach("bound", "the rows are not worth what the plan says", 1)
    if value > bound:
        yield Breach("bound", "the plan is worth more than its own bound", 1)
    if (bound - value) / max(abs(bound), Fraction(1)) > Fraction(evidence.max_gap):
        yield Breach("bound", "the plan is further from its bound than settings allow", 1)


def _worth(evidence: Evidence) -> Fraction:
    counted = limits_counted(evidence, limits_of_the_night(evidence))
    loss = sum((limit.missing * limit.price for limit in counted if limit.price), Fraction(0))
    return total(evidence.offered, "net_value") - Fraction(ceil(loss * MICROS), MICROS)
