"""Why something may not be chosen."""

from expectations.table import Column, Table

TABLE = Table(
    name="exclusions",
    meaning="One row per open customer: which options each reason blocks.",
    key=("customer_id",),
    min_rows=0,
    columns=(
        Column("customer_id", "text", "The customer."),
        Column(
            "blocked",
            "integers",
            "For each reason the set of options that it blocks, in words of 63 options each; option n is bit n. "
            "`exclusion_layout`, a JSON beside the table, lists options and reasons in their order.",
        ),
    ),
)
