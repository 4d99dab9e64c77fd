"""Expected money."""

from expectations.table import Column, Table

MOST = 10**17
"""Millionths that no customer is worth; models/predict.py cuts a damaged model's forecasts at ten times as much."""

TABLE = Table(
    name="values",
    meaning="One row per scored customer; one column per score of models.yaml that is money.",
    key=("customer_id",),
    columns=(Column("customer_id", "text", "The customer."),),
    further=(
        Column(
            "score", "money", "Expected money within the model's window.", nullable=True, minimum=-MOST, maximum=MOST
        ),
    ),
)
