"""A model's whole life in a small company: trained, judged, brought from elsewhere, compared, promoted, taken back."""

import json
import os
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from conf.load import load
from jobs.cli.model_versions import print_history, print_versions
from jobs.model_life.compare import compare_models, print_comparison
from jobs.model_life.promote import promote_version, roll_back
from jobs.model_life.register import read_model, register_model
from jobs.model_life.train import train_all
from jobs.model_life.validate import print_validated, validate_models
from jobs.run_context import RunContext
from jobs.scoring.registry import registry_of
from jobs.stages import build_features, gate_sources, score
from models.errors import ModelUnusable, NotPromoted
from models.tracking import champion, version_files, versions

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]
SMALL = Path(__file__).parents[2] / "deployments/no_transactions"
AS_OF = date(2025, 3, 1)
GATES = '{"auc": {"min": 0.6, "max_worse_than_champion": 0.05}, "rows_per_second": {"min": 100}}'


@pytest.fixture(scope="module")
def context(spark, tmp_path_factory, registry, mlflow_home):
    """500 people who answer the more the more they have; their models are registered beside those of other tests."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    sources = folder / "sources.yaml"
    sources.write_text(sources.read_text().replace("path: data/", f"path: {folder}/"))
    write_history(folder)
    changes = {
        "deployment.name": "small",
        "deployment.lake": folder / "lake",
        "deployment.output": folder / "published",
        "deployment.mlflow.tracking_uri": registry.uri,
        "deployment.mlflow.artifacts": mlflow_home / "small",
        "models.models.deposit.gates": GATES,
        "models.models.deposit.settings": '{"num_trees": 30}',
        "deployment.optimizer.max_gap": 0.05,
        "policy.limits.students.min": 0,  # there are none
    }
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", "Europe/Zurich")
    os.environ["ONEOFFER_SALT"] = "small"
    made = RunContext(load(folder, [f"{key}={value}" for key, value in changes.items()]), AS_OF)
    vars(made)["spark"] = spark
    yield made
    spark.conf.set("spark.sql.session.timeZone", before)


def write_history(folder):
    draw = random.Random(7)
    people = [(f"{number:04}", draw.choice(["retired", "clerk"]), draw.randrange(9000)) for number in range(500)]
    contacts, responses = [], []
    for month in range(10):
        for person, _, balance in draw.sample(people, 150):
            day = date(2024, 5, 1) + timedelta(days=30 * month + draw.randrange(20))
            contacts.append((person, "deposit", "call", day))
            if draw.random() < balance / 12000:
                responses.append((person, "deposit", day + timedelta(days=draw.randrange(1, 15))))
    consents = [(person, "call", "", "true", "2024-01-01") for person, *_ in people]
    tables = {
        "customers": ("id,job,balance,calls_a_month", [(*person, "") for person in people]),
        "contacts": (
            "customer,campaign,channel,date,planned",
            [(*contact, "") for contact in contacts if contact[3] < AS_OF],
        ),
        "events": ("customer,what,date", [(people[0][0], "complaint", "2025-02-20")]),
        "responses": ("customer,campaign,date", responses),
        "consents": ("customer,channel,about,allowed,changed", consents),
    }
    for name, (header, rows) in tables.items():
        lines = [header, *(",".join(map(str, row)) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def trained(context):
    """Version 1, the champion."""
    (first,) = train_all(context, with_promotion=False)
    assert not first.is_champion
    (again,) = train_all(context, with_promotion=True)
    return first, again


def test_a_training_makes_a_challenger_and_only_promotion_a_champion(context, trained):
    first, again = trained
    assert (first.version, first.is_champion, first.was_there, first.refusal) == (1, False, False, "")
    assert first.validation.has_passed
    assert (again.version, again.is_champion, again.was_there) == (1, True, True)
    trained_versions = versions(registry_of(context.settings), "deposit")
    assert [(entry.number, entry.aliases) for entry in trained_versions] == [(1, ("champion",))]
    run = registry_of(context.settings).client.list_artifacts(trained_versions[0].run_id)
    assert {entry.path for entry in run} >= {"segments.json", "sources.json", "calibration.svg", "gain.svg"}


def test_validating_again_by_hand_says_what_the_training_said(context, trained, capsys):
    (validated,) = validate_models(context, ["deposit"], 1)
    figures = {verdict.gate: verdict.figure for verdict in validated.validation.verdicts}
    before = {verdict.gate: verdict.figure for verdict in trained[0].validation.verdicts}
    assert (figures["features"], figures["auc"]) == (before["features"], before["auc"])
    print_validated([validated], as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [(row["gate"], row["passed"]) for row in rows] == [("features", "yes")] + [("auc", "yes")] * 2 + [
        ("rows_per_second", "yes")
    ]


@pytest.fixture(scope="module")
def external_files(context, trained, tmp_path_factory):
    """A data scientist's files: a Booster on two features that ranks customers by nothing at all, and features.json."""
    folder = tmp_path_factory.mktemp("own")
    random_values = np.random.default_rng(3).random((400, 2))
    data = lightgbm.Dataset(
        random_values, np.arange(400) % 2, feature_name=["contacts_90d", "balance"], params={"verbosity": -1}
    )
    booster = lightgbm.train({"objective": "binary", "verbosity": -1, "num_leaves": 4}, data, 5)
    (folder / "model.txt").write_text(booster.model_to_string())
    contract = {"trained_before": "2024-11-01", "features": [{"name": "contacts_90d"}, {"name": "balance"}]}
    (folder / "features.json").write_text(json.dumps(contract))
    return folder / "model.txt", folder / "features.json"


@pytest.fixture(scope="module")
def brought(context, external_files):
    """Version 2, the challenger from elsewhere."""
    return register_model(context, "deposit", *read_model(context, *external_files, None), reason="from the lab")


def test_a_model_from_elsewhere_becomes_the_challenger_and_is_judged_like_ours(context, brought, external_files):
    assert (brought.version, brought.validation.has_passed, brought.validation.champion) == (2, False, 1)
    registered = version_files(registry_of(context.settings), "deposit", 2)
    assert registered.text == external_files[0].read_text()
    assert registered.contract.calibration.kind == "platt"
    with pytest.raises(NotPromoted, match="gates failed: deposit version 2"):
        print_validated([brought], as_json=True)


def test_swapped_columns_are_refused_and_nothing_is_registered(context, brought, external_files):
    text, features = read_model(context, *external_files, None)
    contract = json.loads(features)
    contract["features"] = contract["features"][::-1]
    before = len(versions(registry_of(context.settings), "deposit"))
    with pytest.raises(ModelUnusable, match="column 1 is 'contacts_90d' in the Booster and 'balance' by features.json"):
        register_model(context, "deposit", text, json.dumps(contract), reason="swapped")
    assert len(versions(registry_of(context.settings), "deposit")) == before


def test_a_registered_model_is_read_from_mlflow_as_from_its_file(context, brought, external_files):
    source = versions(registry_of(context.settings), "deposit")[0].source
    text, features = read_model(context, None, external_files[1], source)
    assert (text, features) == (external_files[0].read_text(), external_files[1].read_text())
    with pytest.raises(ModelUnusable, match=r"has no features\.json beside its model; say --features"):
        read_model(context, None, None, source)


@pytest.mark.full
def test_the_shadow_counts_changed_decisions_and_leaves_the_night_as_it_was(context, brought, capsys):
    for stage in (gate_sources, build_features, score):
        stage.run(context)
    before = {path: path.read_bytes() for path in context.lake.root.rglob("*") if path.is_file()}
    comparison = compare_models(context, "deposit", None)
    assert (comparison.champion, comparison.challenger) == (1, 2)
    assert comparison.scored > 300
    assert np.isnan(comparison.spearman)  # calibration found nothing in it: everybody has the same score
    assert (
        comparison.plan_kept + comparison.plan_changed + comparison.plan_lost == 38
    )  # the limit of the champion's plan
    assert comparison.plan_lost + comparison.plan_gained > 0
    assert {path: path.read_bytes() for path in context.lake.root.rglob("*") if path.is_file()} == before
    print_comparison(comparison, as_json=True)
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["spearman"], row["scored"]) == (None, comparison.scored)
    print_comparison(comparison, as_json=False)
    assert "customers whose best candidate would change" in capsys.readouterr().out


def test_promotion_needs_its_gates_or_a_reason_and_rollback_restores_the_scores(context, brought, capsys, monkeypatch):
    monkeypatch.setenv("ONEOFFER_USER", "ann")
    settings = context.settings
    before = champion(registry_of(settings), "deposit")
    with pytest.raises(NotPromoted, match="version 2 failed its gates: auc"):
        promote_version(settings, "deposit", None, reason="", is_forced=False)
    message = promote_version(settings, "deposit", None, reason="we try it", is_forced=True)
    assert message == "deposit: version 2 is the champion now, before it version 1"
    assert champion(registry_of(settings), "deposit").text != before.text
    assert roll_back(settings, "deposit", reason="worse") == (
        "deposit: version 1 is the champion again, in place of version 2"
    )
    after = champion(registry_of(settings), "deposit")
    assert (after.text, after.contract) == (before.text, before.contract)
    print_history(settings, "deposit", as_json=True)
    steps = json.loads(capsys.readouterr().out)
    assert [(entry["what"], entry["version"], entry["why"]) for entry in steps] == [
        ("registered", 1, "trained"),
        ("promoted", 1, "train --promote"),
        ("registered", 2, "from the lab"),
        ("promoted", 2, "we try it"),
        ("returned to", 1, "worse"),
    ]
    assert (steps[3]["by"], steps[3]["overruled"].split(":")[0]) == ("ann", "failed its gates")
    print_versions(settings, as_json=True)
    listed = json.loads(capsys.readouterr().out)
    states = [(entry["version"], entry["alias"], entry["gates"]) for entry in listed]
    assert states == [(2, "", "failed"), (1, "champion", "passed")]
    assert listed[1]["since"] == steps[-1]["at"]
