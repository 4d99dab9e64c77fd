"""One piece from its rows: checked, in order, compiled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from optimization.compilation import blank_program, check_limits, filled
from optimization.errors import BadInput
from optimization.options import options_of
from optimization.packing import packed, table_bytes, table_of
from optimization.pieces.parcel import pack_program
from optimization.pieces.terms import Terms
from optimization.survey import survey


def built(fragments: Sequence[bytes], terms: Terms) -> tuple[bytes, bytes, bytes]:
    """A piece from its fragments: its summary, its program in its own options, and its rows in the program's order.

    The summary of candidates that mean nothing says why as `fault`.
    """
    table = pa.concat_tables([table_of(fragment) for fragment in fragments]).unify_dictionaries().combine_chunks()
    try:
        problem = terms.problem(table)
        check_limits(problem, terms.limits)
        options = options_of(problem, terms.limits)
        seen = survey(problem, terms.limits, options)
        program = filled(blank_program(problem, terms.limits, options, seen), problem, options.code)
    except BadInput as error:
        return packed({"fault": str(error)}, {}), b"", b""
    facts = {
        "customers": program.customers,
        "candidates": len(program.net),
        "grain": int(np.gcd.reduce(program.net)),
        "value": seen.value,
        "cost": seen.cost,
        "net": seen.net,
        "columns": seen.columns,
    }
    examples = np.frombuffer(table_bytes(table.take(options.example)), dtype=np.uint8)
    return (
        packed(facts, {"examples": examples, **{f"fixed {name}": amounts for name, amounts in seen.fixed.items()}}),
        pack_program(program),
        table_bytes(table.take(problem.order)),
    )
