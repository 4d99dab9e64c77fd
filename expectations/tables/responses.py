"""Responses to contacts."""

from datetime import date

from expectations.table import Column, Table

EARLIEST = date(1970, 1, 2)
"""Earlier stamps stand for 'not known' in many systems."""

TABLE = Table(
    name="responses",
    meaning="One row per response before the decision date.",
    key=(),
    min_rows=0,
    columns=(
        Column("customer_id", "text", "Who responded.", on_breach="quarantine"),
        Column("offer_id", "text", "To which offer.", on_breach="quarantine"),
        Column("responded_at", "timestamp", "When.", minimum=EARLIEST, on_breach="quarantine"),
        Column(
            "responded_on", "date", "The calendar day of it in the deployment's zone.", nullable=True, is_required=False
        ),
        Column(
            "outcome",
            "text",
            "What the response was, in the source's words; pauses speak of it.",
            nullable=True,
            is_required=False,
        ),
        Column("amount", "money", "What it was worth.", nullable=True, is_required=False),
    ),
)
