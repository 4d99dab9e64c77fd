"""What deployment.yaml may say of models and of what moves."""

import pytest
from pydantic import ValidationError

from conf.deployment import DriftLimit, Registry, Volumes


@pytest.mark.parametrize(
    "wrong",
    [
        {"wait_seconds": 0},  # no answer comes in no time
        {"wait_seconds": 3601},
        {"kept_days": -1},
        {"load_seconds": 0},
    ],
)
def test_waiting_and_keeping_have_bounds(wrong):
    with pytest.raises(ValidationError):
        Registry(**wrong)


def test_nothing_stops_before_it_warns():
    assert DriftLimit(warn=0.1, stop=0.1).stop == 0.1
    assert DriftLimit(warn=None, stop=0.1).warn is None
    with pytest.raises(ValidationError, match=r"stop \(0\.1\) is below warn \(0\.25\)"):
        DriftLimit(stop=0.1)
    with pytest.raises(ValidationError):
        DriftLimit(warn=0)


@pytest.mark.parametrize("wrong", [{"max_factor": 1}, {"nights": 0}, {"min_nights": 15}, {"min_contacts": 0}])
def test_what_is_usual_needs_nights_and_a_factor(wrong):
    with pytest.raises(ValidationError):
        Volumes(**wrong)


def test_dates_on_which_the_volume_is_known_to_be_unusual_are_written_as_dates():
    assert Volumes(acknowledged=["2026-11-27"]).model_dump(mode="json")["acknowledged"] == ["2026-11-27"]
