"""What the auditor's tests share: a small night, and models that are asked without a process of their own."""

import json

import pytest

from optimization.audit import fresh_process, rescore
from tests.optimization.audit.drawn.decisions import decision
from tests.optimization.audit.drawn.night import Night
from tests.optimization.audit.drawn.salts import salt_that_draws


@pytest.fixture(autouse=True)
def scored_here(monkeypatch):
    """A process for each of hundreds of nights would take minutes; test_fresh_process.py has real ones."""

    def scored_again(models, customers, seconds):
        models, customers = json.loads(json.dumps([models, customers]))
        return json.loads(json.dumps([rescore.scores_of(one["text"], one["contract"], customers) for one in models]))

    monkeypatch.setattr(fresh_process, "scored_again", scored_again)


@pytest.fixture
def night(tmp_path) -> Night:
    return Night(tmp_path)


@pytest.fixture
def new_decision():
    return decision


@pytest.fixture
def salt_for():
    return salt_that_draws
