"""Contacts that other systems made."""

from datetime import date

from expectations.table import Column, Table

EARLIEST = date(1970, 1, 2)
"""Earlier stamps stand for 'not known' in many systems."""

TABLE = Table(
    name="contacts",
    meaning=(
        "One row per contact before the decision date. One that cannot be read stops the night: left out, it would "
        "let the contact policy pass."
    ),
    key=("customer_id", "offer_id", "channel", "contacted_at"),
    on_duplicate="warn",
    min_rows=0,
    columns=(
        Column("customer_id", "text", "Who was contacted."),
        Column("offer_id", "text", "With which offer; it need not be one of today's."),
        Column("channel", "text", "Through which channel."),
        Column("contacted_at", "timestamp", "When.", minimum=EARLIEST),
        Column(
            "contacted_on", "date", "The calendar day of it in the deployment's zone.", nullable=True, is_required=False
        ),
        Column(
            "arm",
            "text",
            "The arm of the measurement it belongs to; control: kept back on that day, so no contact at all.",
            nullable=True,
            is_required=False,
            allowed=("treatment", "control"),
            on_breach="warn",
        ),
        Column(
            "planned",
            "boolean",
            "Whether it is still to come: such contacts count in caps also where they are dated on or after the date.",
            nullable=True,
            is_required=False,
            on_breach="warn",
        ),
    ),
)
