"""Everything that a training says of its model is in its run."""

import json
from pathlib import Path

import mlflow
import pytest

from models.tracking import CHALLENGER, history, log_training, metrics_of, parameters_of, version_numbered

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]


@pytest.fixture(scope="module")
def logged(registry, renamed, mark):
    item = renamed("attrition", "logged")
    number = log_training(registry, item, inputs="aaa", stamp=mark, attachments={"gain.svg": "<svg/>"})
    return version_numbered(registry, "logged", number), item


def test_figures_and_dates_are_metrics_and_parameters(registry, logged):
    version, item = logged
    auc = item.figures[0]
    metrics = metrics_of(registry, "logged", version.number)
    assert (metrics["auc"], metrics["auc.low"], metrics["auc.high"]) == (auc.value, auc.low, auc.high)
    assert metrics["auc.naive.fewest_baskets_90d"] == auc.naive["fewest_baskets_90d"]
    message = parameters_of(registry, "logged", version.number)
    assert (message["as_of"], message["test"], message["calibration"]) == ("2024-07-01", "2024-06-01", "2024-05-02")
    assert (message["rows_test"], message["model_sha256"]) == ("400", item.contract.model_sha256)


def test_every_field_of_a_training_is_a_document_and_attachments_lie_beside(registry, logged):
    version, item = logged
    files = {each.path for each in registry.client.list_artifacts(version.run_id)}
    assert files >= {"figures.json", "deciles.json", "importance.json", "rows.json", "gain.svg"}
    deciles = json.loads(mlflow.artifacts.load_text(f"runs:/{version.run_id}/deciles.json"))
    assert [each["decile"] for each in deciles] == list(range(1, 11))
    assert deciles[0]["forecast"] == item.deciles[0].forecast


def test_the_model_has_its_signature_exact_requirements_and_its_contract(logged, tmp_path):
    version, item = logged
    files = Path(mlflow.artifacts.download_artifacts(version.source, dst_path=tmp_path))
    signature = mlflow.models.Model.load(files / "MLmodel").signature
    assert [each.name for each in signature.inputs] == [each.name for each in item.contract.features]
    assert json.loads((files / "extra_files/contract.json").read_text())["model"] == "logged"
    requirements = (files / "requirements.txt").read_text().split()
    assert {each.split("==")[0] for each in requirements} == {"lightgbm", "mlflow"}
    assert all("==" in each for each in requirements)
    assert (files / "model.lgb").read_text() == item.text


def test_it_is_the_challenger_by_whom_it_was_registered_and_not_yet_validated(registry, logged):
    version, _ = logged
    assert version.aliases == (CHALLENGER,)
    (event,) = history(registry, "logged")
    assert (event.what, event.version, event.by, event.why) == ("registered", version.number, "ann", "a try")
    assert event.at == "2026-01-02T03:04:05+00:00"
    assert set(version.tags) == {"inputs", "as_of", "model_sha256", "event.000001"}
