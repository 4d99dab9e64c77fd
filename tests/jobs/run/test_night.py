"""A run of stages: what it leaves behind, and who is told. The stages here do what a test says."""

import json
import sys
from datetime import date
from importlib import import_module

import pyarrow as pa
import pytest

from conf.errors import SettingsError
from jobs.core.errors import ConsentError
from jobs.run import night as module
from jobs.run.night import run_stages
from jobs.run.run_record import record_file
from jobs.run_context import RunContext

AS_OF = date(2024, 7, 1)
STAGES = ("gate_sources", "score", "decide")
COUNTS = pa.table({"table_name": ["customers"], "rows": pa.array([3], pa.int64())})


class Killed(BaseException):
    """Ends a stage as nothing else does."""


@pytest.fixture
def shop(deploy, monkeypatch, tmp_path):
    """Runs stages that are given as functions; `log` are the lines that were logged, `record` is run.json."""
    monkeypatch.setenv("ONEOFFER_SALT", "salt")

    class Shop:
        def __init__(self):
            self.messages = []

        def run(self, *overrides, stages=STAGES, **does):
            log = f"deployment.observability.log={tmp_path / 'log.jsonl'}"
            self.context = RunContext(deploy(log, *overrides), AS_OF, self.messages.append)
            for name in stages:
                monkeypatch.setattr(import_module(f"jobs.stages.{name}"), "run", does.get(name, lambda _context: None))
            run_stages(self.context, stages)

        @property
        def log(self):
            return [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]

        def record(self, stages=STAGES):
            return json.loads(record_file(self.context, stages).read_text())

    return Shop()


def counts_customers(context):
    context.lake.write_arrow(COUNTS, "source_counts", context.as_of)
    context.table_io.reads("sources.customers")


def reads_customers(context):
    context.table_io.reads("sources.customers")


def says_no(_context):
    raise ConsentError("consents: the list is empty")


def stumbles(_context):
    raise ValueError("ann@example.org is no number")


def is_killed(_context):
    raise Killed


def test_every_line_of_a_run_has_its_id_and_stages_come_in_pairs(shop):
    shop.run()
    assert [(line["event"], line["stage"]) for line in shop.log] == [
        (event, stage) for stage in STAGES for event in ("start", "end")
    ]
    assert {line["run"] for line in shop.log} == {shop.record()["run"]}


def test_each_run_has_an_id_of_its_own(shop):
    shop.run()
    shop.run()
    assert len({line["run"] for line in shop.log}) == 2


def test_sources_count_as_gate_sources_has_counted_them_also_in_later_stages(shop):
    shop.run(gate_sources=counts_customers, score=reads_customers)
    gate, score, _ = shop.record()["stages"]
    assert (gate["rows_in"], gate["rows_out"]) == ({"sources.customers": 3}, {"source_counts": 1})
    assert (score["rows_in"], score["rows_out"]) == ({"sources.customers": 3}, {})


def test_a_gate_that_has_not_counted_yet_does_not_tell_an_earlier_runs_counts(shop):
    shop.run(gate_sources=counts_customers)
    with pytest.raises(ConsentError):
        shop.run(gate_sources=lambda context: (reads_customers(context), says_no(context)))
    assert shop.record()["stages"][0]["rows_in"] == {"sources.customers": None}


def test_the_record_says_of_each_stage_what_the_log_says(shop):
    shop.run(gate_sources=counts_customers)
    ends = [line for line in shop.log if line["event"] == "end"]
    for line, entry in zip(ends, shop.record()["stages"], strict=True):
        assert {name: line[name] for name in entry} == entry


def test_a_stage_that_says_no_is_the_last_that_is_told(shop):
    with pytest.raises(ConsentError):
        shop.run(score=says_no)
    assert [(line["stage"], line.get("exit")) for line in shop.log][-2:] == [("score", None), ("score", 11)]
    last = shop.record()["stages"][-1]
    assert (last["error"], last["message"]) == ("ConsentError", "consents: the list is empty")


def test_a_customers_value_in_an_error_stands_in_no_line_and_no_record(shop):
    with pytest.raises(ValueError, match="ann@example.org"):
        shop.run(score=stumbles)
    written = json.dumps([shop.log, shop.record(), shop.messages])
    assert "ValueError" in written
    assert "ann@example.org" not in written


def test_a_run_that_is_killed_leaves_what_it_had_done(shop, monkeypatch):
    seen = []
    shop.run(score=lambda context: seen.append(json.loads(record_file(context, STAGES).read_text())))
    assert [entry["stage"] for entry in seen[0]["stages"]] == ["gate_sources"]
    assert "ended" not in seen[0]
    with pytest.raises(Killed):
        shop.run(decide=is_killed)
    assert "ended" in shop.record()


def test_a_log_that_cannot_be_written_fails_no_night(shop, tmp_path):
    (tmp_path / "log.jsonl").mkdir()
    shop.run()
    assert [line for line in shop.messages if "cannot be written" in line] == [
        f"  the log {tmp_path / 'log.jsonl'} cannot be written (Is a directory); the night goes on without it"
    ]
    assert [entry["exit"] for entry in shop.record()["stages"]] == [0, 0, 0]


def test_a_record_that_cannot_be_written_fails_no_night_and_is_said_once(shop, tmp_path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake/runs").write_text("a file where the folder should be")
    shop.run(f"deployment.lake={tmp_path / 'lake'}")
    assert [line["exit"] for line in shop.log if line["event"] == "end"] == [0, 0, 0]
    (message,) = [line for line in shop.messages if "run.json" in line]
    assert "cannot be written" in message
    assert "the night goes on without it" in message


def test_a_stage_run_by_itself_has_a_record_of_its_name(shop):
    shop.run(stages=("score",))
    assert [entry["stage"] for entry in shop.record(("score",))["stages"]] == ["score"]
    assert record_file(shop.context, ("score",)).name == "score.json"


@pytest.mark.parametrize(
    ("stages", "is_logged"), [(("decide", "publish"), True), (("publish",), True), (STAGES, False)]
)
def test_figures_are_logged_after_publish_and_the_record_names_their_run(shop, monkeypatch, stages, is_logged):
    def log_figures(_context, run, path):
        assert json.loads(path.read_text())["ended"]  # a run that is killed from here on has left its record
        return {"run_id": run, "experiment_id": "1"}

    monkeypatch.setattr("jobs.run.night_figures.log_figures", log_figures)
    shop.run(stages=stages)
    record = shop.record(stages)
    assert record.get("mlflow") == ({"run_id": record["run"], "experiment_id": "1"} if is_logged else None)


def test_figures_that_are_switched_off_are_not_logged(shop):
    shop.run("deployment.observability.mlflow_nights=false", stages=("publish",))
    assert "mlflow" not in shop.record(("publish",))


def test_figures_of_a_run_that_failed_are_not_logged(shop, monkeypatch):
    monkeypatch.setattr(module, "_log_figures", lambda *_words: pytest.fail("nothing was published"))
    with pytest.raises(ConsentError):
        shop.run(stages=("publish",), publish=says_no)


def test_lineage_without_its_package_stops_before_anything_starts(shop, monkeypatch):
    monkeypatch.setitem(sys.modules, "openlineage", None)
    with pytest.raises(SettingsError, match=r"pip install 'oneoffer\[openlineage\]'"):
        shop.run("deployment.observability.openlineage={file: lineage.jsonl}")
    assert not shop.context.settings.deployment.output.exists()


def test_a_key_that_is_not_there_stops_before_anything_starts(shop, monkeypatch):
    monkeypatch.delenv("LINEAGE_KEY", raising=False)
    receiver = "{url: 'http://127.0.0.1:1', api_key: env:LINEAGE_KEY}"
    with pytest.raises(SettingsError, match=r"LINEAGE_KEY is not set; deployment.yaml: observability.openlineage"):
        shop.run(f"deployment.observability.openlineage={receiver}")
    assert not shop.context.settings.deployment.output.exists()
