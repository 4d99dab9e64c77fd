"""A version goes through its gates as it comes out of the registry, and what they said stays on it."""

import dataclasses

import pytest

from conf.models import Gate, Label, Model
from models.errors import NotPromoted
from models.gates import asked_by
from models.tracking import (
    champion_version,
    log_training,
    promote,
    validation_of,
    version_numbered,
)
from models.training import train
from models.validation import validate

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]
ASKED = {
    "auc": Gate(min=0.7, max_worse_than_champion=0.01),
    "expected_calibration_error": Gate(max=0.2),
    "score_psi": Gate(max=0.25),
    "rows_per_second": Gate(min=100),
}


GATES = asked_by(
    Model(score="attrition", estimator="classifier", label=Label(kind="no_purchase", window_days=30), gates=ASKED)
)


@pytest.fixture
def validated(registry, models, outcomes, mark):
    def make(name, number, expected, **changes):
        return validate(
            registry,
            name,
            number,
            settings=models["attrition"].model_copy(update={"gates": ASKED} | changes),
            table=lambda _: outcomes("attrition", name),
            seed=11,
            stamp=mark,
            already_measured=expected.figures,
        )

    return make


@pytest.fixture(scope="module")
def worse(models, learnt):
    """A model that is told nothing but when the customer bought last, of which nothing follows."""
    few = models["attrition"].model_copy(update={"features": ("days_since_last_purchase",)})
    return train("attrition", few, learnt, seed=11)


def test_a_challenger_worse_than_the_champion_is_refused(registry, renamed, validated, worse, mark):
    good = renamed("attrition", "worse")
    first = log_training(registry, good, inputs="a", stamp=mark)
    message = validated("worse", first, good)
    assert message.has_passed
    assert [verdict.gate for verdict in message.verdicts] == [
        "features", "auc", "auc", "expected_calibration_error", "score_psi", "rows_per_second",
    ]  # fmt: skip
    assert (message.champion, message.by, message.at) == (None, "ann", "2026-01-02T03:04:05+00:00")
    promote(registry, "worse", first, GATES, mark)
    contract = worse.contract.model_copy(update={"model": "worse"})
    second = log_training(registry, dataclasses.replace(worse, contract=contract), inputs="b", stamp=mark)
    failed = {
        verdict.wanted.split(",")[0]: verdict
        for verdict in validated("worse", second, worse).verdicts
        if not verdict.has_passed
    }
    beside = failed["at most 0.01 worse than the champion"]
    assert beside.wanted.endswith("on the same 400 rows")
    with pytest.raises(NotPromoted, match="at most 0.01 worse than the champion, version 1, which has"):
        promote(registry, "worse", second, GATES, mark)
    assert champion_version(registry, "worse") == first


def test_what_the_gates_said_is_on_the_version(registry, renamed, validated, mark):
    item = renamed("attrition", "noted")
    number = log_training(registry, item, inputs="a", stamp=mark)
    message = validated("noted", number, item)
    assert validation_of(version_numbered(registry, "noted", number)) == message


def test_a_version_whose_files_are_damaged_is_written_down_as_failed(registry, renamed, trained, validated, mark):
    spoilt = dataclasses.replace(renamed("attrition", "damaged"), text=trained["value"].text)
    number = log_training(registry, spoilt, inputs="a", stamp=mark)
    (only,) = validated("damaged", number, spoilt).verdicts
    assert (only.gate, only.has_passed) == ("files", False)
    assert "model.txt is not the file" in only.wanted
    with pytest.raises(NotPromoted, match="failed its gates: files"):
        promote(registry, "damaged", number, GATES, mark)


def test_a_version_that_answers_something_else_than_models_yaml_asks_fails(registry, renamed, validated, mark):
    item = renamed("attrition", "other")
    number = log_training(registry, item, inputs="a", stamp=mark)
    (only,) = validated("other", number, item, label=Label(kind="no_purchase", window_days=60)).verdicts
    assert not only.has_passed
    assert '"window_days":60} and it answers attrition of {"kind":"no_purchase","window_days":30}' in only.wanted


@pytest.fixture
def damaged_champion(registry, renamed, mark, mlflow_home):
    """Two versions of a model called `away`; the files of the first, which is the champion, are damaged."""
    item = renamed("attrition", "away")
    first, second = (log_training(registry, item, inputs="a", stamp=mark) for _ in range(2))
    promote(registry, "away", first, GATES, mark, is_forced=True)
    source = version_numbered(registry, "away", first).source.removeprefix("models:/")
    next(mlflow_home.glob(f"artifacts/models/{source}/artifacts/model.lgb")).write_text("tree")
    return second, item


def test_a_damaged_champion_lets_nobody_past_but_by_force(registry, validated, mark, damaged_champion):
    second, item = damaged_champion
    failed = [each for each in validated("away", second, item).verdicts if not each.has_passed]
    assert ["cannot be compared: model 'away' version 1" in each.wanted for each in failed] == [True]
    assert promote(registry, "away", second, GATES, mark, is_forced=True)
