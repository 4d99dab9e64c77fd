"""Every cause has its code, and a code its cause."""

import importlib
import json
import re
from pathlib import Path

import pytest

from conf.exit_codes import ExitCode, exit_code
from jobs.core.errors import DiskFailed, Locked

ROOT = Path(__file__).parents[2]

CODES = {
    "builtins.KeyboardInterrupt": 130,
    "conf.errors.SettingsError": 2,
    "conf.expressions.errors.PolicyError": 20,
    "expectations.gate.GateFailed": 10,
    "jobs.core.errors.AuditFailed": 15,
    "jobs.core.errors.ClusterAway": 18,
    "jobs.core.errors.ConsentError": 11,
    "jobs.core.errors.DiskFailed": 17,
    "jobs.core.errors.Drifted": 10,
    "jobs.core.errors.Locked": 16,
    "jobs.core.errors.PublishedFromOtherInputs": 19,
    "jobs.core.errors.SourceError": 10,
    "jobs.core.errors.UnknownCustomer": 21,
    "jobs.core.lake.NotInLake": 2,
    "models.errors.CannotTrain": 12,
    "models.errors.ModelUnusable": 12,
    "models.errors.NotPromoted": 12,
    "models.errors.RegistryAway": 18,
    "optimization.errors.BadInput": 10,
    "optimization.errors.Infeasible": 13,
    "optimization.errors.NoPlanInTime": 14,
}


def resolved(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def raised(kind):
    """An error of the class without the arguments that it is made with."""
    return kind.__new__(kind)


@pytest.mark.parametrize(("name", "code"), CODES.items(), ids=CODES)
def test_an_error_has_its_code_and_so_has_a_class_derived_from_it(name, code):
    kind = resolved(name)
    assert exit_code(raised(kind)) == code
    assert exit_code(raised(type("Narrower", (kind,), {}))) == code


def test_every_code_has_a_cause():
    assert {ExitCode.OK, ExitCode.BUG, *CODES.values()} == {*ExitCode}


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError(5, "x"), MemoryError()])
def test_an_error_without_a_code_is_a_bug(error):
    assert exit_code(error) == ExitCode.BUG


def test_another_class_of_the_same_name_is_a_bug():
    assert exit_code(type("Locked", (RuntimeError,), {})()) == ExitCode.BUG


def test_a_code_of_another_library_is_not_ours():
    assert exit_code(type("ClickException", (Exception,), {"exit_code": 1})()) == ExitCode.BUG


def test_the_nearest_class_decides():
    class Both(Locked, DiskFailed):
        pass

    assert exit_code(Both()) == ExitCode.LOCKED


def test_a_code_is_written_as_a_number():
    assert (json.dumps({"exit": ExitCode.LOCKED}), f"exit {ExitCode.LOCKED}") == ('{"exit": 16}', "exit 16")


@pytest.mark.parametrize("module", ["conf.errors", "jobs.core.errors", "models.errors", "optimization.errors"])
def test_every_error_that_we_define_has_a_code(module):
    loaded = importlib.import_module(module)
    kinds = [kind for kind in vars(loaded).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    defined = [kind for kind in kinds if kind.__module__ == module]
    raisable = [kind for kind in defined if not any(kind in other.__bases__ for other in defined)]
    assert raisable
    assert {kind.__name__ for kind in raisable if exit_code(raised(kind)) == ExitCode.BUG} == set()


def test_the_readme_tells_every_code_with_its_meaning():
    cells = re.findall(r"\| (\d+) \| ([^|]+?) (?=\|)", (ROOT / "README.md").read_text().split("## Exit codes")[1])
    assert {int(code): meaning for code, meaning in cells} == {int(code): code.meaning for code in ExitCode}
