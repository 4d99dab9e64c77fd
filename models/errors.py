"""What can go wrong with models, named for what to do next."""

from conf.exit_codes import ExitCode


class ModelError(Exception):
    """A model cannot be trained, found, used or promoted."""


class CannotTrain(ModelError):
    """Too few days or customers for the label, or settings that name what there is not: change models.yaml or wait."""

    exit_code = ExitCode.MODEL


class SettingsRefused(ModelError):
    """LightGBM takes a model's settings not at all, or makes of them what is not read: change models.yaml."""

    exit_code = ExitCode.USAGE


class AddressUnusable(ModelError):
    """MLflow cannot be reached by an address of this kind from here: change deployment.yaml, or install its driver."""

    exit_code = ExitCode.USAGE


class ModelUnusable(ModelError):
    """There is no champion, or its files are damaged or do not fit the deployment: train and promote a version."""

    exit_code = ExitCode.MODEL


class NotPromoted(ModelError):
    """A version failed its gates: improve the model, or change the gate for a reason that can be stated."""

    exit_code = ExitCode.MODEL


class RegistryAway(ModelError):
    """MLflow does not answer: check the tracking address."""

    exit_code = ExitCode.NO_ANSWER
