"""What gates ask about, measured on the version's own test cut-off, beside the champion on the same rows."""

import dataclasses

import pytest

from conf.models import Population
from models.champion import Champion
from models.errors import ModelUnusable
from models.evidence import Rival, evidence
from models.figures import Figure
from models.training import train

KNOWN = (Figure("auc", 0.9, 0.8, 1.0),)  # measured before: what a bootstrap would cost


@pytest.fixture(scope="module")
def version(trained):
    return Champion(2, trained["attrition"].text, trained["attrition"].contract)


@pytest.fixture(scope="module")
def weak(models, learnt):
    """A champion that knows one feature only, which says nothing."""
    few = models["attrition"].model_copy(update={"features": ("days_since_last_purchase",)})
    item = train("attrition", few, learnt, seed=11)
    return Champion(1, item.text, item.contract)


def test_the_figures_are_those_of_the_training_with_stability_and_speed(version, trained, learnt):
    result = evidence(version, learnt.rows, champion=None, seed=11)
    for figure in trained["attrition"].figures:
        assert result.figures[figure.metric] == figure
    assert 0 <= result.figures["score_psi"].value < 0.25
    assert result.figures["rows_per_second"].value > 0
    assert (result.features, result.missing, result.rival) == (4, (), None)


def test_a_weaker_champion_is_compared_on_the_rows_that_both_answer(version, weak, learnt, trained):
    some = weak.contract.model_copy(update={"population": Population(purchased_within_days=30)})
    recent = Champion(1, weak.text, some)
    rival = evidence(
        version, learnt.rows, champion=recent, seed=11, already_measured=trained["attrition"].figures
    ).rival
    since = learnt.rows["days_since_last_purchase"].to_numpy()[-400:]
    assert (rival.version, rival.rows) == (1, int((since <= 30).sum()))
    assert rival.compared["auc"].worse_by < -0.1
    turned = evidence(weak, learnt.rows, champion=version, seed=11, already_measured=KNOWN).rival
    assert turned.rows == 400
    assert turned.compared["auc"].worse_by > 0.1


def test_a_champion_that_lacks_its_features_here_says_which(version, weak, learnt):
    gone = learnt.rows.drop_columns(["days_since_last_purchase"])
    features = tuple(feature for feature in version.contract.features if feature.name != "days_since_last_purchase")
    assert evidence(weak, gone, champion=None, seed=11).missing == ("days_since_last_purchase",)
    table = learnt.rows.rename_columns({"region": "area"})
    assert features != version.contract.features
    assert evidence(weak, table, champion=version, seed=11, already_measured=KNOWN).rival == Rival(
        2, fault="it needs region"
    )


def test_two_populations_with_nobody_in_common_cannot_be_compared(version, weak, learnt):
    nobody = weak.contract.model_copy(update={"population": Population(purchased_within_days=1)})
    table = learnt.rows.filter(learnt.rows["days_since_last_purchase"].to_numpy() > 1)
    rival = evidence(version, table, champion=Champion(1, weak.text, nobody), seed=11, already_measured=KNOWN).rival
    assert rival.fault == "the two have no row in common"
    assert rival.compared == {}


def test_a_fault_of_the_champion_is_passed_on(version, learnt):
    assert (
        evidence(version, learnt.rows, champion=Rival(1, fault="damaged"), seed=11, already_measured=KNOWN).rival.fault
        == "damaged"
    )


def test_without_one_known_outcome_nothing_can_be_said(version, learnt):
    days = version.contract.trained
    earlier = learnt.rows.filter([row != days.test for row in learnt.rows["as_of"].to_pylist()])
    nobody = dataclasses.replace(
        version, contract=version.contract.model_copy(update={"population": Population(purchased_within_days=1)})
    )
    few = learnt.rows.filter(learnt.rows["days_since_last_purchase"].to_numpy() > 1)
    with pytest.raises(ModelUnusable, match="no customer of its population has a known outcome at 2024-06-01"):
        evidence(nobody, few, champion=None, seed=11)
    with pytest.raises(ModelUnusable, match="no customer of its population has a known outcome at 2024-06-01"):
        evidence(version, earlier, champion=None, seed=11)
