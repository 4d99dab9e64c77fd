"""Limits, offers and the bound, recounted in exact integers from the published rows."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from optimization.audit.evidence import MILLIONTHS, Breach, Evidence, millionths


def every_limit_holds(evidence: Evidence) -> Iterator[Breach]:
    """Use, recounted over the offered rows, lies between min and max.

    A soft minimum may be missed; so may any minimum when opt-outs came after planning.
    """
    may_fall_short = evidence.manifest["plan"]["opted_out"] > 0
    for limit in evidence.policy.get("limits") or []:
        if not _is_in_force(limit, evidence.as_of):
            continue
        rows = [row for row in evidence.offered if _matches(row, limit.get("where") or {}, evidence)]
        is_soft = may_fall_short or limit.get("shortfall_price") is not None
        name, above, below = limit["name"], *_sums(limit, rows)
        low, high = limit.get("min"), limit.get("max")
        if low is not None and not is_soft and above < _exact(low) * below:
            yield Breach("limits", f"{name}: below its min of {low}", 1)
        if high is not None and above > _exact(high) * below:
            yield Breach("limits", f"{name}: above its max of {high}", 1)


def offers_are_valid_on_the_date(evidence: Evidence) -> Iterator[Breach]:
    """Every offer made is one of offers.csv, valid on the date, through one of its channels."""
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
    """In every row, to the millionth; a cost is never negative."""
    bad = sum(
        millionths(row["net_value"]) != millionths(row["value"]) - millionths(row["cost"]) or row["cost"] < 0
        for row in evidence.offered
    )
    if bad:
        yield Breach("money", "rows whose net value is not value less cost", bad)


def the_plan_is_as_near_the_best_as_promised(evidence: Evidence) -> Iterator[Breach]:
    """No plan is worth more than the bound, and ours is within the gap that settings allow.

    Where opt-outs came after planning, the rows are worth less than the plan was.
    """
    plan = evidence.manifest["plan"]
    value, bound = Fraction(plan["value"]), Fraction(plan["bound"])
    published = sum((Fraction(row["net_value"]) for row in evidence.offered), Fraction(0))
    if plan["opted_out"] == 0 and plan["shortfall_cost"] == "0" and published != value:
        yield Breach("bound", "the rows are not worth what the plan says", 1)
    if value > bound:
        yield Breach("bound", "the plan is worth more than its own bound", 1)
    if (bound - value) / max(abs(bound), Fraction(1)) > Fraction(evidence.max_gap):
        yield Breach("bound", "the plan is further from its bound than settings allow", 1)


def _is_in_force(limit: Mapping[str, Any], as_of: date) -> bool:
    return (limit.get("valid_from") or as_of) <= as_of <= (limit.get("valid_to") or as_of)


def _matches(row: Mapping[str, Any], where: Mapping[str, Any], evidence: Evidence) -> bool:
    return all(
        str(_label(row, column, evidence)) in {str(value) for value in values} for column, values in where.items()
    )


def _label(row: Mapping[str, Any], column: str, evidence: Evidence) -> object:
    column = {"offer": "offer_id", "customer": "customer_id"}.get(column, column)
    return row[column] if column in row else evidence.offer_of[row["offer_id"]].get(column)


def _sums(limit: Mapping[str, Any], rows: list[dict[str, Any]]) -> tuple[Fraction, Fraction]:
    """The use as a fraction's two parts: count or sum over 1, one sum over another."""
    if limit.get("count"):
        return Fraction(len(rows)), Fraction(1)
    if limit.get("sum"):
        return _total(rows, limit["sum"]), Fraction(1)
    above, below = limit["ratio"]
    return _total(rows, above), _total(rows, below)


def _total(rows: list[dict[str, Any]], column: str) -> Fraction:
    return Fraction(sum(millionths(row[column]) for row in rows), MILLIONTHS)


def _exact(number: object) -> Fraction:
    return Fraction(Decimal(str(number)))
