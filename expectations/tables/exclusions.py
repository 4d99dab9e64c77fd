"""Why something may not be chosen."""

from expectations.table import Column, Table

TABLE = Table(
    name="exclusions",
    meaning="One row per reason against a customer's option.",
    key=(),
    min_rows=0,
    columns=(
        Column("customer_id", "text", "The customer."),
        Column("offer_id", "text", "The offer; null: every offer.", nullable=True),
        Column("channel", "text", "The channel; null: every channel.", nullable=True),
        Column(
            "stage",
            "text",
            "Which stage of the judgement blocked.",
            allowed=("consent", "contact_policy", "rules", "value"),
        ),
        Column("reason", "text", "The rule, or why, in words."),
    ),
)
