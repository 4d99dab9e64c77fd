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
                "control",
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
        Column(
            "offer_id", "text", "The offer; null: none. Of status control, the one that is kept back.", nullable=True
        ),
        Column("channel", "text", "The channel; null: none.", nullable=True),
        Column("value", "money", "Expected money of the contact, cost not deducted.", nullable=True),
        Column("cost", "money", "What the contact and its incentive cost.", nullable=True, minimum=0),
        Column("net_value", "money", "Value less cost.", nullable=True),
        Column(
            "probability",
            "number",
            "With which this offer came out for this customer, over the draws of the exploration.",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "chosen_by",
            "text",
            "What chose the offer.",
            nullable=True,
            allowed=("plan", "exploration", "control"),
        ),
        Column("reasons", "texts", "Why: for an offer, what it was chosen over; else all that spoke against one."),
    ),
)
