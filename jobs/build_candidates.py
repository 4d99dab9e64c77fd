"""Scores × options × policy -> candidates, and every reason against the rest."""

from pyspark.sql import functions as F

from conf.policy import Combination, ContactRule, Rule
from expectations.gate import check
from expectations.tables import table
from jobs.candidates.combinations import combines
from jobs.candidates.contact_caps import speaks_of
from jobs.candidates.formulas import read_formulas
from jobs.candidates.judgement import judge
from jobs.candidates.options import Option, option_frame, options_on
from jobs.candidates.people import open_people
from jobs.context import RunContext
from optimization.policy.spark import kinds_of

CANDIDATE = [
    "customer_id",
    "household_id",
    "offer_id",
    "channel",
    "objective",
    "category",
    "value",
    "cost",
    "propensity",
]


def run(context: RunContext) -> None:
    """Judge every open customer with every option of the date; objectors and the holdout never get this far."""
    lake, as_of, policy = context.lake, context.as_of, context.settings.policy
    features = lake.read(context.spark, "features", as_of)
    formulas = read_formulas(context.settings, kinds_of(features.drop("customer_id").schema), as_of)
    options = options_on(context.settings, as_of)
    tonight = [rule for rule, _ in formulas.rules], policy.contact_rules_on(as_of), policy.combinations_on(as_of)
    named = [_named_by(option, *tonight) for option in options]
    crossed = open_people(context).crossJoin(F.broadcast(option_frame(context.spark, context.settings, options, named)))
    judged = judge(crossed, context.settings, formulas, as_of).select(*CANDIDATE, "blocks").cache()
    candidates = judged.where(F.size("blocks") == 0).drop("blocks")
    exclusions = judged.select("customer_id", "offer_id", "channel", F.inline("blocks"))
    check(candidates, table("candidates")).raise_if_stopped()
    lake.write(candidates, "candidates", as_of)
    lake.write(exclusions, "exclusions", as_of)
    judged.unpersist()


def _named_by(
    option: Option, rules: list[Rule], caps: list[ContactRule], combinations: list[Combination]
) -> dict[str, list[str]]:
    capping = [cap.name for cap in caps if speaks_of(cap, option)]
    return {
        "rules": [rule.name for rule in rules if option.is_in_scope_of(rule)],
        "caps": capping + [one.name for one in combinations if combines(one, option)],
    }
