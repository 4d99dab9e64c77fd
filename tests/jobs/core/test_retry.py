"""A service is called again until it answers, and no longer than was asked for."""

from time import monotonic, sleep

import pytest

from jobs.core import retry
from jobs.core.retry import retry_until
from models.errors import ModelUnusable, RegistryAway


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(retry, "PAUSE_SECONDS", 0.01)


def test_an_answer_that_comes_late_is_taken():
    answers = [RegistryAway("away"), RegistryAway("still away"), 7]

    def ask():
        answer = answers.pop(0)
        if isinstance(answer, RegistryAway):
            raise answer
        return answer

    assert retry_until(30, "MLflow", ask) == 7


def test_what_is_away_for_all_the_time_is_said_in_its_own_words():
    def ask():
        raise RegistryAway("MLflow at x does not answer: refused")

    with pytest.raises(RegistryAway, match=r"MLflow at x does not answer: refused \(waited 0\.2 seconds\)"):
        retry_until(0.2, "MLflow", ask)


def test_a_call_that_never_returns_is_left_behind():
    began = monotonic()
    with pytest.raises(RegistryAway, match=r"MLflow does not answer \(waited 0\.2 seconds\)"):
        retry_until(0.2, "MLflow", lambda: sleep(20))
    assert monotonic() - began < 10


def test_any_other_refusal_is_raised_at_once():
    def ask():
        raise ModelUnusable("damaged")

    began = monotonic()
    with pytest.raises(ModelUnusable, match="damaged"):
        retry_until(60, "MLflow", ask)
    assert monotonic() - began < 10
