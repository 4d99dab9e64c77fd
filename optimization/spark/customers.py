"""The customer store whose candidates are in Spark: each of its methods is one job over partitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from operator import add

import numpy as np
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from optimization.bound import Prices
from optimization.certificate import Tally
from optimization.engines.customers import Rest, rest_of
from optimization.engines.kernel import Int64s, OptionCosts, PriceBox
from optimization.engines.price_search import SMALLEST_BOXED
from optimization.presolve import first_customers, rows_after, rows_with_oversized
from optimization.program import Program
from optimization.spark.operators import RowUnpacker
from optimization.spark.partitions import Partitions, check_partitions
from optimization.spark.serialization import joined, unpack_program, unpacked
from optimization.spark.tasks import Choose, Count, First, Gains, Reduce, Scope

SAMPLE = SMALLEST_BOXED
"""Customers that the driver holds with all their candidates."""


@dataclass(frozen=True)
class InSpark:
    """Customers whose candidates are in Spark.

    Attributes:
        scope: what tasks need to know of the night.
        counts: partition -> its customers and candidates, without those that presolve leaves out.
        granularity: a whole number of micros that divides all their net values.
    """

    partitions: Partitions
    scope: Scope
    counts: Mapping[int, tuple[int, int]]
    granularity: int

    @classmethod
    def of(cls, partitions: Partitions, blank: Program, *, keeps_oversized: bool = False) -> InSpark:
        """The customers of the partitions, under the limits of a program without candidates."""
        summary = partitions.summary
        scope = Scope(blank, summary.recodes, keeps_oversized)
        if keeps_oversized or not rows_with_oversized(blank):
            counts = {
                partition: (summary.customers[partition], summary.candidates[partition])
                for partition in sorted(summary.customers)
            }
            return cls(partitions, scope, counts, summary.granularity)
        facts = {partition: unpacked(result)[0] for partition, result in partitions.run(Count(scope)).items()}
        counts = {partition: (fact["customers"], fact["candidates"]) for partition, fact in facts.items()}
        return cls(partitions, scope, counts, int(np.gcd.reduce([fact["granularity"] for fact in facts.values()])))

    @property
    def blank(self) -> Program:
        """The night's program without candidates."""
        return self.scope.worth_of(self.scope.blank)

    @cached_property
    def customers(self) -> int:
        """The number of customers."""
        return sum(customers for customers, _ in self.counts.values())

    @cached_property
    def sample(self) -> Program:
        """The program of the customers whom the driver keeps."""
        return self._collected(SAMPLE)

    def first(self, customers: int) -> Program:
        """The program of the first customers, whole households; one more job where they exceed the sample."""
        if min(customers, self.customers) <= SAMPLE:
            return first_customers(self.sample, customers)
        return first_customers(self._collected(customers), customers)

    def _collected(self, customers: int) -> Program:
        firsts = self._firsts(customers)
        among = [partition for partition, count in firsts.items() if count > 0] or list(firsts)[:1]
        results = self.partitions.run(First(self.scope, firsts), among)
        return joined([unpack_program(result, self.blank)[1] for result in results.values()])

    def rest(self, customers: int, costs: OptionCosts, spread: OptionCosts) -> Rest:
        """The undecided rest of the first customers in a price box."""
        if min(customers, self.customers) <= SAMPLE:
            return replace(rest_of(self.first(customers), costs, spread), decided=None)
        results = self.partitions.run(Reduce(self.scope, self._firsts(customers), (costs, spread)))
        parts = [unpack_program(result, self.blank) for result in results.values()]
        facts = [fact for fact, _ in parts]
        used = [sum(uses) for uses in zip(*(fact["used"] for fact in facts), strict=True)]
        offsets = self._offsets()
        programs = [
            replace(program, candidate=program.indices_in_problem(np.arange(len(program.net))) + offsets[partition])
            for partition, (_, program) in zip(results, parts, strict=True)
        ]
        return Rest(
            program=replace(joined(programs), rows=rows_after(self.blank.rows, used)),
            customers=sum(fact["customers"] for fact in facts),
            used=used,
            worth=sum(fact["worth"] for fact in facts),
            decided=None,
        )

    def bound(self, prices: Prices, *, counts_value: bool = True) -> Fraction:
        """The bound over all customers."""
        prices = prices if counts_value else prices.of_hard_bounds(self.blank)
        results = self.partitions.run(Gains(self.scope, prices, counts_value))
        gains = sum((Fraction(unpacked(result)[0]["gains"]) for result in results.values()), Fraction(0))
        return gains + prices.constant(self.blank)

    def softened(self, names: Sequence[str] | None = None) -> InSpark:
        """The same customers with the elastic objective."""
        return replace(self, scope=replace(self.scope, is_soft=True, changing=None if names is None else tuple(names)))

    def choose(self, box: PriceBox | None, positions: Int64s) -> Chosen:
        """The chosen candidates: one job, whose rows stay persisted until released.

        Args:
            box: the price box in which customers are fixed.
            positions: among all candidates, those that the repair chose, ascending.
        """
        borders = {
            partition: np.searchsorted(positions, [offset, offset + self.counts[partition][1]])
            for partition, offset in self._offsets().items()
        }
        of_partition = {
            partition: positions[first:last] - self._offsets()[partition]
            for partition, (first, last) in borders.items()
        }
        task = Choose(self.scope, self.partitions.problem_options, box, of_partition)
        frame = self.partitions.choose(task).persist(StorageLevel.MEMORY_AND_DISK)
        results = frame.select("partition", "content").toArrow()
        check_partitions(results["partition"].to_pylist(), list(self.counts))
        facts = [unpacked(result)[0] for result in results["content"].to_pylist()]
        tallies = [Tally.from_facts(fact["tally"]) for fact in facts]
        most = Counter[int]()
        for fact in facts:
            most.update({int(position): use for position, use in fact["most"].items()})
        return Chosen(frame, reduce(add, tallies), most)

    def _offsets(self) -> dict[int, int]:
        """Partition -> the position of its first candidate."""
        ends = np.cumsum([candidates for _, candidates in self.counts.values()]).tolist()
        return dict(zip(self.counts, [0, *ends[:-1]], strict=True))

    def _firsts(self, customers: int) -> dict[int, int]:
        """Partition -> how many of the first customers it holds."""
        remaining, firsts = customers, {}
        for partition, (held, _) in self.counts.items():
            firsts[partition] = min(max(remaining, 0), held)
            remaining -= held
        return firsts


@dataclass(frozen=True)
class Chosen:
    """Chosen candidates in Spark.

    Attributes:
        frame: a row per partition.
        tally: their sums, recounted from the rows.
        most: position of a soft row -> how much of it all customers together could use.
    """

    frame: DataFrame
    tally: Tally
    most: Mapping[int, int]

    def rows(self, like: DataFrame) -> DataFrame:
        """A row per chosen candidate, with the schema of the candidates' frame."""
        return self.frame.select("rows").mapInArrow(RowUnpacker(), like.schema)

    def release(self) -> None:
        """Free what Spark persists."""
        self.frame.unpersist()


def split_household_customers(candidates: DataFrame) -> int:
    """How many customers have rows that name different households: one job."""
    household = F.col("household_id")
    households = candidates.groupBy("customer_id").agg(
        F.min(household).alias("first"),
        F.max(household).alias("last"),
        F.count(household).alias("named"),
        F.count("*").alias("rows"),
    )
    is_split = (F.col("first") != F.col("last")) | ((F.col("named") > 0) & (F.col("named") < F.col("rows")))
    return households.filter(is_split).count()
