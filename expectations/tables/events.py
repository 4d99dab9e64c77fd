"""What else happened to customers: calls, complaints, visits, cancellations."""

from datetime import date

from expectations.table import Column, Table

EARLIEST = date(1970, 1, 2)
"""Earlier stamps stand for 'not known' in many systems."""

TABLE = Table(
    name="events",
    meaning="One row per event before the decision date.",
    key=(),
    min_rows=0,
    columns=(
        Column("customer_id", "text", "Whom it happened to.", on_breach="quarantine"),
        Column("kind", "text", "What happened, in the source's words.", on_breach="quarantine"),
        Column("happened_at", "timestamp", "When.", minimum=EARLIEST, on_breach="quarantine"),
        Column(
            "happened_on", "date", "The calendar day of it in the deployment's zone.", nullable=True, is_required=False
        ),
        Column("channel", "text", "Through which channel, if any.", nullable=True, is_required=False),
        Column("amount", "money", "What it was worth, if anything.", nullable=True, is_required=False),
    ),
)
