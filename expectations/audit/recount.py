"""The use of every limit, counted again over the published rows in exact fractions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from expectations.audit.evidence import Evidence
from expectations.audit.formula_rows import contacts_with_rows
from expectations.audit.limit_bounds import CONTACTS, exact_bound, whole_of
from expectations.audit.micros import MICROS, to_micros
from expectations.audit.segments import SEGMENT, segments_of

MONEY = {"value", "cost", "net_value"}
NUMBERS_OF_OFFERS = {"margin", "incentive_cost"}
SYNONYMS = {"offer": "offer_id", "customer": "customer_id"}


@dataclass(frozen=True)
class LimitCount:
    """What the offered rows do to one limit in force; its use is `above / below`.

    `below` is 1 but for a ratio or a share.

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


def limits_counted(evidence: Evidence, limits: Sequence[Mapping[str, Any]]) -> Iterator[LimitCount]:
    """What the offered rows do to each of these limits.

    Args:
        limits: as the policy's plain data, with the bounds of the night.

    Raises:
        KeyError: a limit names a column that candidates do not have.
    """
    offered = _rows_counted(evidence, limits)
    for limit in limits:
        whole = whole_of(limit)
        rows = [row for row in offered if matches(row, whole or {})]
        part = [row for row in rows if matches(row, limit.get("where") or {})]
        bounds = [_exact(limit.get(bound)) for bound in ("min", "max", "shortfall_price")]
        yield LimitCount(limit["name"], *_use(limit, part, None if whole is None else rows), *bounds)


def _rows_counted(evidence: Evidence, limits: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The offered rows with what their offers say, and of customer and option what the limits name beyond that."""
    of_offers = {name for offer in evidence.offers for name in offer}
    rows = [
        {**dict.fromkeys(of_offers), **evidence.offer_of.get(row["offer_id"], {}), **row} for row in evidence.offered
    ]
    named = {SYNONYMS.get(name, name) for limit in limits for name in columns_of(limit)} - {CONTACTS}
    if not rows or named <= rows[0].keys() - NUMBERS_OF_OFFERS:
        return rows
    expressed = {row["customer_id"]: facts for row, facts in contacts_with_rows(evidence) if row["status"] == "offered"}
    segments = segments_of(evidence, expressed)
    return [
        {**expressed.get(row["customer_id"], {}), **row, SEGMENT: segments.get(row["customer_id"], frozenset())}
        for row in evidence.offered
    ]


def columns_of(limit: Mapping[str, Any]) -> Iterator[str]:
    """Every column that a limit names."""
    yield from limit.get("where") or ()
    yield from whole_of(limit) or ()
    yield from limit.get("ratio") or ([limit["sum"]] if limit.get("sum") else [])


def total(rows: Sequence[Mapping[str, Any]], column: str) -> Fraction:
    """The exact sum of a column; a row that lacks its money adds nothing, and another check names that row.

    Raises:
        KeyError: a number that is no money is not known: whoever is counted has one.
    """
    if column == CONTACTS:
        return Fraction(len(rows))
    if column not in MONEY and any(row[column] is None for row in rows):
        raise KeyError(column)
    return Fraction(sum(_millionths(row[column]) for row in rows), MICROS)


def _millionths(amount: Decimal | float | None) -> int:
    """Money is exact; another number is rounded half to even."""
    if amount is None:
        return 0
    return to_micros(amount) if isinstance(amount, Decimal) else round(float(amount) * MICROS)


def is_in_force(rule: Mapping[str, Any], as_of: date) -> bool:
    """Whether a part of the policy's plain data holds on the date: in its dates, and in no exception from them."""
    first, last = rule.get("valid_from") or as_of, rule.get("valid_to") or as_of
    dates = [(first, last)] + [exception["between"] for exception in rule.get("exceptions") or ()]
    is_within = [date.fromisoformat(str(first)) <= as_of <= date.fromisoformat(str(last)) for first, last in dates]
    return is_within[0] and not any(is_within[1:])


def is_switched_on(cell: object) -> bool:
    """Whether a yes stands in a cell of offers.csv."""
    return str(cell).strip().lower() == "true"


def matches(row: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Whether a row has one of the values in every column that `where` names."""
    return all(_labels(row, column) & {str(value) for value in values} for column, values in where.items())


def _labels(row: Mapping[str, Any], column: str) -> set[str]:
    """What the row has in the column: nothing where it is not known, several of segments."""
    label = row[SYNONYMS.get(column, column)]
    if isinstance(label, frozenset):
        return set(label)
    return set() if label is None else {str(label)}


def _use(
    limit: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], whole: Sequence[Mapping[str, Any]] | None
) -> tuple[Fraction, Fraction]:
    if limit.get("ratio"):
        above, below = limit["ratio"]
        return total(rows, above), total(rows, below)
    column = CONTACTS if limit.get("count") else limit["sum"]
    return total(rows, column), Fraction(1) if whole is None else total(whole, column)


def _exact(number: object) -> Fraction | None:
    return None if number is None else exact_bound(number)
