import functools
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conf.errors import SettingsError
from conf.yaml_file import parse_yaml, read_yaml

FILE = Path("policy.yaml")


def test_every_value_remembers_its_line():
    document = parse_yaml("a: 1\nb:\n  - {c: 2}\n  - c: 3\n", FILE)
    assert document.data == {"a": 1, "b": [{"c": 2}, {"c": 3}]}
    assert document.line(("a",)) == 1
    assert document.line(("b", 0, "c")) == 3
    assert document.line(("b", 1, "c")) == 4


def test_the_line_of_what_is_not_there_is_that_of_what_encloses_it():
    document = parse_yaml("a: 1\nb:\n  c: 2\n", FILE)
    assert document.line(("b", "missing", "deeper")) == 2
    assert document.line(("missing",)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "policy.yaml:2: the key 'a' is given twice"),
        ("a: &x 1\nb: *x\n", "policy.yaml:1: anchors and aliases (&, *) are not used in settings"),
        ("a: 1\nb: !!python/object:os.system {}\n", "policy.yaml:2: tags (tag:yaml.org,2002:python/object:os.system)"),
        ("a: !secret x\n", "policy.yaml:1: tags (!secret)"),
        ("a: [1\nb: 2\n", "policy.yaml:2:"),
        ("a: 2017-13-45\n", "policy.yaml:1: a: '2017-13-45' is not a date or number"),
    ],
)
def test_what_settings_have_no_use_for_is_refused_with_its_line(text, message):
    with pytest.raises(SettingsError) as error:
        parse_yaml(text, FILE)
    assert str(error.value).startswith(message)


def test_an_alias_bomb_is_refused_before_it_unfolds():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + level)}: &{chr(98 + level)} [{','.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(9)
    )
    with pytest.raises(SettingsError, match="anchors and aliases"):
        parse_yaml(bomb, FILE)


@pytest.mark.parametrize("bomb", ["[" * 100_000, "[" * 21 + "]" * 21, "{a: " * 5000, "- " * 21 + "a"])
def test_deep_nesting_is_refused_before_it_fills_the_stack(bomb):
    with pytest.raises(SettingsError, match="policy.yaml:1: nested deeper than 20 levels"):
        parse_yaml(bomb, FILE)


def test_nesting_that_settings_could_need_is_read():
    assert parse_yaml("[" * 20 + "]" * 20, FILE).data == functools.reduce(lambda inner, _: [inner], range(19), [])


def test_a_number_of_very_many_digits_is_refused_and_not_repeated():
    with pytest.raises(SettingsError) as error:
        parse_yaml(f"a: {'9' * 10_000}\n", FILE)
    assert len(str(error.value)) < 200


def test_a_file_without_end_is_not_read_to_its_end():
    with pytest.raises(SettingsError, match="a settings file has at most 1000000 bytes"):
        read_yaml(Path("/dev/zero"))


def test_an_empty_file_is_an_empty_mapping(tmp_path):
    (tmp_path / "models.yaml").write_text("")
    assert read_yaml(tmp_path / "models.yaml").data == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe", "byte 0 is not UTF-8"), (b"#" * 1_000_001, "a settings file has at most 1000000")],
)
def test_a_file_that_is_no_settings_file_is_refused(tmp_path, content, message):
    (tmp_path / "policy.yaml").write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        read_yaml(tmp_path / "policy.yaml")


def test_a_missing_file_is_named():
    with pytest.raises(SettingsError, match="policy.yaml: cannot be read: No such file"):
        read_yaml(Path("no/policy.yaml"))


NEARLY_NUMBER = re.compile("[-+.0-9eE_:]+")  # 08 and 1e3 are texts to some programs, which write them without quotes
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False),
    st.dates(date(1000, 1, 1)),
    # PyYAML writes these line ends as they are, and no YAML reader takes them for signs of a text.
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"), max_size=8).filter(
        lambda text: not NEARLY_NUMBER.fullmatch(text)
    ),
    st.sampled_from(["yes", "NO", "on", "0100", "0x1f", "12:30", "1_000", "~", "null", "=", "<<", "2024-01-31"]),
)


@given(st.dictionaries(st.text("ab01:_.- yesno", max_size=5), PLAIN, max_size=4))
def test_what_another_program_writes_is_read_as_it_was_meant(data):
    assert parse_yaml(yaml.safe_dump(data, allow_unicode=True), FILE).data == {str(key): data[key] for key in data}


DIGITS = st.text("0123456789", min_size=1, max_size=6)
SIGNS = st.sampled_from(["", "+", "-"])
DOUBTFUL = st.one_of(
    st.builds("{}0{}".format, SIGNS, DIGITS),  # 64 or 100
    st.builds("{}0{}.{}".format, SIGNS, DIGITS, DIGITS),
    st.builds("{}0x{}".format, SIGNS, st.text("0123456789abcdefABCDEF", min_size=1, max_size=4)),
    st.builds("{}0b{}".format, SIGNS, st.text("01", min_size=1, max_size=4)),
    st.builds("0o{}".format, st.text("01234567", min_size=1, max_size=4)),
    st.builds("{}{}_{}".format, SIGNS, DIGITS, DIGITS),
    st.builds("{}{}:{:02d}".format, SIGNS, DIGITS, st.integers(0, 59)),  # 750 or half past twelve
)


@given(DOUBTFUL, st.sampled_from(["max: {}", "max:    {}  # so many", "{{max: {}}}", "[1, {{max: {}}}]"]))
def test_a_number_that_programs_read_differently_is_refused_and_not_repeated(number, form):
    with pytest.raises(SettingsError) as error:
        parse_yaml(f"# first line\n{form.format(number)}\n", FILE)
    assert str(error.value).startswith("policy.yaml:2: max: it has ")
    assert len(number) < 4 or number not in str(error.value)  # it may be a secret


@given(DOUBTFUL, st.sampled_from(["'{}'", '"{}"', "!!str {}"]))
def test_in_quotes_and_as_a_key_it_is_a_text(number, quoted):
    assert parse_yaml(f"{number}x: 1\nb: {quoted.format(number)}\n", FILE).data == {f"{number}x": 1, "b": number}
    assert parse_yaml(f"columns: {{{number}: a}}\n", FILE).data == {"columns": {number: "a"}}


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "y", "n"])
def test_a_switch_in_words_is_a_text_until_true_or_false_is_wanted(word):
    assert parse_yaml(f"{word}: {word}\n", FILE).data == {word: word}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("description: Offers: of June\n", "a text with a colon and a blank in it is put in quotes"),
        ("a:\n\tb: 1\n", "lines are indented with blanks, not with tabs"),
        ("a: @home\n", "a text that begins with this sign is put in quotes"),
        ("a: *\n", "a text that begins with * or & is put in quotes"),
        ("a: [x\n", "a text with [ ] { } in it is put in quotes"),
        ("a: 'x\n", "a quote is not closed"),
        ("? [a]\n: 1\n", "a key is a text, not a list or a mapping"),
        ("a: !!int 7\n", "tags (tag:yaml.org,2002:int) are not used in settings"),
    ],
)
def test_what_yaml_refuses_is_said_with_what_to_do(text, hint):
    with pytest.raises(SettingsError) as error:
        parse_yaml(text, FILE)
    assert hint in str(error.value)
