"""The figures of a committed set, and a night that stays published whatever becomes of them."""

import json
from datetime import date
from time import monotonic, sleep

import pytest

from jobs.commit.commits import committed
from jobs.run import night_figures as module
from jobs.run.night_figures import figures_of, log_figures
from jobs.run_context import RunContext
from models.errors import RegistryAway
from models.tracking import NightRun
from tests.sample_records import MANIFEST as SAMPLE
from tests.sample_records import RUN

AS_OF = date(2024, 7, 1)
USES = {"budget": 249.61, "sms/day & night": 4.0, "past": None}
MANIFEST = SAMPLE | {
    "as_of": "2024-07-01",
    "code_sha256": "c0de" * 16,
    "settings_sha256": "5e77" * 16,
    "models": [SAMPLE["models"][0] | {"model": "attrition", "version": 3}],
    "statuses": {"offered": 7, "holdout": 2, "capped": 0},
    "plan": SAMPLE["plan"] | {"value": "12.500001", "bound": "12.6", "gap": 0.0001},
    "limits": [SAMPLE["limits"][0] | {"name": name, "use": use} for name, use in USES.items()],
}


@pytest.fixture
def shop(deploy, publish, monkeypatch):
    """A published date; `asked` is what MLflow was given, `answer` what it does."""

    class Shop:
        def __init__(self):
            settings = deploy("deployment.name=shop", "deployment.mlflow.wait_seconds=0.3")
            self.asked, self.messages, self.answer = [], [], lambda: NightRun("abc", "7")
            self.context = RunContext(settings, AS_OF, self.messages.append)
            self.output = settings.deployment.output

        def publishes(self):
            publish(self.output, AS_OF, {"manifest.json": json.dumps(MANIFEST).encode()})
            return committed(self.output, AS_OF)

        def logs(self):
            return log_figures(self.context, "0123", self.output / "run.json")

    shop = Shop()
    monkeypatch.setattr("jobs.core.retry.PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(module, "registry_of", lambda _settings, experiment: experiment)
    monkeypatch.setattr(module, "log_night", lambda *given: (shop.asked.append(given), shop.answer())[1])
    return shop


def everything_below(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_figures_of_a_set_are_its_counts_its_money_its_limits_and_its_stages(shop):
    figures = figures_of(shop.publishes(), {"score": 2.5}, {"run": "0123"})
    assert figures.metrics == {
        "value": 12.500001,
        "bound": 12.6,
        "gap": 0.0001,
        "customers/offered": 7.0,
        "customers/holdout": 2.0,
        "customers/capped": 0.0,
        "seconds/score": 2.5,
        "limits/budget": 249.61,
        "limits/sms_day _ night 1": 4.0,
    }


def test_what_the_set_was_made_from_are_parameters(shop):
    commit = shop.publishes()
    assert figures_of(commit, {}, {}).parameters == {
        "as_of": "2024-07-01",
        "set": commit.folder.name,
        "commit": "1",
        "code_sha256": "c0de" * 16,
        "settings_sha256": "5e77" * 16,
        "oneoffer": "0.1.0",
        "model.attrition": "3",
    }


def test_tags_lead_to_the_set_and_to_run_json_and_say_who(shop, monkeypatch):
    monkeypatch.setenv("ONEOFFER_USER", "ann the operator")
    commit = shop.publishes()
    assert shop.logs() == {"run_id": "abc", "experiment_id": "7"}
    ((experiment, figures),) = shop.asked
    assert experiment == "shop-nights"
    assert figures.tags == {
        "as_of": "2024-07-01",
        "set_folder": str(commit.folder),
        "user": "ann the operator",
        "run": "0123",
        "run_json": str(shop.output / "run.json"),
    }


def test_seconds_are_those_of_the_dates_records_also_of_stages_run_by_themselves(shop):
    shop.publishes()
    folder = shop.context.settings.deployment.lake / "runs" / "as_of=2024-07-01"
    folder.mkdir(parents=True)
    for name, seconds in (("optimize", 4.5), ("publish", 1.5)):
        entry = {"stage": name, "exit": 0, "seconds": seconds}
        (folder / f"{name}.json").write_text(json.dumps(RUN | {"began": name, "stages": [entry]}))
    shop.logs()
    assert shop.asked[0][1].metrics.items() >= {"seconds/optimize": 4.5, "seconds/publish": 1.5}.items()


def test_where_nothing_is_committed_there_is_nothing_to_log(shop):
    assert shop.logs() is None
    assert (shop.asked, shop.messages) == ([], [])


def test_mlflow_that_is_away_leaves_the_night_published_and_is_told_in_one_line(shop):
    commit = shop.publishes()
    before = everything_below(commit.folder)

    def away():
        raise RegistryAway("MLflow at x does not answer")

    shop.answer = away
    assert shop.logs() is None
    assert shop.messages == [
        "  the figures of 2024-07-01 were not logged in MLflow: MLflow at x does not answer (waited 0.3 seconds)"
    ]
    assert everything_below(commit.folder) == before


def test_mlflow_that_hangs_is_not_waited_for(shop):
    shop.publishes()
    shop.answer = lambda: sleep(20)
    began = monotonic()
    assert shop.logs() is None
    assert monotonic() - began < 5
    assert "does not answer (waited 0.3 seconds)" in shop.messages[0]


def test_a_bug_fails_no_night_and_tells_no_value(shop):
    shop.publishes()

    def stumble():
        raise ValueError("ann@example.org")

    shop.answer = stumble
    assert shop.logs() is None
    assert shop.messages == ["  the figures of 2024-07-01 were not logged in MLflow: ValueError"]
