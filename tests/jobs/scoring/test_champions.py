"""Each alias is resolved once a night; without MLflow the champions of an earlier night are used, and that is said."""

import socket
from datetime import date, timedelta
from time import monotonic

import pytest

from jobs.run_context import RunContext
from jobs.scoring import champions as module
from jobs.scoring.champions import champions_for, keep_champions
from jobs.scoring.scored_with import table_of
from models.errors import RegistryAway

AS_OF = date(2024, 7, 1)
MODELS = ("attrition", "customer_value", "cross_sell")


@pytest.fixture
def shop(deploy, champion, monkeypatch):
    """A deployment and a registry whose champions are set here; `away` makes it silent."""

    class Shop:
        away = False
        settings = deploy("deployment.mlflow.wait_seconds=0.3")

        def night(self, as_of=AS_OF):
            return RunContext(self.settings, as_of, self.messages.append)

        def tries(self, as_of=AS_OF):
            """One try that gets as far as scores."""
            context = self.night(as_of)
            champions = champions_for(context)
            keep_champions(context, champions)
            context.lake.write_arrow(table_of(champions), "scored_with", as_of)
            return {
                pinned.champion.contract.model: (pinned.champion.version, pinned.from_cache) for pinned in champions
            }

    shop = Shop()
    shop.versions, shop.messages = dict.fromkeys(MODELS, 3), []

    def registry_of(_settings):
        if shop.away:
            raise RegistryAway("MLflow at x does not answer")

    monkeypatch.setattr("jobs.core.retry.PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(module, "registry_of", registry_of)
    monkeypatch.setattr(module, "champion", lambda _registry, name: champion(name, shop.versions[name]))
    monkeypatch.setattr(module, "version_files", lambda _registry, name, version: champion(name, version))
    monkeypatch.setattr(module, "test_figures", lambda *_words: [])
    return shop


def every(version, from_cache=False):
    return dict.fromkeys(MODELS, (version, from_cache))


def test_a_later_try_of_the_same_night_uses_the_versions_of_the_first(shop):
    assert shop.tries() == every(3)
    shop.versions["attrition"] = 4
    assert shop.tries() == every(3)
    assert shop.tries(AS_OF + timedelta(days=1))["attrition"] == (4, False)


def test_a_night_whose_pins_were_forgotten_asks_anew(shop):
    shop.tries()
    shop.night().lake.remove("scored_with", AS_OF)
    shop.versions["attrition"] = 4
    assert shop.tries() == every(3) | {"attrition": (4, False)}


def test_without_mlflow_the_champions_of_the_last_night_are_used_and_that_is_said(shop):
    shop.tries(AS_OF - timedelta(days=1))
    shop.away = True
    assert shop.tries() == every(3, from_cache=True)
    assert shop.messages == [
        "  MLflow at x does not answer (waited 0.3 seconds); the champions kept from an earlier night are used"
    ]


def test_a_try_with_mlflow_back_is_told_as_the_first_one_was(shop):
    shop.tries(AS_OF - timedelta(days=1))
    shop.away = True
    shop.tries()
    shop.away = False
    assert shop.tries() == every(3, from_cache=True)  # the same inputs make the same bytes
    assert shop.tries(AS_OF + timedelta(days=1)) == every(3)


def test_a_night_that_began_with_another_version_than_the_one_kept_waits_for_mlflow(shop):
    shop.tries()
    shop.versions = dict.fromkeys(MODELS, 4)
    shop.tries(AS_OF + timedelta(days=1))
    shop.away = True
    with pytest.raises(
        RegistryAway, match="this night began with version 3 of model 'attrition', while version 4 is kept"
    ):
        shop.tries()


def test_a_version_that_is_only_pinned_is_not_kept_as_champion(shop):
    shop.tries()
    shop.versions = dict.fromkeys(MODELS, 4)
    shop.tries(AS_OF + timedelta(days=1))
    shop.tries()  # the failed night is tried again, with version 3
    shop.away = True
    assert shop.tries(AS_OF + timedelta(days=2)) == every(4, from_cache=True)


def test_without_mlflow_and_without_anything_kept_the_night_ends(shop):
    shop.away = True
    with pytest.raises(
        RegistryAway, match=r"MLflow at x does not answer .*; and no champion of model 'attrition' is kept"
    ):
        shop.tries()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning")
def test_a_server_that_is_not_there_is_given_up_after_the_time_that_was_said(deploy):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # a port where nobody listens
        uri = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        settings = deploy(f"deployment.mlflow.tracking_uri={uri}", "deployment.mlflow.wait_seconds=2")
        began = monotonic()
        with pytest.raises(RegistryAway, match=r"\(waited 2 seconds\); and no champion of model 'attrition' is kept"):
            champions_for(RunContext(settings, AS_OF))
        assert monotonic() - began < 8
