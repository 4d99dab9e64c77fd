"""Who is looked at more closely."""

from dataclasses import replace

from expectations.audit.experiments import drawn

CUSTOMERS = [f"c{number}" for number in range(500)]


def test_the_same_set_draws_the_same_customers_in_whatever_order(night):
    evidence = night.evidence()
    first = drawn(evidence, CUSTOMERS, 20, "purpose")
    assert drawn(evidence, reversed(CUSTOMERS), 20, "purpose") == first
    assert len(first) == 20


def test_another_set_and_another_purpose_draw_others(night):
    evidence = night.evidence()
    other = evidence.folder.with_name("set-0123456789abcdef")
    evidence.folder.rename(other)
    draws = [drawn(evidence, CUSTOMERS, 20, "a"), drawn(evidence, CUSTOMERS, 20, "b")]
    draws.append(drawn(replace(evidence, folder=other), CUSTOMERS, 20, "a"))
    assert len(set(draws)) == 3


def test_of_fewer_all_are_drawn(night):
    assert drawn(night.evidence(), CUSTOMERS[:3], 20, "purpose") == frozenset(CUSTOMERS[:3])
