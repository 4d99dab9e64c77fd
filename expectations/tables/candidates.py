"""What may be chosen."""

from expectations.table import Column, Table

TABLE = Table(
    name="candidates",
    meaning="One row per customer, offer and channel that nothing blocks.",
    key=("customer_id", "offer_id", "channel"),
    min_rows=0,
    columns=(
        Column("customer_id", "text", "The customer."),
        Column("household_id", "text", "The household; household rules count by it.", nullable=True),
        Column("offer_id", "text", "The offer."),
        Column("channel", "text", "The channel."),
        Column("objective", "text", "The offer's objective."),
        Column("category", "text", "The offer's category; null: it is about the whole relationship.", nullable=True),
        Column("value", "money", "Expected money of the contact, cost not deducted."),
        Column("cost", "money", "What the contact and its incentive cost.", minimum=0),
        Column(
            "propensity",
            "number",
            "Probability of a response, where a model says it.",
            unit="probability",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "household_capacity",
            "integer",
            "How many members of the household may get an offer, where households differ in it; null: nothing that the "
            "customer may get counts there.",
            unit="customers",
            nullable=True,
            is_required=False,
            minimum=1,
        ),
    ),
)
