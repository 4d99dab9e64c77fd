"""Whatever was damaged, an operator can bring the nights to go on, and every step is in the ledger."""

import json
import os
import shutil
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.commit.commits import committed
from jobs.commit.ledger import LEDGER, read_ledger
from jobs.core.errors import LedgerBroken
from jobs.run.ledger_care import check_output, repair_output
from jobs.sources.earlier_sets import keep_ledger, ledger_copy

FIRST = date(2024, 7, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(4)]


@pytest.fixture
def shop(deploy, publish, monkeypatch):
    """A deployment that published four dates, one of them twice, in no order."""
    monkeypatch.setenv("ONEOFFER_USER", "olga")
    settings = deploy()
    for number, day in enumerate((DAYS[2], DAYS[0], DAYS[3], DAYS[1], DAYS[0])):
        publish(settings.deployment.output, day, {"decisions.parquet": bytes([number])})
    keep_ledger(settings.deployment.lake, read_ledger(settings.deployment.output))
    return settings.deployment


def of(deployment, deploy):
    """Settings of this lake and output."""
    return deploy(f"deployment.lake={deployment.lake}", f"deployment.output={deployment.output}")


def damage(deployment, what, day):
    output, newest = deployment.output, committed(deployment.output, day)
    if what == "ledger gone":
        (output / LEDGER).unlink()
    elif what == "ledger cut":
        (output / LEDGER).write_bytes((output / LEDGER).read_bytes()[:-40])
    elif what == "copy gone":
        ledger_copy(deployment.lake, output).unlink()
    elif what == "date gone":
        shutil.rmtree(output / day.isoformat())
    elif what == "commit gone":
        (output / day.isoformat() / f"COMMIT.{newest.number}").unlink()
    elif what == "commit altered":
        mark = output / day.isoformat() / f"COMMIT.{newest.number}"
        mark.write_text(mark.read_text().replace("set-", "set-0"))
    else:
        (newest.folder / "decisions.parquet").write_bytes(b"")


OF_LEDGER = ("ledger gone", "ledger cut", "copy gone")
OF_DATE = ("date gone", "commit gone", "commit altered", "decisions emptied")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    of_ledger=st.sets(st.sampled_from(OF_LEDGER)), of_date=st.sampled_from([None, *OF_DATE]), day=st.sampled_from(DAYS)
)
def test_after_any_damage_the_nights_can_go_on(shop, deploy, publish, **drawn):
    of_ledger, of_date, day = (drawn[name] for name in ("of_ledger", "of_date", "day"))
    deployment = deploy().deployment
    shutil.copytree(shop.output, deployment.output)
    keep_ledger(deployment.lake, read_ledger(deployment.output))
    for what in (*([of_date] if of_date else []), *sorted(of_ledger)):
        damage(deployment, what, day)
    ours = of(deployment, deploy)
    if of_date or of_ledger - {"copy gone"}:
        assert check_output(ours).faults
    care = repair_output(ours, None, "a disk failed")
    if of_date is None:
        assert care.faults == []
    elif care.faults:
        care = repair_output(ours, day, "no copy of it is left")
    is_last_and_forgotten = of_date in {"date gone", "commit gone"} and not ledger_knows(deployment, day)
    assert care.faults == [] or is_last_and_forgotten
    if care.faults == []:
        publish(deployment.output, DAYS[-1] + timedelta(days=1), {"decisions.parquet": b"after"})
        assert check_output(ours).faults == []
    entries = read_ledger(deployment.output).entries if care.faults == [] else []
    assert all(entry["by"] == "olga" for entry in entries if "commit" not in entry)


def ledger_knows(deployment, day):
    return any(entry.get("commit", "").startswith(str(day)) for entry in read_ledger(deployment.output).entries)


def test_a_lost_date_is_signed_and_no_history_any_more(shop, deploy):
    ours = of(shop, deploy)
    shutil.rmtree(shop.output / DAYS[1].isoformat())
    with pytest.raises(LedgerBroken, match="the set of 2024-07-01 is as it was committed"):
        repair_output(ours, DAYS[0], "by mistake")
    care = repair_output(ours, DAYS[1], "the disk of the second")
    assert care.faults == []
    ledger = read_ledger(shop.output)
    assert ledger.lost == [DAYS[1]]
    assert [commit.as_of for commit in ledger.newest()] == [DAYS[0], DAYS[2], DAYS[3]]
    assert {key: ledger.entries[-1][key] for key in ("lost", "by", "reason")} == {
        "lost": "2024-07-02/COMMIT.1",
        "by": "olga",
        "reason": "the disk of the second",
    }


def test_sets_of_before_there_was_a_ledger_are_taken_in_by_date(shop, deploy):
    (shop.output / LEDGER).unlink()
    ledger_copy(shop.lake, shop.output).unlink()
    for mark in shop.output.glob("*/COMMIT.*"):
        content = json.loads(mark.read_text())
        mark.write_text(json.dumps({key: content[key] for key in ("set", "sha256", "audit_sha256", "previous")}))
    with pytest.raises(LedgerBroken, match="LEDGER is gone, and 5 commits are there"):
        read_ledger(shop.output)
    assert repair_output(of(shop, deploy), None, "upgrade").faults == []
    names = [entry["commit"] for entry in read_ledger(shop.output).entries if "commit" in entry]
    assert names == ["2024-07-01/COMMIT.1", "2024-07-01/COMMIT.2", *(f"2024-07-0{n}/COMMIT.1" for n in (2, 3, 4))]


def test_a_repair_leaves_what_is_whole_as_it_is(shop, deploy):
    before = {path: path.read_bytes() for path in shop.output.rglob("*") if path.is_file()}
    care = repair_output(of(shop, deploy), None, "to be sure")
    assert (care.done, care.faults) == ([], [])
    assert {path: path.read_bytes() for path in shop.output.rglob("*") if path.is_file()} == before | {
        shop.output / ".ledger.lock": b"repair"
    }
    assert os.stat(shop.output / LEDGER).st_mode & 0o777 == 0o640
