"""What the auditor's tests share: a small night, and models that are asked without a process of their own."""

import pytest

from expectations.audit import fresh_process
from tests.expectations.audit.drawn.decisions import decision
from tests.expectations.audit.drawn.models import scored_in_this_process
from tests.expectations.audit.drawn.night import Night
from tests.expectations.audit.drawn.salts import salt_that_draws
from tests.optimization.drawn_problems import limit, oracle, random_night, table

__all__ = ["limit", "oracle", "random_night", "table"]


@pytest.fixture(autouse=True)
def scored_here(monkeypatch):
    monkeypatch.setattr(fresh_process, "scored_again", scored_in_this_process)


@pytest.fixture
def night(tmp_path) -> Night:
    return Night(tmp_path)


@pytest.fixture
def new_decision():
    return decision


@pytest.fixture
def salt_for():
    return salt_that_draws
