"""The one final row of every customer."""

from expectations.table import Column, Table

TABLE = Table(
    name="decisions",
    meaning="One row per customer of the population: offered, or why not.",
    key=("customer_id",),
    columns=(
        Column("customer_id", "text", "The customer."),
        Column(
            "status",
            "text",
            "What was decided.",
            allowed=(
                "offered",
                "holdout",
                "objector",
                "no_consent",
                "capped",
                "ineligible",
                "no_value",
                "not_selected",
                "quarantined",
            ),
        ),
        Column("offer_id", "text", "The offer; null: none.", nullable=True),
        Column("channel", "text", "The channel; null: none.", nullable=True),
        Column("value", "money", "Expected money of the contact, cost not deducted.", nullable=True),
        Column("cost", "money", "What the contact and its incentive cost.", nullable=True, minimum=0),
        Column("net_value", "money", "Value less cost.", nullable=True),
        Column("reasons", "texts", "Why: for an offer, what it was chosen over; else all that spoke against one."),
    ),
)
