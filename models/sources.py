"""The source tables as the models read them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pyspark.sql import DataFrame

if TYPE_CHECKING:
    from models.features.declaration import Feature

AttributeType = Literal["text", "number"]


@dataclass(frozen=True)
class Sources:
    """Spark frames of a deployment's history; a table the deployment does not have is None.

    Money and quantities are int64 millionths (of the currency, of a unit); days are calendar days of the
    deployment's zone; a negative amount or quantity is a return.

    Attributes:
        customers: one row per customer: customer_id, household_id (may be null) and the attribute columns.
        attributes: attribute column -> "text" or "number". They have no history: today's value stands for every date.
        transactions: one row per line: customer_id, transaction_id, product_id, category (may be null), happened_at,
            happened_on, quantity, amount, margin (may be null).
        contacts: one row per contact: customer_id, offer_id, channel, contacted_on.
        responses: one row per response: customer_id, offer_id, responded_on, outcome and amount (may be null).
        arms: one row per customer who took part in a measurement of an offer: customer_id, offer_id, contacted_on, arm
            (treatment; control: kept back on that day, and no contact).
        events: one row per event: customer_id, kind, happened_on, channel and amount (may be null).
        further_features: those that the deployment declares by its own words, of its events and channels.
        wanted: names of features that are built although no model takes them by default.
    """

    customers: DataFrame
    attributes: Mapping[str, AttributeType] = field(default_factory=dict)
    transactions: DataFrame | None = None
    contacts: DataFrame | None = None
    responses: DataFrame | None = None
    arms: DataFrame | None = None
    events: DataFrame | None = None
    further_features: Sequence["Feature"] = ()
    wanted: Collection[str] = frozenset()
