"""What is known of each customer before the decision date."""

from expectations.table import Column, Table

TABLE = Table(
    name="features",
    meaning="One row per customer whose data may be used.",
    key=("customer_id",),
    columns=(
        Column("customer_id", "text", "The customer."),
        Column(
            "categories",
            "records",
            "Per category ever bought: its name and the features of the customer in it.",
            nullable=True,
            is_required=False,
        ),
    ),
    further=(
        Column("feature", "number", "A feature; models/features says what it means.", nullable=True),
        Column("attribute", "text", "An attribute of the customer.", nullable=True, on_breach="warn"),
    ),
)
