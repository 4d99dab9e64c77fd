"""The stage `score` of the demo's night, with a model that was damaged and with an MLflow that is not there."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import conf

pytestmark = pytest.mark.slow
AS_OF = "2017-11-13"
SCORE = ["score", "--conf", str(Path(conf.__path__[0]) / "demo"), "--as-of", AS_OF]
AWAY = [f"deployment.mlflow.{change}" for change in ("tracking_uri=http://127.0.0.1:9", "wait_seconds=1")]
"""The discard port: nobody listens."""


def setting(*changes):
    return [word for change in changes for word in ("--set", change)]


def test_a_damaged_model_ends_the_night_with_12_and_its_name(demo):
    texts = (demo.folder / "work/demo/mlflow-artifacts").glob("models/*/artifacts/model.lgb")
    text = min(texts)
    sound = text.read_bytes()
    text.write_bytes(sound.replace(b"left_child=1 ", b"left_child=0 ", 1))
    try:
        done = demo.oneoffer(*SCORE)
    finally:
        text.write_bytes(sound)
    assert done.returncode == 12
    assert re.search(
        r"model '\w+' version 1: model.txt is not the file that contract.json was written for", done.stderr
    )


def test_without_mlflow_and_with_nothing_fresh_enough_the_night_ends_with_18(demo):
    done = demo.oneoffer(*SCORE, *setting(*AWAY, "deployment.mlflow.kept_days=0"))
    assert done.returncode == 18
    assert "deployment.yaml allows 0 days" in done.stderr


def test_without_mlflow_the_kept_champions_score_as_it_did_with_it(demo):
    lake = demo.folder / "work/demo/lake"
    before = pd.read_parquet(lake / "propensities" / f"as_of={AS_OF}").set_index("customer_id").sort_index()
    printed = demo.must(*SCORE, *setting(*AWAY))
    assert "the champions kept from an earlier night are used" in printed
    after = pd.read_parquet(lake / "propensities" / f"as_of={AS_OF}").set_index("customer_id").sort_index()
    pd.testing.assert_series_equal(before.attrition, after.attrition)
    kept = sorted(path.stem for path in (lake / "champions").iterdir())
    assert kept == ["attrition", "cross_sell", "customer_value"]


def test_the_manifest_and_the_page_say_what_scored_and_what_moved(demo):
    night = demo.published(AS_OF)
    manifest = json.loads((night / "manifest.json").read_text())
    assert [(model["version"], model["from_cache"]) for model in manifest["models"]] == [(1, False)] * 3
    assert manifest["last_night"] is None
    page = (night / "report.html").read_text()
    (table,) = re.findall(r"What has moved</h3>(.*?)</table>", page, re.DOTALL)
    assert table.count("<td>training</td>") == 3
    assert "days_since_first_purchase" in table  # the history begins in January, so it grows with the calendar
