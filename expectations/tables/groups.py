"""The rates of groups of customers."""

from expectations.table import Column, Table
from expectations.tables.group_scores import SCORES

TABLE = Table(
    name="groups",
    meaning="One row per group of customers by the attributes of `when_unknown` in models.yaml.",
    key=(),
    columns=(Column("customers", "integer", "How many customers have these attributes.", minimum=0),),
    further=(Column("attribute", "text", "An attribute; null: it is not known.", nullable=True), *SCORES),
)
