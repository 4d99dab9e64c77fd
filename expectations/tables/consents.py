"""What customers allowed."""

from expectations.table import Column, Table

TABLE = Table(
    name="consents",
    meaning="One row per answer of a customer about a channel, perhaps about a topic; the newest counts. An unreadable "
    "one stops the night.",
    key=("customer_id", "channel", "updated_at"),
    on_duplicate="warn",
    columns=(
        Column("customer_id", "text", "Who answered."),
        Column("channel", "text", "About which channel; `*` is about all."),
        Column("topic", "text", "About which topic; `*`, or nothing, is about all.", nullable=True, is_required=False),
        Column("is_allowed", "boolean", "Whether contacts are allowed."),
        Column("updated_at", "timestamp", "When the answer was given."),
    ),
)
