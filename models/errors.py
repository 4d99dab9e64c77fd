"""What can go wrong with models, named for what to do next."""


class ModelError(Exception):
    """A model cannot be trained, found or used."""


class NotEnoughHistory(ModelError):
    """Too few days of data: shorten the windows, or wait."""


class NotEnoughExamples(ModelError):
    """The label has one value only, or no rows: widen the population or the window."""


class NoChampion(ModelError):
    """No version of the model may be used: train and promote one."""


class BadModel(ModelError):
    """A model's artifact is damaged or does not fit: register it anew."""


class RegistryAway(ModelError):
    """MLflow does not answer: check the tracking address."""
