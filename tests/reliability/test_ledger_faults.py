"""Whatever is done to a committed set, to a commit or to the ledger is seen: by the next night if it reads it."""

import random
import shutil
from datetime import date, timedelta

import pytest

from jobs.commit.commits import committed
from jobs.commit.ledger import LEDGER, read_ledger
from jobs.commit.ledger_faults import faults
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal
from jobs.core.errors import LedgerBroken

DAYS = [date(2024, 7, 1) + timedelta(days=number) for number in range(4)]
TARGETS = {
    "a date": lambda output, made: made.folder.parent,
    "a set": lambda output, made: made.folder,
    "decisions": lambda output, made: made.folder / "decisions.parquet",
    "checksums": lambda output, made: made.folder / "SHA256SUMS",
    "a commit": lambda output, made: made.folder.parent / f"COMMIT.{made.number}",
    "the ledger": lambda output, made: output / LEDGER,
}


def gone(path, _draw):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def emptied(path, draw):
    if path.is_dir():
        gone(path, draw)
        path.mkdir()
    else:
        path.write_bytes(b"")


def cut(path, draw):
    if path.is_dir():
        gone(draw.choice([file for file in sorted(path.iterdir()) if not file.name.startswith(".")]), draw)
    else:
        path.write_bytes(path.read_bytes()[: -draw.randint(1, 9)])


def altered(path, draw):
    if path.is_dir():
        cut(path, draw)
    else:
        content = bytearray(path.read_bytes())
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(7)
        path.write_bytes(content)


def mixed_up(path, draw):
    """What lies there is of another date."""
    others = [other for other in sorted(path.parent.parent.rglob(path.name)) if other != path]
    if path.is_dir() or not others:
        emptied(path, draw)
    else:
        path.write_bytes(draw.choice(others).read_bytes() + b"\n")


WAYS = (gone, emptied, cut, altered, mixed_up)


def publish(output, day, content):
    with date_lock(output, day) as run_folder:
        files = {"decisions.parquet": content + day.isoformat().encode(), "email.csv": content}
        return commit(run_folder, seal(run_folder, files), b"{}", committed(output, day))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Four dates, published in no order, one of them superseded; and the newest set of each."""
    output = tmp_path_factory.mktemp("published") / "output"
    order = (2, 0, 3, 1, 0)
    newest = {DAYS[number]: publish(output, DAYS[number], bytes([place])) for place, number in enumerate(order)}
    return output, list(newest.values())


def looked_at(output, copy, *, whole=False):
    try:
        return list(faults(read_ledger(output), copy, lambda _: True, whole=whole))
    except LedgerBroken as broken:
        return [str(broken)]


@pytest.mark.parametrize("times", [150, pytest.param(3000, marks=pytest.mark.full)])
def test_any_damage_to_what_was_committed_is_seen(published, tmp_path, figures, times):
    whole, newest = published
    copy = read_ledger(whole).text
    assert looked_at(whole, copy, whole=True) == []
    for seed in range(times):
        draw, output = random.Random(seed), tmp_path / "output"
        shutil.copytree(whole, output)
        made = draw.choice(newest)
        target, way = draw.choice(sorted(TARGETS)), draw.choice(WAYS)
        way(output / TARGETS[target](whole, made).relative_to(whole), draw)
        assert looked_at(output, copy, whole=True), (seed, target, way)
        is_read = way is gone or target not in {"a date", "a set"}  # else it may be a file that no night reads
        assert looked_at(output, copy) or not is_read, (seed, target, way)
        shutil.rmtree(output)
    figures.record("ledger faults", planted=times, seen=times)


def test_what_is_no_damage_alarms_nobody(published, tmp_path):
    whole, newest = published
    shutil.copytree(whole, tmp_path / "output")
    output = tmp_path / "output"
    for name in ("notes.txt", ".run-0/LEDGER", f"{DAYS[0]}/ACK.email", f"{DAYS[1]}/COMMIT.1.bak"):
        (output / name).parent.mkdir(exist_ok=True)
        (output / name).write_text("not ours")
    assert looked_at(output, read_ledger(whole).text) == []
    assert [made.folder.name for made in read_ledger(output).newest()] == [
        made.folder.name for made in sorted(newest, key=lambda made: made.as_of)
    ]
