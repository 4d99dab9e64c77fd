"""Household places: how many contacts the caps still leave to a household, and which candidates take one."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from conf.settings import Settings
from jobs.candidates.bitset import to_bitset, width
from jobs.candidates.bitset_columns import literal, meets, word_columns
from jobs.candidates.contact_caps import places_of_households, speaks_of
from jobs.candidates.options import Option
from jobs.planning.household_capacity import HOUSEHOLD_CAPACITY, household_caps_on, max_per_household_on, most_of

PLACES = "places of the household"
"""A column of customers; no word of formulas has a blank in it."""


def with_places(customers: DataFrame, contacts: DataFrame, settings: Settings, as_of: date) -> DataFrame:
    """Adds PLACES where households differ in them.

    Args:
        contacts: as `blocked_by_caps` takes them.
    """
    if max_per_household_on(settings, as_of) != HOUSEHOLD_CAPACITY:
        return customers
    caps = household_caps_on(settings, as_of)
    joined = customers.join(places_of_households(caps, contacts, as_of), "household_id", "left")
    places = F.least("places", F.lit(most_of(caps))).cast("bigint")  # of whom nobody was contacted `places` is null
    return joined.withColumn(PLACES, places).drop("places")


def with_capacity(candidates: DataFrame, options: Sequence[Option], settings: Settings, as_of: date) -> DataFrame:
    """Adds `household_capacity` where households differ in it; null for whom no cap counts anything that is open.

    Args:
        candidates: a customer's and an option's columns, PLACES and `bits`.
    """
    if max_per_household_on(settings, as_of) != HOUSEHOLD_CAPACITY:
        return candidates
    caps = household_caps_on(settings, as_of)
    counted = [n for n, option in enumerate(options) if any(speaks_of(cap, option) for cap in caps)]
    capacity = F.col(PLACES)
    if len(counted) < len(options):
        is_counted = meets(word_columns("bits", width(len(options))), literal(to_bitset(counted, len(options))))
        capacity = F.max(F.when(is_counted, F.col(PLACES))).over(Window.partitionBy("customer_id"))
    return candidates.withColumn(HOUSEHOLD_CAPACITY, capacity)
