"""Expected money."""

from expectations.table import Column, Table

BEYOND = 10**18
"""Millionths at which a damaged model's forecasts are cut (models/answer.py); no customer is worth that."""

TABLE = Table(
    name="values",
    meaning="One row per scored customer; one column per score of models.yaml that is money.",
    key=("customer_id",),
    columns=(Column("customer_id", "text", "The customer."),),
    further=(
        Column(
            "score",
            "money",
            "Expected money within the model's window.",
            nullable=True,
            minimum=1 - BEYOND,
            maximum=BEYOND - 1,
        ),
    ),
)
