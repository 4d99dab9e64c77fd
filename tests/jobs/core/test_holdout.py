"""The holdout is the same customers every night, as many as were wanted, and nobody can guess them."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.audit import experiments
from jobs.core.draws import FOR_HOLDOUT, is_drawn

UNITS = [f"customer-{number}" for number in range(20_000)]
SALTS = st.binary(min_size=1, max_size=40)
IDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def is_held_out(unit, *, salt, share):
    return bool(is_drawn(np.array([unit], dtype=object), share=share, salt=salt, purpose=FOR_HOLDOUT)[0])


def drawn(salt, share, units=UNITS):
    held_out = is_drawn(np.array(units, dtype=object), share=share, salt=salt, purpose=FOR_HOLDOUT)
    return {unit for unit, is_held in zip(units, held_out, strict=True) if is_held}


@given(IDS, SALTS, st.floats(0, 1, exclude_max=True))
def test_the_answer_is_the_same_every_night(unit, salt, share):
    answers = {is_held_out(unit, salt=salt, share=share) for _ in range(3)}
    assert len(answers) == 1


@given(IDS, SALTS, st.floats(0, 0.5), st.floats(0, 0.49))
def test_a_larger_share_keeps_whom_a_smaller_one_drew(unit, salt, share, more):
    assert not is_held_out(unit, salt=salt, share=share) or is_held_out(unit, salt=salt, share=share + more)


@given(IDS, SALTS)
def test_a_share_of_nothing_draws_nobody(unit, salt):
    assert not is_held_out(unit, salt=salt, share=0.0)


def test_the_draw_of_a_known_customer_is_fixed_for_all_machines_and_versions():
    # printf %s ann | openssl dgst -sha256 -hmac salt begins with 5c72, which is 0.3611 of ffff
    assert not is_held_out("ann", salt=b"salt", share=0.361)
    assert is_held_out("ann", salt=b"salt", share=0.362)


@pytest.mark.parametrize("salt", [b"a", b"another", b"\xff" * 70])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.5])
def test_the_share_drawn_is_the_share_wanted_within_chance(salt, share):
    spread = math.sqrt(len(UNITS) * share * (1 - share))
    assert abs(len(drawn(salt, share)) - len(UNITS) * share) < 4 * spread


def test_another_salt_draws_another_group():
    first, other = drawn(b"one", 0.1), drawn(b"other", 0.1)
    by_chance = len(UNITS) * 0.1 * 0.1  # 200 of 2,000 in both, if the draws know nothing of each other
    assert abs(len(first & other) - by_chance) < 4 * math.sqrt(by_chance)


def test_ids_that_look_alike_are_drawn_apart():
    pairs = [(f"{number}", f"0{number}") for number in range(5_000)]
    both = sum(is_held_out(a, salt=b"s", share=0.5) == is_held_out(b, salt=b"s", share=0.5) for a, b in pairs)
    assert abs(both - 2_500) < 4 * math.sqrt(5_000 * 0.25)


def test_nobody_is_drawn_of_nobody():
    assert is_drawn(np.array([], dtype=object), share=0.5, salt=b"s", purpose=FOR_HOLDOUT).tolist() == []


def test_the_auditor_draws_the_same_holdout_by_itself():
    ids = UNITS[:500]
    ours = is_drawn(np.array(ids, dtype=object), share=0.1, salt=b"s", purpose=FOR_HOLDOUT)
    assert experiments.is_drawn(ids, share="0.1", salt=b"s", purpose=experiments.FOR_HOLDOUT).tolist() == ours.tolist()


def test_the_hash_seed_and_the_language_of_the_process_change_nothing():
    code = (
        "import numpy as np\n"
        "from jobs.core.draws import FOR_HOLDOUT, is_drawn\n"
        "ids = np.array([f'é{n}' for n in range(200)], dtype=object)\n"
        "print(*np.flatnonzero(is_drawn(ids, share=0.1, salt=b'salt', purpose=FOR_HOLDOUT)))"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "1", "LANG": "C"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    here = [n for n in range(200) if is_held_out(f"é{n}", salt=b"salt", share=0.1)]
    assert [int(n) for n in there.split()] == here
    assert len(here) > 2
