import json

import pandas as pd
import pytest

from jobs.core.stages import STAGES

pytestmark = pytest.mark.slow
TABLES = {".parquet", ".csv", ".crc"}


def test_a_company_without_transactions_is_served(company):
    place = company
    decisions = pd.read_parquet(place.published("2025-03-01") / "decisions.parquet")
    assert_nothing_tells_of(place.somebody, place, place.printed)
    assert_nothing_is_for_others(place)
    statuses = decisions.status.value_counts()
    assert len(decisions) == 901
    assert statuses["offered"] == 40
    assert statuses["holdout"] > 0
    contacted = pd.read_csv(place.folder / "data/contacts.csv", dtype=str)
    recent = set(contacted.customer[contacted.date >= "2025-01-31"])
    assert not recent & set(decisions.customer_id[decisions.status == "offered"])


def assert_nothing_tells_of(somebody, place, printed):
    """What a customer is called, is and has stands in tables of customers alone: not in logs, MLflow or reports."""
    tables = [path for path in (place.folder / "work").rglob("*") if path.is_file() and path.suffix in TABLES]
    others = [path for path in (place.folder / "work").rglob("*") if path.is_file() and path.suffix not in TABLES]
    said = {str(number): (one.stdout + one.stderr).encode() for number, one in enumerate(printed)}
    said |= {str(path): path.read_bytes() for path in others if path.name != "limits.csv"}
    assert any(path.name == "decisions.parquet" for path in tables)
    made = ("run.json", "report.html", "manifest.json", "mlflow.db", "model.lgb", "contract.json", "audit.json")
    for kind in (*made, "log.jsonl", "lineage.jsonl"):
        assert [path for path in said if path.endswith(kind)], kind
    values = [str(value).encode() for value in somebody]
    assert [(path, value) for path, content in said.items() for value in values if value in content] == []


def assert_nothing_is_for_others(place):
    made = [place.folder / "work", *(place.folder / "work").rglob("*")]
    assert [path for path in made if path.stat().st_mode & 0o027] == []


def test_lineage_of_a_night_leads_from_its_sources_to_its_set(company):
    events = [json.loads(line) for line in (company.folder / "work/lineage.jsonl").read_text().splitlines()]
    jobs = [(event["eventType"], event["job"]["name"].removeprefix("night.")) for event in events]
    pairs = [(kind, stage) for stage in STAGES for kind in ("START", "COMPLETE")]
    assert jobs == [("START", "night"), *pairs, ("COMPLETE", "night")]
    made = {"published"}
    for event in events[2:-1:2]:
        made |= {one["name"] for one in event["outputs"]}
        read = {one["name"]: one["inputFacets"]["inputStatistics"].get("rowCount") for one in event["inputs"]}
        assert {one for one in read if not one.startswith("sources.")} <= made, event["job"]
        assert all(read[one] >= 900 for one in read if one in ("features", "sources.customers"))
    (published,) = [one for one in events[-2]["outputs"] if one["name"] == "published"]
    assert published["outputFacets"]["outputStatistics"]["rowCount"] == 901
    assert {"customer_id", "status"} <= {one["name"] for one in published["facets"]["schema"]["fields"]}
    assert {event["run"]["runId"].replace("-", "") for event in (events[0], events[-1])} == {
        company.record("2025-03-01")["run"]
    }


def test_a_set_stays_published_without_mlflow_and_has_one_run_in_it(company):
    publish = ("publish", "--conf", "conf", "--as-of", "2025-03-01")
    away = ("deployment.mlflow.tracking_uri=http://127.0.0.1:9", "deployment.mlflow.wait_seconds=1")
    said = company.must(*publish, *(word for one in away for word in ("--set", one)))
    assert "verified, every byte as it was" in said
    assert said.count("the figures of 2025-03-01 were not logged in MLflow: MLflow at http://127.0.0.1:9") == 1
    assert of_publish(company)["mlflow"] is None
    company.must(*publish)
    night = company.record("2025-03-01")
    assert of_publish(company)["mlflow"] == night["mlflow"]
    assert of_publish(company)["run"] != night["run"]
    assert of_publish(company)["stages"][0]["rows_out"] == {"published": 901}


def of_publish(company):
    return json.loads((company.folder / "work/lake/runs/as_of=2025-03-01/publish.json").read_text())
