"""What an operator reads of the last nights."""

import json
from datetime import date

import pytest

from jobs.commit.lock import date_lock
from jobs.run.status import last_nights
from tests.sample_records import RUN, manifest_with

PLAN = {"value": "12.500001", "gap": 0.0001}
MANIFEST = json.dumps(manifest_with(plan=PLAN, statuses={"offered": 7})).encode()


@pytest.fixture
def shop(deploy, publish):
    """A deployment; `ran` records stages of a date, each with its exit code, and `published` commits a set."""

    class Shop:
        settings = deploy()
        output, lake = settings.deployment.output, settings.deployment.lake

        def ran(self, day, began, *stages, name="run"):
            folder = self.lake / "runs" / f"as_of={day}"
            folder.mkdir(parents=True, exist_ok=True)
            entries = [
                {"stage": stage, "exit": code, "seconds": 1.25} | ({"message": "says no"} if code else {})
                for stage, code in stages
            ]
            (folder / f"{name}.json").write_text(json.dumps(RUN | {"began": began, "stages": entries}))

        def published(self, day):
            publish(self.output, date.fromisoformat(day), {"manifest.json": MANIFEST})

        def nights(self, most=9):
            return {night.date: night for night in last_nights(self.settings, most)}

    return Shop()


def test_a_deployment_that_never_ran_has_no_nights(shop):
    assert shop.nights() == {}


def test_a_published_night_says_what_it_is_worth(shop):
    shop.ran("2024-07-01", "2024-07-01T02:00:00+00:00", ("gate_sources", 0), ("publish", 0))
    shop.published("2024-07-01")
    night = shop.nights()["2024-07-01"]
    assert (night.state, night.offers, night.value, night.gap) == ("published", 7, 12.500001, 0.0001)
    assert (night.began, night.seconds, night.cause) == ("2024-07-01T02:00:00+00:00", 2.5, None)


def test_a_failed_night_names_stage_code_and_cause(shop):
    shop.ran("2024-07-01", "t", ("gate_sources", 0), ("score", 12))
    night = shop.nights()["2024-07-01"]
    assert (night.state, night.cause, night.offers) == ("failed", "score, exit 12: says no", None)


def test_a_night_that_was_killed_is_unfinished(shop):
    shop.ran("2024-07-01", "t", ("gate_sources", 0))
    assert shop.nights()["2024-07-01"].state == "unfinished"


def test_a_night_that_holds_its_date_is_running_and_looking_disturbs_nobody(shop):
    with date_lock(shop.output, date(2024, 7, 1)):
        assert shop.nights()["2024-07-01"].state == "running"
    assert shop.nights()["2024-07-01"].state == "unfinished"


def test_stages_that_a_scheduler_runs_by_themselves_add_up_to_a_night(shop):
    shop.ran("2024-07-01", "1", ("gate_sources", 10))
    shop.ran("2024-07-01", "2", ("gate_sources", 0), name="gate_sources")
    shop.ran("2024-07-01", "3", ("build_features", 0), name="build_features")
    night = shop.nights()["2024-07-01"]
    assert (night.state, night.began, night.seconds, night.cause) == ("unfinished", "2", 2.5, None)


def test_a_whole_run_forgets_the_stages_run_before_it(shop):
    shop.ran("2024-07-01", "1", ("score", 12), name="score")
    shop.ran("2024-07-01", "2", ("gate_sources", 0), ("build_features", 0))
    assert shop.nights()["2024-07-01"].cause is None


def test_the_latest_dates_come_first_and_only_so_many(shop):
    for day in ("2024-06-30", "2024-07-02", "2024-07-01"):
        shop.published(day)
    assert list(shop.nights(most=2)) == ["2024-07-02", "2024-07-01"]


def test_a_night_that_was_killed_after_another_failed_is_not_told_with_the_others_cause(shop):
    shop.ran("2024-07-01", "1", ("gate_sources", 0), ("score", 12))
    shop.ran("2024-07-01", "2")  # killed in its first stage
    night = shop.nights()["2024-07-01"]
    assert (night.state, night.began, night.seconds, night.cause) == ("unfinished", "2", 0, None)


def test_a_whole_run_that_fails_in_its_first_stage_is_a_whole_run(shop):
    shop.ran("2024-07-01", "1", ("score", 12), name="score")
    shop.ran("2024-07-01", "2", ("gate_sources", 10))
    night = shop.nights()["2024-07-01"]
    assert (night.seconds, night.cause) == (1.2, "gate_sources, exit 10: says no")
