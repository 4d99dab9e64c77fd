"""Calibrated probabilities, and differences of them."""

from expectations.table import Column, Table

TABLE = Table(
    name="propensities",
    meaning="One row per scored customer; one column per score of models.yaml that is a probability or an uplift.",
    key=("customer_id",),
    columns=(Column("customer_id", "text", "The customer."),),
    further=(
        Column(
            "score",
            "number",
            "A probability; below 0 only an uplift: a contact makes a response less likely.",
            unit="probability",
            nullable=True,
            minimum=-1,
            maximum=1,
        ),
        Column(
            "score", "numbers", "A probability per category.", unit="probability", nullable=True, minimum=0, maximum=1
        ),
    ),
)
