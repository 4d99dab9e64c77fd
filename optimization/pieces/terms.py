"""What makes a problem of a table of candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from conf.limit import Limit
from optimization.problem import Problem


@dataclass(frozen=True)
class Terms:
    """What makes a problem of a table of candidates."""

    limits: Sequence[Limit]
    max_per_household: int | None
    seed: int

    def problem(self, table: pa.Table) -> Problem:
        """The problem; raises as `Problem.from_table`."""
        return Problem.from_table(table, max_per_household=self.max_per_household, seed=self.seed)
