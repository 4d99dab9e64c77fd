"""Experiments: control groups get none of their offers, and what is called chance was drawn."""

from collections.abc import Iterator

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import KEY, explores, in_arm, unit_column


def control_arms_are_kept_back(evidence: Evidence) -> Iterator[Breach]:
    """Nobody gets an offer in whose control arm they are; a customer called control is in the arm of the offer.

    Reads: decisions, proof, policy, salt.
    """
    sent = [(row["customer_id"], row["offer_id"]) for row in evidence.offered]
    leaked = int(in_arm(evidence, *_columns(sent)).sum())
    if leaked:
        yield Breach("control", "offers to customers of the offer's own control arm", leaked)
    kept = [row for row in evidence.decisions if row["status"] == "control"]
    astray = sum(~in_arm(evidence, *_columns([(row["customer_id"], row["offer_id"]) for row in kept])))
    if astray:
        yield Breach("control", "customers called control who are in no arm of their offer", int(astray))
    unplanned = len({_key(row) for row in kept} - {tuple(row) for row in evidence.proof["control"]})
    if unplanned:
        yield Breach("control", "customers called control whom the plan did not keep back", unplanned)


def what_explores_was_drawn(evidence: Evidence) -> Iterator[Breach]:
    """Each choice by chance is of a customer, or household, that was drawn on the date.

    Reads: decisions, proof, policy, salt.
    """
    explored = {tuple(row) for row in evidence.proof["explored"]}
    stated = {_key(row) for row in evidence.offered if row["chosen_by"] == "exploration"}
    if stated - explored:
        yield Breach("exploration", "offers said to be drawn that were not", len(stated - explored))
    names = (*KEY, unit_column(evidence))
    rows = zip(*(evidence.candidates[name].to_pylist() for name in names), strict=True) if explored else ()
    units = [row[3] for row in rows if row[:3] in explored]
    astray = len(explored) - int(explores(evidence, units).sum())
    if astray:
        yield Breach("exploration", "offers drawn for whom chance did not choose", astray)


def _key(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in KEY)


def _columns(pairs: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
