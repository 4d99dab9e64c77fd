"""What may be told of a night, where it goes, and that it decides nothing."""

from pathlib import Path

import pytest
from pydantic import ValidationError

import conf
from conf.errors import SettingsError
from conf.load import load
from conf.observability import Observability, OpenLineage

TEMPLATE = Path(conf.__path__[0]) / "template"


def test_a_log_is_a_file_stderr_or_nothing():
    assert Observability(log="work/log.jsonl").log == Path("work/log.jsonl")
    assert Observability(log="stderr").log == "stderr"
    assert Observability(log=None).log is None


def test_what_is_not_said_is_only_the_figures_of_a_set():
    assert Observability() == Observability(log=None, mlflow_nights=True, openlineage=None)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "say either file or url"),
        ({"file": "a", "url": "http://a"}, "say either file or url"),
        ({"file": "a", "api_key": "env:KEY"}, "are for a url"),
        ({"file": "a", "ca_file": "ca.pem"}, "are for a url"),
        ({"url": "kafka://broker"}, "string_pattern_mismatch"),
        ({"url": "http://"}, "string_pattern_mismatch"),
        ({"url": "http://a", "wait_seconds": 0}, "greater_than"),  # no answer comes in no time
        ({"url": "http://a", "wait_seconds": 61}, "less_than_equal"),  # a night does not wait for minutes
    ],
)
def test_lineage_goes_to_one_place_that_is_not_waited_for_long(wrong, message):
    with pytest.raises(ValidationError, match=message):
        OpenLineage(**wrong)


@pytest.mark.parametrize(
    "change",
    [
        "observability.log=elsewhere.jsonl",
        "observability.mlflow_nights=false",
        "observability.openlineage={file: lineage.jsonl}",
    ],
)
def test_what_is_told_of_a_night_decides_nothing(change):
    changed = load(TEMPLATE, [f"deployment.{change}"])
    assert changed.deployment.observability != load(TEMPLATE).deployment.observability
    assert changed.fingerprint() == load(TEMPLATE).fingerprint()


def test_the_receivers_key_is_named_and_not_written():
    receiver = "deployment.observability.openlineage={url: 'http://127.0.0.1', api_key: %s}"
    with pytest.raises(SettingsError, match=r"openlineage.api_key: a secret is not written into settings") as error:
        load(TEMPLATE, [receiver % "hunter2"])
    assert "hunter2" not in str(error.value)
    assert load(TEMPLATE, [receiver % "env:KEY"]).deployment.observability.openlineage.api_key == "env:KEY"


def test_a_receivers_address_holds_no_password():
    with pytest.raises(SettingsError, match="an address or option with a secret in it"):
        load(TEMPLATE, ["deployment.observability.openlineage={url: 'http://us:hunter2@host'}"])
