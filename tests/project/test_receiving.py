"""The commands that docs/publication.md gives to receivers, run as they stand there."""

import json
import os
import re
import subprocess
from datetime import date
from hashlib import sha256
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


def _sealed_anew(folder):
    """Whoever can change a file can write its checksum anew."""
    names = sorted(path.name for path in folder.iterdir() if path.name not in ("SHA256SUMS", "audit.json"))
    lines = (f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (folder / "SHA256SUMS").write_text("".join(lines))


def _change_both(folder):
    (folder / "email.csv").write_bytes(b"bob")
    _sealed_anew(folder)


def _add_and_list(folder):
    (folder / "more.csv").write_bytes(b"bob")
    _sealed_anew(folder)


def _link(folder):
    (folder / "email.csv").rename(folder.parent / "email.csv")
    (folder / "email.csv").symlink_to(folder.parent / "email.csv")


SPOIL = {
    "a file and its checksum": _change_both,
    "the audit": lambda folder: (folder / "audit.json").write_bytes(b'{"breaches": []}'),
    "no audit": lambda folder: (folder / "audit.json").unlink(),
    "no checksums": lambda folder: (folder / "SHA256SUMS").unlink(),
    "a file that is not listed": lambda folder: (folder / "more.csv").write_bytes(b"bob"),
    "a file that was listed later": _add_and_list,
    "a hidden file": lambda folder: (folder / ".more").write_bytes(b"bob"),
    "a folder": lambda folder: (folder / "more").mkdir(),
    "a link": _link,
    "a file that is gone": lambda folder: (folder / "email.csv").unlink(),
    "a checksum line that says nothing": lambda folder: (folder / "SHA256SUMS").write_bytes(b"more\n"),
}


@pytest.mark.parametrize("spoil", SPOIL.values(), ids=SPOIL)
def test_a_spoiled_set_is_not_taken(output, spoil):
    spoil(publish(output, b"ann"))
    assert receive(output) == (1, None)
    assert not (output / "2026-11-21" / "ACK.email").exists()


@pytest.mark.parametrize(
    "change", [{"sha256": None}, {"audit_sha256": None}, {"sha256": "0" * 64}, {"set": "../elsewhere"}]
)
def test_a_commit_that_does_not_seal_what_it_names_is_not_taken(output, change):
    mark = publish(output, b"ann").parent / "COMMIT.1"
    content = {name: value for name, value in (json.loads(mark.read_text()) | change).items() if value}
    mark.write_text(json.dumps(content, indent=2))
    assert receive(output) == (1, None)


def test_what_else_a_commit_says_does_not_matter(output):
    mark = publish(output, b"ann").parent / "COMMIT.1"
    more = {"follows": "1" * 64, "holdout": "2" * 16, "previous": None}
    mark.write_text(json.dumps(json.loads(mark.read_text()) | more, indent=2, sort_keys=True))
    assert receive(output) == (0, b"ann")


def test_while_a_set_is_superseded_the_ack_is_taken_back(output):
    publish(output, b"ann")
    (output / "2026-11-21" / "SUPERSEDING").touch()
    assert receive(output) == (LATER, None)
    assert not (output / "2026-11-21" / "ACK.email").exists()
