import json

import pandas as pd
import pytest

from jobs.core.stages import STAGES

pytestmark = pytest.mark.slow
TABLES = {".parquet", ".csv", ".crc"}


def test_a_company_without_transactions_is_served(company):
    workplace = company
    decisions = pd.read_parquet(workplace.published("2025-03-01") / "decisions.parquet")
    assert_nothing_tells_of(workplace.somebody, workplace, workplace.printed)
    assert_nothing_is_for_others(workplace)
    statuses = decisions.status.value_counts()
    assert len(decisions) == 901
    assert statuses["offered"] == 38  # 290 minutes of 7.5
    assert statuses["holdout"] > 0
    contacted = pd.read_csv(workplace.folder / "data/contacts.csv", dtype=str)
    recent = set(contacted.customer[contacted.date >= "2025-01-31"])
    assert not recent & set(decisions.customer_id[decisions.offer_id == "deposit"])
    assert_must_sends_go_first(workplace, decisions)


def assert_must_sends_go_first(workplace, decisions):
    """Whoever has next to nothing is told so, whatever they were called about lately."""
    customers = pd.read_csv(workplace.folder / "data/customers.csv", dtype={"id": str})
    refused = customers.balance % 4 == 1  # the topic
    due = set(customers.id[(customers.balance < 40) & ~refused]) - set(
        decisions.customer_id[decisions.status == "holdout"]
    )
    assert not set(customers.id[customers.calls_a_month == 0]) & set(
        decisions.customer_id[decisions.offer_id == "deposit"]
    )
    told = decisions[decisions.offer_id == "overdrawn"]
    assert set(told.customer_id) == due
    assert {reason for reasons in told.reasons for reason in reasons} == {"must_send: it goes before all other offers"}
    manifest = json.loads((workplace.published("2025-03-01") / "manifest.json").read_text())
    assert manifest["plan"]["must_send"] == {"due": len(due), "sent": len(due), "at_most": len(due)}
    assert len(due) > 2


def assert_nothing_tells_of(somebody, workplace, printed):
    """What a customer is called, is and has stands in tables of customers alone: not in logs, MLflow or reports."""
    tables = [path for path in (workplace.folder / "work").rglob("*") if path.is_file() and path.suffix in TABLES]
    others = [path for path in (workplace.folder / "work").rglob("*") if path.is_file() and path.suffix not in TABLES]
    contents = {str(number): (command.stdout + command.stderr).encode() for number, command in enumerate(printed)}
    contents |= {str(path): path.read_bytes() for path in others if path.name != "limits.csv"}
    assert any(path.name == "decisions.parquet" for path in tables)
    kinds = ("run.json", "report.html", "manifest.json", "mlflow.db", "model.lgb", "contract.json", "audit.json")
    for kind in (*kinds, "log.jsonl", "lineage.jsonl"):
        assert [path for path in contents if path.endswith(kind)], kind
    values = [str(value).encode() for value in somebody]
    assert [(path, value) for path, content in contents.items() for value in values if value in content] == []


def assert_nothing_is_for_others(workplace):
    paths = [workplace.folder / "work", *(workplace.folder / "work").rglob("*")]
    assert [path for path in paths if path.stat().st_mode & 0o027] == []


def test_lineage_of_a_night_leads_from_its_sources_to_its_set(company):
    events = [json.loads(line) for line in (company.folder / "work/lineage.jsonl").read_text().splitlines()]
    jobs = [(event["eventType"], event["job"]["name"].removeprefix("night.")) for event in events]
    pairs = [(kind, stage) for stage in STAGES for kind in ("START", "COMPLETE")]
    assert jobs == [("START", "night"), *pairs, ("COMPLETE", "night")]
    outputs = {"published"}
    for event in events[2:-1:2]:
        outputs |= {table["name"] for table in event["outputs"]}
        read = {table["name"]: table["inputFacets"]["inputStatistics"].get("rowCount") for table in event["inputs"]}
        assert {name for name in read if not name.startswith("sources.")} <= outputs, event["job"]
        assert all(read[name] >= 900 for name in read if name in ("features", "sources.customers"))
    (published,) = [table for table in events[-2]["outputs"] if table["name"] == "published"]
    assert published["outputFacets"]["outputStatistics"]["rowCount"] == 901
    assert {"customer_id", "status"} <= {column["name"] for column in published["facets"]["schema"]["fields"]}
    assert {event["run"]["runId"].replace("-", "") for event in (events[0], events[-1])} == {
        company.record("2025-03-01")["run"]
    }


def test_a_set_stays_published_without_mlflow_and_has_one_run_in_it(company):
    publish = ("publish", "--conf", "conf", "--as-of", "2025-03-01")
    away = ("deployment.mlflow.tracking_uri=http://127.0.0.1:9", "deployment.mlflow.wait_seconds=1")
    printed = company.must(*publish, *(word for change in away for word in ("--set", change)))
    assert "verified, every byte as it was" in printed
    assert printed.count("the figures of 2025-03-01 were not logged in MLflow: MLflow at http://127.0.0.1:9") == 1
    assert of_publish(company)["mlflow"] is None
    company.must(*publish)
    night = company.record("2025-03-01")
    assert of_publish(company)["mlflow"] == night["mlflow"]
    assert of_publish(company)["run"] != night["run"]
    assert of_publish(company)["stages"][0]["rows_out"] == {"published": 901}


def of_publish(company):
    return json.loads((company.folder / "work/lake/runs/as_of=2025-03-01/publish.json").read_text())
