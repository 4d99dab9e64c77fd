"""Nothing becomes the champion that its gates did not let, unless somebody says why; and there is a way back."""

import pytest

from conf.models import Gate, Label, Model
from models.errors import ModelUnusable, NotPromoted
from models.gates import Validation, Verdict, asked_by
from models.tracking import (
    Stamp,
    champion,
    champion_version,
    history,
    log_training,
    promote,
    record_validation,
    rollback,
    validation_of,
    version_numbered,
    versions,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]
ASKED = Model(
    score="attrition",
    estimator="classifier",
    label=Label(kind="no_purchase", window_days=30),
    gates={"auc": Gate(min=0.7)},
)
GATES = asked_by(ASKED)


def test_a_model_that_was_never_registered_has_no_history(registry):
    assert history(registry, "unheard_of") == []


@pytest.fixture
def life(registry, shelved):
    """A model of a name, with a version per verdict on its AUC; `champion` is whom it was compared with."""

    def make(name, *aucs, champion=None):
        made = []
        for auc in aucs:
            (number,) = shelved(name, "attrition")
            verdict = Verdict(gate="auc", figure=auc, wanted="at least 0.7", has_passed=auc >= 0.7)
            message = Validation(verdicts=(verdict,), asked=GATES, champion=champion, at="now", by="ann")
            record_validation(registry, name, number, message)
            made.append(number)
        return made

    return make


def test_a_version_that_passed_becomes_the_champion_and_is_no_challenger_any_more(registry, life, mark):
    (item,) = life("passes", 0.8)
    assert promote(registry, "passes", item, GATES, mark)
    assert version_numbered(registry, "passes", item).aliases == ("champion",)
    assert not promote(registry, "passes", item, GATES, mark)
    assert [each.what for each in history(registry, "passes")] == ["registered", "promoted"]


def test_a_version_that_failed_a_gate_stays_a_challenger(registry, life, mark):
    (item,) = life("fails", 0.6)
    with pytest.raises(NotPromoted, match=r"version 1 failed its gates: auc: 0\.6000, wanted at least 0\.7"):
        promote(registry, "fails", item, GATES, mark)
    assert champion_version(registry, "fails") is None
    assert version_numbered(registry, "fails", item).aliases == ("challenger",)


def test_a_version_that_was_never_validated_is_refused(registry, shelved, mark):
    (item,) = shelved("unseen", "attrition")
    with pytest.raises(NotPromoted, match="was never validated; run `oneoffer models validate`"):
        promote(registry, "unseen", item, GATES, mark)


def test_a_validation_by_other_gates_or_beside_another_champion_does_not_count(registry, life, mark):
    first, second = life("stale", 0.8, 0.8)
    with pytest.raises(NotPromoted, match="validated when models.yaml asked something else"):
        promote(registry, "stale", first, asked_by(ASKED.model_copy(update={"gates": {"auc": Gate(min=0.75)}})), mark)
    promote(registry, "stale", first, GATES, mark)
    with pytest.raises(NotPromoted, match="validated beside champion none, and the champion is 1 now"):
        promote(registry, "stale", second, GATES, mark)


def test_a_validation_without_a_verdict_lets_nothing_through(registry, shelved, mark):
    (item,) = shelved("empty", "attrition")
    message = Validation(verdicts=(), asked=GATES, champion=None, at="now", by="ann")
    record_validation(registry, "empty", item, message)
    with pytest.raises(NotPromoted, match="failed its gates"):
        promote(registry, "empty", item, GATES, mark)


def test_a_forced_promotion_leaves_its_reason_and_what_it_overruled(registry, life, mark):
    (item,) = life("forced", 0.6)
    assert promote(registry, "forced", item, GATES, Stamp("bob", mark.at, "the old feed is gone"), is_forced=True)
    last = history(registry, "forced")[-1]
    assert (last.what, last.by, last.why) == ("promoted", "bob", "the old feed is gone")
    assert last.overruled == "failed its gates: auc: 0.6000, wanted at least 0.7"
    assert not validation_of(version_numbered(registry, "forced", item)).has_passed


def test_a_version_whose_files_are_damaged_cannot_be_forced(registry, renamed, mark, mlflow_home):
    item = log_training(registry, renamed("attrition", "broken"), inputs="a", stamp=mark)
    source = version_numbered(registry, "broken", item).source.removeprefix("models:/")
    path = next(mlflow_home.glob(f"artifacts/models/{source}/artifacts/model.lgb"))
    path.write_text(path.read_text()[:2000])
    with pytest.raises(ModelUnusable, match=r"model\.txt is not the file"):
        promote(registry, "broken", item, GATES, mark, is_forced=True)
    assert champion_version(registry, "broken") is None


def test_rolling_back_restores_the_champion_to_the_byte_then_the_one_before_then_says_there_is_none(
    registry, trained, shelved, mark
):
    for number in shelved("returns", "attrition", "cross_sell", "cross_sell"):
        promote(registry, "returns", number, GATES, mark, is_forced=True)
    assert champion(registry, "returns").text == trained["cross_sell"].text
    assert rollback(registry, "returns", Stamp("bob", mark.at, "too many calls")) == (3, 2)
    assert rollback(registry, "returns", mark) == (2, 1)
    result = champion(registry, "returns")
    assert (result.text, result.version) == (trained["attrition"].text, 1)
    with pytest.raises(NotPromoted, match="model 'returns' has no champion before version 1"):
        rollback(registry, "returns", mark)
    steps = [(item.what, item.version, item.instead_of, item.why) for item in history(registry, "returns")[-2:]]
    assert steps == [("returned to", 2, 3, "too many calls"), ("returned to", 1, 2, "a try")]


def test_steps_go_on_counting_after_a_version_was_deleted(registry, shelved, mark):
    for number in shelved("deleted", "attrition", "attrition", "attrition"):
        promote(registry, "deleted", number, GATES, mark, is_forced=True)
    registry.client.delete_model_version("shop-deleted", "2")
    assert rollback(registry, "deleted", mark) == (3, 1)
    assert [(item.what, item.version) for item in history(registry, "deleted")] == [
        ("registered", 1),
        ("promoted", 1),
        ("promoted", 3),
        ("returned to", 1),
    ]


def test_a_step_that_was_noted_but_not_taken_changes_nothing_of_the_way_back(registry, life, mark, monkeypatch):
    life("crash", 0.8, 0.8, 0.8)
    promote(registry, "crash", 1, GATES, mark)
    promote(registry, "crash", 2, GATES, mark, is_forced=True)

    class Dies:
        def __init__(self, client):
            self.client = client

        def __getattr__(self, name):
            if name == "set_registered_model_alias":
                raise KeyboardInterrupt
            return getattr(self.client, name)

    with monkeypatch.context() as broken:
        client = registry.client
        broken.setattr(type(registry), "client", property(lambda _self: Dies(client)))
        with pytest.raises(KeyboardInterrupt):
            promote(registry, "crash", 3, GATES, mark, is_forced=True)
    assert champion_version(registry, "crash") == 2
    assert rollback(registry, "crash", mark) == (2, 1)
    assert [version.number for version in versions(registry, "crash") if version.aliases == ("champion",)] == [1]
