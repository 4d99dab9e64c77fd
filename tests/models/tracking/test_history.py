"""Which champions can be gone back to, against a stack of plates: promoting puts one on, rolling back takes one off."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from models.tracking import Stamp, Version, since
from models.tracking.history import champions_before, event, events_of

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Shelf:
    """Versions 1 to 4 as a registry keeps them; `cut_short` notes a step and does not take it."""

    def __init__(self):
        self.tags = {number: {} for number in range(1, 5)}
        self.champion, self.steps = None, 0

    def versions_there(self):
        return [
            Version(number, "run", "source", ("champion",) if number == self.champion else (), tags)
            for number, tags in self.tags.items()
        ]

    def note(self, what, version):
        self.steps += 1
        stamp = Stamp("ann", NOON + timedelta(minutes=self.steps), "why")
        made = event(what, version, stamp, instead_of=self.champion)
        self.tags[version][f"event.{self.steps:06}"] = json.dumps(asdict(made))

    def promote(self, version, *, cut_short=False):
        if version != self.champion:
            self.note("promoted", version)
            self.champion = self.champion if cut_short else version

    def roll_back(self, *, cut_short=False):
        earlier = champions_before(self.versions_there())
        if earlier:
            self.note("returned to", earlier[-1])
            self.champion = self.champion if cut_short else earlier[-1]


STEPS = st.lists(st.tuples(st.sampled_from([0, 1, 2, 3, 4]), st.booleans()), max_size=12)


@given(STEPS)
def test_rolling_back_leads_through_the_champions_in_the_order_they_were_left(steps):
    shelf, plates = Shelf(), []
    for version, cut_short in steps:  # 0: roll back
        if version == 0:
            shelf.roll_back(cut_short=cut_short)
            plates = plates if cut_short or len(plates) < 2 else plates[:-1]
        else:
            shelf.promote(version, cut_short=cut_short)
            plates += [version] if not cut_short and plates[-1:] != [version] else []
        assert shelf.champion == (plates[-1] if plates else None)
        assert champions_before(shelf.versions_there()) == plates[:-1]


def test_a_champion_that_was_set_by_other_means_is_one_that_can_be_gone_back_to():
    shelf = Shelf()
    shelf.promote(1)
    shelf.champion = 4  # by hand, in MLflow's own pages
    assert champions_before(shelf.versions_there()) == [1]
    shelf.promote(2)
    assert champions_before(shelf.versions_there()) == [1, 4]


def test_a_version_that_was_deleted_since_is_passed_over():
    shelf = Shelf()
    for version in (1, 2, 3):
        shelf.promote(version)
    assert champions_before([item for item in shelf.versions_there() if item.number != 2]) == [1]


def test_events_are_told_in_their_order_with_who_when_in_utc_and_why():
    bern = datetime(2026, 1, 2, 13, tzinfo=timezone(timedelta(hours=1)))
    output = event("promoted", 3, Stamp("ann", bern, "better"), instead_of=2, overruled="auc")
    assert (output.at, output.by, output.why) == ("2026-01-02T12:00:00+00:00", "ann", "better")
    shelf = Shelf()
    for version in (2, 1, 3):
        shelf.promote(version)
    assert [item.version for item in events_of(shelf.versions_there())] == [2, 1, 3]
    assert since(shelf.versions_there(), 1, "champion") == "2026-01-02T12:02:00+00:00"
    assert since(shelf.versions_there(), 1, "challenger") == ""
