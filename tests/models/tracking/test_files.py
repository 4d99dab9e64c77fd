"""What comes out of MLflow is what went in, to the byte, or it does not come out."""

import dataclasses
import pickle
from pathlib import Path

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from jobs.core.environment import SETTINGS
from models.errors import ModelUnusable
from models.tracking import champion, log_training, model_files, promote, version_files, version_numbered
from models.tracking.files import CONTRACT, TEXT

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]


@pytest.fixture
def logged(registry, renamed, mark):
    """Version 1 of a model of this name; `text` spoils it."""

    def make(kind, name, **spoilt):
        return log_training(registry, dataclasses.replace(renamed(kind, name), **spoilt), inputs="a", stamp=mark)

    return make


@pytest.mark.parametrize("kind", ["attrition", "value", "cross_sell"])
def test_the_champion_is_the_training_to_the_byte(registry, renamed, logged, mark, kind):
    name = f"bytes_{kind}"
    number = logged(kind, name)
    promote(registry, name, number, "", mark, is_forced=True)
    result, made = champion(registry, name), renamed(kind, name)
    assert (result.version, result.text, result.contract) == (number, made.text, made.contract)


def test_no_champion_says_what_to_run(registry):
    with pytest.raises(ModelUnusable, match="model 'unheard_of' has no champion in 'shop-unheard_of'; run `oneoffer"):
        champion(registry, "unheard_of")


def test_a_swapped_model_file_is_refused(registry, trained, logged):
    number = logged("cross_sell", "swapped", text=trained["attrition"].text)
    with pytest.raises(ModelUnusable, match=r"model 'swapped' version 1: model\.txt is not the file"):
        version_files(registry, "swapped", number)


def test_a_deleted_model_file_is_refused(registry, logged, mlflow_home):
    number = logged("value", "doomed")
    source = version_numbered(registry, "doomed", number).source.removeprefix("models:/")
    next(mlflow_home.glob(f"artifacts/models/{source}/artifacts/model.lgb")).unlink()
    with pytest.raises(ModelUnusable, match=r"model 'doomed': model\.lgb cannot be read"):
        version_files(registry, "doomed", number)


def test_nothing_that_was_logged_is_a_pickle(logged, mlflow_home):
    logged("attrition", "plain")
    names = {path.name for path in mlflow_home.glob("artifacts/**/*") if path.is_file()}
    assert "model.lgb" in names
    assert not {name for name in names if name.endswith((".pkl", ".pickle", ".joblib"))}


@pytest.fixture
def run(registry):
    """Logs texts as files of a run of somebody else's; its address."""

    def make(**files):
        with mlflow.start_run(experiment_id=registry.experiment_id) as made:
            for name, content in files.items():
                mlflow.log_text(content, name.replace("__", "/").replace("_dot_", "."))
        return f"runs:/{made.info.run_id}/mine"

    return make


def test_another_models_text_and_features_file_are_read_from_its_run(registry, run):
    assert model_files(registry, run(mine__model_dot_txt="tree")) == ("tree", None)
    address = run(mine__model_dot_txt="tree", mine__features_dot_json="{}")
    assert model_files(registry, address) == ("tree", "{}")


def test_a_run_with_a_pickle_in_it_or_no_text_is_refused_by_what_it_holds(registry, run):
    with pytest.raises(ModelUnusable, match=r"must hold one Booster as native text.*; it holds model\.pkl"):
        model_files(registry, run(mine__model_dot_pkl="cos\nsystem\n"))


@pytest.mark.parametrize("address", ["runs:/0123456789abcdef0123456789abcdef/mine", "models:/unheard_of/1"])
def test_an_address_that_leads_nowhere_is_no_model_and_no_outage(registry, address):
    with pytest.raises(ModelUnusable, match=address):
        model_files(registry, address)


class Planted:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.fixture
def planted(tmp_path):
    """The bytes of a pickle that leaves a mark when it is loaded, and the mark."""
    mark = tmp_path / "unpickled"
    content = pickle.dumps(Planted(mark))
    pickle.loads(content)
    assert mark.exists(), "the trap works"
    mark.unlink()
    return content, mark


@pytest.mark.parametrize(
    "file", ["model.pkl", "python_model.pkl", "model.joblib", "model.lgb", "extra_files/contract.json"]
)
def test_a_pickle_in_a_registered_version_is_refused_and_never_run(registry, logged, mlflow_home, planted, file):
    content, trap = planted
    name = f"planted_{file.rpartition('/')[2].replace('.', '_')}"
    number = logged("attrition", name)
    source = version_numbered(registry, name, number).source.removeprefix("models:/")
    (folder,) = mlflow_home.glob(f"artifacts/models/{source}/artifacts")
    for ours in (TEXT, CONTRACT):
        (folder / ours).unlink()
    (folder / file).write_bytes(content)
    (folder / "MLmodel").write_text(
        "flavors:\n  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl, python_version: 3.11.0}\n"
        "  sklearn: {pickled_model: model.pkl, serialization_format: pickle}\n"
    )
    with pytest.raises(ModelUnusable, match=f"model '{name}'"):
        version_files(registry, name, number)
    with pytest.raises(ModelUnusable, match="must hold one Booster as native text|cannot be read"):
        model_files(registry, f"models:/{registry.name(name)}/{number}")
    assert not trap.exists()


def test_mlflow_itself_would_not_load_a_pickle_in_our_processes(registry, planted, tmp_path, monkeypatch):
    content, trap = planted
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "model.pkl").write_bytes(content)
    (tmp_path / "MLmodel").write_text(
        "flavors:\n  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl, python_version: 3.11.0}\n"
        "  sklearn: {pickled_model: model.pkl, serialization_format: pickle, code: null}\n"
    )
    with pytest.raises(MlflowException, match="(?i)pickle"):
        mlflow.sklearn.load_model(str(tmp_path))
    assert not trap.exists()
