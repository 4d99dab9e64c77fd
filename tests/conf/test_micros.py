"""Money as whole micros, exact in both directions."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf.micros import MAX_UNITS, MICROS, to_micros, to_units

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("units", "micros"),
    [
        (Decimal("0.000001"), 1),
        (Decimal("-2.5"), -2_500_000),
        (3, 3_000_000),
        (0.25, 250_000),
        (Fraction(1, 2), 500_000),
    ],
)
def test_every_kind_of_number_has_its_micros(units, micros):
    assert to_micros(units) == micros


def test_less_than_a_micro_is_not_rounded_away():
    assert to_micros(Decimal("0.0000004")) == Fraction(2, 5)


@given(st.integers(-(2**63), 2**63 - 1))
def test_micros_in_the_currency_are_the_same_micros_again(micros):
    assert to_micros(to_units(micros)) == micros


@pytest.mark.parametrize(
    ("micros", "text"), [(593_421_040, "593.42104"), (80_000_000, "80"), (0, "0"), (-1, "-0.000001")]
)
def test_an_amount_has_no_zeros_at_its_end(micros, text):
    assert f"{to_units(micros):f}" == text


def test_a_float_of_the_most_units_still_tells_micros_apart():
    most = float(MAX_UNITS)
    assert round((most - 1 / MICROS) * MICROS) != round(most * MICROS)


def test_the_constant_is_written_once_for_the_suite_and_once_for_its_auditor():
    packages = ("conf", "expectations", "jobs", "models", "optimization")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    homes = [path for path in files if re.search(r"(?m)^(MICROS|MILLION\w*|MONEY) = 1", path.read_text())]
    assert [str(path.relative_to(ROOT)) for path in homes] == ["conf/micros.py", "expectations/audit/micros.py"]
