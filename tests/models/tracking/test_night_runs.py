"""The figures of a set are one run of MLflow, however often they are logged."""

import pytest

from models.errors import RegistryAway
from models.tracking import NightFigures, log_night, open_registry
from models.tracking import night_runs as module

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]


@pytest.fixture(scope="module")
def nights(mlflow_home):
    """The experiment of the nights, beside that of the trainings."""
    return open_registry("shop", f"sqlite:///{mlflow_home}/mlflow.db", mlflow_home / "artifacts", "shop-nights")


def figures(set_name, value=12.5):
    return NightFigures(
        name=f"2024-07-01 {set_name}",
        set_name=set_name,
        parameters={"as_of": "2024-07-01", "set": set_name},
        metrics={"value": value, "customers/offered": 7.0, "limits/call seats": 4.0},
        tags={"run": "0123", "run_json": "/lake/run.json"},
    )


def runs_of(nights, set_name):
    return nights.client.search_runs([nights.experiment_id], f"tags.set = '{set_name}'")


def test_nights_have_an_experiment_of_their_own(nights, registry):
    assert nights.experiment_id != registry.experiment_id
    assert nights.client.get_experiment(nights.experiment_id).name == "shop-nights"
    assert nights.name("attrition") == registry.name("attrition")


def test_figures_are_parameters_metrics_and_tags_of_a_finished_run(nights):
    made = log_night(nights, figures("set-one"))
    run = nights.client.get_run(made.run_id)
    assert (run.info.status, run.info.experiment_id, run.info.run_name) == (
        "FINISHED", made.experiment_id, "2024-07-01 set-one",
    )  # fmt: skip
    assert run.data.metrics == {"value": 12.5, "customers/offered": 7.0, "limits/call seats": 4.0}
    assert run.data.params == {"as_of": "2024-07-01", "set": "set-one"}
    assert run.data.tags.items() >= {"set": "set-one", "run": "0123", "run_json": "/lake/run.json"}.items()


def test_a_set_that_is_logged_already_keeps_its_run_as_it_is(nights):
    made = log_night(nights, figures("set-two"))
    assert log_night(nights, figures("set-two", value=99.0)) == made
    (run,) = runs_of(nights, "set-two")
    assert run.data.metrics["value"] == 12.5


def test_another_set_of_the_same_date_has_a_run_of_its_own(nights):
    first, second = (log_night(nights, figures(f"set-{name}")) for name in ("three", "four"))
    assert first.run_id != second.run_id


def test_a_run_that_was_cut_short_is_finished(nights, monkeypatch):
    def cut(*_words):
        raise OSError("the server went away")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_fill", cut)
        with pytest.raises(RegistryAway, match="the server went away"):
            log_night(nights, figures("set-five"))
    made = log_night(nights, figures("set-five"))
    (run,) = runs_of(nights, "set-five")
    assert (run.info.run_id, run.info.status, run.data.metrics["value"]) == (made.run_id, "FINISHED", 12.5)
