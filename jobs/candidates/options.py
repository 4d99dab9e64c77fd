"""Options: the offers valid on a date, each with each of its channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from conf.offers import Channel, Offer, OfferChannel
from conf.policy import Rule
from conf.settings import Settings
from jobs.candidates.bitset import to_bitset

Parameter = float | str | None
TEXTS = ("offer_id", "channel", "objective", "category")
NUMBERS = ("margin", "incentive_cost", "unit_cost")


@dataclass(frozen=True)
class Option:
    """One offer through one channel.

    Attributes:
        both: what offer_channels.csv says of the two together; None: nothing.
    """

    offer: Offer
    channel: Channel
    both: OfferChannel | None = None

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
            **(self.both.parameters if self.both else {}),
        }

    def is_in_scope_of(self, rule: Rule) -> bool:
        """Whether the rule speaks of this option."""
        return rule.offers.includes(self.offer) and (rule.channels is None or self.channel.id in rule.channels)


def options_on(settings: Settings, as_of: date) -> list[Option]:
    """Every option whose offer is valid on the decision date, in the order of the files."""
    channels = {channel.id: channel for channel in settings.channels}
    both = {(row.offer, row.channel): row for row in settings.offer_channels}
    valid = [offer for offer in settings.offers if offer.is_valid_on(as_of)]
    return [
        Option(offer, channels[channel], both.get((offer.id, channel))) for offer in valid for channel in offer.channels
    ]


def option_frame(spark: SparkSession, settings: Settings, options: Sequence[Option]) -> DataFrame:
    """One row per option: every column that formulas may name, also those of offers that are not valid, and `bits`.

    `bits` is the set that holds the option alone.
    """
    rows = (*settings.offers, *settings.channels, *settings.offer_channels)
    further = {name for row in rows for name in row.parameters}
    numbers = (*NUMBERS, *sorted(further))
    schema = T.StructType(
        [T.StructField(name, T.StringType()) for name in TEXTS]
        + [T.StructField(name, T.DoubleType()) for name in numbers]
        + [T.StructField("bits", T.ArrayType(T.LongType()))]
    )
    cells = [
        (*(option.columns.get(name) for name in (*TEXTS, *numbers)), to_bitset([position], len(options)))
        for position, option in enumerate(options)
    ]
    return spark.createDataFrame(cells, schema)
