"""One exit code per cause, so that a scheduler and its operator need not read a log to know what to do."""

from importlib import import_module

OK = 0
USAGE = 2
BUG = 70
INTERRUPTED = 130  # what a shell expects of Ctrl-C

BY_ERROR = {
    "builtins.KeyboardInterrupt": INTERRUPTED,
    "conf.errors.SettingsError": USAGE,
    "jobs.core.errors.SourceError": 10,
    "optimization.errors.BadInput": 10,
    "expectations.gate.GateFailed": 10,
    "jobs.core.errors.Drifted": 10,
    "jobs.core.errors.ConsentError": 11,
    "models.errors.ModelUnusable": 12,
    "models.errors.CannotTrain": 12,
    "models.errors.NotPromoted": 12,
    "optimization.errors.Infeasible": 13,
    "optimization.errors.NoPlanInTime": 14,
    "jobs.core.errors.AuditFailed": 15,
    "jobs.core.errors.Locked": 16,
    "jobs.core.errors.DiskFailed": 17,
    "models.errors.RegistryAway": 18,
    "jobs.core.errors.ClusterAway": 18,
    "jobs.core.errors.PublishedFromOtherInputs": 19,
    "conf.expressions.errors.PolicyError": 20,
    "jobs.core.errors.UnknownCustomer": 21,
    "jobs.core.lake.NotInLake": USAGE,
}
"""Error class -> exit code; named by text, so that a small command does not import what it never raises."""


def exit_code(error: BaseException) -> int:
    """The code of an error by its class or the nearest class it derives from; a bug where none is listed."""
    for kind in type(error).__mro__:
        for name, code in BY_ERROR.items():
            module, _, attribute = name.rpartition(".")
            if attribute == kind.__name__ and getattr(import_module(module), attribute) is kind:
                return code
    return BUG
