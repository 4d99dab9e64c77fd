import time
from datetime import date

import pytest

from conf.expressions import parse
from conf.expressions.errors import Origin, PolicyError
from conf.expressions.evaluate import evaluate
from conf.expressions.tree import Kind, columns_of

COLUMNS = {
    "attrition": Kind.NUMBER,
    "margin": Kind.NUMBER,
    "age_group": Kind.TEXT,
    "is_member": Kind.BOOL,
    "as_of": Kind.DATE,
    "date": Kind.DATE,
}
ORIGIN = Origin("policy.yaml", 14, "rules 'adults only' never_when", column=9)
ROW = {
    "attrition": 0.5,
    "margin": 8.0,
    "age_group": "26 to 35",
    "is_member": True,
    "as_of": date(2017, 11, 13),
    "date": date(2017, 1, 1),
}


def read(text, result=Kind.BOOL):
    return parse(text, COLUMNS, result=result, origin=ORIGIN)


def refusal(text, result=Kind.BOOL):
    with pytest.raises(PolicyError) as caught:
        read(text, result)
    return caught.value


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("8 - 4 - 2", 2),  # from the left: not 8 - 2
        ("8 / 4 / 2", 1),
        ("2 - -3", 5),
        ("-margin * 2", -16),
        ("--1", 1),
        ("1.5e1", 15),
        ("0.0e5", 0),
        ("margin*attrition", 4),
        ("\n 1\n + 1 ", 2),
    ],
)
def test_arithmetic_binds_as_it_does_in_school(text, answer):
    assert evaluate(read(text, Kind.NUMBER), ROW) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("not is_member or is_member", True),
        ("not (is_member or is_member)", False),
        ("true or false and false", True),  # and first
        ("not attrition = 1", True),  # the comparison first
        ("attrition + 0.1 >= 0.6 and margin > 7", True),
        ("attrition between 0.5 and 1 and is_member", True),
        ("attrition not between 0.5 and 1", False),
        ("margin in (-8, 8)", True),
        ("margin not in (1, 2)", True),
        ("age_group in ('under 18', \"26 to 35\")", True),
        ("age_group is null", False),
        ("age_group is not null", True),
        ("(margin > 1) = (attrition > 1)", False),
        ("is_member != false", True),
        ("as_of > date '2017-11-12'", True),
        ("date = date '2017-01-01'", True),  # a column may be called date
        ("as_of in (date '2017-11-13')", True),
        ("'it''s' = \"it's\"", True),
        ("'C:\\' = 'C:\\'", True),  # a backslash is a backslash
        ("'Zürich' != 'Zurich'", True),
    ],
)
def test_conditions_mean_what_they_say(text, answer):
    assert evaluate(read(text), ROW) is answer


@pytest.mark.parametrize("name", ["abs", "coalesce", "greatest", "if", "least", "round"])
def test_a_column_may_have_the_name_of_a_function(name):
    called = parse(
        f"{name} > 1 and {name} between 1 and round({name})",
        {name: Kind.NUMBER},
        result=Kind.BOOL,
        origin=ORIGIN,
    )
    assert evaluate(called, {name: 2}) is True
    assert columns_of(called) == {name}


def test_columns_of_names_each_column_once():
    assert columns_of(read("if(is_member, margin, coalesce(attrition, 1)) > 1")) == {"is_member", "margin", "attrition"}
    assert columns_of(read("margin > 1 and margin < attrition or age_group in ('margin')")) == {
        "margin",
        "attrition",
        "age_group",
    }


def test_an_error_names_file_line_column_and_the_nearest_column():
    refused = refusal("is_member\n  and age_grp = 'x'")
    assert (refused.file, refused.line, refused.column) == ("policy.yaml", 15, 7)
    assert str(refused).splitlines() == [
        "policy.yaml:15:7: rules 'adults only' never_when: no column 'age_grp'; did you mean 'age_group'? "
        "Columns: age_group, as_of, attrition, date, is_member, margin.",
        "      and age_grp = 'x'",
        "          ^",
    ]


def test_columns_of_the_first_line_count_from_where_the_text_begins():
    assert refusal("is_member & true").column == 9 + 10


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("", "expected an expression, found nothing", 1),
        ("   ", "expected an expression, found nothing", 4),
        ("attrition >", "expected a column, a value or '(', found the end", 12),
        ("(attrition > 1", "expected ')', found the end", 15),
        ("attrition > 1)", "found ')'", 14),
        ("margin 2", "expected 'and', 'or', a sign or the end, found '2'", 8),
        ("is_member AND is_member", "did you mean 'and'?", 11),
        ("attrition == 1", "write =", 11),
        ("attrition <> 1", "write !=", 11),
        ("!is_member", "write not", 1),
        ("is_member && is_member", "write and", 11),
        ("margin > .5", "write 0.5", 10),
        ("1 < margin < 3", "comparisons do not chain", 12),
        ("margin = null", "write 'is null'", 10),
        ("null = margin", "write 'is null'", 1),
        ("margin in (1, null)", "expected a value", 15),
        ("margin in ()", "expected a value", 12),
        ("margin in (1 2)", "expected ',' or ')'", 14),
        ("margin in (margin)", "expected a value", 12),
        ("margin in (-'x')", "expected a number after '-'", 13),
        ("margin in 1", "expected '('", 11),
        ("margin between 1 or 2", "expected 'and'", 18),
        ("margin not 1", "expected 'in' or 'between' after 'not'", 12),
        ("margin is true", "expected 'null' or 'not null'", 11),
        ("min(margin) > 1", "no function 'min'", 1),
        ("rond(margin) > 1", "did you mean 'round'? Functions: abs, coalesce, greatest, if, least, round.", 1),
        ("margin(1) > 1", "no function 'margin'", 1),
        ("abs() > 1", "'abs' is written abs(x)", 1),
        ("abs(margin, 1) > 1", "'abs' is written abs(x)", 1),
        ("1 < least(margin)", "'least' is written least(x, y, …)", 5),
        ("coalesce(margin,) > 1", "expected a column, a value or '(', found ')'", 17),
        ("coalesce(margin 1) > 1", "expected ',' or ')' in coalesce(a, b, …), found '1'", 17),
        ("coalesce(margin, null) > 1", "write 'is null'", 18),
        ("if(is_member, 1) > 1", "'if' is written if(condition, a, b)", 1),
        ("abs(margn) > 1", "did you mean 'margin'?", 5),
        ("Margin > 1", "did you mean 'margin'?", 1),
        ("margin > 12x", "a number looks like", 10),
        ("margin > 1.2.3", "a number looks like", 10),
        ("margin > 1e999", "beyond what a double can hold", 10),
        ("margin > 1e-999", "beyond what a double can hold", 10),
        ("age_group = 'x", "no closing '", 13),
        ("as_of = date '2017-02-30'", "a day of the calendar", 14),
        ("as_of = date '20170228'", "a day of the calendar", 14),
        ("as_of = date '2017-02-28 '", "a day of the calendar", 14),
    ],
)
def test_what_is_not_written_right_is_refused_where_it_stands(text, message, at):
    refused = refusal(text)
    assert message in str(refused)
    assert refused.column == at + 8


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("attrition >= '0.6'", "column 'attrition' is a number and this is a text", 11),
        ("age_group = 18", "compares like with like", 11),
        ("as_of > '2017-11-13'", "compares like with like", 7),
        ("is_member = 1", "compares like with like", 11),
        ("is_member > false", "write = or !=", 11),
        ("is_member in (true)", "needs numbers, texts or dates", 11),
        ("is_member between false and true", "needs numbers, texts or dates", 11),
        ("margin in (1, 'x')", "compares like with like", 8),
        ("margin between 1 and 'x'", "compares like with like", 8),
        ("age_group + 1 > 1", "'+' takes numbers, but column 'age_group' is a text", 11),
        ("-age_group = 'x'", "'-' takes numbers", 1),
        ("as_of - date > 1", "'-' takes numbers", 7),
        ("not margin", "'not' takes conditions", 1),
        ("is_member and margin", "'and' takes conditions", 11),
        ("'x' or is_member", "'or' takes conditions", 5),
        ("margin", "true or false is expected here, but column 'margin' is a number", 1),
        ("abs(age_group) > 1", "'abs' takes numbers, but column 'age_group' is a text", 5),
        ("least(1, margin, as_of) > 1", "'least' takes numbers, but column 'as_of' is a date", 18),
        (
            "coalesce(margin, 'x') > 1",
            "comes to one kind of value, but column 'margin' is a number and this is a text",
            18,
        ),
        ("if(margin, 1, 2) > 1", "'if' takes a condition first, but column 'margin' is a number", 4),
        ("if(is_member, 1, 'x') > 1", "comes to one kind of value, but this is a number and this is a text", 18),
        ("round(margin, attrition) > 1", "'round' takes digits from 0 to 9, written as a number", 15),
        ("round(margin, 0.5) > 1", "digits from 0 to 9", 15),
        ("round(margin, 10) > 1", "digits from 0 to 9", 15),
        ("round(margin, -1) > 1", "digits from 0 to 9", 15),
        ("round(is_member) > 1", "'round' takes numbers", 7),
        ("if(is_member, age_group, 'x')", "true or false is expected here, but this is a text", 1),
    ],
)
def test_kinds_never_mix(text, message, at):
    refused = refusal(text)
    assert message in str(refused)
    assert refused.column == at + 8


def test_a_value_must_be_a_number():
    assert "a number is expected here" in str(refusal("margin > 1", Kind.NUMBER))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "1" + ")" * 500,
        "(" * 1_000_000,
        "not " * 390 + "is_member",
        "-" * 390 + "margin > 1",
        " + ".join(["margin"] * 150) + " > 1",
        "margin > " + "9" * 1_900,
        "age_group = '" + "''" * 950,
        "margin in (" + "1," * 190 + "2,3,4,5,6,7,8,9,10,11,12,13,14)",
        "if(is_member," * 130,
        "abs(" * 100 + "1" + ")" * 100 + " > 1",
        "if(" * 60 + "is_member" + ", true, false)" * 60,
        "(select count(*) from customers) > 1",
        "exists (select 1)",
        "current_user = 'root'",
        "current_date > as_of",
        "${env:HOME} = 'x'",
        "{{ 1 }} = 1",
        "age_group = 'x' -- no more",
        "age_group = 'x'; drop table customers",
        "age_group like '%'",
        "age_group || 'x' = 'x'",
        "`age_group` = 'x'",
        "customers.age_group = 'x'",
        "case when is_member then 1 else 0 end = 1",
        "margin::text = 'x'",
        "margin ** 9999 > 1",
        "__import__('os') = 1",
        "m\N{CYRILLIC SMALL LETTER A}rgin > 1",
        "margin \N{FULLWIDTH GREATER-THAN SIGN} 1",
        "margin > \N{ARABIC-INDIC DIGIT THREE}",
        "age_group = \N{LEFT SINGLE QUOTATION MARK}x'",
        "margin >\u00a01",
        "margin\u200b > 1",
        "margin > 1\x00",
        "age_group = 'x\x00'",
        "age_group = 'x\ny'",
        "age_group = '\u202ex'",
        "age_group = '\ud800'",
    ],
)
def test_hostile_text_is_refused_at_once(text):
    begin = time.perf_counter()
    message = str(refusal(text))
    assert time.perf_counter() - begin < 0.5
    assert len(message) < 600
    assert all(line.isprintable() for line in message.splitlines())  # nothing that bends a log or a terminal


def test_forty_levels_are_read_and_forty_one_are_not():
    assert evaluate(read("(" * 40 + "is_member" + ")" * 40), ROW) is True
    assert (
        evaluate(read(" + ".join(["margin"] * 39) + " = 312"), ROW) is True
    )  # a comparison over 38 signs over a column
    assert "levels" in str(refusal("(" * 41 + "is_member" + ")" * 41))
    assert "levels" in str(refusal(" + ".join(["margin"] * 40) + " = 320"))


def test_a_look_alike_is_named_and_the_ascii_letter_offered():
    message = str(refusal("margin \N{FULLWIDTH EQUALS SIGN} 1"))
    assert "U+FF1D (fullwidth equals sign)" in message
    assert "did you mean '='?" in message
