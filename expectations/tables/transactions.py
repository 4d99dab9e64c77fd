"""Purchases and returns, line by line."""

from datetime import date

from expectations.table import Column, Table

EARLIEST = date(1970, 1, 2)
"""Earlier stamps stand for 'not known' in many systems."""

TABLE = Table(
    name="transactions",
    meaning="One row per line of a purchase or a return before the decision date; a return is negative.",
    key=(),
    min_rows=0,
    columns=(
        Column("customer_id", "text", "Who bought; a line of nobody known is set aside.", on_breach="quarantine"),
        Column("transaction_id", "text", "The basket or receipt.", on_breach="quarantine"),
        Column("happened_at", "timestamp", "When.", minimum=EARLIEST, on_breach="quarantine"),
        Column(
            "happened_on", "date", "The calendar day of it in the deployment's zone.", nullable=True, is_required=False
        ),
        Column("product_id", "text", "What was bought.", on_breach="quarantine"),
        Column("quantity", "quantity", "How much of it.", on_breach="quarantine"),
        Column("amount", "money", "What was paid for the line.", on_breach="quarantine"),
        Column("margin", "money", "What the line earned.", nullable=True, is_required=False),
    ),
)
