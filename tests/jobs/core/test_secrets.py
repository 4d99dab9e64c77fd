"""Secrets come from the environment, byte for byte."""

import os

import pytest

from conf.errors import SettingsError
from jobs.core.secrets import looked_up, secret


def test_a_secret_is_the_variable_that_settings_name(monkeypatch):
    monkeypatch.setenv("OUR_SALT", "salt")
    assert secret("env:OUR_SALT") == b"salt"


@pytest.mark.parametrize("salt", ["grün".encode(), "grün".encode("latin-1"), b"\xff\x01"])
def test_a_secret_is_its_bytes_whatever_they_mean_in_the_locale(monkeypatch, salt):
    monkeypatch.setitem(os.environb, b"OUR_SALT", salt)
    assert secret("env:OUR_SALT") == salt


@pytest.mark.parametrize("value", [None, ""])
def test_a_secret_that_is_not_set_or_empty_is_asked_for_by_name(monkeypatch, value):
    monkeypatch.delenv("OUR_SALT", raising=False)
    if value is not None:
        monkeypatch.setenv("OUR_SALT", value)
    with pytest.raises(SettingsError, match="variable OUR_SALT is not set"):
        secret("env:OUR_SALT")


def test_a_setting_is_its_text_unless_it_names_a_variable(monkeypatch):
    monkeypatch.setenv("OUR_KEY", "key of ours")
    assert looked_up("env:OUR_KEY", "spark.settings.a") == "key of ours"
    assert looked_up("environment", "spark.settings.a") == "environment"


def test_a_variable_that_is_not_there_is_told_with_its_setting(monkeypatch):
    monkeypatch.delenv("OUR_KEY", raising=False)
    with pytest.raises(SettingsError, match="variable OUR_KEY is not set; spark.settings.a is taken from it"):
        looked_up("env:OUR_KEY", "spark.settings.a")


def test_a_value_that_is_no_text_is_not_repeated(monkeypatch):
    monkeypatch.setitem(os.environb, b"OUR_KEY", b"hunter\xff")
    with pytest.raises(SettingsError, match="variable OUR_KEY is not UTF-8") as error:
        looked_up("env:OUR_KEY", "spark.settings.a")
    assert "hunter" not in str(error.value)
