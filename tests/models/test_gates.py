"""A gate says what it held against what, and lets nothing through that it could not measure."""

import pytest
from pydantic import ValidationError

from conf.models import Gate, Label, Model
from models.comparison import Compared
from models.errors import CannotTrain
from models.evidence import Evidence, Rival
from models.figures import Figure
from models.gates import Validation, asked_by, verdicts

NAN = float("nan")
MEASURED = [
    Figure("auc", 0.86, 0.84, 0.88, {"fewest_baskets_90d": 0.84, "days_since_last_purchase": 0.81}),
    Figure("expected_calibration_error", 0.03, 0.02, 0.04),
    Figure("bias_of_total", NAN, 0, 0),
    Figure("spearman", 0.5, 0, 0, {"the_same_as_before": NAN, "nothing": 0.1}),
    Figure("score_psi", 0.3, 0.3, 0.3),
]
FIGURES = {item.metric: item for item in MEASURED}


def verdict_lines(rival=None, **gates):
    asked = {metric: Gate(**gate) for metric, gate in gates.items()}
    return verdicts("attrition", asked, Evidence(4, (), FIGURES, rival))


def metric_lines(rival=None, **gates):
    _, *of_metric = verdict_lines(rival, **gates)
    return [(verdict.has_passed, str(verdict)) for verdict in of_metric]


def test_each_demand_has_a_verdict_of_its_own():
    assert metric_lines(auc={"min": 0.8, "better_than_baseline": True}) == [
        (True, "auc: 0.8600, wanted at least 0.8"),
        (True, "auc: 0.8600, wanted above 0.8400 (fewest_baskets_90d)"),
    ]
    assert metric_lines(auc={"min": 0.87}) == [(False, "auc: 0.8600, wanted at least 0.87")]
    assert metric_lines(score_psi={"max": 0.25}) == [(False, "score_psi: 0.3000, wanted at most 0.25")]


def test_the_features_are_asked_for_even_by_a_model_without_gates():
    (only,) = verdict_lines()
    assert (only.gate, only.has_passed, only.wanted) == ("features", True, "all 4 in the feature table")


def test_without_its_features_a_version_passes_nothing():
    result = verdicts("attrition", {"auc": Gate(min=0.1)}, Evidence(4, ("visits_90d",)))
    assert [verdict.has_passed for verdict in result] == [False, False]
    assert str(result[0]) == "features: 3.0000, wanted all 4 in the feature table; not there: visits_90d"
    assert str(result[1]) == "auc: not measured, wanted features to measure it with"


def test_what_could_not_be_measured_fails():
    assert not any(passed for passed, _ in metric_lines(bias_of_total={"min": -1, "max": 1}))
    assert not metric_lines(spearman={"better_than_baseline": True})[0][0]  # one naive figure is not there


@pytest.mark.parametrize(
    ("worse_by", "most", "passes"),
    [(0.010, 0.01, True), (0.011, 0.01, False), (-0.2, 0.0, True), (NAN, 1.0, False)],
)
def test_a_version_may_be_worse_than_the_champion_by_so_much_and_no_more(worse_by, most, passes):
    rival = Rival(3, 1200, {"auc": Compared(0.85, 0.85 + worse_by, worse_by)})
    ((has_passed, text),) = metric_lines(rival, auc={"max_worse_than_champion": most})
    assert has_passed is passes
    assert text.startswith(f"auc: 0.8500, wanted at most {most:g} worse than the champion, version 3, which has ")
    assert text.endswith(" on the same 1,200 rows")


def test_without_a_champion_there_is_nothing_to_be_worse_than():
    assert metric_lines(auc={"max_worse_than_champion": 0}) == [
        (True, "auc: 0.8600, wanted at most 0 worse than the champion; there is none yet")
    ]


def test_a_champion_that_cannot_be_scored_lets_nobody_past():
    ((has_passed, text),) = metric_lines(Rival(3, fault="it needs visits_90d"), auc={"max_worse_than_champion": 1})
    assert not has_passed
    assert text.endswith("version 3, which cannot be compared: it needs visits_90d")


@pytest.mark.parametrize(
    ("gates", "text"),
    [
        ({"auk": {"min": 0.5}}, "no metric 'auk'; did you mean 'auc'"),
        ({"expected_calibration_error": {"better_than_baseline": True}}, "expected_calibration_error has no naive"),
        ({"score_psi": {"max_worse_than_champion": 1}}, "score_psi is not compared with the champion's; metrics"),
    ],
)
def test_a_gate_that_cannot_be_answered_is_named(gates, text):
    with pytest.raises(CannotTrain, match=text):
        verdict_lines(**gates)


def test_a_gate_that_asks_nothing_is_no_gate():
    with pytest.raises(ValidationError, match="a gate asks for min, max, better_than_baseline"):
        Gate()


def test_what_was_said_is_the_same_after_it_was_written_and_read():
    written = Validation(verdicts=verdict_lines(bias_of_total={"max": 1}), asked="{}", champion=2, at="now", by="ann")
    assert Validation.model_validate_json(written.model_dump_json()) == written
    assert not written.has_passed


def test_what_is_asked_is_the_same_in_any_order_and_another_label_is_another_demand():
    item = Model(score="s", estimator="classifier", label=Label(kind="no_purchase", window_days=30))
    low, high = Gate(min=0.5), Gate(max=1)
    turned = [item.model_copy(update={"gates": gates}) for gates in ({"a": low, "b": high}, {"b": high, "a": low})]
    assert asked_by(turned[0]) == asked_by(turned[1]) != asked_by(item)
    other = item.model_copy(update={"label": Label(kind="no_purchase", window_days=60)})
    assert asked_by(other) != asked_by(item)
    assert asked_by(item.model_copy(update={"min_category_buyers": 3})) == asked_by(item)
