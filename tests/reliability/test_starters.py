"""Eight runs of one date started at once: one publishes; readers who look all the while see a whole set or none."""

import os
import signal
import threading

import pytest

from jobs.core.errors import LedgerBroken

FILES = {f"{name}.csv": name.encode() * 1000 for name in "abcdef"}
ROUNDS = [3, pytest.param(50, marks=pytest.mark.full)]
LOCKED = 16


class Polling:
    """A reader that looks again and again until it is told to stop."""

    def __init__(self, look):
        self.looks, self.faults = 0, []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._poll, args=[look])

    def _poll(self, look):
        while not self.stop.is_set():
            self.looks += 1
            try:
                assert look() in (None, FILES)
            except (AssertionError, LedgerBroken, OSError, ValueError) as fault:
                self.faults.append(fault)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_raised):
        self.stop.set()
        self.thread.join()


@pytest.fixture
def rounds(tmp_path, publishers, reader):
    """Lets eight publishers of a kind begin at once; how they ended, and what a reader found wrong meanwhile."""

    def start(kind, count):
        for number in range(count):
            output = tmp_path / f"{kind}-{number}"
            output.mkdir()
            started = [publishers(kind, output, FILES, watched=output) for _ in range(8)]
            with Polling(lambda output=output: reader.seen(output)) as polling:
                waiting = [publisher.start() for publisher in started]
                for process in waiting:
                    os.kill(process, signal.SIGCONT)
                codes = [publisher.end() for publisher in started]
            yield output, codes, polling

    return start


@pytest.mark.parametrize("count", ROUNDS)
def test_of_eight_runs_of_a_date_one_publishes_and_readers_see_whole_sets_alone(rounds, reader, figures, count):
    looks = refused = 0
    for output, codes, polling in rounds("protocol", count):
        assert set(codes) <= {0, LOCKED}
        assert 0 in codes
        assert polling.faults == []
        assert reader.seen(output) == FILES
        assert [path.name for path in output.rglob("COMMIT.*")] == ["COMMIT.1"]
        looks, refused = looks + polling.looks, refused + codes.count(LOCKED)
    assert refused > 0
    figures.record("eight starters", rounds=count, commits_each=1, told_to_wait=refused, unverified_seen=0, looks=looks)


def test_a_publisher_that_names_its_set_too_early_is_seen_by_a_reader(rounds):
    assert any(polling.faults for _, _, polling in rounds("careless", 3))
