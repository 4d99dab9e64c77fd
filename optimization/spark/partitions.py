"""The night that pieces make up, from a summary of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from conf.limit import Limit
from optimization.compilation import Survey, blank_program, summed_by
from optimization.errors import BadInput
from optimization.options import options_of
from optimization.problem import Problem
from optimization.program import Program, Span
from optimization.spark.serialization import Recode, table_of, unpacked


@dataclass(frozen=True)
class Terms:
    """What makes a problem of a table of candidates."""

    limits: Sequence[Limit]
    max_per_household: int | None
    seed: int

    def problem(self, table: pa.Table) -> Problem:
        """The problem; raises as `Problem.from_table`."""
        return Problem.from_table(table, max_per_household=self.max_per_household, seed=self.seed)


@dataclass(frozen=True)
class Whole:
    """The night that pieces make up.

    Attributes:
        blank: its program without candidates.
        examples: a problem that holds a candidate of each option.
        recodes: piece -> its options in those of the night.
        customers, candidates: piece -> how many it holds.
        grain: a whole number that divides all net values.
    """

    blank: Program
    examples: Problem
    recodes: Mapping[int, Recode]
    customers: Mapping[int, int]
    candidates: Mapping[int, int]
    grain: int


def merged(summaries: Mapping[int, bytes], terms: Terms) -> Whole:
    """The night whose pieces have these summaries.

    Raises:
        BadInput: candidates that mean nothing, or amounts so large that sums would overflow.
    """
    read = {piece: unpacked(summaries[piece]) for piece in sorted(summaries)}
    for piece, (facts, _) in read.items():
        if "fault" in facts:
            raise BadInput(f"{facts['fault']}, counted within piece {piece} of the candidates")
    tables = [table_of(arrays["examples"].tobytes()) for _, arrays in read.values()]
    examples = terms.problem(pa.concat_tables(tables).unify_dictionaries())
    options = options_of(examples, terms.limits)
    ends = np.cumsum([len(table) for table in tables])[:-1]
    codes = dict(zip(read, np.split(options.code, ends), strict=True))
    fixed = {piece: _fixed_of(arrays) for piece, (_, arrays) in read.items()}
    facts_of = [facts for facts, _ in read.values()]
    seen = Survey(
        customers=sum(facts["customers"] for facts in facts_of),
        value=_span([facts["value"] for facts in facts_of]),
        cost=_span([facts["cost"] for facts in facts_of]),
        net=_span([facts["net"] for facts in facts_of]),
        columns={name: _span([facts["columns"][name] for facts in facts_of]) for name in summed_by(terms.limits)},
        fixed=_fixed_everywhere(codes, fixed, summed_by(terms.limits), len(options.example)),
    )
    return Whole(
        blank=blank_program(examples, terms.limits, options, seen),
        examples=examples,
        recodes={piece: Recode(codes[piece], fixed[piece]) for piece in read},
        customers={piece: facts["customers"] for piece, (facts, _) in read.items()},
        candidates={piece: facts["candidates"] for piece, (facts, _) in read.items()},
        grain=gcd(*(facts["grain"] for facts in facts_of)),
    )


def _fixed_of(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.int64]]:
    return {name.removeprefix("fixed "): array for name, array in arrays.items() if name.startswith("fixed ")}


def _fixed_everywhere(
    codes: Mapping[int, NDArray[np.integer]],
    fixed: Mapping[int, Mapping[str, NDArray[np.int64]]],
    names: Sequence[str],
    options: int,
) -> dict[str, NDArray[np.int64]]:
    """The columns that are the same for all candidates of an option in every piece."""
    found = {}
    code = np.concatenate(list(codes.values()))
    for name in names:
        if all(name in of_piece for of_piece in fixed.values()):
            own = np.concatenate([of_piece[name] for of_piece in fixed.values()])
            amounts = np.zeros(options, dtype=np.int64)
            amounts[code] = own
            if (amounts[code] == own).all():
                found[name] = amounts
    return found


def _span(spans: Sequence[Sequence[int]]) -> Span:
    return min(span[0] for span in spans), max(span[1] for span in spans)
