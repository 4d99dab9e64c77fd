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
        pairs = [
            (rule.offers.id, self.offer.id),
            (rule.offers.objective, self.offer.objective),
            (rule.offers.category, self.offer.category),
            (rule.channels, self.channel.id),
        ]
        return all(named is None or value in named for named, value in pairs)


def options_on(settings: Settings, as_of: date) -> list[Option]:
    """Every option whose offer is valid on the decision date, in the order of the files."""
    channels = {channel.id: channel for channel in settings.channels}
    valid = [offer for offer in settings.offers if offer.is_valid_on(as_of)]
    return [Option(offer, channels[channel]) for offer in valid for channel in offer.channels]


def option_frame(spark: SparkSession, options: list[Option], further: list[dict[str, list[str]]]) -> DataFrame:
    """One row per option: its columns and, for each, further columns that hold lists of names."""
    texts = {"offer_id", "channel", "objective", "category"}
    columns = sorted({name for option in options for name in option.columns} | texts)
    lists = sorted({name for row in further for name in row})
    schema = T.StructType(
        [T.StructField(name, T.StringType() if name in texts else T.DoubleType()) for name in columns]
        + [T.StructField(name, T.ArrayType(T.StringType())) for name in lists]
    )
    rows = [
        tuple(option.columns.get(name) for name in columns) + tuple(row.get(name) for name in lists)
        for option, row in zip(options, further, strict=True)
    ]
    return spark.createDataFrame(rows, schema)
