"""Scores × attributes -> the rates of groups, and the scores of customers of whom a model knows nothing."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.errors import SettingsError
from conf.micros import MICROS
from conf.settings import Settings
from expectations.gate import check
from expectations.tables import table
from jobs.core.lake import CUSTOMERS, GROUP_SCORES, GROUPS, IS_NEW
from jobs.run_context import RunContext
from jobs.scoring.group_rates import Group, GroupRates
from models.contract import Contract
from models.matrix import SINCE_CATEGORY_PURCHASE, SINCE_PURCHASE
from models.predict import arrow_type

MAX_GROUPS = 10_000
Sums = dict[Group, dict[str, dict[str | None, tuple[int, int]]]]
"""Group -> score -> category, None where there is none -> sum in millionths and number of customers who are scored.

Under the score CUSTOMERS stands how many customers the group has.
"""
SCORED_TABLES = ("propensities", "values")


def write_group_scores(context: RunContext, contracts: Sequence[Contract]) -> None:
    """Write both tables, where models.yaml has a fallback for any model.

    Args:
        contracts: of the versions that scored; theirs says whom a model is about.

    Raises:
        SettingsError: the attributes make more than MAX_GROUPS groups.
    """
    lake, as_of, settings = context.lake, context.as_of, context.settings
    declared = {c.score: c for c in contracts if c.model in settings.models.with_groups}
    if not declared:
        return
    facts = lake.read(context.spark, "features", as_of)
    for name in SCORED_TABLES:
        facts = facts.join(lake.read(context.spark, name, as_of), "customer_id")
    sums = _sums(facts.cache(), settings, declared)
    try:
        lake.write_arrow(_groups(sums, settings, declared), GROUPS, as_of)
        groups = lake.read(context.spark, GROUPS, as_of)
        scores = _scores(facts, groups, settings, declared)
        lake.write(scores, GROUP_SCORES, as_of, gate=lambda rows: check(rows, table(GROUP_SCORES)).raise_if_stopped())
    finally:
        facts.unpersist()


def is_unknown(contract: Contract) -> Column:
    """Whether the model knows nothing of the customer of a row: without purchases, or outside its population."""
    within, since = contract.population.purchased_within_days, F.col(SINCE_PURCHASE)
    return since.isNull() if within is None else since.isNull() | (since > within)


def _sums(facts: DataFrame, settings: Settings, declared: Mapping[str, Contract]) -> Sums:
    """What the customers whom the models know are scored, by group.

    Raises:
        SettingsError: the attributes make more than MAX_GROUPS groups.
    """
    by = list(settings.models.group_attributes)
    columns = [F.count(F.lit(1)).alias(CUSTOMERS)]
    for score, contract in declared.items():
        if not contract.categories:
            column = F.col(score) if _is_whole(contract) else F.rint(F.col(score) * MICROS).cast("bigint")
            known = F.when(~is_unknown(contract), column)
            columns += [F.sum(known).alias(f"sum of {score}"), F.count(known).alias(f"count of {score}")]
    rows = facts.groupBy(*by).agg(*columns).limit(MAX_GROUPS + 1).toArrow().to_pylist()
    if len(rows) > MAX_GROUPS:
        path, line = settings.where("models", ("models", next(iter(settings.models.with_groups)), "when_unknown"))
        raise SettingsError(f"{path}:{line}: {', '.join(by)} make more than {MAX_GROUPS:,} groups; name fewer")
    sums: Sums = {}
    for row in rows:
        of_group = sums.setdefault(tuple(row[name] for name in by), {CUSTOMERS: {None: (0, row[CUSTOMERS])}})
        for score, contract in declared.items():
            if not contract.categories:
                of_group[score] = {None: (row[f"sum of {score}"] or 0, row[f"count of {score}"])}
    for score, contract in declared.items():
        if contract.categories:
            for group, category, total, count in _by_category(facts, by, score, contract):
                sums[group].setdefault(score, {})[category] = (total, count)
    sums.setdefault(tuple(None for _ in by), {CUSTOMERS: {None: (0, 0)}})  # a visitor of whom not even this is known
    return sums


def _by_category(facts: DataFrame, by: list[str], score: str, contract: Contract) -> list[tuple[Group, str, int, int]]:
    known = facts.where(~is_unknown(contract)).select(*by, F.explode(score).alias("a category", "a score"))
    micros = F.rint(F.col("a score") * MICROS).cast("bigint")
    grouped = known.groupBy(*by, "a category").agg(F.sum(micros).alias("a sum"), F.count(micros).alias("a count"))
    rows = grouped.toArrow().to_pylist()
    return [(tuple(row[name] for name in by), row["a category"], row["a sum"], row["a count"]) for row in rows]


def _groups(sums: Sums, settings: Settings, declared: Mapping[str, Contract]) -> pa.Table:
    """One row per group: its attributes, its customers, and each score that stands for those of unknown customers."""
    by, groups = settings.models.group_attributes, sorted(sums, key=_in_order)
    columns = {name: pa.array([group[place] for group in groups], pa.string()) for place, name in enumerate(by)}
    columns[CUSTOMERS] = pa.array([sums[group][CUSTOMERS][None][1] for group in groups], pa.int64())
    for score, contract in declared.items():
        fallback = settings.models.with_groups[contract.model]
        places = [by.index(name) for name in fallback.by]
        rates = {}
        for category in contract.categories or (None,):
            scored = [
                (tuple(group[place] for place in places), *of_group.get(score, {}).get(category, (0, 0)))
                for group, of_group in sums.items()
            ]
            rates[category] = GroupRates(scored, fallback.at_least)
        values = [_value(rates, [group[place] for place in places], contract) for group in groups]
        columns[score] = pa.array(values, arrow_type(contract))
    return pa.table(columns)


def _in_order(group: Group) -> list[tuple[bool, str]]:
    """By the attributes' texts; what is not known comes last."""
    return [(text is None, text or "") for text in group]


def _value(rates: Mapping[str | None, GroupRates], group: Sequence[str | None], contract: Contract) -> Any:  # noqa: ANN401
    """As the table of scores has it: millionths of money, a probability, or one for each category."""
    by_category = {category: rate.rate(group) for category, rate in rates.items()}
    if contract.categories:
        return {name: rate / MICROS for name, rate in by_category.items() if rate is not None} or None
    rate = by_category[None]
    return rate if rate is None or _is_whole(contract) else rate / MICROS


def _is_whole(contract: Contract) -> bool:
    """Whether scores are money, in whole millionths."""
    return bool(pa.types.is_int64(arrow_type(contract)))


def _scores(facts: DataFrame, groups: DataFrame, settings: Settings, declared: Mapping[str, Contract]) -> DataFrame:
    """customer_id, is_new, and per score the group's rate; null where the model knows the customer."""
    by = settings.models.group_attributes
    rates = groups.drop(CUSTOMERS).withColumnsRenamed({name: f"group's {name}" for name in (*by, *declared)})
    same = reduce(lambda total, name: total & F.col(name).eqNullSafe(F.col(f"group's {name}")), by, F.lit(True))
    unknown = reduce(lambda total, contract: total | is_unknown(contract), declared.values(), F.lit(False))
    rows = facts.where(unknown).join(F.broadcast(rates), same)
    scores = [F.when(is_unknown(c), _not_bought(score, c)).alias(score) for score, c in declared.items()]
    return rows.select("customer_id", F.col(SINCE_PURCHASE).isNull().alias(IS_NEW), *scores)


def _not_bought(score: str, contract: Contract) -> Column:
    """The group's rate; of categories without those that were bought too recently to be scored."""
    rate = F.col(f"group's {score}")
    if not contract.categories:
        return rate
    days = contract.label.not_bought_days or 0
    bought = F.filter("categories", lambda row: row[SINCE_CATEGORY_PURCHASE] <= days)
    names = F.coalesce(F.transform(bought, lambda row: row["category"]), F.array().cast("array<string>"))
    return F.map_filter(rate, lambda category, _: ~F.array_contains(names, category))
