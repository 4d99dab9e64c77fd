"""Newcomers: the scores of groups, and what visitors of whom nothing else is known are offered.

Only of deployments whose models.yaml has `when_unknown`. The rates of groups are made again from the scores and the
attributes of all customers in the lake, in whole millionths and exact fractions. The customers who have such a rate for
a score are compared for everybody, their rates for 2,301 of them. Of newcomers.csv every cell is made again: each group
is judged as one customer without a history by the second judge, and charged at the prices of the proof.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from expectations.audit.csv_text import cells_of
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import drawn
from expectations.audit.groups import bought_lately, declares_groups, groups_of
from expectations.audit.newcomers import expected_cells
from expectations.audit.people import customers_in, rows_of

FILE = "newcomers.csv"


def scores_of_groups_follow_from_the_others(evidence: Evidence) -> Iterator[Breach]:
    """Whoever a model knows nothing of has the rate of its group, and nobody else has one.

    Reads: models.yaml, the lake's features, scores and scores of groups, the models' files.
    """
    if not declares_groups(evidence):
        return
    groups, folder = groups_of(evidence), evidence.group_scores_folder
    if folder is None:
        yield Breach("groups", "the night kept no scores of groups", 1)
        return
    stated = customers_in(folder)
    astray = len(set(stated) ^ groups.unknown) + len(stated) - len(set(stated))
    if astray:
        yield Breach("groups", "customers with scores of their group who should have none, or without", astray)
    chosen = sorted(drawn(evidence, set(stated) & groups.unknown, "scores of groups"))
    kept, features = rows_of(folder, chosen), _features(evidence, chosen)
    for fallback in groups.fallbacks:
        lately = bought_lately(evidence, chosen, fallback.not_bought_days) if fallback.categories else {}
        wrong = 0
        for customer in chosen:
            facts = features[customer]
            due = None if fallback.is_about(facts["days_since_last_purchase"]) else groups.score(fallback, facts)
            if isinstance(due, dict):
                due = {category: rate for category, rate in due.items() if category not in lately.get(customer, ())}
            wrong += not _is_same(kept[customer][fallback.score], due)
        if wrong:
            yield Breach("groups", f"{fallback.score}: customers whose score is not that of their group", wrong)
    misnamed = sum(
        kept[customer]["is_new"] is not (features[customer]["days_since_last_purchase"] is None) for customer in chosen
    )
    if misnamed:
        yield Breach("groups", "customers who are called new and are not, or the other way round", misnamed)


def newcomers_csv_says_what_groups_are_offered(evidence: Evidence) -> Iterator[Breach]:
    """Each group's best offer and its worth follow from rules, formulas, rates and prices; nothing is charged less.

    Reads: newcomers.csv, models.yaml, policy, proof, offers.csv, channels.csv, the lake's features and scores.
    """
    if not declares_groups(evidence):
        return
    stated, expected = cells_of(evidence.folder / FILE), expected_cells(evidence)
    different = sum(row != due for row, due in zip(stated, expected, strict=False)) + abs(len(stated) - len(expected))
    if different:
        yield Breach("newcomers", "groups of which newcomers.csv says something else than follows", different)


def _features(evidence: Evidence, customers: list[str]) -> dict[str, Mapping[str, Any]]:
    names = ["days_since_last_purchase", *groups_of(evidence).by]
    return dict(rows_of(evidence.features_folder, customers, names))


def _is_same(stored: Any, due: Any) -> bool:  # noqa: ANN401  a score, as each kind of model has it
    """Whether both say the same; of no category is nothing."""
    return bool(
        (stored or None if isinstance(stored, dict) else stored) == (due or None if isinstance(due, dict) else due)
    )
