"""Uplift: what a contact changes, learnt from those who were contacted and those who were kept back."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.models import Label
from models.histories import History
from models.labels.declaration import label_kind
from models.sources import Sources
from models.windowed import Rows


def _followed(sources: Sources) -> DataFrame:
    """The arms with the first response to the offer and the first purchase on or after their day."""
    arms: DataFrame = sources.arms  # type: ignore[assignment]  # the caller asks `is_in`
    once = arms.groupBy("customer_id", "offer_id", "contacted_on").agg(F.min("arm").alias("arm"))
    answered = _first(once, sources.responses, ["customer_id", "offer_id"], "responded_on")
    return _first(answered, sources.transactions, ["customer_id"], "happened_on")


def _first(arms: DataFrame, events: DataFrame | None, by: list[str], day: str) -> DataFrame:
    if events is None:
        return arms.withColumn(f"first_{day}", F.lit(None).cast("date"))
    joined = arms.join(events.select(*by, day).distinct(), by, "left")
    first = F.min(F.when(F.col(day) >= F.col("contacted_on"), F.col(day)))
    return joined.groupBy(*arms.columns).agg(first.alias(f"first_{day}"))


FOLLOWED_ARMS = History(
    "arms with what followed",
    "arms",
    "contacted_on",
    {
        "contacted_on": "day of the contact, or on which the customer was kept back",
        "offer_id": "what is measured",
        "arm": "treatment or control",
        "first_responded_on": "day of the first response to the offer; looks ahead: labels only",
        "first_happened_on": "day of the first purchase; looks ahead: labels only",
    },
    _followed,
)


def _of_the_first(arms: Rows, label: Label, value: Column) -> Column:
    """Of several measurements of a customer the first counts: what came later may be what it led to."""
    arm = arms.last(label.contact_days)
    return F.min_by(value, F.when(arm.contacted_on.isNotNull(), F.struct(arm.contacted_on, arm.offer_id)))


def _is_treated(ahead: Rows, label: Label) -> Column:
    return _of_the_first(ahead, label, (ahead.arm == "treatment").cast("double"))


@label_kind(
    FOLLOWED_ARMS,
    answer="probability",
    naive={"at_random": lambda _label: {}, "past_responses_365d": lambda _label: {"responses_365d": 1}},
    arm=_is_treated,
)
def uplift(ahead: Rows, label: Label) -> Column:
    """1 if a response to the offer (by: purchase: any purchase) comes within the window of the customer's first arm."""
    event = ahead.first_responded_on if label.by == "response" else ahead.first_happened_on
    is_answered = F.datediff(event, ahead.contacted_on) < label.window_days
    return _of_the_first(ahead, label, F.coalesce(is_answered, F.lit(False)).cast("double"))
