"""Sets of chance, spoiled in over fifty ways: each is caught by the check that is there for it; no clean one alarms."""

import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from expectations.audit import Evidence, audit, fresh_process
from expectations.audit.auditor import all_checks, findings
from tests.expectations.audit.drawn.models import scored_in_this_process
from tests.reliability.drawn_sets import drawn_set
from tests.reliability.spoiling.declaration import FIRST, Mutation, all_mutations

SEEDS = [range(1), pytest.param(range(1, 25), marks=pytest.mark.full)]
CLEAN = [range(1000, 1010), pytest.param(range(1010, 1200), marks=pytest.mark.full)]
MUTATIONS = all_mutations()


@pytest.fixture(autouse=True)
def scored_here(monkeypatch):
    monkeypatch.setattr(fresh_process, "scored_again", scored_in_this_process)


def spoiled(mutation: Mutation, seed: int, root: Path) -> Evidence:
    """The evidence of a set that was spoiled in one way."""
    root.mkdir()
    night = drawn_set(seed, root)
    mutation.spoil(night, Random(seed))
    return night.evidence()


def checks_that_cry(evidence: Evidence, checks) -> set[str]:
    return {check.__name__ for check in checks if findings(check, evidence)}


def missed(mutation: Mutation, seeds, root: Path, checks) -> list[int]:
    """The seeds of which the check that should catch them says nothing."""
    seeds_missed = []
    for seed in seeds:
        folder = root / f"{mutation.name}-{seed}"
        if mutation.check not in checks_that_cry(spoiled(mutation, seed, folder), checks):
            seeds_missed.append(seed)
        shutil.rmtree(folder)
    return seeds_missed


@pytest.fixture(scope="module")
def tally(figures):
    """What was caught, by figure, and what alarmed; recorded when all tests of the file have added to it."""
    kinds = Counter(mutation.figure for mutation in MUTATIONS)
    counts = {figure: {"kinds": kinds[figure], "spoiled": 0, "caught": 0} for figure in kinds}
    counts[FIRST] |= {"clean": 0, "alarms": 0}
    yield counts
    for figure, of_figure in counts.items():
        figures.record(figure, **of_figure)


def test_there_are_more_than_fifty_ways_and_every_check_has_one():
    assert len(MUTATIONS) == len({mutation.name for mutation in MUTATIONS}) > 50
    assert {mutation.check for mutation in MUTATIONS} == {check.__name__ for check in all_checks()}


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_spoiled_set_is_caught_by_the_check_that_is_there_for_it(mutation, seeds, tmp_path, tally):
    lost = missed(mutation, seeds, tmp_path, all_checks())
    tally[mutation.figure]["spoiled"] += len(seeds)
    tally[mutation.figure]["caught"] += len(seeds) - len(lost)
    assert lost == []


@pytest.mark.parametrize("seeds", CLEAN, ids=str)
def test_no_clean_set_alarms(tmp_path, tally, seeds):
    for seed in seeds:
        folder = tmp_path / str(seed)
        folder.mkdir()
        breaches = audit(drawn_set(seed, folder).evidence())
        tally[FIRST]["clean"] += 1
        tally[FIRST]["alarms"] += bool(breaches)
        shutil.rmtree(folder)
        assert breaches == [], seed


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.__name__)
def test_a_check_that_says_nothing_is_found_out(check, tmp_path):
    def silent(evidence):
        return iter(())

    silent.__name__ = check.__name__
    mutation = next(mutation for mutation in MUTATIONS if mutation.check == check.__name__)
    assert missed(mutation, [0], tmp_path, [silent]) == [0]
