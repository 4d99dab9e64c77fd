"""Customers, as their owner's source has them."""

from expectations.table import Column, Table

TABLE = Table(
    name="customers",
    meaning="One row per customer known today.",
    key=("customer_id",),
    columns=(
        Column("customer_id", "text", "The customer; an opaque text, never read as a number."),
        Column(
            "household_id", "text", "The household; a customer without one is alone.", nullable=True, is_required=False
        ),
    ),
    further=(
        Column("attribute", "text", "An attribute that features and rules may use.", nullable=True, on_breach="warn"),
        Column("attribute", "number", "An attribute that features and rules may use.", nullable=True),
    ),
)
