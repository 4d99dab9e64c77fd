"""Every check catches what it is there for, and no other check cries with it."""

import inspect
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from expectations.audit.auditor import all_checks, findings

FILES = sorted(Path(__file__).with_name("faults").glob("*.py"))


def _faults(path):
    """The public functions of a file: each changes a night, and its docstring is what the auditor says about it."""
    spec = spec_from_file_location(f"faults_{path.stem}", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    result = inspect.getmembers(module, inspect.isfunction)
    return [plant for name, plant in result if not name.startswith("_")]


FAULTS = {path.stem: _faults(path) for path in FILES}
"""Name of the check -> the faults that it alone must report."""
LOOK_AT_EVERYTHING = {
    "choices_are_called_what_they_are",
    "limits_csv_says_what_the_manifest_says",
    "nothing_else_was_sealed",
    "tables_hold_nothing_more",
    "the_candidates_follow_from_the_raw_rows",
    "the_limits_are_counted_as_stated",
    "the_manifest_has_its_fields_and_no_other",
    "the_manifest_names_the_models_that_scored",
    "the_manifest_says_how_the_night_was_made",
    "the_reasons_follow",
    "the_report_is_inert",
    "the_report_shows_this_night",
    "who_was_left_out_had_to_be",
}
"""Checks of whole files and records: they may notice as well what another one is there for."""


@pytest.mark.parametrize(
    ("check_name", "plant"),
    [pytest.param(name, plant, id=plant.__name__) for name, faults in FAULTS.items() for plant in faults],
)
def test_a_planted_fault_is_reported_by_its_check_alone(night, request, check_name, plant):
    _, *fixtures = inspect.signature(plant).parameters
    plant(night, **{name: request.getfixturevalue(name) for name in fixtures})
    evidence = night.evidence()
    result = {check.__name__: findings(check, evidence) for check in all_checks()}
    cry = {name for name, breaches in result.items() if breaches}
    assert check_name in cry
    assert cry <= {check_name} | LOOK_AT_EVERYTHING
    assert [breach.what for breach in result[check_name]] == [
        line.strip() for line in plant.__doc__.strip().splitlines()
    ]
    assert all(breach.count >= 1 for breach in result[check_name])


def test_every_check_has_a_fault_that_it_must_catch():
    assert {check.__name__ for check in all_checks()} == {name for name, faults in FAULTS.items() if faults}
