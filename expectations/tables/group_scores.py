"""Scores that are those of a customer's group."""

from expectations.table import Column, Table

SCORES = (
    Column(
        "score",
        "number",
        "The group's mean probability or uplift, shrunk to that of wider groups.",
        unit="probability",
        nullable=True,
        minimum=-1,
        maximum=1,
    ),
    Column(
        "score",
        "numbers",
        "The group's mean probability per category.",
        unit="probability",
        nullable=True,
        minimum=0,
        maximum=1,
    ),
    Column("score", "money", "The group's mean expected money.", nullable=True),
)
"""What stands in the place of a score of models.yaml."""

TABLE = Table(
    name="group_scores",
    meaning="One row per customer of whom a model with `when_unknown` knows nothing.",
    key=("customer_id",),
    columns=(
        Column("customer_id", "text", "The customer."),
        Column("is_new", "boolean", "Whether no purchase of the customer is known."),
    ),
    further=SCORES,
    min_rows=0,
)
