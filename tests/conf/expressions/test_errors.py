from conf.expressions.errors import LINE_SHOWN, Origin, PolicyError

ORIGIN = Origin("conf/demo/policy.yaml", 14, "value 'loyalty'", column=12)


def error(text, offset):
    return PolicyError("is wrong", text=text, offset=offset, origin=ORIGIN)


def test_the_first_line_counts_from_where_the_text_begins_and_later_lines_from_one():
    first, second = error("a + b\n+ c", 4), error("a + b\n+ c", 8)
    assert (first.line, first.column) == (14, 16)
    assert (second.line, second.column) == (15, 3)


def test_the_caret_stands_under_the_letter():
    *_, line, caret = str(error("a + b\n+ c", 8)).splitlines()
    assert line[caret.index("^")] == "c"


def test_the_end_of_the_text_can_be_pointed_at():
    assert str(error("a +", 3)).splitlines()[1:] == ["    a +", "       ^"]


def test_only_the_neighbourhood_of_a_long_line_is_shown():
    *_, line, caret = str(error("a" * 900 + "!" + "b" * 900, 900)).splitlines()
    assert line[caret.index("^")] == "!"
    assert len(line) == LINE_SHOWN + 4


def test_letters_that_cannot_be_printed_do_not_reach_the_terminal():
    message = str(error("a\x1b[31m\u202eb", 0))
    assert message.splitlines()[1] == "    a?[31m?b"
