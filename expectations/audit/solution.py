"""A solution's files against the candidates and limits that they are of."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.audit.candidate_arrays import IDS, CandidateArrays
from expectations.audit.evidence import Breach
from expectations.audit.limit_bounds import LimitBound, limit_bounds_of
from expectations.audit.micros import MICROS, to_micros
from expectations.audit.proof import proven_bound


def solution_breaches(folder: Path, table: pa.Table, limits: Sequence[Mapping[str, Any]]) -> Iterator[Breach]:
    """What is wrong with plan.parquet, solution.json and proof.json; nothing when all holds.

    Args:
        table: every candidate; amounts in int64 millionths.
        limits: those that the plan was held to, as the policy's plain data.

    Raises:
        OSError, ValueError, KeyError: a file is missing or is not what it should be.
    """
    stated = json.loads((folder / "solution.json").read_text(encoding="utf-8"), parse_float=Decimal)
    proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    value = None if stated["value"] is None else _millionths(stated["value"])
    yield from _bound_breaches(stated, proven_bound(table, limits, proof, value))
    if value is None:
        return
    arrays = CandidateArrays.of(table, limit_bounds_of(list(limits)), proof["max_per_household"])
    rows = pq.read_table(folder / "plan.parquet", partitioning=None).to_pylist()
    places = [arrays.place_of.get(tuple(row[name] for name in IDS)) for row in rows]
    chosen = [place for place in places if place is not None]
    if len(chosen) < len(rows):
        yield Breach("plan", "rows that are no candidates", len(rows) - len(chosen))
        return
    yield from _row_breaches(arrays, rows, chosen)
    yield from _limit_breaches(arrays, chosen, value)


def _millionths(amount: Decimal | int) -> int:
    return round(Fraction(str(amount)) * MICROS)


def _bound_breaches(stated: Mapping[str, Any], proven: int | None) -> Iterator[Breach]:
    if (stated["status"] == "infeasible") != (proven is None):
        yield Breach("bound", "the proof does not say what the status says", 1)
        return
    if proven is None:
        return
    bound = _millionths(stated["bound"])
    if proven > bound:
        yield Breach("bound", "the prices do not prove the bound", 1)
    if stated["value"] is not None:
        gap = Fraction(bound - _millionths(stated["value"]), max(abs(bound), MICROS))
        if gap < 0 or float(gap) != float(stated["gap"]):
            yield Breach("bound", "the gap is not that of value and bound", 1)


def _row_breaches(arrays: CandidateArrays, rows: list[dict[str, Any]], chosen: list[int]) -> Iterator[Breach]:
    customers = arrays.customer[chosen]
    twice = len(chosen) - len(set(customers.tolist()))
    if twice:
        yield Breach("plan", "customers that are chosen more than once", twice)
    if arrays.household_capacity is not None:
        members = Counter(arrays.household[customers].tolist())
        crowded = sum(count > int(arrays.household_capacity[household]) for household, count in members.items())
        if crowded:
            yield Breach("plan", "households with more members chosen than there is room for", crowded)
    value, cost = arrays.amounts("value"), arrays.amounts("cost")
    wrong = sum(
        [to_micros(row[name]) for name in ("value", "cost", "net_value")]
        != [int(value[place]), int(cost[place]), int(value[place] - cost[place])]
        for row, place in zip(rows, chosen, strict=True)
    )
    if wrong:
        yield Breach("plan", "rows with another value or cost than their candidate", wrong)


def _limit_breaches(arrays: CandidateArrays, chosen: list[int], value: int) -> Iterator[Breach]:
    loss = Fraction(0)
    for place, side in enumerate(arrays.sides):
        missed = _missed(arrays, side, place, chosen)
        if missed and side.price is None:
            yield Breach("limits", f"{side.limit}: its {side.bound} is not kept", 1)
        loss += missed * (side.price or 0)
    worth = sum(int(net) for net in arrays.net[chosen]) - ceil(loss * MICROS)
    if worth != value:
        yield Breach("plan", "the rows are not worth what the solution says", 1)


def _missed(arrays: CandidateArrays, side: LimitBound, place: int, chosen: list[int]) -> Fraction:
    """Units by which the chosen candidates miss one bound."""
    counts, parts = arrays.weighted([Fraction(int(place == other)) for other in range(len(arrays.sides))])
    use = Fraction(sum(int(count) for count in counts[chosen]), parts)
    return max(side.sign * (use - side.level), Fraction(0))
