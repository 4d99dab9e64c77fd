"""Candidates cut into pieces by the keyed hash: one after the other, the pieces are the night in its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from conf.limit import Limit
from optimization.compilation import blank_program, check_limits, filled
from optimization.errors import BadInput
from optimization.narrowing import without_misfits
from optimization.options import options_of
from optimization.order import Keys, keyed_hash
from optimization.packing import packed, table_bytes, table_of, unpacked
from optimization.problem import Problem
from optimization.program import Program, Span
from optimization.survey import Survey, summed_by, survey

HALF_KEY = np.uint64(32)


@dataclass(frozen=True)
class Terms:
    """What makes a problem of a table of candidates."""

    limits: Sequence[Limit]
    max_per_household: int | None
    seed: int

    def problem(self, table: pa.Table) -> Problem:
        """The problem; raises as `Problem.from_table`."""
        return Problem.from_table(table, max_per_household=self.max_per_household, seed=self.seed)


def cut(table: pa.Table, pieces: int, terms: Terms) -> Iterator[tuple[int, bytes]]:
    """The rows of a table by piece: customers (households, where they count) stay together."""
    encoded = pa.table({name: _encoded(table[name]) for name in table.column_names})
    key = _keys(encoded["customer_id"].chunk(0), terms.seed)
    if terms.max_per_household is not None:
        home = encoded["household_id"].chunk(0)
        key = np.where(home.is_null().to_numpy(zero_copy_only=False), key, _keys(home, terms.seed))
    number = ((key >> HALF_KEY) * np.uint64(pieces) >> HALF_KEY).astype(np.uint16)
    order = np.argsort(number, kind="stable")
    encoded, number = encoded.take(order), number[order]
    for piece in np.unique(number):
        first, last = np.searchsorted(number, [piece, piece + 1])
        rows = encoded.slice(first, last - first)
        yield int(piece), table_bytes(pa.table({name: _trimmed(rows[name]) for name in rows.column_names}))


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


def pack_program(program: Program, *, places: bool = False) -> bytes:
    """The candidates of a program, with or without their places; what holds for the whole night is not packed."""
    arrays: dict[str, NDArray[Any]] = {
        "start": program.start,
        "customer_key": program.customer_key,
        "net": program.net,
        "option": program.option,
        **{f"column {name}": column for name, column in program.columns.items()},
    }
    if program.home is not None and program.slots is not None:
        arrays |= {"home": program.home, "slots": program.slots}
    if places and program.candidate is not None:
        arrays["candidate"] = program.candidate
    return packed({}, arrays)


@dataclass(frozen=True)
class Recode:
    """How a piece's own options are those of the night.

    Attributes:
        option: (own options,) the night's option of each.
        fixed: column -> (own options,) what the column is, where it does not differ within them.
    """

    option: NDArray[np.integer]
    fixed: Mapping[str, NDArray[np.int64]]


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


def piece_program(content: bytes | memoryview, blank: Program, recode: Recode) -> Program:
    """The program of a piece in the night's options, without candidates that alone would break a limit."""
    _, arrays = unpacked(content)
    own = arrays["option"]
    columns = {
        name: arrays[f"column {name}"] if f"column {name}" in arrays else recode.fixed[name][own]
        for name in blank.factors
    }
    return without_misfits(_with_arrays(blank, arrays | {"option": recode.option[own]}, columns))


def rest_program(content: bytes | memoryview, blank: Program) -> Program:
    """A program packed in the night's options."""
    _, arrays = unpacked(content)
    return _with_arrays(blank, arrays, {name: arrays[f"column {name}"] for name in blank.factors})


def joined(blank: Program, parts: Sequence[Program]) -> Program:
    """Programs of customers who follow one another as one; `candidate` are places already."""
    if not parts:
        return blank
    starts = np.cumsum([0, *(len(part.net) for part in parts)])
    firsts = np.cumsum([0, *(part.customers for part in parts)])
    homes = [part.home for part in parts if part.home is not None]
    slots = [part.slots for part in parts if part.slots is not None]
    return replace(
        parts[0],
        candidate=np.concatenate([part.candidate for part in parts if part.candidate is not None]),
        start=_borders([part.start for part in parts], starts),
        home=_borders(homes, firsts) if homes else None,
        slots=np.concatenate(slots) if slots else None,
        customer_key=np.concatenate([part.customer_key for part in parts]),
        net=np.concatenate([part.net for part in parts]),
        option=np.concatenate([part.option for part in parts]),
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in blank.factors},
    )


def _borders(borders: Sequence[NDArray[np.int64]], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    shifted = [border[:-1] + first for border, first in zip(borders, firsts[:-1], strict=True)]
    return np.append(np.concatenate(shifted), firsts[-1]).astype(np.int64)


def _with_arrays(
    blank: Program, arrays: Mapping[str, NDArray[Any]], columns: Mapping[str, NDArray[np.int64]]
) -> Program:
    return replace(
        blank,
        candidate=arrays.get("candidate"),
        start=arrays["start"],
        home=arrays.get("home"),
        slots=arrays.get("slots"),
        customer_key=arrays["customer_key"],
        net=arrays["net"].astype(blank.net.dtype),
        option=arrays["option"],
        columns=columns,
    )


def _keys(ids: pa.DictionaryArray, seed: int) -> Keys:
    """(n,) the key of each row's id; of none, that of the empty text."""
    key = keyed_hash(ids.dictionary.to_numpy(zero_copy_only=False).astype(object), seed)
    return np.append(key, keyed_hash(np.array([""], dtype=object), seed))[_codes(ids)]


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(column.type):
        return pa.chunked_array([column.combine_chunks().dictionary_encode()])
    return column


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with a dictionary of no more than its own labels."""
    if not pa.types.is_dictionary(column.type):
        return column
    array = column.combine_chunks()
    array = array if isinstance(array, pa.DictionaryArray) else array.chunk(0)
    code = _codes(array)
    is_used = np.zeros(len(array.dictionary) + 1, dtype=bool)
    is_used[code] = True
    is_used[-1] = False
    number = np.cumsum(is_used) - 1
    indices = pa.array(number[code].astype(np.int32), mask=code == len(array.dictionary))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, array.dictionary.filter(pa.array(is_used[:-1])))])


def _codes(array: pa.DictionaryArray) -> NDArray[np.int64]:
    """(n,) codes, one past the last label where it is null."""
    return array.indices.fill_null(len(array.dictionary)).to_numpy(zero_copy_only=False).astype(np.int64)
