"""Serialization of programs, arrays and tables between the driver and Spark tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from optimization.program import Program

WORD = 8
"""Arrays begin at multiples of so many bytes."""

Arrays = Mapping[str, NDArray[Any]]


def packed(facts: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Facts (JSON values) and arrays as bytes; the same bytes for the same content."""
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    entries = [[name, array.dtype.str, list(array.shape)] for name, array in plain.items()]
    head = json.dumps([facts, entries]).encode()
    parts = [len(head).to_bytes(WORD, "little"), head]
    for array in plain.values():
        parts += [bytes(_gap(parts)), array.tobytes()]
    return b"".join(parts)


def unpacked(content: bytes | memoryview) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The facts, and the arrays as copies that may be written to."""
    view = memoryview(content)
    offset = WORD + int.from_bytes(view[:WORD], "little")
    facts, entries = json.loads(bytes(view[WORD:offset]))
    arrays = {}
    for name, kind, shape in entries:
        offset += -offset % WORD
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(view, dtype=kind, count=count, offset=offset).reshape(shape).copy()
        offset += count * np.dtype(kind).itemsize
    return facts, arrays


def table_bytes(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def table_of(content: bytes | memoryview) -> pa.Table:
    """The table of an Arrow stream."""
    return pa.ipc.open_stream(pa.py_buffer(content)).read_all()


def _gap(parts: list[bytes]) -> int:
    return -sum(map(len, parts)) % WORD


def pack_program(program: Program, facts: Mapping[str, Any] | None = None, *, positions: bool = False) -> bytes:
    """The candidates of a program, with or without `candidate`; what holds for the whole night is not packed."""
    arrays: dict[str, NDArray[Any]] = {
        "start": program.start,
        "customer_key": program.customer_key,
        "net": program.net,
        "option": program.option,
        **{f"column {name}": column for name, column in program.columns.items()},
    }
    if program.household_offsets is not None and program.household_capacity is not None:
        arrays |= {
            "household_offsets": program.household_offsets,
            "household_capacity": program.household_capacity,
        }
    if positions and program.candidate is not None:
        arrays["candidate"] = program.candidate
    return packed(facts or {}, arrays)


@dataclass(frozen=True)
class Recode:
    """The local options of a partition as options of the night.

    Attributes:
        option: (local options,) the option of the night.
        fixed: column -> (local options,) its amount, where it does not differ within them.
    """

    option: NDArray[np.integer]
    fixed: Mapping[str, NDArray[np.int64]]


def partition_program(content: bytes | memoryview, blank: Program, recode: Recode) -> Program:
    """The program of a partition in the options of the night."""
    _, arrays = unpacked(content)
    local = arrays["option"]
    columns = {
        name: arrays[f"column {name}"] if f"column {name}" in arrays else recode.fixed[name][local]
        for name in blank.factors
    }
    return _with_arrays(blank, arrays | {"option": recode.option[local]}, columns)


def unpack_program(content: bytes | memoryview, blank: Program) -> tuple[dict[str, Any], Program]:
    """The facts and the program that were packed in the options of the night."""
    facts, arrays = unpacked(content)
    return facts, _with_arrays(blank, arrays, {name: arrays[f"column {name}"] for name in blank.factors})


def joined(parts: Sequence[Program]) -> Program:
    """The programs of consecutive customers as one program."""
    starts = np.cumsum([0, *(len(part.net) for part in parts)])
    firsts = np.cumsum([0, *(part.customers for part in parts)])
    households = [part.household_offsets for part in parts if part.household_offsets is not None]
    capacities = [part.household_capacity for part in parts if part.household_capacity is not None]
    positions = [part.candidate for part in parts if part.candidate is not None]
    return replace(
        parts[0],
        candidate=np.concatenate(positions) if positions else None,
        start=_borders([part.start for part in parts], starts),
        household_offsets=_borders(households, firsts) if households else None,
        household_capacity=np.concatenate(capacities) if capacities else None,
        customer_key=np.concatenate([part.customer_key for part in parts]),
        net=np.concatenate([part.net for part in parts]),
        option=np.concatenate([part.option for part in parts]),
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].factors},
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
        household_offsets=arrays.get("household_offsets"),
        household_capacity=arrays.get("household_capacity"),
        customer_key=arrays["customer_key"],
        net=arrays["net"].astype(blank.net.dtype),
        option=arrays["option"],
        columns=columns,
    )
