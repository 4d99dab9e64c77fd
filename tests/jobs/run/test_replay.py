"""Consecutive nights in order, with nights that are drawn here; tests/nights replays real ones."""

import json
from datetime import date

import pyarrow as pa
import pytest
import typer

from conf.exit_codes import exit_code
from jobs.commit.commits import committed
from jobs.commit.ledger import read_ledger
from jobs.core.errors import AuditFailed, PublishedFromOtherInputs
from jobs.core.lake import Lake
from jobs.gates.input_pinning import pin_inputs
from jobs.run import replay as module
from jobs.run.replay import is_from_the_same_inputs, print_replay, replay
from jobs.sources.fingerprint import history_facts
from tests.sample_records import MANIFEST, manifest_with

FIRST, SECOND, THIRD = date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)


def scored_with(version):
    return pa.Table.from_pylist([MANIFEST["models"][0] | {"version": version}])


@pytest.fixture
def nights(deploy, monkeypatch, publish):
    """A deployment whose nights publish at once; what was run, what was audited, and what was seen of earlier sets."""
    settings = deploy()
    log = {"settings": settings, "ran": [], "audited": [], "seen": [], "fails": {}, "code": "a" * 64}
    for module_name in ("jobs.sources.pinned_inputs", "jobs.gates.input_pinning"):
        monkeypatch.setattr(f"{module_name}.code_sha256", lambda: log["code"])

    def run_stages(context):
        output, day = settings.deployment.output, context.as_of
        log["ran"].append(day)
        log["seen"].append([earlier.as_of for earlier in read_ledger(output).newest() if earlier.as_of < day])
        if day in log["fails"]:
            raise log["fails"][day]
        pin_inputs(context)
        context.lake.folder("candidates", day).mkdir(parents=True, exist_ok=True)
        context.lake.write_arrow(scored_with(1), "scored_with", day)
        manifest = manifest_with(
            code_sha256=log["code"],
            settings_sha256=settings.fingerprint(),
            sources=[],
            models=scored_with(1).to_pylist(),
            history=history_facts(read_ledger(output), day),
            statuses={"offered": 1200},
            plan={"value": "12.500001", "gap": 0.00005},
        )
        if committed(output, day):
            raise PublishedFromOtherInputs(f"{day} is published already")
        publish(output, day, {"manifest.json": json.dumps(manifest).encode()})

    def verify_set(_settings, folder):
        log["audited"].append(date.fromisoformat(folder.parent.name))
        if not (folder / "manifest.json").read_bytes().endswith(b"}"):
            raise AuditFailed("manifest.json is not the file that was sealed")

    monkeypatch.setattr(module, "run_stages", run_stages)
    monkeypatch.setattr("jobs.run.verify.verify_set", verify_set)
    return log


def replayed(nights, first=FIRST, last=THIRD):
    return list(replay(nights["settings"], first, last, lambda _line: None))


def test_the_nights_run_in_order_and_each_sees_the_sets_of_those_before(nights):
    replayed_nights = replayed(nights)
    assert nights["ran"] == [FIRST, SECOND, THIRD]
    assert nights["seen"] == [[], [FIRST], [FIRST, SECOND]]
    assert [night.date for night in replayed_nights] == ["2024-02-28", "2024-02-29", "2024-03-01"]
    first = replayed_nights[0]
    assert (first.outcome, first.offered, first.value, first.gap) == ("published", 1200, 12.500001, 5e-05)


def test_a_date_published_from_the_same_inputs_is_audited_again_and_not_run(nights):
    replayed(nights, last=SECOND)
    replayed_nights = replayed(nights)
    assert nights["ran"] == [FIRST, SECOND, THIRD]
    assert nights["audited"] == [FIRST, SECOND]
    assert [night.outcome for night in replayed_nights] == ["verified", "verified", "published"]


def test_a_damaged_set_stops_the_replay(nights):
    replayed(nights, last=SECOND)
    path = committed(nights["settings"].deployment.output, FIRST).folder / "manifest.json"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(AuditFailed):
        replayed(nights)
    assert nights["ran"] == [FIRST, SECOND]


@pytest.mark.parametrize("changed", ["code", "models"])
def test_a_date_published_from_other_inputs_is_run_and_says_so(nights, changed):
    replayed(nights, first=SECOND, last=SECOND)
    if changed == "code":
        nights["code"] = "b" * 64
    else:
        Lake(nights["settings"].deployment.lake).write_arrow(scored_with(2), "scored_with", SECOND)
    earlier = committed(nights["settings"].deployment.output, SECOND)
    assert not is_from_the_same_inputs(module.RunContext(nights["settings"], SECOND), earlier)
    with pytest.raises(PublishedFromOtherInputs):
        replayed(nights, first=SECOND)
    assert nights["audited"] == []


def test_a_night_that_is_made_up_later_changes_nothing_about_what_is_published(nights):
    replayed(nights, first=SECOND, last=SECOND)
    assert [night.outcome for night in replayed(nights)] == ["published", "verified", "published"]
    assert nights["ran"] == [SECOND, FIRST, THIRD]


def test_the_first_night_that_fails_is_named_and_its_error_is_the_replays(nights, capsys):
    nights["fails"] = {SECOND: AuditFailed("set breaks 2")}
    with pytest.raises(AuditFailed) as caught:
        print_replay(nights["settings"], FIRST, THIRD, as_json=False)
    assert exit_code(caught.value) == 15
    assert nights["ran"] == [FIRST, SECOND]
    printed = capsys.readouterr()
    assert "the night of 2024-02-29 failed and the replay stops; 1 of its nights is published" in printed.err
    assert "2024-02-28  published: 1,200 offers worth 12.50, gap 5.0e-05" in printed.out
    assert printed.out.count("5.0e-05") == 2  # the line of the night, and the table


def test_machines_read_the_nights_as_json_alone(nights, capsys):
    print_replay(nights["settings"], FIRST, SECOND, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [(row["date"], row["gap"]) for row in rows] == [("2024-02-28", 0.00005), ("2024-02-29", 0.00005)]


def test_dates_in_the_wrong_order_are_refused_before_anything_runs(nights):
    with pytest.raises(typer.BadParameter, match="is after"):
        print_replay(nights["settings"], THIRD, FIRST, as_json=False)
    assert nights["ran"] == []
