"""Booleans are no numbers, numbers no booleans, and yes and no are what the setting asks for."""

import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf.deployment import Deployment
from conf.errors import SettingsError
from conf.meant import SWITCHES
from conf.sources import Sources
from conf.validate import validate
from conf.yaml_file import Document, parse_yaml

PLACE = {"name": "shop", "lake": "lake", "output": "out", "currency": "EUR", "time_zone": "UTC"}
NUMBERS = [("seed",), ("volumes", "min_contacts"), ("optimizer", "max_gap"), ("drift", "scores", "warn")]
NO_NUMBERS = st.one_of(st.booleans(), st.sampled_from([*SWITCHES, "1_0", "٣", "0x3", "three"]))


def deployment(location, value):
    data = copy.deepcopy(PLACE)
    holder = data
    for step in location[:-1]:
        holder = holder.setdefault(step, {})
    holder[location[-1]] = value
    return Document(Path("deployment.yaml"), data)


@given(st.sampled_from(NUMBERS), NO_NUMBERS)
def test_no_boolean_and_no_word_becomes_a_number(location, value):
    with pytest.raises(SettingsError) as error:
        validate(deployment(location, value), Deployment)
    assert str(error.value).startswith(f"deployment.yaml:1: {'.'.join(location)}: ")
    assert len(str(error.value).splitlines()) == 1


@given(st.sampled_from([*SWITCHES, "YES", "Off"]))
def test_where_true_or_false_is_wanted_a_switch_in_words_is_one_for_the_auditor_too(word):
    document = deployment(("observability", "mlflow_nights"), word)
    assert validate(document, Deployment).observability.mlflow_nights is SWITCHES[word.lower()]
    assert document.data["observability"]["mlflow_nights"] is SWITCHES[word.lower()]


@given(st.sampled_from([0, 1, 1.0, "1", "t", "y"]))
def test_no_number_becomes_true_or_false(value):
    with pytest.raises(SettingsError, match="mlflow_nights: true or false is wanted"):
        validate(deployment(("observability", "mlflow_nights"), value), Deployment)


@pytest.mark.parametrize("word", ["no", "yes", "On", "OFF"])
def test_a_constant_called_no_is_no(word):
    text = f"customers: {{path: p, columns: {{customer_id: id}}, constants: {{channel: {word}}}}}\n"
    assert validate(parse_yaml(text, Path("sources.yaml")), Sources).customers.constants == {"channel": word}


@pytest.mark.parametrize("value", ["2024-01-31", "[a]", "null"])
def test_of_a_setting_of_several_types_one_sentence_says_what_is_wanted(value):
    text = f"customers: {{path: p, columns: {{customer_id: id}}, constants: {{channel: {value}}}}}\n"
    with pytest.raises(SettingsError) as error:
        validate(parse_yaml(text, Path("sources.yaml")), Sources)
    assert str(error.value).startswith(
        "sources.yaml:1: customers.constants.channel: a text, a number, true or false is"
    )
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("word", ["yes", "off"])
def test_spark_is_not_told_yes_or_no(word):
    with pytest.raises(SettingsError, match="Spark is told true or false"):
        validate(deployment(("spark", "settings"), {"spark.ui.enabled": word}), Deployment)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (("lake",), "~/lake"),
        (("output",), "$HOME/published"),
        (("output",), ""),
        (("mlflow", "artifacts"), "${WORK}/artifacts"),
        (("mlflow", "tracking_uri"), "sqlite:///~/mlflow.db"),
        (("observability", "log"), "~/log.jsonl"),
        (("observability", "openlineage", "file"), "/logs/$DAY/lineage.jsonl"),
    ],
)
def test_a_path_is_whole_as_it_stands(location, path):
    with pytest.raises(SettingsError) as error:
        validate(deployment(location, path), Deployment)
    assert f"{'.'.join(location)}: " in str(error.value)
    assert "~ and variables are not replaced" in str(error.value) or "a folder or file is wanted" in str(error.value)


@pytest.mark.parametrize("path", ["data/customers~old.csv", "data/us$.csv", "data/*.parquet", "/data/day=2024-01-31"])
def test_signs_that_no_shell_replaces_are_part_of_a_path(path):
    document = Document(Path("sources.yaml"), {"customers": {"path": path, "columns": {"customer_id": "id"}}})
    assert validate(document, Sources).customers.path == path


@pytest.mark.parametrize("kind", ["mysql", "mysql+pymysql", "mssql", "postgresql"])
def test_an_address_whose_driver_is_not_installed_is_told_at_the_key(kind):
    with pytest.raises(SettingsError, match=f"mlflow.tracking_uri: {kind.replace('+', '[+]')}:// needs the package of"):
        validate(deployment(("mlflow", "tracking_uri"), f"{kind}://host/db"), Deployment)


@pytest.mark.parametrize(
    "uri", ["http://host:5000", "sqlite:///./mlflow.db", "postgresql+psycopg://host/db", "env:URI"]
)
def test_an_address_that_can_be_reached_from_here_is_taken(uri):
    assert validate(deployment(("mlflow", "tracking_uri"), uri), Deployment).mlflow.tracking_uri == uri


NAMES = st.text("abAB_9 [](){}:,\"'.-é🐱", min_size=1, max_size=5)


@given(st.one_of(NAMES, st.sampled_from(["and", "In", "null", "not", "a" * 65])))
def test_an_attribute_is_a_word_that_formulas_can_use(name):
    name = name.strip()
    data = {"customers": {"path": "p", "columns": {"customer_id": "id"}, "attributes": {name: "number"}}}
    is_word = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit() and len(name) < 65
    if is_word and name.lower() not in ("and", "in", "null", "not"):
        assert name in validate(Document(Path("sources.yaml"), data), Sources).customers.attributes
    else:
        with pytest.raises(SettingsError, match="is no word that formulas can use"):
            validate(Document(Path("sources.yaml"), data), Sources)


def test_attributes_differ_by_more_than_the_case_of_letters():
    attributes = {"Town": "text", "town": "text"}
    data = {"customers": {"path": "p", "columns": {"customer_id": "id"}, "attributes": attributes}}
    with pytest.raises(SettingsError, match="'Town' and 'town' differ in case alone"):
        validate(Document(Path("sources.yaml"), data), Sources)
