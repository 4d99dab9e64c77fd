"""Events say who read and wrote what, as OpenLineage has it."""

import json
from datetime import UTC, datetime
from uuid import UUID

from openlineage.client.event_v2 import RunState
from openlineage.client.serde import Serde

from jobs.core.errors import AuditFailed
from jobs.core.lake import Lake
from jobs.run.lineage.events import night_event, stage_event

RUN = UUID("0123456789abcdef0123456789abcdef")
START, COMPLETE, FAIL = RunState.START, RunState.COMPLETE, RunState.FAIL


def as_json(event):
    return json.loads(Serde.to_json(event))


def of_stage(state, stage_run, context, *, is_part_of_night=True):
    return as_json(stage_event(state, stage_run, context.settings, is_part_of_night=is_part_of_night))


def ended(stage_run, context, error=None):
    stage_run.end(Lake(context.settings.deployment.lake), error)
    return stage_run


def test_a_start_names_stage_run_night_and_date_and_no_tables_yet(context, score):
    event = of_stage(START, score, context)
    assert (event["eventType"], event["job"]["namespace"], event["job"]["name"]) == ("START", "shop", "night.score")
    assert event["eventTime"] == score.began.isoformat()
    assert (event["inputs"], event["outputs"]) == ([], [])
    parent = event["run"]["facets"]["parent"]
    assert (parent["run"]["runId"], parent["job"]["name"]) == (str(RUN), "night")
    assert event["run"]["facets"]["nominalTime"]["nominalStartTime"] == "2024-07-01T00:00:00+02:00"


def test_start_and_end_of_a_stage_are_one_run_and_two_stages_are_two(context, score):
    start, end = of_stage(START, score, context), of_stage(COMPLETE, ended(score, context), context)
    assert start["run"]["runId"] == end["run"]["runId"]
    score.stage = "decide"
    assert of_stage(START, score, context)["run"]["runId"] != start["run"]["runId"]


def test_an_end_names_tables_with_columns_and_rows(context, score):
    event = of_stage(COMPLETE, ended(score, context), context)
    features, products = event["inputs"]
    assert (features["namespace"], features["name"]) == ("shop", "features")
    assert features["inputFacets"]["inputStatistics"]["rowCount"] == 2
    assert [(column["name"], column["type"]) for column in features["facets"]["schema"]["fields"]] == [
        ("customer_id", "string")
    ]
    assert products["name"] == "sources.products"
    (values,) = event["outputs"]
    assert values["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert [column["type"] for column in values["facets"]["schema"]["fields"]] == ["string", "int64"]


def test_a_source_has_the_columns_that_sources_yaml_maps(context, score):
    products = of_stage(COMPLETE, ended(score, context), context)["inputs"][1]
    mapped = context.settings.sources.products.columns
    assert [column["name"] for column in products["facets"]["schema"]["fields"]] == list(mapped)
    assert {column["type"] for column in products["facets"]["schema"]["fields"]} == {"text"}


def test_a_start_that_goes_out_late_still_tells_of_the_start(context, score):
    event = of_stage(START, ended(score, context), context)
    assert (event["eventTime"], event["outputs"]) == (score.began.isoformat(), [])


def test_a_failure_says_code_and_sentence_and_of_an_unexpected_one_no_value(context, score):
    event = of_stage(FAIL, ended(score, context, AuditFailed("the set breaks 1 rule")), context)
    assert event["run"]["facets"]["errorMessage"]["message"] == "exit 15, AuditFailed: the set breaks 1 rule"
    event = of_stage(FAIL, ended(score, context, ValueError("ann@example.org")), context)
    assert event["run"]["facets"]["errorMessage"]["message"] == "exit 70, ValueError: ValueError"
    assert "ann@example.org" not in json.dumps(event)


def test_a_stage_that_is_run_by_itself_has_no_night_above_it(context, score):
    assert "parent" not in of_stage(START, score, context, is_part_of_night=False)["run"]["facets"]


def test_the_night_is_a_run_of_its_own(context, score):
    event = as_json(night_event(START, score, datetime(2024, 7, 1, 2, tzinfo=UTC), context.settings))
    assert (event["job"]["name"], event["run"]["runId"]) == ("night", str(RUN))
    assert event["eventTime"] == "2024-07-01T02:00:00+00:00"


def test_every_part_says_who_made_it_and_what_it_means(context, score):
    event = of_stage(COMPLETE, ended(score, context), context)
    facets = [*event["run"]["facets"].values(), *event["job"]["facets"].values()]
    for table in [*event["inputs"], *event["outputs"]]:
        facets += [*table["facets"].values(), *(table.get("inputFacets") or table["outputFacets"]).values()]
    assert len(facets) == 9
    assert {facet["_producer"].rpartition(":")[0] for facet in facets} == {"urn:oneoffer"}
    assert all(facet["_schemaURL"].startswith("https://openlineage.io/spec/") for facet in facets)
    assert event["producer"].startswith("urn:oneoffer:")
    assert event["schemaURL"].endswith("OpenLineage.json#/$defs/RunEvent")
