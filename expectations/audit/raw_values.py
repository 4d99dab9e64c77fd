"""Cells of raw files as the night reads them, by what their column means."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.audit.micros import MICROS

IDS = ("customer_id", "household_id", "offer_id", "channel", "transaction_id", "product_id", "category")
WORDS = ("outcome", "arm", "kind", "topic")
KINDS = dict.fromkeys((*IDS, *WORDS), "text") | dict.fromkeys(("amount", "margin", "quantity"), "millionths")
"""What a column means; whatever is not named is left as the file has it."""
LARGEST = 2**63 - 1


def read_as(kind: str | None, cells: pa.Array) -> pa.Array:
    """The cells as `text`, `millionths` (int64) or a `number`; as they are where the kind is None."""
    return _READERS[kind](cells) if kind else _plain(cells)


def _plain(cells: pa.Array) -> pa.Array:
    """Stamps finer than Python knows are cut to microseconds."""
    if pa.types.is_timestamp(cells.type) and cells.type.unit == "ns":
        return cells.cast(pa.timestamp("us", cells.type.tz), safe=False)
    return cells


def _text(cells: pa.Array) -> pa.Array:
    """Whole numbers without a point, however they are stored: an id of 7.0 is 7."""
    if pa.types.is_decimal(cells.type):
        return pa.array([_digits(cell) for cell in cells.to_pylist()], pa.string())
    if not pa.types.is_floating(cells.type):
        return cells.cast(pa.string())
    number = cells.cast(pa.float64())
    is_whole = pc.and_(pc.equal(pc.trunc(number), number), pc.less(pc.abs(number), 2.0**63))
    whole = pc.if_else(is_whole, number, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(whole, pc.if_else(pc.is_nan(number), None, cells.cast(pa.string())))


def _digits(number: Decimal | None) -> str | None:
    if number is None:
        return None
    return str(int(number)) if number == int(number) else f"{number:f}"


def _millionths(cells: pa.Array) -> pa.Array:
    """Half to even of a double, half up of what is written in digits; null where it is no such number."""
    if pa.types.is_float64(cells.type):
        scaled = np.rint(cells.to_numpy(zero_copy_only=False) * MICROS)
        is_known = np.abs(scaled) < LARGEST  # neither NaN nor an infinity is
        return pa.array(np.where(is_known, scaled, 0).astype(np.int64), mask=~is_known)
    if (
        pa.types.is_integer(cells.type)
        and pc.all(pc.less_equal(pc.abs(cells.cast(pa.int64())), LARGEST // MICROS)).as_py()
    ):
        return pc.multiply(cells.cast(pa.int64()), MICROS)
    written = cells.cast(pa.string()) if pa.types.is_floating(cells.type) else cells
    return pa.array([_written(amount) for amount in written.to_pylist()], pa.int64())


def _written(amount: object) -> int | None:
    try:
        exact = Decimal(amount if isinstance(amount, int | Decimal) else _ascii(amount))
        scaled = int((exact * MICROS).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return scaled if abs(scaled) <= LARGEST else None


def _number(cells: pa.Array) -> pa.Array:
    """A double; NaN and what cannot be read are null."""
    if not pa.types.is_string(cells.type):
        double = cells.cast(pa.float64(), safe=False)
        return pc.if_else(pc.is_nan(double), None, double)
    return pa.array([_double(cell) for cell in cells.to_pylist()], pa.float64())


def _double(text: str | None) -> float | None:
    try:
        number = float(_ascii(text))
    except ValueError:
        return None
    return number if number == number else None  # noqa: PLR0124  NaN alone is not itself


def _ascii(text: object) -> str:
    """The text of a number without blanks around it; Python would also read 1_000, and digits of other scripts."""
    read = "" if text is None else str(text).strip()
    if "_" in read or not read.isascii():
        raise ValueError(text)
    return read


_READERS: dict[str, Callable[[pa.Array], pa.Array]] = {"text": _text, "millionths": _millionths, "number": _number}
