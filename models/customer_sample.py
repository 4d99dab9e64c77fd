"""Sources -> the same of some of the customers, always the same ones."""

from dataclasses import replace

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.sources import Sources

_HASHES = 2**64
_LOWEST_HASH = -(2**63)


def customer_sample(sources: Sources, max_customers: int, *, seed: int) -> Sources:
    """All rows of about `max_customers` customers; everybody where there are no more than that.

    A keyed hash of the id chooses: neither the order of rows nor other customers decide about one, and the few that a
    newcomer displaces are those nearest the threshold. The number is met within its square root or so.

    Args:
        sources: the history of all customers.
        max_customers: how many to keep.
        seed: of the hash; another seed is another sample.
    """
    customers = sources.customers.count()
    if customers <= max_customers:
        return sources
    threshold = _LOWEST_HASH + _HASHES * max_customers // customers
    is_chosen = F.xxhash64(F.lit("sample"), F.lit(seed), "customer_id") < F.lit(threshold)
    return replace(
        sources,
        customers=sources.customers.where(is_chosen),
        transactions=_where(sources.transactions, is_chosen),
        contacts=_where(sources.contacts, is_chosen),
        responses=_where(sources.responses, is_chosen),
        events=_where(sources.events, is_chosen),
    )


def _where(rows: DataFrame | None, is_chosen: Column) -> DataFrame | None:
    return None if rows is None else rows.where(is_chosen)
