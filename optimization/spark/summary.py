"""The summaries of partitions, merged: what tasks need to know of the whole night."""

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
class ProblemOptions:
    """The options with which a table of candidates becomes a problem."""

    limits: Sequence[Limit]
    max_per_household: int | str | None
    seed: int

    def problem(self, table: pa.Table) -> Problem:
        """The problem; raises as `Problem.from_table`."""
        return Problem.from_table(table, max_per_household=self.max_per_household, seed=self.seed)


@dataclass(frozen=True)
class MergedSummary:
    """The merged summaries of all partitions.

    Attributes:
        blank: the program of the night without candidates.
        examples: a problem that holds a candidate of each option.
        recodes: partition -> its options as those of the night.
        customers, candidates: partition -> how many it holds.
        granularity: a whole number of micros that divides all net values.
    """

    blank: Program
    examples: Problem
    recodes: Mapping[int, Recode]
    customers: Mapping[int, int]
    candidates: Mapping[int, int]
    granularity: int


def merged(summaries: Mapping[int, bytes], problem_options: ProblemOptions) -> MergedSummary:
    """Merge the summaries of partitions.

    Raises:
        BadInput: candidates that are not valid, or amounts so large that sums would overflow.
    """
    read = {partition: unpacked(summaries[partition]) for partition in sorted(summaries)}
    for partition, (facts, _) in read.items():
        if "fault" in facts:
            raise BadInput(f"{facts['fault']}, counted within piece {partition} of the candidates")
    tables = [table_of(arrays["examples"].tobytes()) for _, arrays in read.values()]
    examples = problem_options.problem(pa.concat_tables(tables).unify_dictionaries())
    options = options_of(examples, problem_options.limits)
    ends = np.cumsum([len(table) for table in tables])[:-1]
    codes = dict(zip(read, np.split(options.code, ends), strict=True))
    fixed = {partition: _fixed_of(arrays) for partition, (_, arrays) in read.items()}
    facts_of = [facts for facts, _ in read.values()]
    sizes = Survey(
        customers=sum(facts["customers"] for facts in facts_of),
        value=_span([facts["value"] for facts in facts_of]),
        cost=_span([facts["cost"] for facts in facts_of]),
        net=_span([facts["net"] for facts in facts_of]),
        columns={
            name: _span([facts["columns"][name] for facts in facts_of]) for name in summed_by(problem_options.limits)
        },
        steps={name: gcd(*(facts["steps"][name] for facts in facts_of)) for name in summed_by(problem_options.limits)},
        fixed=_fixed_everywhere(codes, fixed, summed_by(problem_options.limits), len(options.example)),
    )
    return MergedSummary(
        blank=blank_program(examples, problem_options.limits, options, sizes),
        examples=examples,
        recodes={partition: Recode(codes[partition], fixed[partition]) for partition in read},
        customers={partition: facts["customers"] for partition, (facts, _) in read.items()},
        candidates={partition: facts["candidates"] for partition, (facts, _) in read.items()},
        granularity=gcd(*(facts["granularity"] for facts in facts_of)),
    )


def _fixed_of(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.int64]]:
    return {name.removeprefix("fixed "): array for name, array in arrays.items() if name.startswith("fixed ")}


def _fixed_everywhere(
    codes: Mapping[int, NDArray[np.integer]],
    fixed: Mapping[int, Mapping[str, NDArray[np.int64]]],
    names: Sequence[str],
    options: int,
) -> dict[str, NDArray[np.int64]]:
    """The columns that are constant within each option in all partitions."""
    everywhere = {}
    code = np.concatenate(list(codes.values()))
    for name in names:
        if all(name in of_partition for of_partition in fixed.values()):
            local = np.concatenate([of_partition[name] for of_partition in fixed.values()])
            amounts = np.zeros(options, dtype=np.int64)
            amounts[code] = local
            if (amounts[code] == local).all():
                everywhere[name] = amounts
    return everywhere


def _span(spans: Sequence[Sequence[int]]) -> Span:
    return min(span[0] for span in spans), max(span[1] for span in spans)
