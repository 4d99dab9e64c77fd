"""What deployment.yaml may say of models and of what moves."""

import pytest
from pydantic import ValidationError

from conf.deployment import DriftLimit, Registry


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
