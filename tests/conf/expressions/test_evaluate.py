from datetime import datetime
from decimal import Decimal

import pytest

from conf.expressions import parse
from conf.expressions.errors import Origin
from conf.expressions.evaluate import evaluate
from conf.expressions.tree import Kind

COLUMNS = {"x": Kind.NUMBER, "y": Kind.NUMBER, "s": Kind.TEXT, "b": Kind.BOOL, "c": Kind.BOOL, "d": Kind.DATE}
INFINITY, NAN = float("inf"), float("nan")


def answer(text, result=Kind.BOOL, **row):
    expression = parse(text, COLUMNS, result=result, origin=Origin("policy.yaml", 1, "a test"))
    return evaluate(expression, dict.fromkeys(COLUMNS) | row)


@pytest.mark.parametrize(
    ("b", "c", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_logic_has_three_values(b, c, both, either):
    assert answer("b and c", b=b, c=c) is answer("c and b", b=b, c=c) is both
    assert answer("b or c", b=b, c=c) is answer("c or b", b=b, c=c) is either


@pytest.mark.parametrize(
    "text", ["x = 1", "x != x", "x in (1)", "x not in (1)", "x between 0 and 1", "not x > 1", "s = ''", "d = d"]
)
def test_what_is_unknown_answers_unknown(text):
    assert answer(text) is None


def test_is_null_is_always_known():
    assert answer("x is null") is True
    assert answer("x is not null", x=0) is True
    assert answer("x / 0 is null", x=1) is True


def test_a_range_is_false_where_one_known_end_excludes():
    assert answer("x between y and 3", x=4) is False
    assert answer("x between y and 3", x=2) is None


@pytest.mark.parametrize("text", ["x / y", "-x / y", "x / -y", "y / y"])
def test_division_by_zero_is_null(text):
    assert answer(text, Kind.NUMBER, x=1.0, y=0.0) is None


@pytest.mark.parametrize("x", [NAN, INFINITY, -INFINITY])
def test_a_column_that_is_no_number_is_null(x):
    assert answer("x", Kind.NUMBER, x=x) is None
    assert answer("x > 0", x=x) is None
    assert answer("x is null", x=x) is True


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("coalesce(x, y, 3)", 3),
        ("coalesce(x, 2, 3)", 2),
        ("coalesce(x, y)", None),
        ("least(2, 1, 3)", 1),
        ("greatest(2, 1, 3)", 3),
        ("least(2, x)", None),  # what is not known might be less
        ("greatest(2, x)", None),
        ("abs(-2)", 2),
        ("abs(x)", None),
        ("round(2.5)", 2),  # half to even
        ("round(3.5)", 4),
        ("round(-2.5)", -2),
        ("round(1.25, 1)", 1.2),
        ("round(2.675, 2)", 2.68),  # 267.5 as a double
        ("round(12.34, 0)", 12),
        ("round(x, 2)", None),
        ("round(1e300, 9)", None),  # x * 10^9 is no double
        ("if(1 > 2, 1, 2)", 2),
        ("if(1 < 2, 1, x)", 1),
        ("if(1 < 2, x, 1)", None),
        ("if(x > 1, 1, 2)", None),  # of a condition that is not known nothing follows
        ("if(b, 1, 2)", None),
        ("if(coalesce(b, false), 1, 2)", 2),
    ],
)
def test_functions_answer_what_the_page_says(text, of):
    assert answer(text, Kind.NUMBER) == of


def test_functions_of_texts_days_and_conditions_keep_their_kind():
    assert answer("coalesce(s, 'none') = 'none'") is True
    assert answer("if(1 < 2, date '2024-01-01', d) < date '2024-01-02'") is True
    assert answer("coalesce(b, 1 < 2)") is True
    assert answer("if(b, c, b)", b=True, c=False) is False


@pytest.mark.parametrize("text", ["x * x", "x + x", "-x - x", "x / 0.1", "x * x / x"])
def test_a_result_beyond_the_doubles_is_null(text):
    assert answer(text, Kind.NUMBER, x=1.7e308) is None


def test_numbers_of_every_type_are_read_as_doubles():
    assert answer("x = 9007199254740992", x=2**53 + 1) is True
    assert answer("x = 0.1", x=Decimal("0.1")) is True
    assert answer("x + 1", Kind.NUMBER, x=1) == 2.0


def test_minus_zero_equals_zero_and_keeps_its_sign():
    assert answer("x = 0 and x in (0)", x=-0.0) is True
    assert str(answer("x", Kind.NUMBER, x=-0.0)) == "-0.0"


def test_text_compares_letter_by_letter_by_code_point():
    assert answer("s < 'a'", s="Z") is True
    assert answer("s = 'a'", s="A") is False
    assert answer("s = ''", s="") is True
    assert answer("s > '\N{FULLWIDTH LATIN SMALL LETTER A}'", s="\N{GRINNING FACE}") is True  # UTF-16 would say false


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("x > 1", {"x": "2"}),
        ("x > 1", {"x": True}),
        ("b", {"b": 1}),
        ("s = 'a'", {"s": b"a"}),
        ("d = d", {"d": datetime(2017, 11, 13)}),  # noqa: DTZ001 - any stamp will do
    ],
)
def test_a_value_of_another_kind_than_declared_is_an_error_that_does_not_show_it(text, row):
    with pytest.raises(TypeError, match=r"^column '.' holds a \w+ where a \w+ was declared$"):
        answer(text, **row)


def test_a_row_without_the_column_is_an_error():
    expression = parse("x > 1", COLUMNS, result=Kind.BOOL, origin=Origin("policy.yaml", 1, "a test"))
    with pytest.raises(KeyError, match="x"):
        evaluate(expression, {})
