"""The example of a receiving system: a set is taken whole and newest, or not at all."""

import hashlib
import json

import pytest


@pytest.fixture
def day(tmp_path):
    """A date with two committed sets, of which the second is the one to take."""
    for number in (9, 10):
        folder = tmp_path / f"set-{number}"
        folder.mkdir()
        content = f"customer_id\nann{number}\n".encode()
        (folder / "email.csv").write_bytes(content)
        (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  email.csv\n")
        (tmp_path / f"COMMIT.{number}").write_text(json.dumps({"set": folder.name}))
    for number in range(1, 9):
        (tmp_path / f"COMMIT.{number}").write_text(json.dumps({"set": "set-9"}))
    return tmp_path


def test_the_newest_commit_is_checked_and_acknowledged(airflow, day):
    assert airflow.ask("take", str(day)) == "set-10"
    assert (day / "ACK.example").read_text() == "COMMIT.10\n"


def test_a_file_that_was_changed_is_not_taken(airflow, day):
    (day / "set-10" / "email.csv").write_text("customer_id\nbob\n")
    assert airflow.ask("take", str(day)) == "AirflowFailException"
    assert not (day / "ACK.example").exists()


def test_a_set_that_is_being_superseded_is_left_for_the_next_try(airflow, day):
    (day / "SUPERSEDING").touch()
    assert airflow.ask("take", str(day)) == "AirflowException"
    assert not (day / "ACK.example").exists()
