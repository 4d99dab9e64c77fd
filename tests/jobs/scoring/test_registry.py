"""The deployment's MLflow is opened, or given up in time."""

import socket
from time import monotonic

import pytest

from jobs.scoring.registry import registry_of, server_in_words
from models.errors import RegistryAway


def test_a_server_that_takes_the_call_and_never_answers_is_given_up_in_time(deploy):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = deploy(f"deployment.mlflow.tracking_uri={address}", "deployment.mlflow.wait_seconds=0.5")
        began = monotonic()
        with pytest.raises(RegistryAway, match=f"MLflow at {address} does not answer"):
            registry_of(settings)
        assert monotonic() - began < 20


def test_the_words_for_a_server_have_no_user_in_them(deploy):
    settings = deploy("deployment.mlflow.tracking_uri=postgresql+psycopg://mlflow@db/models")
    assert server_in_words(settings) == "MLflow at postgresql+psycopg://db/models"
