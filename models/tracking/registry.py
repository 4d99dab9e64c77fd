"""An MLflow that answers, or the error that says that it does not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from models.errors import AddressUnusable, RegistryAway

_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Registry:
    """An MLflow that answers.

    Attributes:
        deployment: its registered models are called `<deployment>-<model>`.
        uri: of the tracking server or database, absolute; may hold a password.
        experiment_id: where is logged what it was opened for.
    """

    deployment: str
    uri: str = field(repr=False)
    experiment_id: str

    @property
    def client(self) -> MlflowClient:
        """For what the fluent interface does not do."""
        return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def name(self, model: str) -> str:
        """What the model is called in the registry."""
        return f"{self.deployment}-{model}"


def open_registry(deployment: str, tracking_uri: str, artifacts: Path, experiment: str | None = None) -> Registry:
    """Find or make the deployment's experiment.

    Args:
        deployment: its name.
        tracking_uri: http address of a server, or `sqlite:///path`; a relative path lies in the working folder.
        artifacts: where a database without a server keeps its files.
        experiment: its name; None: that of the trainings, which is called as the deployment is.

    Raises:
        RegistryAway: it does not answer.
    """
    uri, location = tracking_uri, None
    if tracking_uri.startswith(_SQLITE):
        database = Path(tracking_uri.removeprefix(_SQLITE)).absolute()
        database.parent.mkdir(parents=True, exist_ok=True)
        uri, location = f"{_SQLITE}{database}", artifacts.absolute().as_uri()
    mlflow.set_tracking_uri(uri)  # models:/ addresses are resolved by whatever MLflow holds as its own
    with answering(uri):
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        name = experiment or deployment
        stored_experiment = client.get_experiment_by_name(name)
        number = (
            stored_experiment.experiment_id
            if stored_experiment
            else client.create_experiment(name, artifact_location=location)
        )
    return Registry(deployment, uri, number)


@contextmanager
def answering(uri: str) -> Iterator[None]:
    """Whatever MLflow cannot do inside becomes a RegistryAway that says where."""
    try:
        yield
    except ImportError as error:
        kind = uri.partition("://")[0]
        raise AddressUnusable(
            f"mlflow.tracking_uri: {kind}:// needs a package that is not installed: {error}"
        ) from None
    except (MlflowException, SQLAlchemyError, OSError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RegistryAway(without_passwords(f"MLflow at {uri} does not answer: {first}")) from None


def without_passwords(text: str) -> str:
    """The text without user, password and parameters of any address in it; a client's own message repeats its address.

    A token may stand in the place of the user, a password among the parameters.
    """
    return re.sub(r"(://[^\s?'\"]*)\?[^\s'\"]*", r"\1", re.sub(r"://\S*@", "://", text))
