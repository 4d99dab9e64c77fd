"""Of an unexpected error the kind and the place are told, and nothing that it says."""

import pytest
from pyspark.errors import PySparkException

from conf.errors import SettingsError
from jobs.core.error_text import safe_message, trace
from jobs.core.errors import SourceError

CANARY = "ann@example.org"


def caught(raising):
    try:
        raising()
    except Exception as error:
        return error


def out_of_another():
    try:
        int(CANARY)
    except ValueError as error:
        raise RuntimeError(f"stumbled over {CANARY}") from error


@pytest.mark.parametrize("error", [SourceError("contacts: no column 'x'"), SettingsError("policy.yaml:3: no")])
def test_our_own_sentences_are_told_as_they_are(error):
    assert safe_message(error) == str(error)


def test_of_other_errors_the_kinds_are_told():
    assert safe_message(caught(out_of_another)) == "RuntimeError from ValueError"
    assert safe_message(KeyError(CANARY)) == "KeyError"


def test_of_sparks_errors_the_condition_is_told():
    assert safe_message(PySparkException(CANARY, "CAST_INVALID_INPUT", {})) == (
        "pyspark.errors.exceptions.base.PySparkException (CAST_INVALID_INPUT)"
    )


def test_an_error_that_cannot_be_asked_for_its_condition_is_told_by_its_class():
    class Gone(Exception):
        def getCondition(self):  # noqa: N802  Spark's name
            raise ConnectionError(CANARY)

    assert safe_message(Gone(CANARY)).endswith("Gone")


def test_a_trace_shows_every_place_in_the_order_of_what_happened_and_no_message(monkeypatch):
    monkeypatch.delenv("ONEOFFER_SHOW_ERRORS", raising=False)
    shown = trace(caught(out_of_another))
    assert CANARY not in shown
    assert shown.count("in out_of_another") == 2
    assert "    int(CANARY)" in shown
    assert shown.index("\nValueError\n") < shown.index("\nRuntimeError\n")
    assert "ONEOFFER_SHOW_ERRORS=1 shows them" in shown


def test_a_trace_shows_messages_where_the_operator_asks_for_them(monkeypatch):
    monkeypatch.setenv("ONEOFFER_SHOW_ERRORS", "1")
    assert f"RuntimeError: stumbled over {CANARY}" in trace(caught(out_of_another))


def test_an_error_that_caused_itself_is_told_once():
    error = ValueError(CANARY)
    error.__context__ = error
    assert safe_message(error) == "ValueError"
