"""The chosen candidates."""

from expectations.table import Column, Table

TABLE = Table(
    name="plan",
    meaning="One row per customer with an offer, or whose offer is kept back.",
    key=("customer_id",),
    min_rows=0,
    columns=(
        Column("customer_id", "text", "The customer."),
        Column("offer_id", "text", "The offer."),
        Column("channel", "text", "The channel."),
        Column("value", "money", "Expected money of the contact, cost not deducted."),
        Column("cost", "money", "What the contact and its incentive cost.", minimum=0),
        Column("net_value", "money", "Value less cost."),
        Column(
            "probability",
            "number",
            "With which this offer came out for this customer, over the draws of the exploration.",
            minimum=0,
            maximum=1,
        ),
        Column("chosen_by", "text", "What chose the offer.", allowed=("plan", "exploration", "control")),
    ),
)
