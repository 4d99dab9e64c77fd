"""The partitions in order are the night in the order of the keyed hash."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization import Problem
from optimization.compilation import compile_program
from optimization.presolve import without_oversized
from optimization.spark.partitioning import built_partition, partitioned
from optimization.spark.serialization import joined, partition_program, table_of
from optimization.spark.summary import ProblemOptions, merged


def fragments_of(
    table: pa.Table, partitions: int, problem_options: ProblemOptions, split: int
) -> dict[int, list[bytes]]:
    """The fragments of each partition when the table is partitioned in two steps."""
    fragments: dict[int, list[bytes]] = {}
    for part in (table.slice(0, split), table.slice(split)):
        for partition, content in partitioned(part, partitions, problem_options) if len(part) else []:
            fragments.setdefault(partition, []).append(content)
    return fragments


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), partitions=st.integers(1, 9), split=st.integers(0, 40))
def test_the_joined_programs_of_partitions_are_the_program_of_the_night(seed, partitions, split, random_night):
    night = random_night(seed, 12)
    if not len(night.table):
        return
    problem_options = ProblemOptions(night.limits, night.max_per_household, 7)
    built = {
        partition: built_partition(fragments, problem_options)
        for partition, fragments in fragments_of(night.table, partitions, problem_options, split).items()
    }
    summary = merged({partition: summary for partition, (summary, _, _) in built.items()}, problem_options)
    parts = [
        partition_program(built[partition][1], summary.blank, summary.recodes[partition]) for partition in sorted(built)
    ]
    same = joined(parts)
    problem = Problem.from_table(night.table, max_per_household=night.max_per_household, seed=7)
    program = compile_program(problem, night.limits)
    for name in ("start", "customer_key", "net", "option", "option_key", "per_option"):
        assert getattr(same, name).tolist() == getattr(program, name).tolist()
    assert (same.rows, same.spans, same.net.dtype) == (program.rows, program.spans, program.net.dtype)
    assert {name: column.tolist() for name, column in same.columns.items()} == {
        name: column.tolist() for name, column in program.columns.items()
    }
    for name in ("household_offsets", "household_capacity") if night.max_per_household is not None else ():
        assert getattr(same, name).tolist() == getattr(program, name).tolist()
    assert sum(without_oversized(part).customers for part in parts) == without_oversized(program).customers
    rows = pa.concat_tables([table_of(built[partition][2]) for partition in sorted(built)]).to_pylist()
    assert rows == night.table.take(program.candidate).to_pylist()
