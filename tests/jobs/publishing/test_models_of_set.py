"""The auditor gets the models of a set from the lake where they are kept, else from MLflow, else not at all."""

import json
import subprocess
import sys

import pytest

import jobs.scoring.registry
import models.tracking
from jobs.publishing import audit_evidence as models_of_set
from jobs.publishing.audit_evidence import files_of_models
from jobs.scoring import champions as kept_champions
from jobs.scoring.champions import keep, utc_now
from jobs.scoring.scored_with import Pinned
from models.errors import ModelUnusable, RegistryAway


@pytest.fixture
def settings(deploy):
    return deploy("deployment.mlflow.wait_seconds=0.2")


@pytest.fixture
def kept(settings, champion):
    """What the lake keeps; the champion of a later night may have taken its place."""

    def kept(version):
        keep(settings.deployment.lake, Pinned(champion("attrition", version), []), utc_now())

    return kept


@pytest.fixture
def mlflow(monkeypatch, champion):
    """An MLflow with every version of attrition; what it was asked for, and whether it is away."""
    state = {"asked": [], "is_away": False}

    def version_texts(_registry, name, version):
        state["asked"].append((name, version))
        if name != "attrition":
            raise ModelUnusable(name)
        version_champion = champion(name, version)
        return version_champion.text, version_champion.contract.model_dump_json()

    def registry_of(_settings):
        if state["is_away"]:
            raise RegistryAway("away")

    monkeypatch.setattr(jobs.scoring.registry, "registry_of", registry_of)
    monkeypatch.setattr(models.tracking, "version_texts", version_texts)
    return state


def manifest(folder, *champions):
    entries = [
        {"model": version.contract.model, "version": version.version, "sha256": version.contract.model_sha256}
        for version in champions
    ]
    (folder / "manifest.json").write_text(json.dumps({"models": entries}))
    return folder


def test_what_the_lake_keeps_is_taken_without_asking_mlflow(settings, kept, mlflow, champion, tmp_path):
    kept_champion = champion("attrition", 3)
    kept(3)
    files = files_of_models(settings, manifest(tmp_path, kept_champion))
    assert files["attrition"].text == kept_champion.text
    assert files["attrition"].contract == kept_champion.contract.model_dump(mode="json")
    assert mlflow["asked"] == []


def test_another_version_is_fetched(settings, kept, mlflow, champion, tmp_path):
    path = settings.deployment.lake / "champions/attrition.json"
    kept(4)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"text": "tree\nof a later night\n"}))
    files = files_of_models(settings, manifest(tmp_path, champion("attrition", 3)))
    assert files["attrition"].text == champion("attrition", 3).text
    assert mlflow["asked"] == [("attrition", 3)]


def test_what_cannot_be_had_is_left_out(settings, mlflow, champion, tmp_path):
    folder = manifest(tmp_path, champion("attrition", 3), champion("value", 1))
    assert list(files_of_models(settings, folder)) == ["attrition"]
    mlflow["is_away"] = True
    assert files_of_models(settings, folder) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"models": [{"model": "attrition"}]}'])
def test_of_a_manifest_that_cannot_be_read_there_are_no_models(settings, tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    assert files_of_models(settings, tmp_path) == {}
    assert files_of_models(settings, tmp_path / "nowhere") == {}


def test_the_audit_of_a_set_does_not_bring_mlflow_along_for_a_name():
    code = "import sys, jobs.run.verify; print('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    assert kept_champions.FOLDER == models_of_set.KEPT
