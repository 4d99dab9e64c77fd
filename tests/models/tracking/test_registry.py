"""One door to MLflow, and it says when nobody answers."""

import re
from contextlib import contextmanager
from pathlib import Path

import mlflow
import pytest

import models
from models.errors import AddressUnusable, RegistryAway
from models.tracking import open_registry
from models.tracking.registry import without_passwords

pytestmark = [
    # mlflow 3.17 asks SQLAlchemy 2.1 for what that deprecates, and warns of its own type hints when it is imported.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]
ROOT = Path(models.__path__[0]).parent


@contextmanager
def patience():
    """MLflow asks once, and the address that it was told is taken back."""
    before = mlflow.get_tracking_uri()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        yield
    mlflow.set_tracking_uri(before)


def test_a_database_that_cannot_be_opened_is_away(tmp_path):
    (tmp_path / "mlflow.db").write_text("not a database at all, and long enough to have a header " * 40)
    with pytest.raises(RegistryAway, match="does not answer"):
        open_registry("shop", f"sqlite:///{tmp_path}/mlflow.db", tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://us:hunter2@host/db",
        "x https://us:hunt/hunter2@host/a?b",
        "a://us:p@hunter2@host y",
        "x://host/d?password=hunter2 y",
        "https://hunter2@host",
    ],
)
def test_no_message_repeats_a_password(text):
    assert "hunter2" not in without_passwords(text)
    assert "://host" in without_passwords(text)


def test_a_registry_that_is_away_is_told_without_its_password(tmp_path):
    with pytest.raises(RegistryAway, match="MLflow at https://127.0.0.1:1 does not answer") as error, patience():
        open_registry("shop", "https://us:hunter2@127.0.0.1:1", tmp_path)
    assert "hunter2" not in str(error.value)
    assert error.value.__cause__ is None


def test_a_database_without_its_driver_is_told_as_a_setting_and_not_as_a_bug(tmp_path):
    message = "mlflow.tracking_uri: mysql:// needs a package that is not installed"
    with pytest.raises(AddressUnusable, match=message) as error, patience():
        open_registry("shop", "mysql://us:hunter2@host/db", tmp_path)
    assert error.value.exit_code == 2
    assert "hunter2" not in str(error.value)


def test_a_registry_does_not_show_its_address(registry):
    assert registry.uri.startswith("sqlite:///")
    assert "sqlite" not in repr(registry)


def test_the_same_deployment_finds_its_experiment_again(registry, mlflow_home):
    again = open_registry("shop", registry.uri, mlflow_home / "elsewhere")
    assert again == registry
    assert again.name("attrition") == "shop-attrition"


def test_nothing_but_our_client_imports_mlflow_and_nothing_at_all_loads_a_pickle():
    result = {}
    for folder in ("jobs", "models", "optimization", "expectations", "conf"):
        for path in (ROOT / folder).rglob("*.py"):
            result[path] = set(re.findall(r"^\s*(?:import|from) (\w+)", path.read_text(), re.MULTILINE))
    assert {path.parent.name for path, names in result.items() if "mlflow" in names} == {"tracking"}
    assert [path for path, names in result.items() if names & {"pickle", "joblib", "cloudpickle", "dill"}] == []
    calls = [path for path in result if re.search(r"load_model\(|pyfunc|pickle\.loads?", path.read_text())]
    assert calls == []
