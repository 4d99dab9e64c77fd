"""A process scores again; however it ends, this one goes on and says so."""

import ast
import inspect
import sys

import pytest

from expectations.audit import audit, rescore
from expectations.audit.fresh_process import NoAnswer, scored_again
from tests.expectations.audit.drawn.models import model_files, scored_in_this_process

ANN = {"customer_id": "ann", "leaning": None, "days_since_last_purchase": 3.0, "categories": None}
BOB = ANN | {"leaning": 1.0}
CID = ANN | {"days_since_last_purchase": None}


@pytest.fixture
def models():
    return [{"text": model_file.text, "contract": model_file.contract} for model_file in model_files().values()]


@pytest.fixture
def scored_here(monkeypatch):
    """Not here: each test starts its own process."""


def test_a_fresh_process_answers_for_every_model_and_customer(models):
    result = scored_again(models, [ANN, BOB, CID], 60)
    assert result == scored_in_this_process(models, [ANN, BOB, CID], 60)
    attrition, liking = result
    assert attrition[:2] == pytest.approx([0.25, 0.6])
    assert attrition[2] is None
    assert liking[0] == pytest.approx({"clothes": 0.1, "food": 0.2})


def test_a_clean_set_is_clean_in_a_fresh_process_too(night):
    assert audit(night.evidence()) == []


@pytest.mark.parametrize("text", ["", "tree\nnonsense", "tree\nversion=v4\nnum_class=1\n"])
def test_a_model_that_cannot_be_loaded_is_no_answer(models, text):
    with pytest.raises(NoAnswer, match="ended with"):
        scored_again([models[0] | {"text": text}], [ANN], 60)


def test_a_process_that_takes_too_long_is_ended(models):
    with pytest.raises(NoAnswer, match="was not done within 0.05 seconds"):
        scored_again(models, [ANN], 0.05)


def test_a_process_that_says_something_else_gave_no_answer(models, monkeypatch):
    monkeypatch.setattr("inspect.getsource", lambda _: "print('fine')")
    with pytest.raises(NoAnswer, match="answered what cannot be read"):
        scored_again(models, [ANN], 60)


def test_the_program_imports_nothing_of_ours():
    program = list(ast.walk(ast.parse(inspect.getsource(rescore))))
    names = {item.module for item in program if isinstance(item, ast.ImportFrom)}
    names |= {alias.name for item in program if isinstance(item, ast.Import) for alias in item.names}
    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"lightgbm", "numpy"}
