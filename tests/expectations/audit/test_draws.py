"""Who is looked at more closely."""

from dataclasses import replace

from expectations.audit.experiments import SAMPLE, drawn

CUSTOMERS = [f"c{number}" for number in range(5000)]


def test_the_same_set_draws_the_same_customers_in_whatever_order(night):
    evidence = night.evidence()
    first = drawn(evidence, CUSTOMERS, "purpose")
    assert drawn(evidence, reversed(CUSTOMERS), "purpose") == first
    assert len(first) == SAMPLE


def test_another_set_and_another_purpose_draw_others(night):
    evidence = night.evidence()
    other = evidence.folder.with_name("set-0123456789abcdef")
    evidence.folder.rename(other)
    draws = [drawn(evidence, CUSTOMERS, "a"), drawn(evidence, CUSTOMERS, "b")]
    draws.append(drawn(replace(evidence, folder=other), CUSTOMERS, "a"))
    assert len(set(draws)) == 3


def test_of_fewer_all_are_drawn(night):
    assert drawn(night.evidence(), CUSTOMERS[:3], "purpose") == frozenset(CUSTOMERS[:3])


def test_the_sample_finds_a_fault_of_one_in_five_hundred_ninety_nine_times_in_a_hundred():
    assert 1 - (1 - 1 / 500) ** SAMPLE >= 0.99 > 1 - (1 - 1 / 500) ** (SAMPLE - 1)
