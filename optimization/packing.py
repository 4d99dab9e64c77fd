"""Arrays and facts as one run of bytes, and back: what travels between processes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

WORD = 8
"""Arrays begin at multiples of so many bytes."""

Arrays = Mapping[str, NDArray[Any]]


def packed(facts: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Facts (anything that JSON can say) and arrays; the same bytes for the same content."""
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
    place = WORD + int.from_bytes(view[:WORD], "little")
    facts, entries = json.loads(bytes(view[WORD:place]))
    arrays = {}
    for name, kind, shape in entries:
        place += -place % WORD
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(view, dtype=kind, count=count, offset=place).reshape(shape).copy()
        place += count * np.dtype(kind).itemsize
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
