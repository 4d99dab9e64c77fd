"""What newcomers.csv must say: each group judged as one customer without a history, at the prices of the proof."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from expectations.audit.candidate_arrays import CandidateArrays
from expectations.audit.evidence import Evidence
from expectations.audit.formula_rows import CATEGORIES, reads_categories
from expectations.audit.groups import Group, Groups, groups_of
from expectations.audit.judgement import Candidate
from expectations.audit.judging import Judge, judge_of
from expectations.audit.limit_bounds import limit_bounds_of
from expectations.audit.periods import limits_of_the_night
from expectations.audit.spreadsheet import cell

MONEY = ("value", "cost", "charge", "worth")
FURTHER = ("customers", "offer_id", "offer_name", "channel", *MONEY)
Option = tuple[str, str]
PLACES = 6
"""Decimals of a millionth."""


def expected_cells(evidence: Evidence) -> list[list[str]]:
    """The rows of the file, its header first.

    Raises:
        KeyError: the files of a model cannot be had.
    """
    groups = groups_of(evidence)
    judge, names = judge_of(evidence), (*groups.by, *FURTHER)
    order = sorted(
        groups.customers, key=lambda group: [(part is None, part if part is not None else "") for part in group]
    )
    rows = [dict(zip(names, _row(evidence, groups, judge, group), strict=True)) for group in order]
    return [list(names), *([cell(name, value) for name, value in row.items()] for row in rows)]


def _row(evidence: Evidence, groups: Groups, judge: Judge, group: Group) -> list[Any]:
    attributes = dict(zip(groups.by, group, strict=True))
    candidates = judge.newcomer(_facts(evidence, groups, attributes)).candidates
    head = [*group, groups.customers[group]]
    best = max(_priced(evidence, candidates), key=lambda option: option[0], default=None)
    if best is None or best[0] <= 0:
        return [*head, *(None for _ in FURTHER[1:])]
    _, (offer, channel), charge = best
    value, cost = candidates[offer, channel].value, candidates[offer, channel].cost
    micros = (value, cost, round(charge), value - cost - round(charge))
    money = [Decimal(amount).scaleb(-PLACES) for amount in micros]
    return [*head, offer, evidence.offer_of[offer]["name"], channel, *money]


def _facts(evidence: Evidence, groups: Groups, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What formulas read of a customer of whom nothing is known but the group."""
    features = {name: load["if_none"] for name, load in evidence.declarations.items() if load["grain"] == "customer"}
    scores = {fallback.score: groups.score(fallback, attributes) for fallback in groups.fallbacks}
    nothing_bought = {CATEGORIES: None} if reads_categories(evidence) else {}
    return features | dict(attributes) | scores | nothing_bought


def _priced(evidence: Evidence, candidates: Mapping[Option, Candidate]) -> Iterator[tuple[Fraction, Option, Fraction]]:
    """What is left of each candidate, and what the limits charge for it, in millionths; in the order of options."""
    if not candidates:
        return
    limits = list(limits_of_the_night(evidence))
    stated = {(price["limit"], price["bound"]): Fraction(price["price"]) for price in evidence.proof["prices"]}
    sides = limit_bounds_of(limits)
    weights = [side.sign * stated.get((side.limit, side.bound), Fraction(0)) for side in sides]
    charges, unit = CandidateArrays.of(_table(evidence, candidates), sides, None).weighted(weights)
    for (option, candidate), charge in zip(candidates.items(), charges.tolist(), strict=True):
        yield candidate.value - candidate.cost - Fraction(charge, unit), option, Fraction(charge, unit)


def _table(evidence: Evidence, candidates: Mapping[Option, Candidate]) -> pa.Table:
    offers: Sequence[Mapping[str, Any]] = [evidence.offer_of[offer] for offer, _ in candidates]
    columns: dict[str, list[Any]] = {
        "customer_id": ["" for _ in candidates],
        "household_id": ["" for _ in candidates],
        "offer_id": [offer for offer, _ in candidates],
        "channel": [channel for _, channel in candidates],
        "objective": [offer["objective"] for offer in offers],
        "category": [offer.get("category") or None for offer in offers],
        **{name: [getattr(candidate, name) for candidate in candidates.values()] for name in ("value", "cost")},
        "propensity": [candidate.propensity for candidate in candidates.values()],
    }
    for place, name in enumerate(judge_of(evidence).limited.columns):
        facts = [candidate.further[place] for candidate in candidates.values()]
        columns[name] = [sorted(fact) if isinstance(fact, frozenset) else fact for fact in facts]
    schema = evidence.candidates.schema
    return pa.table({name: pa.array(values, schema.field(name).type) for name, values in columns.items()})
