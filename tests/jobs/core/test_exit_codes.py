"""Every cause has its code, and a code its cause."""

import importlib

import pytest

from jobs.core.exit_codes import BUG, BY_ERROR, INTERRUPTED, OK, USAGE, exit_code


def resolved(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def raised(kind):
    """An error of the class without the arguments that it is made with."""
    return kind.__new__(kind)


@pytest.mark.parametrize(("name", "code"), BY_ERROR.items(), ids=BY_ERROR)
def test_every_class_named_exists_and_has_its_code(name, code):
    kind = resolved(name)
    assert issubclass(kind, BaseException)
    assert exit_code(raised(kind)) == code


@pytest.mark.parametrize(("name", "code"), BY_ERROR.items(), ids=BY_ERROR)
def test_a_class_derived_from_one_that_is_named_has_its_code(name, code):
    assert exit_code(raised(type("Narrower", (resolved(name),), {}))) == code


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError(5, "x"), MemoryError()])
def test_what_nobody_named_is_a_bug(error):
    assert exit_code(error) == BUG


def test_another_class_of_the_same_name_is_a_bug():
    assert exit_code(type("Locked", (RuntimeError,), {})()) == BUG


def test_the_nearest_class_decides():
    class Both(resolved("jobs.core.errors.Locked"), resolved("jobs.core.errors.DiskFailed")):
        pass

    assert exit_code(Both()) == 16


def test_codes_are_those_of_the_design():
    design = {OK, USAGE, BUG, INTERRUPTED, *range(10, 22)}
    assert {OK, BUG, *BY_ERROR.values()} == design


@pytest.mark.parametrize("module", ["conf.errors", "jobs.core.errors", "models.errors", "optimization.errors"])
def test_every_error_that_we_define_has_a_code(module):
    loaded = importlib.import_module(module)
    kinds = [one for one in vars(loaded).values() if isinstance(one, type) and issubclass(one, Exception)]
    own = [kind for kind in kinds if kind.__module__ == module]
    raisable = [kind for kind in own if not any(kind in other.__bases__ for other in own)]
    assert raisable
    assert {kind.__name__ for kind in raisable if exit_code(raised(kind)) == BUG} == set()
