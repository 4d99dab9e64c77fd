"""Cells as the night reads them, however a file stores them."""

from decimal import Decimal

import pyarrow as pa
import pytest

from expectations.audit.raw_values import read_as


def read(kind, values, stored):
    return read_as(kind, pa.array(values, stored)).to_pylist()


@pytest.mark.parametrize(
    ("values", "stored", "texts"),
    [
        ([7.0, None, float("nan"), 7.5, 2.0**52], pa.float64(), ["7", None, None, "7.5", "4503599627370496"]),
        ([7.0, 0.1], pa.float32(), ["7", "0.1"]),
        ([7, 2**63 - 1], pa.int64(), ["7", "9223372036854775807"]),
        ([Decimal("7.00"), Decimal("7.50"), None], pa.decimal128(9, 2), ["7", "7.50", None]),
        (["007", "7.0", ""], pa.string(), ["007", "7.0", ""]),
        ([True], pa.bool_(), ["true"]),
        (["a", "b", "a"], pa.dictionary(pa.int8(), pa.string()), ["a", "b", "a"]),
    ],
)
def test_ids_are_text_without_a_point_behind_whole_numbers(values, stored, texts):
    assert read("text", values, stored) == texts


@pytest.mark.parametrize(
    ("values", "stored", "amounts"),
    [
        (
            [1.25, -0.0000005, 0.0000015, float("nan"), float("inf"), 1e300],
            pa.float64(),
            [1_250_000, 0, 2, None, None, None],
        ),
        ([0.1], pa.float32(), [100_000]),
        ([3, -4, None], pa.int32(), [3_000_000, -4_000_000, None]),
        ([2**62], pa.int64(), [None]),
        (
            [" 11.77 ", "1e3", "0.0000005", "1_0", "x", "NaN", "", None, "٣"],
            pa.string(),
            [11_770_000, 1_000_000_000, 1, None, None, None, None, None, None],
        ),
        ([Decimal("11.7700005")], pa.decimal128(12, 7), [11_770_001]),
    ],
)
def test_amounts_are_whole_millionths(values, stored, amounts):
    assert read("millionths", values, stored) == amounts


@pytest.mark.parametrize(
    ("values", "stored", "numbers"),
    [
        (["1.5", " 2 ", "x", "", "nan", "1_0"], pa.string(), [1.5, 2.0, None, None, None, None]),
        ([1, None], pa.int16(), [1.0, None]),
        ([float("nan"), 0.5], pa.float64(), [None, 0.5]),
    ],
)
def test_numbers_are_doubles(values, stored, numbers):
    assert read("number", values, stored) == numbers


def test_stamps_finer_than_microseconds_are_cut():
    (stamp,) = read_as(None, pa.array([1_719_792_000_000_000_123], pa.timestamp("ns"))).to_pylist()
    assert stamp.isoformat() == "2024-07-01T00:00:00"
