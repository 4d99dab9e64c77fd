"""The commands that docs/publication.md gives to receivers, run as they stand there."""

import os
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from jobs.commit.commits import committed
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal

PAGE = Path(__file__).parents[2] / "docs" / "publication.md"
DAY = date(2026, 11, 21)
LATER = 75


@pytest.fixture
def output(tmp_path):
    (tmp_path / "sent").mkdir()
    return tmp_path / "published"


def publish(output, text):
    with date_lock(output, DAY) as run_folder:
        return commit(run_folder, seal(run_folder, {"email.csv": text}), b"{}", committed(output, DAY)).folder


def receive(output):
    """What a receiver copies, None where it took nothing; and how its commands ended."""
    block = re.search(r"```\n(cd \"\$OUTPUT.*?)```", PAGE.read_text(), re.DOTALL)[1]
    commands = block.replace("/where/it/is/sent/from/", str(output.parent / "sent"))
    done = subprocess.run(["bash", "-c", commands], env=os.environ | {"OUTPUT": str(output)}, capture_output=True)
    sent = output.parent / "sent" / "email.csv"
    return done.returncode, sent.read_bytes() if sent.exists() else None


def test_the_newest_set_is_checked_acknowledged_and_taken(output):
    for number in range(11):  # COMMIT.10 and 11 come after 9
        publish(output, b"%d" % number)
    assert receive(output) == (0, b"10")
    assert (output / "2026-11-21" / "ACK.email").exists()


def test_a_set_with_a_changed_byte_is_not_taken(output):
    (publish(output, b"ann") / "email.csv").write_bytes(b"bob")
    assert receive(output) == (1, None)
    assert not (output / "2026-11-21" / "ACK.email").exists()


def test_while_a_set_is_superseded_the_ack_is_taken_back(output):
    publish(output, b"ann")
    (output / "2026-11-21" / "SUPERSEDING").touch()
    assert receive(output) == (LATER, None)
    assert not (output / "2026-11-21" / "ACK.email").exists()
