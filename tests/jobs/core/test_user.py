"""Whoever changes a model is named on it."""

import getpass
from datetime import UTC, datetime

import pytest
import typer

from jobs.core.user import stamp

pytestmark = pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning")


def test_it_is_the_user_of_the_machine_unless_a_variable_names_another(monkeypatch):
    monkeypatch.delenv("ONEOFFER_USER", raising=False)
    assert stamp("why").by == getpass.getuser()
    monkeypatch.setenv("ONEOFFER_USER", " ann ")
    by_ann = stamp("why")
    assert (by_ann.by, by_ann.why) == ("ann", "why")
    assert abs((datetime.now(UTC) - by_ann.at).total_seconds()) < 60


def test_a_container_without_users_must_say_who(monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.delenv("ONEOFFER_USER", raising=False)
    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(typer.BadParameter, match="set ONEOFFER_USER"):
        stamp("why")
