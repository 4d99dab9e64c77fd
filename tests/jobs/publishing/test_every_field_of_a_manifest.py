"""No field of a manifest can be another, gone or of another type without a check of the auditor that says so."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

import pytest

from expectations.audit import fresh_process
from expectations.audit.auditor import all_checks, findings
from jobs.core.record import Record
from jobs.publishing.manifest_file import Manifest
from tests.expectations.audit.drawn.models import scored_in_this_process
from tests.expectations.audit.drawn.night import Night

CHECKS = sorted(all_checks(), key=lambda check: "manifest" not in check.__name__)
"""Those that look at the manifest first: one that speaks is enough."""
WHERE = {"files": ["decisions.parquet"], "statuses": ["offered"], "sums": ["cost"]}
"""The entries of a mapping that are spoiled."""


@pytest.fixture(autouse=True)
def scored_here(monkeypatch):
    monkeypatch.setattr(fresh_process, "scored_again", scored_in_this_process)


def _fields(record: type[Record], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every field of a record and of the records in it."""
    for name, field in record.model_fields.items():
        yield (*path, name)
        for inner in _records(field.annotation):
            is_list = "list" in str(field.annotation)
            steps = [0] if is_list else WHERE.get(name, [None])
            for step in steps:
                yield from _fields(inner, (*path, name) if step is None else (*path, name, step))
        if name in ("statuses", "sums"):
            yield from ((*path, name, step) for step in WHERE[name])


def _records(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    elif get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from _records(part)


FIELDS = list(_fields(Manifest))


def _other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, list | dict):
        return type(value)()
    if value is None:
        return {"as_of": "2024-06-30", "sha256": "0" * 64}
    for another in (_other_day, _other_amount):
        try:
            return another(value)
        except (ValueError, ArithmeticError):
            continue
    return "0" * 64 if len(value) == 64 else f"{value}x"


def _other_day(text: str) -> str:
    return date.fromisoformat(text).replace(year=1999).isoformat()


def _other_amount(text: str) -> str:
    return str(Decimal(text) + 1)


SPOIL = {
    "another value": lambda record, name: record.update({name: _other(record[name])}),
    "gone": lambda record, name: record.pop(name),
    "another type": lambda record, name: record.update({name: [record[name]]}),
}


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: ".".join(map(str, path)))
def test_a_spoiled_field_is_noticed(tmp_path, path):
    for how, spoil in SPOIL.items():
        night = Night(tmp_path / how)
        night.root.mkdir()
        night.must_be_sent("gift", due=1, planned=1, at_most=1)
        seen = []

        def change(manifest, spoil=spoil, seen=seen):
            if seen:  # a drawn night makes its manifest twice, and only the second is sealed
                record = manifest
                for step in path[:-1]:
                    record = record[step]
                spoil(record, path[-1])
            seen.append(manifest)

        night.change_manifest = change
        evidence = night.evidence()
        assert any(findings(check, evidence) for check in CHECKS), (how, path)
