"""Rates of groups, computed again from the lake's features and scores: whose score stands for that of the unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from expectations.audit.evidence import Evidence
from expectations.audit.micros import MICROS
from expectations.audit.people import rows_of

SINCE, SINCE_CATEGORY = "days_since_last_purchase", "category_days_since_last_purchase"
AT_LEAST = 200
"""What models.yaml means where it does not say."""
NEW, OTHER = "nothing is known of this customer yet", "no purchase since long"
Group = tuple[Any, ...]
Totals = dict[Group, tuple[int, int]]
"""Group, or the beginning of one -> the sum of its scores in millionths, and how many there are."""


@dataclass(frozen=True)
class Fallback:
    """What models.yaml says of one model.

    Attributes:
        within: the model is about customers with a purchase in so many days; None: about all.
        not_bought_days: categories bought in so many days are not scored.
        categories: those of its contract; empty of a model of customers.
    """

    score: str
    by: tuple[str, ...]
    at_least: int
    within: int | None
    not_bought_days: int
    categories: tuple[str, ...]

    def is_about(self, since: float | None) -> bool:
        """Whether the model knows a customer whose last purchase is so many days ago; None: there is none."""
        return since is not None and (self.within is None or since <= self.within)


def declares_groups(evidence: Evidence) -> bool:
    """Whether any model has a fallback."""
    return any(model.get("when_unknown") is not None for model in evidence.models.values())


def fallbacks(evidence: Evidence) -> list[Fallback]:
    """Those of the models, in the order of models.yaml.

    Raises:
        KeyError: the files of a model cannot be had.
    """
    return [
        _fallback(model["score"], model["when_unknown"], evidence.model_files[name].contract)
        for name, model in evidence.models.items()
        if model.get("when_unknown") is not None
    ]


def _fallback(score: str, stated: Mapping[str, Any], contract: Mapping[str, Any]) -> Fallback:
    by, at_least = stated.get("by"), stated.get("at_least")
    return Fallback(
        score=score,
        by=tuple(by or ()),
        at_least=int(AT_LEAST if at_least is None else at_least),
        within=contract["population"]["purchased_within_days"],
        not_bought_days=contract["label"]["not_bought_days"] or 0,
        categories=tuple(contract["categories"]),
    )


@dataclass(frozen=True)
class Groups:
    """The groups of a night.

    Attributes:
        by: the attributes of any fallback.
        customers: group -> how many customers have these attributes.
        unknown: the customers of whom any model knows nothing.
        totals: by score and category.
        money: the scores that are whole millionths.
    """

    by: tuple[str, ...]
    customers: Mapping[Group, int]
    unknown: frozenset[str]
    fallbacks: Sequence[Fallback]
    totals: Mapping[tuple[str, str | None], Totals]
    money: frozenset[str]

    def score(self, fallback: Fallback, attributes: Mapping[str, Any]) -> Any:  # noqa: ANN401  as the lake has scores
        """What stands for the score, as the lake has scores; None where nobody was scored."""
        group = tuple(attributes[name] for name in fallback.by)
        parts = 1 if fallback.score in self.money else MICROS
        rates = {
            category: _shrunk(self.totals[fallback.score, category], group, fallback.at_least)
            for category in fallback.categories or (None,)
        }
        known = {category: rate if parts == 1 else rate / parts for category, rate in rates.items() if rate is not None}
        return known if fallback.categories else known.get(None)


@lru_cache(maxsize=1)  # several checks ask for the same
def groups_of(evidence: Evidence) -> Groups:
    """The groups by the features and the scores of the lake."""
    found = fallbacks(evidence)
    by = tuple(dict.fromkeys(name for fallback in found for name in fallback.by))
    wanted = ["customer_id", SINCE, *by]
    features = ds.dataset(evidence.features_folder, format="parquet").to_table(columns=wanted).combine_chunks()
    since = features[SINCE].to_numpy(zero_copy_only=False).astype(float)
    knows = {fallback.score: _is_about(fallback, since) for fallback in found}
    totals: dict[tuple[str, str | None], Totals] = {}
    money = set()
    for fallback in found:
        scores = _aligned(evidence, fallback.score, features["customer_id"])
        money |= {fallback.score} if pa.types.is_int64(scores.type) else set()
        rows = features.select(list(fallback.by)) if fallback.by else None
        totals |= _totals(fallback, rows, scores, knows[fallback.score])
    unknown = np.zeros(features.num_rows, dtype=bool)
    for is_known in knows.values():
        unknown |= ~is_known
    nobody_knows = frozenset(features["customer_id"].filter(pa.array(unknown)).to_pylist())
    return Groups(by, _customers(features, by), nobody_knows, found, totals, frozenset(money))


def notes(evidence: Evidence) -> dict[str, str]:
    """Customer -> the reason that says that scores are those of its group, by the lake's table."""
    if not declares_groups(evidence) or evidence.group_scores_folder is None:
        return {}
    rows = ds.dataset(evidence.group_scores_folder, format="parquet").to_table().to_pylist(maps_as_pydicts="strict")
    scores = [model["score"] for model in evidence.models.values() if model.get("when_unknown") is not None]
    named = {row["customer_id"]: [name for name in scores if row[name] is not None] for row in rows}
    causes = {row["customer_id"]: NEW if row["is_new"] else OTHER for row in rows}
    return {who: f"scores: {causes[who]}; of its group: {', '.join(names)}" for who, names in named.items() if names}


def bought_lately(evidence: Evidence, customers: Sequence[str], days: int) -> dict[str, set[str]]:
    """Customer -> the categories bought within so many days."""
    rows = rows_of(evidence.features_folder, customers, ["categories"])
    return {
        who: {bought["category"] for bought in row["categories"] or () if bought[SINCE_CATEGORY] <= days}
        for who, row in rows.items()
    }


def _is_about(fallback: Fallback, since: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    is_known: np.ndarray[Any, np.dtype[np.bool_]] = ~np.isnan(since)
    return is_known if fallback.within is None else is_known & (since <= fallback.within)


def _aligned(evidence: Evidence, score: str, customers: pa.ChunkedArray) -> pa.Array:
    """The scores in the order of the customers; null where there is none."""
    for folder in evidence.scores_folders:
        table = ds.dataset(folder, format="parquet")
        if score in table.schema.names:
            rows = table.to_table(columns=["customer_id", score]).combine_chunks()
            places = pc.index_in(customers.combine_chunks(), value_set=rows["customer_id"].combine_chunks())
            return rows[score].combine_chunks().take(places)
    raise KeyError(score)


def _totals(
    fallback: Fallback, rows: pa.Table | None, scores: pa.Array, is_known: np.ndarray[Any, np.dtype[np.bool_]]
) -> dict[tuple[str, str | None], Totals]:
    """Sums and counts by group and category, of the customers whom the model knows and scored."""
    kept = np.flatnonzero(is_known & ~np.asarray(scores.is_null()))
    scores, places = scores.take(pa.array(kept)), kept
    names: pa.Array | None = None
    if fallback.categories:
        lengths = np.diff(scores.offsets.to_numpy())
        places, names, scores = np.repeat(kept, lengths), scores.keys, scores.items
    micros = scores if pa.types.is_int64(scores.type) else pc.round(pc.multiply(scores, float(MICROS))).cast(pa.int64())
    columns = {name: rows[name].take(pa.array(places)) for name in fallback.by} if rows is not None else {}
    table = pa.table(
        {**columns, "a category": names if names is not None else pa.nulls(len(micros)), "a score": micros}
    )
    grouped = table.group_by([*fallback.by, "a category"]).aggregate([("a score", "sum"), ("a score", "count")])
    totals: dict[tuple[str, str | None], Totals] = {
        (fallback.score, category): {} for category in fallback.categories or (None,)
    }
    for row in grouped.to_pylist():
        group = tuple(row[name] for name in fallback.by)
        of_category = totals[fallback.score, row["a category"]]
        for depth in range(len(group) + 1):
            total, count = of_category.get(group[:depth], (0, 0))
            of_category[group[:depth]] = total + row["a score_sum"], count + row["a score_count"]
    return totals


def _shrunk(totals: Totals, group: Group, at_least: int) -> int | None:
    """The group's mean, shrunk to the wider groups' one after the other; in millionths, half to even."""
    if () not in totals:
        return None
    rate = Fraction(*totals[()])
    for depth in range(1, len(group) + 1):
        total, count = totals.get(group[:depth], (0, 0))
        rate = Fraction(total + at_least * rate, count + at_least)
    return round(rate)


def _customers(features: pa.Table, by: Sequence[str]) -> dict[Group, int]:
    """How many customers each group has; the one of whom nothing is known is always a group."""
    counts = features.group_by(list(by)).aggregate([([], "count_all")]).to_pylist()
    none: Group = tuple(None for _ in by)
    return {none: 0} | {tuple(row[name] for name in by): row["count_all"] for row in counts}
