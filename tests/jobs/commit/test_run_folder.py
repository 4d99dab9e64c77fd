"""A run whose date was taken over fails at its next step, whatever that step is, and changes nothing."""

from datetime import date
from pathlib import Path

import pytest

from jobs.commit.commits import committed
from jobs.commit.lock import date_lock, fenced
from jobs.commit.protocol import commit, seal
from jobs.commit.run_folder import RunFolder
from jobs.core.errors import Locked

DAY = date(2024, 7, 1)
FILES, OTHER = {"email.csv": b"ann"}, {"email.csv": b"bob"}


def steps(output, run_folder):
    """What a run does, one step a call."""
    yield (folder := seal(run_folder, FILES))
    yield commit(run_folder, folder, b"{}", committed(output, DAY))


def tree(day):
    files = (path for path in day.rglob("*") if path.is_file() and not path.name.endswith("lock"))
    return {str(path.relative_to(day)): path.read_bytes() for path in files}


@pytest.mark.parametrize("done", [0, 1])
@pytest.mark.parametrize("winner", ["same", "other"])
def test_a_frozen_run_that_wakes_up_publishes_nothing_and_harms_nothing(tmp_path, done, winner):
    with date_lock(tmp_path, DAY) as frozen:
        run = steps(tmp_path, frozen)
        for _ in range(done):
            next(run)
        with date_lock(tmp_path, DAY, take_over=True) as run_folder:
            list(steps(tmp_path, run_folder)) if winner == "same" else commit(
                run_folder, seal(run_folder, OTHER), b"{}", None
            )
        before = tree(tmp_path)
        with pytest.raises(FileNotFoundError):
            list(run)
        with pytest.raises(Locked, match="another run has taken 2024-07-01 over"), fenced(frozen):
            pytest.fail("no stage begins")
    assert tree(tmp_path) == before
    assert committed(tmp_path, DAY).number == 1


def test_a_frozen_run_that_wakes_up_while_its_successor_works_is_in_nobodys_way(tmp_path):
    with date_lock(tmp_path, DAY) as frozen:
        folder = seal(frozen, FILES)
        with date_lock(tmp_path, DAY, take_over=True) as run_folder:
            assert seal(run_folder, FILES) == folder
            for step in (lambda: frozen.withdraw(folder), lambda: commit(frozen, folder, b"{}", None)):
                with pytest.raises(FileNotFoundError):
                    step()
            done = commit(run_folder, folder, b"{}", None)
    assert committed(tmp_path, DAY) == done
    assert (folder / "email.csv").read_bytes() == b"ann"


def test_what_a_lost_run_raised_is_said_to_be_the_loss(tmp_path):
    run_folder = RunFolder.on(tmp_path)

    def read_a_table_that_is_gone():
        run_folder.leave()
        raise KeyError

    with pytest.raises(Locked, match="published nothing") as raised, fenced(run_folder):
        read_a_table_that_is_gone()
    assert isinstance(raised.value.__cause__, KeyError)


def test_an_error_of_a_run_that_holds_its_date_is_its_own(tmp_path):
    with pytest.raises(KeyError), fenced(RunFolder.on(tmp_path)):
        raise KeyError("ours")


def test_what_is_gone_already_need_not_be_removed(tmp_path):
    RunFolder.on(tmp_path).withdraw(tmp_path / "never")
    assert [path.name[:5] for path in tmp_path.iterdir()] == [".run-"]


def test_two_that_take_over_at_once_leave_one_room(tmp_path, monkeypatch):
    """The second replaces the lock between the first's lock and its run folder: the first must notice."""
    original, seen = RunFolder.on, []

    def on(day: Path) -> RunFolder:
        if not seen:
            seen.append(day)
            with date_lock(tmp_path, DAY, take_over=True):
                pass
        return original(day)

    monkeypatch.setattr(RunFolder, "on", on)
    with pytest.raises(Locked, match="taken 2024-07-01 over"), date_lock(tmp_path, DAY, take_over=True):
        pytest.fail("the first holds a lock that nobody asks for any more")


@pytest.mark.parametrize("wakes_up", ["to a run_folder that is gone", "to make a run_folder of its own"])
def test_a_run_that_is_frozen_while_it_makes_its_room_is_told_so_too(tmp_path, monkeypatch, wakes_up):
    original, seen = RunFolder.on, []

    def on(day: Path) -> RunFolder:
        if seen:
            return original(day)
        seen.append(day)
        with date_lock(tmp_path, DAY, take_over=True):
            pass
        if wakes_up == "to a run_folder that is gone":
            raise FileNotFoundError(2, "No such file or directory")
        return original(day)

    monkeypatch.setattr(RunFolder, "on", on)
    with pytest.raises(Locked, match="taken 2024-07-01 over"), date_lock(tmp_path, DAY):
        pytest.fail("its lock is nobody's")
    assert not list((tmp_path / "2024-07-01").glob(".run-*"))
