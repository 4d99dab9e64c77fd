"""Pieces in a row are the night in the order of the keyed hash."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization import Problem
from optimization.compilation import compile_program
from optimization.presolve import without_misfits
from optimization.spark.partitioning import built, cut
from optimization.spark.partitions import Terms, merged
from optimization.spark.serialization import joined, piece_program, table_of


def pieces_of(table: pa.Table, pieces: int, terms: Terms, split: int) -> dict[int, list[bytes]]:
    """The fragments of each piece when the table is cut in two goes."""
    fragments: dict[int, list[bytes]] = {}
    for part in (table.slice(0, split), table.slice(split)):
        for piece, content in cut(part, pieces, terms) if len(part) else []:
            fragments.setdefault(piece, []).append(content)
    return fragments


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), pieces=st.integers(1, 9), split=st.integers(0, 40))
def test_the_pieces_programs_joined_are_the_program_of_the_whole_night(seed, pieces, split, random_night):
    night = random_night(seed, 12)
    if not len(night.table):
        return
    terms = Terms(night.limits, night.max_per_household, 7)
    found = {
        piece: built(fragments, terms) for piece, fragments in pieces_of(night.table, pieces, terms, split).items()
    }
    whole = merged({piece: summary for piece, (summary, _, _) in found.items()}, terms)
    parts = [piece_program(found[piece][1], whole.blank, whole.recodes[piece]) for piece in sorted(found)]
    same = joined(parts)
    problem = Problem.from_table(night.table, max_per_household=night.max_per_household, seed=7)
    program = compile_program(problem, night.limits)
    for name in ("start", "customer_key", "net", "option", "option_key", "per_option"):
        assert getattr(same, name).tolist() == getattr(program, name).tolist()
    assert (same.rows, same.spans, same.net.dtype) == (program.rows, program.spans, program.net.dtype)
    assert {name: column.tolist() for name, column in same.columns.items()} == {
        name: column.tolist() for name, column in program.columns.items()
    }
    for name in ("home", "slots") if night.max_per_household is not None else ():
        assert getattr(same, name).tolist() == getattr(program, name).tolist()
    assert sum(without_misfits(part).customers for part in parts) == without_misfits(program).customers
    rows = pa.concat_tables([table_of(found[piece][2]) for piece in sorted(found)]).to_pylist()
    assert rows == night.table.take(program.candidate).to_pylist()
