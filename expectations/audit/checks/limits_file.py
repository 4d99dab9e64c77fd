"""Limits: what `limits.csv` and the manifest say of each limit, counted again."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isclose
from typing import Any

from expectations.audit.csv_text import cells_of
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.micros import MICROS
from expectations.audit.periods import limits_of_the_night
from expectations.audit.recount import LimitCount, limits_counted
from expectations.audit.spreadsheet import cell

COLUMNS = ["name", "use", "min", "max", "shadow_price", "side", "binding", "shortfall", "cause"]
CLOSE = 1e-9
SHOWN = Fraction(1, 10**9)
"""A use and a shortfall are stated to nine decimals."""
Row = Mapping[str, Any]


def limits_csv_says_what_the_manifest_says(evidence: Evidence) -> Iterator[Breach]:
    """limits.csv holds the limits of the manifest, cell by cell and in their order.

    Reads: limits.csv, manifest.
    """
    expected = [COLUMNS, *([cell(name, row[name]) for name in COLUMNS] for row in evidence.manifest["limits"])]
    stated = cells_of(evidence.folder / "limits.csv")
    if stated != expected:
        different = sum(row not in expected for row in stated) or abs(len(stated) - len(expected)) or 1
        yield Breach("limits", "limits.csv has rows that are not the manifest's", different)


def the_limits_are_counted_as_stated(evidence: Evidence) -> Iterator[Breach]:
    """Every limit in force is stated once, with its bounds, its use, and the price that the proof gives it.

    Where opt-outs came after planning, the stated use is that of the plan and not counted again.

    Reads: manifest, decisions, policy, proof.
    """
    stated, counted = evidence.manifest["limits"], list(limits_counted(evidence, limits_of_the_night(evidence)))
    if [row["name"] for row in stated] != [limit.name for limit in counted]:
        yield Breach("limits", "the limits stated are not those in force", 1)
        return
    is_as_planned = evidence.manifest["plan"]["opted_out"] == 0
    for row, limit in zip(stated, counted, strict=True):
        wrong = [name for name, is_right in _facts(evidence, row, limit) if not is_right]
        if is_as_planned:
            wrong += [name for name, is_right in _counts(row, limit) if not is_right]
        if wrong:
            yield Breach("limits", f"{limit.name}: another {', '.join(wrong)} than follows", len(wrong))


def _facts(evidence: Evidence, row: Row, limit: LimitCount) -> Iterator[tuple[str, bool]]:
    """What follows from the policy and the proof: bounds, price, and which bound has it."""
    for name, bound in (("min", limit.low), ("max", limit.high)):
        yield name, row[name] == (None if bound is None else float(bound))
    price = _price(evidence, limit)
    if evidence.manifest["plan"]["opted_out"] == 0 or limit.below == 1:  # of a ratio the price is one of the plan's sum
        yield "shadow_price", isclose(row["shadow_price"], price, rel_tol=CLOSE, abs_tol=CLOSE)
    yield "side", row["side"] == ("max" if price > 0 else "min" if price < 0 else "")
    yield "cause", bool(row["cause"]) == (row["shortfall"] > 0) and row["cause"] in ("", *_causes(evidence, limit))


def _counts(row: Row, limit: LimitCount) -> Iterator[tuple[str, bool]]:
    """What follows from the decisions: use, shortfall, and whether the use is at a bound."""
    use = limit.above / limit.below if limit.below else None
    yield "use", _is_near(row["use"], use)
    missing = limit.missing if limit.price is not None else Fraction(0)
    yield "shortfall", _is_near(row["shortfall"], missing)
    is_at_bound = use is not None and use in (limit.low, limit.high)
    yield "binding", row["binding"] == (is_at_bound or row["side"] != "")


def _price(evidence: Evidence, limit: LimitCount) -> float:
    """Of a maximum above zero, of a minimum below; of a ratio per unit of what is below the line."""
    signs = {"max": 1, "min": -1}
    prices = [price for price in evidence.proof["prices"] if price["limit"] == limit.name]
    total = sum((signs[price["bound"]] * Fraction(price["price"]) for price in prices), Fraction(0)) / MICROS
    return float(total * limit.below)


def _causes(evidence: Evidence, limit: LimitCount) -> list[str]:
    """Why a soft minimum may be missed, in the words of the night."""
    others = sorted({price["limit"] for price in evidence.proof["prices"] if Fraction(price["price"]) > 0})
    held_back = [f"held back by {', '.join(others)}"] if others else ["reaching it costs more than its shortfall_price"]
    return ["too few candidates", *held_back] if limit.price is not None else []


def _is_near(stated: float | None, counted: Fraction | None) -> bool:
    if stated is None or counted is None:
        return stated is None and counted is None
    return abs(Fraction(stated) - counted) <= SHOWN + abs(counted) * Fraction(CLOSE)
