"""Options: the offers valid on a date, each with each of its channels."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from conf.offers import Channel, Offer
from conf.policy import Rule
from conf.settings import Settings

Parameter = float | str | None
TEXTS = ("offer_id", "channel", "objective", "category")
NUMBERS = ("margin", "incentive_cost", "unit_cost")
LISTS = ("rules", "caps")


@dataclass(frozen=True)
class Option:
    """One offer through one channel."""

    offer: Offer
    channel: Channel

    @cached_property
    def columns(self) -> dict[str, Parameter]:
        """What formulas and rules may say of the option: ids, category and numbers, money in currency units."""
        return {
            "offer_id": self.offer.id,
            "channel": self.channel.id,
            "objective": self.offer.objective,
            "category": self.offer.category,
            "margin": float(self.offer.margin),
            "incentive_cost": float(self.offer.incentive_cost),
            "unit_cost": float(self.channel.unit_cost),
            **self.offer.parameters,
            **self.channel.parameters,
        }

    def is_in_scope_of(self, rule: Rule) -> bool:
        """Whether the rule speaks of this option."""
        return rule.offers.includes(self.offer) and (rule.channels is None or self.channel.id in rule.channels)


def options_on(settings: Settings, as_of: date) -> list[Option]:
    """Every option whose offer is valid on the decision date, in the order of the files."""
    channels = {channel.id: channel for channel in settings.channels}
    valid = [offer for offer in settings.offers if offer.is_valid_on(as_of)]
    return [Option(offer, channels[channel]) for offer in valid for channel in offer.channels]


def option_frame(
    spark: SparkSession, settings: Settings, options: list[Option], named: list[dict[str, list[str]]]
) -> DataFrame:
    """One row per option: every column that formulas may name, also those of offers that are not valid, and LISTS.

    Args:
        named: for each option, the names of the rules and of the caps that speak of it.
    """
    further = {name for row in (*settings.offers, *settings.channels) for name in row.parameters}
    numbers = (*NUMBERS, *sorted(further))
    schema = T.StructType(
        [T.StructField(name, T.StringType()) for name in TEXTS]
        + [T.StructField(name, T.DoubleType()) for name in numbers]
        + [T.StructField(name, T.ArrayType(T.StringType())) for name in LISTS]
    )
    rows = [
        tuple(option.columns.get(name) for name in (*TEXTS, *numbers)) + tuple(lists[name] for name in LISTS)
        for option, lists in zip(options, named, strict=True)
    ]
    return spark.createDataFrame(rows, schema)
