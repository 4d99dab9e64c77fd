"""What a spreadsheet may run, judged twice: by the night and, from a list of its own, by the auditor."""

import sys

import pytest

from expectations.audit.spreadsheet import cell, is_run
from jobs.publishing.set_files import _starts_a_formula

EVERY_SIGN = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


@pytest.mark.parametrize("after", ["", "=", "a"])
def test_night_and_auditor_agree_on_every_sign_that_there_is(after):
    assert [sign for sign in EVERY_SIGN if is_run(sign + after) != _starts_a_formula(sign + after)] == []


@pytest.mark.parametrize(
    "text", ["", "A first look", "20 % off", "\u201ea\u201c", "\U0001f431 food", "a = b", " a", "'"]
)
def test_plain_texts_stay_as_they_are(text):
    assert cell("offer_name", text) == text


def test_numbers_are_no_formulas_and_ids_are_no_texts():
    assert [cell("use", -1.5), cell("min", None), cell("customer_id", "+41"), cell("reason", "+41")] == [
        "-1.5",
        "",
        "+41",
        "'+41",
    ]
