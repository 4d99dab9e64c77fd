"""The Spark tasks: each applies to one partition a function that one machine applies to the whole night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from optimization.bound import Prices, gains_at
from optimization.certificate import tally
from optimization.engines.customers import rest_of
from optimization.engines.kernel import Int64s, PriceBox
from optimization.engines.relaxation import softened
from optimization.limit_use import most_of
from optimization.presolve import first_customers, without_oversized
from optimization.program import Program
from optimization.spark.serialization import Recode, pack_program, packed, partition_program, table_bytes, table_of
from optimization.spark.summary import ProblemOptions


@dataclass(frozen=True)
class Scope:
    """What a task needs to know of the night beside its partition.

    Attributes:
        blank: the program of the night without candidates.
        recodes: partition -> its options as those of the night.
        keeps_oversized: whether candidates that alone would exceed a limit stay.
        is_soft: whether the objective is elastic: the change of bounds that a plan needs.
        changing: the limits whose bounds may change then; None: all may.
    """

    blank: Program
    recodes: Mapping[int, Recode]
    keeps_oversized: bool = False
    is_soft: bool = False
    changing: tuple[str, ...] | None = None

    def program(self, partition: int, content: bytes | memoryview) -> Program:
        """The program of a partition."""
        program = partition_program(content, self.blank, self.recodes[partition])
        program = program if self.keeps_oversized else without_oversized(program)
        return self.worth_of(program)

    def worth_of(self, program: Program) -> Program:
        """The program with the objective of the search."""
        return softened(program, self.changing) if self.is_soft else program


@dataclass(frozen=True)
class Count:
    """The number of customers and candidates after presolve, and the divisor of all net values."""

    scope: Scope

    def __call__(self, partition: int, content: memoryview) -> bytes:
        """The facts of one partition."""
        program = self.scope.program(partition, content)
        granularity = int(np.gcd.reduce(program.net)) if len(program.net) else 0
        return packed({"customers": program.customers, "candidates": len(program.net), "granularity": granularity}, {})


@dataclass(frozen=True)
class First:
    """The first customers of each partition.

    Attributes:
        customers: partition -> how many.
    """

    scope: Scope
    customers: Mapping[int, int]

    def __call__(self, partition: int, content: memoryview) -> bytes:
        """The program of these customers."""
        program = replace(self.scope.program(partition, content), candidate=None)
        return pack_program(first_customers(program, self.customers[partition]))


@dataclass(frozen=True)
class Reduce:
    """The undecided rest of the first customers in a price box.

    Attributes:
        customers: partition -> how many.
    """

    scope: Scope
    customers: Mapping[int, int]
    box: PriceBox

    def __call__(self, partition: int, content: memoryview) -> bytes:
        """The rest of one partition; its `candidate` holds positions in the partition."""
        rest = rest_of(first_customers(self.scope.program(partition, content), self.customers[partition]), *self.box)
        facts = {"customers": rest.customers, "used": list(rest.used), "worth": rest.worth}
        return pack_program(rest.program, facts, positions=True)


@dataclass(frozen=True)
class Gains:
    """What customers gain at given prices, in exact numbers."""

    scope: Scope
    prices: Prices
    counts_value: bool

    def __call__(self, partition: int, content: memoryview) -> bytes:
        """The gains of one partition."""
        program = self.scope.program(partition, content)
        return packed({"gains": str(gains_at(program, self.prices, counts_value=self.counts_value))}, {})


@dataclass(frozen=True)
class Choose:
    """The chosen rows: what customers choose in the price box, and what the repair chose for the rest.

    Attributes:
        box: the price box in which customers are fixed; None: nobody is.
        chosen: partition -> positions in it that the repair chose.
    """

    scope: Scope
    problem_options: ProblemOptions
    box: PriceBox | None
    chosen: Mapping[int, Int64s]

    def __call__(self, partition: int, content: memoryview, rows: memoryview) -> tuple[bytes, bytes]:
        """The facts of one partition (sums of its chosen rows, what soft limits could use), and these rows."""
        program = self.scope.program(partition, content)
        decided = None if self.box is None else rest_of(program, *self.box).decided
        positions = (
            self.chosen[partition] if decided is None else np.sort(np.concatenate([decided, self.chosen[partition]]))
        )
        table = table_of(rows).take(pa.array(program.indices_in_problem(positions)))
        problem = self.problem_options.problem(table)
        summed = tally(problem, self.problem_options.limits, np.arange(len(problem), dtype=np.int64))
        soft = [position for position, row in enumerate(program.rows) if row.shortfall_price is not None]
        facts = {"tally": summed.as_facts(), "most": {position: most_of(program, position) for position in soft}}
        return packed(facts, {}), table_bytes(table)
