"""One child process loads the models first; however it ends, this process goes on and names the model."""

import sys

import lightgbm
import numpy as np
import pytest

from models import child_process
from models.errors import ModelUnusable
from models.loading import prove_loading
from models.probe import fingerprint_of, probe_rows, raw_answers


@pytest.fixture(scope="module")
def text():
    values = np.random.default_rng(1).standard_normal((200, 2))
    data = lightgbm.Dataset(values, values[:, 0] > 0, feature_name=["age", "days"])
    return lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1}, data, 3).model_to_string()


@pytest.fixture
def child_that(monkeypatch, tmp_path):
    """A child that answers the first model and then does something else."""

    def make(does):
        program = tmp_path / "child.py"
        head = f"import json, os, sys, time\njson.load(sys.stdin)\nprint({FIRST!r}, flush=True)\n"
        program.write_text(head + does)
        original = child_process.subprocess.Popen
        ours = [sys.executable, str(program)]
        monkeypatch.setattr(child_process.subprocess, "Popen", lambda _words, **more: original(ours, **more))

    return make


FIRST = '{"columns": ["age", "days"], "trees": 3, "answers": "x"}'


def test_sound_models_pass_in_one_process(champion_with, text):
    answers = fingerprint_of(raw_answers(lightgbm.Booster(model_str=text)))
    sound = champion_with(text, ["age", "days"], answers=answers)
    prove_loading([sound, champion_with(text, ["age", "days"])], limit_seconds=60)


@pytest.mark.parametrize(
    ("columns", "changes", "message"),
    [
        (["days", "age"], {}, "the loaded Booster's columns are not those of contract.json"),
        (["age", "days"], {"answers": "0" * 64}, "it answers otherwise than where it was trained"),
    ],
)
def test_a_model_that_is_not_what_its_contract_says_is_refused(champion_with, text, columns, changes, message):
    with pytest.raises(ModelUnusable, match=f"model 'attrition' version 1: {message}"):
        prove_loading([champion_with(text, columns, **changes)], limit_seconds=60)


def test_what_lightgbm_cannot_read_is_refused_in_its_words(champion_with):
    with pytest.raises(ModelUnusable, match=r"LightGBM cannot use model\.txt \(Model file doesn't specify"):
        prove_loading([champion_with("tree\nversion=v4\n", ["age"])], limit_seconds=60)


@pytest.mark.parametrize(
    ("does", "message"),
    [
        ("os.abort()", "the process that loaded it ended with -6"),
        ("sys.stdout.write('{'); sys.stdout.flush(); os._exit(3)", "ended with 3"),  # half a line is none
        ("time.sleep(60)", "it was not loaded within 4 seconds"),
    ],
)
def test_the_model_that_ends_or_holds_up_the_child_is_named(child_that, champion_with, text, does, message):
    child_that(does)
    fine, guilty = (champion_with(text, ["age", "days"], model=name) for name in ("fine", "guilty"))
    with pytest.raises(ModelUnusable, match=f"model 'guilty' version 1: .*{message}"):
        prove_loading([fine, guilty], limit_seconds=4)


def test_the_rows_it_is_asked_about_are_the_same_everywhere():
    rows = probe_rows(3)
    assert rows.shape == (24, 3)
    assert np.isnan(rows[0, 0])
    assert rows[1].tolist() == [11.0, 28.0, 45.0]  # ((31 + 17 j) mod 101 - 20) times 1
    assert (rows < 0).any()
