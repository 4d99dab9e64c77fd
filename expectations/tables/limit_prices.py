"""What each limit does to the plan."""

from expectations.table import Column, Table

TABLE = Table(
    name="limit_prices",
    meaning="One row per limit in force.",
    key=("name",),
    min_rows=0,
    columns=(
        Column("name", "text", "The limit."),
        Column(
            "use", "number", "What the plan uses of it; null: a ratio of nothing.", unit="of the limit", nullable=True
        ),
        Column("min", "number", "Its minimum.", unit="of the limit", nullable=True),
        Column("max", "number", "Its maximum.", unit="of the limit", nullable=True),
        Column(
            "shadow_price", "number", "What one more unit is worth in the linear relaxation.", unit="currency per unit"
        ),
        Column("side", "text", "Which bound the price is of, `min` or `max`; blank: no price.", nullable=True),
        Column("binding", "boolean", "Whether the limit holds the plan back."),
        Column("shortfall", "number", "By how much a soft minimum is missed.", unit="of the limit", minimum=0),
        Column("cause", "text", "Why it is missed.", nullable=True),
    ),
)
