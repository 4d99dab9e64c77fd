"""Who may be considered."""

from expectations.table import Column, Table

TABLE = Table(
    name="population",
    meaning="One row per customer: its eligibility status before anything is computed about it.",
    key=("customer_id",),
    columns=(
        Column("customer_id", "text", "The customer."),
        Column("household_id", "text", "Its household; its own id where it lives alone."),
        Column(
            "eligibility_status",
            "text",
            "Whether it may be considered, or why not.",
            allowed=("open", "holdout", "objector", "quarantined"),
        ),
        Column("consents", "answers", "Its newest answer per channel; `*` is about all.", nullable=True),
    ),
)
