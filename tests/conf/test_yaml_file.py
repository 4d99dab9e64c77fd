import functools
from pathlib import Path

import pytest

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
