"""A cluster that is not there is told at once, and is worth another try."""

import socket

import pytest

from conf.deployment import Spark
from conf.exit_codes import exit_code
from jobs.core.errors import ClusterAway
from jobs.spark.master import check_master
from jobs.spark.session import session_for


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def silent():
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_master_that_answers_is_enough_of_several(listening, silent):
    check_master(f"spark://127.0.0.1:{listening}")
    check_master(f"spark://127.0.0.1:{silent},127.0.0.1:{listening}")


def test_a_session_on_a_cluster_that_is_away_ends_with_18_and_its_address(silent):
    with pytest.raises(ClusterAway, match=f"127.0.0.1:{silent} does not answer: start its master") as error:
        session_for("shop", Spark(master=f"spark://127.0.0.1:{silent}"))
    assert exit_code(error.value) == 18


@pytest.mark.parametrize("master", ["local[2]", "local", "yarn", "k8s://https://host:6443"])
def test_what_is_no_standalone_cluster_is_not_asked(master):
    check_master(master)
