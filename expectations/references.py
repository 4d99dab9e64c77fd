"""Rules across two tables: what one names, the other knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.figures import Rule
from expectations.suite import unmet
from expectations.table import Severity


@dataclass(frozen=True)
class Reference:
    """Every `column` of `table` is one of those of `of_table`; null names nothing and breaks nothing.

    Attributes:
        meaning: what it means for the night when rows break it.
    """

    table: str
    column: str
    of_table: str
    meaning: str
    severity: Severity = "warn"

    @property
    def words(self) -> str:
        """What the rule asks, after its subject."""
        return f"must be known in {self.of_table}"

    def judge(self, frames: Mapping[str, DataFrame]) -> Rule | None:
        """The rule with the rows of `table` that break it; None where the deployment lacks either table."""
        if self.table not in frames or self.of_table not in frames:
            return None
        known_values = frames[self.of_table].select(self.column).distinct()
        unknown = frames[self.table].where(F.col(self.column).isNotNull()).join(known_values, self.column, "left_anti")
        return Rule(f"{self.table}.{self.column}", self.words, self.severity, unknown.count())


REFERENCES = (
    Reference(
        "consents",
        "customer_id",
        of_table="customers",
        meaning="Such answers are about nobody; many of them look like two systems with different ids.",
    ),
    Reference("contacts", "customer_id", of_table="customers", meaning="Such contacts count for nobody."),
    Reference("responses", "customer_id", of_table="customers", meaning="Such responses count for nobody."),
    Reference("events", "customer_id", of_table="customers", meaning="Such events count for nobody."),
    Reference("transactions", "customer_id", of_table="customers", meaning="Such lines count for nobody."),
    Reference("transactions", "product_id", of_table="products", meaning="Such lines count for no category."),
)
"""Every rule across tables, in the order in which breaches are reported."""


def check_across(frames: Mapping[str, DataFrame]) -> tuple[Rule, ...]:
    """The rules across tables that are broken, each with how many rows break it; one Spark job for each rule.

    Args:
        frames: table name -> frame; rules about a table that is not there do not apply.
    """
    judged = [reference.judge(frames) for reference in REFERENCES]
    return unmet("across tables", [rule for rule in judged if rule is not None])
