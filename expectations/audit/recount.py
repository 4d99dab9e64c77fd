"""The use of every limit, counted again over the published rows in exact fractions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from expectations.audit.evidence import Evidence
from expectations.audit.micros import MICROS, to_micros

SYNONYMS = {"offer": "offer_id", "customer": "customer_id"}


@dataclass(frozen=True)
class LimitCount:
    """What the offered rows do to one limit in force; its use is `above / below`, and `below` is 1 but for a ratio.

    Attributes:
        low, high: its bounds, None where it has none.
        price: the currency per unit missed that makes `low` soft, None where it is hard.
    """

    name: str
    above: Fraction
    below: Fraction
    low: Fraction | None
    high: Fraction | None
    price: Fraction | None

    @property
    def missing(self) -> Fraction:
        """By how much the minimum is missed; of a ratio, in units of what is above."""
        return Fraction(0) if self.low is None else max(self.low * self.below - self.above, Fraction(0))

    @property
    def excess(self) -> Fraction:
        """By how much the maximum is passed."""
        return Fraction(0) if self.high is None else max(self.above - self.high * self.below, Fraction(0))


def limits_counted(evidence: Evidence) -> Iterator[LimitCount]:
    """Every limit of the policy that is in force on the date.

    Raises:
        KeyError: a limit names a column that neither the decisions nor offers.csv have.
    """
    for limit in evidence.policy.get("limits") or ():
        if is_in_force(limit, evidence.as_of):
            rows = [row for row in evidence.offered if _matches(row, limit.get("where") or {}, evidence)]
            bounds = [_exact(limit.get(bound)) for bound in ("min", "max", "shortfall_price")]
            yield LimitCount(limit["name"], *_use(limit, rows), *bounds)


def total(rows: Iterable[Mapping[str, Any]], column: str) -> Fraction:
    """The exact sum of a column of money; a row that lacks it adds nothing, and another check names that row."""
    return Fraction(sum(to_micros(row[column] or Decimal(0)) for row in rows), MICROS)


def is_in_force(rule: Mapping[str, Any], as_of: date) -> bool:
    """Whether a part of the policy's plain data holds on the date: in its dates, and in no exception from them."""
    first, last = rule.get("valid_from") or as_of, rule.get("valid_to") or as_of
    dates = [(first, last)] + [exception["between"] for exception in rule.get("exceptions") or ()]
    is_within = [date.fromisoformat(str(first)) <= as_of <= date.fromisoformat(str(last)) for first, last in dates]
    return is_within[0] and not any(is_within[1:])


def is_switched_on(cell: object) -> bool:
    """Whether a yes stands in a cell of offers.csv."""
    return str(cell).strip().lower() == "true"


def _matches(row: Mapping[str, Any], where: Mapping[str, Any], evidence: Evidence) -> bool:
    return all(_label(row, column, evidence) in {str(value) for value in values} for column, values in where.items())


def _label(row: Mapping[str, Any], column: str, evidence: Evidence) -> str | None:
    """The row's own column, else that of its offer; an empty cell of offers.csv matches nothing."""
    column = SYNONYMS.get(column, column)
    if column not in row and not any(column in offer for offer in evidence.offers):
        raise KeyError(column)
    label = row[column] if column in row else evidence.offer_of.get(row["offer_id"], {}).get(column)
    return None if label is None else str(label)


def _use(limit: Mapping[str, Any], rows: list[dict[str, Any]]) -> tuple[Fraction, Fraction]:
    if limit.get("count"):
        return Fraction(len(rows)), Fraction(1)
    if limit.get("sum"):
        return total(rows, limit["sum"]), Fraction(1)
    above, below = limit["ratio"]
    return total(rows, above), total(rows, below)


def _exact(number: object) -> Fraction | None:
    return None if number is None else Fraction(Decimal(str(number)))
