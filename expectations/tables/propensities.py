"""Calibrated probabilities."""

from expectations.table import Column, Table

TABLE = Table(
    name="propensities",
    meaning="One row per scored customer; one column per score of models.yaml that is a probability.",
    key=("customer_id",),
    columns=(Column("customer_id", "text", "The customer."),),
    further=(
        Column("score", "number", "A probability.", unit="probability", nullable=True, minimum=0, maximum=1),
        Column(
            "score", "numbers", "A probability per category.", unit="probability", nullable=True, minimum=0, maximum=1
        ),
    ),
)
