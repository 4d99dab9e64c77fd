"""Manifest and run record: one type for writing and reading, and a JSON Schema that says the same to receivers."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from jobs.core.record import schema_text
from jobs.publishing.manifest_file import Manifest, manifest_bytes, read_manifest
from jobs.run.run_file import RunFile, read_run
from tests.sample_records import MANIFEST, RUN, SAMPLES, manifest_with

ROOT = Path(__file__).parents[3]
SCHEMAS = {"manifest": Manifest, "run": RunFile}
SINCE_22_NOVEMBER = ("consents", "history", "last_night")

STAGE = RUN["stages"][0]
DAMAGED = {
    "no date": ("manifest", {name: fact for name, fact in MANIFEST.items() if name != "as_of"}),
    "a field that nobody knows": ("manifest", MANIFEST | {"colour": "red"}),
    "a count as text": ("manifest", manifest_with(statuses={"offered": "40"})),
    "half a hash": ("manifest", MANIFEST | {"code_sha256": "f92b"}),
    "an amount as a number": ("manifest", manifest_with(plan={"value": 513.42104})),
    "a file without its size": ("manifest", MANIFEST | {"files": {"a.csv": {"sha256": "0" * 64}}}),
    "no list": ("manifest", []),
    "a run without an id": ("run", {name: fact for name, fact in RUN.items() if name != "run"}),
    "a stage without its code": ("run", RUN | {"stages": [{"stage": "score", "seconds": 1.0}]}),
    "an exit code as text": ("run", RUN | {"stages": [STAGE | {"exit": "0"}]}),
}


def validator(name):
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize(("name", "record"), SCHEMAS.items())
def test_the_schema_that_receivers_get_is_what_the_type_says(name, record):
    assert (ROOT / "docs" / "schemas" / f"{name}.schema.json").read_text() == schema_text(record)


@pytest.mark.parametrize(("name", "content"), [("manifest", MANIFEST), ("run", RUN)])
def test_a_real_file_is_valid(name, content):
    validator(name).validate(content)


@pytest.mark.parametrize(("name", "content"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused_by_schema_and_type_alike(name, content):
    with pytest.raises(ValidationError):
        validator(name).validate(content)
    with pytest.raises(ValueError, match="validation error"):
        SCHEMAS[name].model_validate_json(json.dumps(content))


def test_reading_and_writing_again_makes_the_same_bytes():
    assert manifest_bytes(read_manifest(SAMPLES)) == (SAMPLES / "manifest.json").read_bytes()
    record = read_run(SAMPLES / "run.json").plain()
    assert json.dumps(record, indent=2, sort_keys=True) + "\n" == (SAMPLES / "run.json").read_text()


def test_a_set_of_before_those_fields_is_read_and_written_without_them():
    older = {name: fact for name, fact in MANIFEST.items() if name not in SINCE_22_NOVEMBER}
    older["plan"] = {name: fact for name, fact in older["plan"].items() if name != "without_experiments"}
    manifest = Manifest.model_validate_json(json.dumps(older))
    assert (manifest.history, manifest.plan.without_experiments) == (None, None)
    assert manifest.plain() == older
    validator("manifest").validate(older)


def test_a_run_that_was_killed_has_no_end_and_a_night_that_was_not_logged_has_null():
    killed = {name: fact for name, fact in RUN.items() if name not in ("ended", "mlflow")}
    for content in (killed, RUN | {"mlflow": None}):
        validator("run").validate(content)
        assert RunFile.model_validate_json(json.dumps(content)).plain() == content
