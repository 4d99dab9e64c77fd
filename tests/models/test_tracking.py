"""A training goes into MLflow and a champion comes out, checked."""

import dataclasses
from pathlib import Path

import pytest

from models.errors import ModelUnusable, NotPromoted, RegistryAway
from models.gates import Verdict
from models.tracking import champion, champion_version, log_training, open_registry, promote, version_from

pytestmark = [
    # mlflow 3.17 asks SQLAlchemy 2.1 for what that deprecates, and warns of its own type hints when it is imported.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]

PASSED = [Verdict("auc", True, "0.9000, wanted at least 0.7")]
FAILED = [Verdict("auc", False, "0.6000, wanted at least 0.7")]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture(scope="module")
def registry(home):
    return open_registry("shop", f"sqlite:///{home}/mlflow.db", home / "artifacts")


@pytest.fixture(scope="module")
def version(registry, trained):
    """One training of each model, logged and promoted."""
    made = {name: log_training(registry, one, PASSED, inputs="aaa") for name, one in trained.items()}
    for name, number in made.items():
        promote(registry, name, number)
    return made


def test_the_champion_is_the_training_to_the_byte(registry, version, trained):
    for name, one in trained.items():
        found = champion(registry, name)
        assert (found.version, found.text, found.contract) == (version[name], one.text, one.contract)


def test_a_training_from_the_same_inputs_is_found_again(registry, version):
    assert version_from(registry, "attrition", "aaa") == version["attrition"]
    assert version_from(registry, "attrition", "bbb") is None
    assert version_from(registry, "unheard_of", "aaa") is None


def test_a_version_that_failed_a_gate_stays_a_challenger(registry, version, trained):
    worse = log_training(registry, trained["value"], FAILED, inputs="ccc")
    with pytest.raises(NotPromoted, match=r"failed its gates: auc: FAILED: 0\.6000, wanted at least 0\.7"):
        promote(registry, "value", worse)
    assert champion_version(registry, "value") == version["value"]
    aliases = registry.client.get_registered_model("shop-value").aliases
    assert int(aliases["challenger"]) == worse


def test_no_champion_says_what_to_run(registry):
    with pytest.raises(ModelUnusable, match="model 'unheard_of' has no champion in 'shop-unheard_of'; run `oneoffer"):
        champion(registry, "unheard_of")
    assert champion_version(registry, "unheard_of") is None


def test_figures_of_a_training_are_in_its_run(registry, version, trained):
    run = registry.client.get_model_version("shop-attrition", str(version["attrition"])).run_id
    metrics = registry.client.get_run(run).data.metrics
    auc = trained["attrition"].figures[0]
    assert metrics["auc"] == auc.value
    assert metrics["auc.naive.fewest_baskets_90d"] == auc.naive["fewest_baskets_90d"]
    assert {one.path for one in registry.client.list_artifacts(run)} >= {"figures.json", "deciles.json", "gates.json"}


def test_a_swapped_model_file_is_refused(registry, version, trained):
    other = dataclasses.replace(trained["cross_sell"], text=trained["attrition"].text)
    promote(registry, "cross_sell", log_training(registry, other, PASSED, inputs="ddd"))
    with pytest.raises(ModelUnusable, match=r"model 'cross_sell' version 2: model\.txt is not the file"):
        champion(registry, "cross_sell")


def test_a_deleted_model_file_is_refused(registry, trained, home):
    renamed = trained["value"].contract.model_copy(update={"model": "doomed"})
    promote(
        registry,
        "doomed",
        log_training(registry, dataclasses.replace(trained["value"], contract=renamed), PASSED, inputs="e"),
    )
    source = registry.client.get_model_version("shop-doomed", "1").source.removeprefix("models:/")
    next(Path(home).glob(f"artifacts/models/{source}/artifacts/model.lgb")).unlink()
    with pytest.raises(ModelUnusable, match=r"model 'doomed': model\.lgb cannot be read"):
        champion(registry, "doomed")


def test_nothing_that_was_logged_is_a_pickle(version, home):
    names = {one.name for one in Path(home).glob("artifacts/**/*") if one.is_file()}
    assert names
    assert not {one for one in names if one.endswith((".pkl", ".pickle", ".joblib"))}


def test_a_database_that_cannot_be_opened_is_away(tmp_path):
    (tmp_path / "mlflow.db").write_text("not a database at all, and long enough to have a header " * 40)
    with pytest.raises(RegistryAway, match="does not answer"):
        open_registry("shop", f"sqlite:///{tmp_path}/mlflow.db", tmp_path)
