"""What a task does with one piece: the same functions that one machine runs on a whole night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from optimization.bound import Prices, gains_at
from optimization.certificate import tally
from optimization.engines.customers import rest_of
from optimization.engines.kernel import Int64s, Quote
from optimization.engines.relaxation import softened
from optimization.limit_use import most_of
from optimization.presolve import first_customers, without_misfits
from optimization.program import Program
from optimization.spark.partitions import Terms
from optimization.spark.serialization import Recode, pack_program, packed, piece_program, table_bytes, table_of

Box = tuple[Quote, Quote]


@dataclass(frozen=True)
class Scope:
    """What a task knows of the night beside its piece.

    Attributes:
        blank: the night's program without candidates.
        keeps_misfits: whether candidates that alone would break a limit stay.
        is_soft: whether the only worth is what bounds must change,
        changing: and the limits whose bounds may; None: all may.
    """

    blank: Program
    recodes: Mapping[int, Recode]
    keeps_misfits: bool = False
    is_soft: bool = False
    changing: tuple[str, ...] | None = None

    def program(self, piece: int, content: bytes | memoryview) -> Program:
        """The program of a piece."""
        program = piece_program(content, self.blank, self.recodes[piece])
        program = program if self.keeps_misfits else without_misfits(program)
        return self.worth_of(program)

    def worth_of(self, program: Program) -> Program:
        """The program with the worth that is searched for."""
        return softened(program, self.changing) if self.is_soft else program


@dataclass(frozen=True)
class Count:
    """How many customers and candidates are left, and what divides all net values."""

    scope: Scope

    def __call__(self, piece: int, content: memoryview) -> bytes:
        """The facts of one piece."""
        program = self.scope.program(piece, content)
        grain = int(np.gcd.reduce(program.net)) if len(program.net) else 0
        return packed({"customers": program.customers, "candidates": len(program.net), "grain": grain}, {})


@dataclass(frozen=True)
class First:
    """The first customers of each piece, as many as asked for."""

    scope: Scope
    customers: Mapping[int, int]

    def __call__(self, piece: int, content: memoryview) -> bytes:
        """The customers of one piece."""
        program = replace(self.scope.program(piece, content), candidate=None)
        return pack_program(first_customers(program, self.customers[piece]))


@dataclass(frozen=True)
class Reduce:
    """What is left of the first customers in a box of prices."""

    scope: Scope
    customers: Mapping[int, int]
    box: Box

    def __call__(self, piece: int, content: memoryview) -> bytes:
        """The rest of one piece; its `candidate` are places in the piece."""
        rest = rest_of(first_customers(self.scope.program(piece, content), self.customers[piece]), *self.box)
        facts = {"customers": rest.customers, "used": list(rest.used), "worth": rest.worth}
        return pack_program(rest.program, facts, places=True)


@dataclass(frozen=True)
class Gains:
    """What customers gain at prices, in exact numbers."""

    scope: Scope
    prices: Prices
    counts_value: bool

    def __call__(self, piece: int, content: memoryview) -> bytes:
        """The gains of one piece."""
        program = self.scope.program(piece, content)
        return packed({"gains": str(gains_at(program, self.prices, counts_value=self.counts_value))}, {})


@dataclass(frozen=True)
class Choose:
    """The chosen rows, when prices decide and the finish has decided the rest.

    Attributes:
        box: the box in which customers are decided; None: nobody is.
        chosen: piece -> places in it that the finish chose.
    """

    scope: Scope
    terms: Terms
    box: Box | None
    chosen: Mapping[int, Int64s]

    def __call__(self, piece: int, content: memoryview, rows: memoryview) -> tuple[bytes, bytes]:
        """The facts of one piece (sums of its chosen rows, what soft limits could use), and these rows."""
        program = self.scope.program(piece, content)
        decided = None if self.box is None else rest_of(program, *self.box).decided
        places = self.chosen[piece] if decided is None else np.sort(np.concatenate([decided, self.chosen[piece]]))
        table = table_of(rows).take(pa.array(program.places_in_problem(places)))
        problem = self.terms.problem(table)
        summed = tally(problem, self.terms.limits, np.arange(len(problem), dtype=np.int64))
        soft = [place for place, row in enumerate(program.rows) if row.shortfall_price is not None]
        facts = {"tally": summed.as_facts(), "most": {place: most_of(program, place) for place in soft}}
        return packed(facts, {}), table_bytes(table)
