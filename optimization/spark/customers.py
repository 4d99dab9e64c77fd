"""The crowd whose candidates lie in Spark: each question to it is one job over pieces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from operator import add
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from optimization.bound import Prices
from optimization.certificate import Tally
from optimization.engines.customers import Rest, rest_of
from optimization.engines.kernel import Int64s, Quote
from optimization.engines.price_search import SMALLEST_BOXED
from optimization.presolve import first_customers, less, misfitting_rows
from optimization.program import Program
from optimization.spark.operators import (
    CHOSEN,
    FRAGMENTS,
    PIECES,
    Asker,
    Builder,
    Chooser,
    Cutter,
    FileCutter,
    Unfolder,
)
from optimization.spark.partitions import Terms, Whole, merged
from optimization.spark.serialization import joined, unpack_program, unpacked
from optimization.spark.tasks import Choose, Count, First, Gains, Reduce, Scope

PIECE = 2_000_000
"""Candidates of a piece, about: what a task holds in memory, some 60 bytes each while it is made and five after."""
SAMPLE = SMALLEST_BOXED
"""Customers that the driver holds whole."""

SPARK_TYPES = {pa.int32(): "int", pa.binary(): "binary"}


class PieceLost(AssertionError):
    """Pieces that are not those of the night, each once: nothing that they add up to means anything."""


@dataclass(frozen=True)
class Pieces:
    """The candidates in Spark, cut into pieces.

    Attributes:
        frame: a row per piece: its number, its program and its rows.
        whole: what they make up.
    """

    frame: DataFrame
    terms: Terms
    whole: Whole

    @classmethod
    def of(cls, candidates: DataFrame, count: int, terms: Terms, files: Sequence[Path] = ()) -> Pieces:
        """Cut so many candidates; two stages of one job, and the pieces stay in Spark's store until released.

        Args:
            files: the Parquet files that the frame reads as they stand, if there are such.

        Raises:
            BadInput: candidates that mean nothing.
        """
        pieces = -(-count // PIECE)
        if files:
            cutter = FileCutter(candidates.columns, pieces, terms)
            fragments = _row_groups(candidates.sparkSession, files).mapInArrow(cutter, _spark_schema(FRAGMENTS))
        else:
            fragments = candidates.mapInArrow(Cutter(pieces, terms), _spark_schema(FRAGMENTS))
        frame = fragments.repartitionById(pieces, F.col("piece")).mapInArrow(Builder(terms), _spark_schema(PIECES))
        frame = frame.persist(StorageLevel.MEMORY_AND_DISK)
        summaries = frame.select("piece", "summary").toArrow()
        numbers = summaries["piece"].to_pylist()
        whole = merged(dict(zip(numbers, summaries["summary"].to_pylist(), strict=True)), terms)
        if len(set(numbers)) < len(numbers) or sum(whole.candidates.values()) != count:
            raise PieceLost(f"{count} candidates became {sum(whole.candidates.values())} in pieces {sorted(numbers)}")
        return cls(frame, terms, whole)

    def ask(self, task: Callable[[int, memoryview], bytes], among: Sequence[int] | None = None) -> dict[int, bytes]:
        """The task's answer for each piece (or each of some), in their order: one job."""
        wanted = sorted(self.whole.recodes) if among is None else list(among)
        frame = self.frame.select("piece", "program")
        if among is not None:
            frame = frame.filter(F.col("piece").isin(wanted))
        answers = self._few_tasks(frame).mapInArrow(Asker(task), _spark_schema(FRAGMENTS)).toArrow()
        check_pieces(answers["piece"].to_pylist(), wanted)
        found = dict(zip(answers["piece"].to_pylist(), answers["content"].to_pylist(), strict=True))
        return {piece: found[piece] for piece in wanted}

    def choose(self, task: Choose) -> DataFrame:
        """A row per piece: facts about its chosen candidates, and these; nothing is computed yet."""
        frame = self._few_tasks(self.frame.select("piece", "program", "rows"))
        return frame.mapInArrow(Chooser(task), _spark_schema(CHOSEN))

    def release(self) -> None:
        """Free what Spark keeps."""
        self.frame.unpersist()

    @staticmethod
    def _few_tasks(frame: DataFrame) -> DataFrame:
        """As many tasks as run at once: each costs a Python worker a quarter of a second before it begins."""
        return frame.coalesce(frame.sparkSession.sparkContext.defaultParallelism)


def _row_groups(spark: SparkSession, files: Sequence[Path]) -> DataFrame:
    """A row per row group of the files."""
    groups = [(str(file.resolve()), group) for file in files for group in range(pq.read_metadata(file).num_row_groups)]
    return spark.createDataFrame(groups, "path string, row_group int")


def check_pieces(found: Sequence[int], wanted: Sequence[int]) -> None:
    """Refuse answers that lack a piece or count one twice."""
    if sorted(found) != sorted(wanted):
        raise PieceLost(f"pieces {sorted(wanted)} were asked and {sorted(found)} answered")


@dataclass(frozen=True)
class Scattered:
    """A crowd in pieces.

    Attributes:
        counts: piece -> its customers and candidates, as far as they may take part.
        grain: a whole number that divides all their net values.
    """

    pieces: Pieces
    scope: Scope
    counts: Mapping[int, tuple[int, int]]
    grain: int

    @classmethod
    def of(cls, pieces: Pieces, blank: Program, *, keeps_misfits: bool = False) -> Scattered:
        """The customers of the pieces under the limits of a program without candidates."""
        whole = pieces.whole
        scope = Scope(blank, whole.recodes, keeps_misfits)
        if keeps_misfits or not misfitting_rows(blank):
            counts = {piece: (whole.customers[piece], whole.candidates[piece]) for piece in sorted(whole.customers)}
            return cls(pieces, scope, counts, whole.grain)
        facts = {piece: unpacked(answer)[0] for piece, answer in pieces.ask(Count(scope)).items()}
        counts = {piece: (fact["customers"], fact["candidates"]) for piece, fact in facts.items()}
        return cls(pieces, scope, counts, int(np.gcd.reduce([fact["grain"] for fact in facts.values()])))

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
        """The customers whom the driver keeps."""
        return self._brought(SAMPLE)

    def first(self, customers: int) -> Program:
        """The first so many customers, to the end of a household; one job more where they are more than the sample."""
        if min(customers, self.customers) <= SAMPLE:
            return first_customers(self.sample, customers)
        return first_customers(self._brought(customers), customers)

    def _brought(self, customers: int) -> Program:
        firsts = self._firsts(customers)
        among = [piece for piece, own in firsts.items() if own > 0] or list(firsts)[:1]
        answers = self.pieces.ask(First(self.scope, firsts), among)
        return joined([unpack_program(answer, self.blank)[1] for answer in answers.values()])

    def rest(self, customers: int, quote: Quote, widths: Quote) -> Rest:
        """What is left of the first so many customers in a box of prices."""
        if min(customers, self.customers) <= SAMPLE:
            return replace(rest_of(self.first(customers), quote, widths), decided=None)
        answers = self.pieces.ask(Reduce(self.scope, self._firsts(customers), (quote, widths)))
        parts = [unpack_program(answer, self.blank) for answer in answers.values()]
        facts = [fact for fact, _ in parts]
        used = [sum(uses) for uses in zip(*(fact["used"] for fact in facts), strict=True)]
        offsets = self._offsets()
        programs = [
            replace(program, candidate=program.places_in_problem(np.arange(len(program.net))) + offsets[piece])
            for piece, (_, program) in zip(answers, parts, strict=True)
        ]
        return Rest(
            program=replace(joined(programs), rows=less(self.blank.rows, used)),
            customers=sum(fact["customers"] for fact in facts),
            used=used,
            worth=sum(fact["worth"] for fact in facts),
            decided=None,
        )

    def bound(self, prices: Prices, *, counts_value: bool = True) -> Fraction:
        """The bound over all customers."""
        prices = prices if counts_value else prices.of_hard_bounds(self.blank)
        answers = self.pieces.ask(Gains(self.scope, prices, counts_value))
        gains = sum((Fraction(unpacked(answer)[0]["gains"]) for answer in answers.values()), Fraction(0))
        return gains + prices.constant(self.blank)

    def softened(self, names: Sequence[str] | None = None) -> Scattered:
        """The same customers when the only worth is what the bounds of some limits, or of all, must change."""
        return replace(self, scope=replace(self.scope, is_soft=True, changing=None if names is None else tuple(names)))

    def choose(self, box: tuple[Quote, Quote] | None, places: Int64s) -> Chosen:
        """The chosen candidates: one job, whose rows stay in Spark's store until released.

        Args:
            box: the box in which customers are decided.
            places: the places, among all, that are chosen beside them, ascending.
        """
        cuts = {
            piece: np.searchsorted(places, [offset, offset + self.counts[piece][1]])
            for piece, offset in self._offsets().items()
        }
        of_piece = {piece: places[first:last] - self._offsets()[piece] for piece, (first, last) in cuts.items()}
        task = Choose(self.scope, self.pieces.terms, box, of_piece)
        frame = self.pieces.choose(task).persist(StorageLevel.MEMORY_AND_DISK)
        answers = frame.select("piece", "content").toArrow()
        check_pieces(answers["piece"].to_pylist(), list(self.counts))
        facts = [unpacked(answer)[0] for answer in answers["content"].to_pylist()]
        tallies = [Tally.from_facts(fact["tally"]) for fact in facts]
        most = Counter[int]()
        for fact in facts:
            most.update({int(place): use for place, use in fact["most"].items()})
        return Chosen(frame, reduce(add, tallies), most)

    def _offsets(self) -> dict[int, int]:
        """Piece -> the place of its first candidate."""
        ends = np.cumsum([candidates for _, candidates in self.counts.values()]).tolist()
        return dict(zip(self.counts, [0, *ends[:-1]], strict=True))

    def _firsts(self, customers: int) -> dict[int, int]:
        """Piece -> how many of the first so many customers it holds."""
        left, firsts = customers, {}
        for piece, (own, _) in self.counts.items():
            firsts[piece] = min(max(left, 0), own)
            left -= own
        return firsts


@dataclass(frozen=True)
class Chosen:
    """Chosen candidates in Spark.

    Attributes:
        frame: a row per piece.
        tally: their sums, recounted from the rows.
        most: soft row -> how much of it all customers together could use.
    """

    frame: DataFrame
    tally: Tally
    most: Mapping[int, int]

    def rows(self, like: DataFrame) -> DataFrame:
        """A row per chosen candidate, with the columns of the frame that candidates came from."""
        return self.frame.select("rows").mapInArrow(Unfolder(), like.schema)

    def release(self) -> None:
        """Free what Spark keeps."""
        self.frame.unpersist()


def torn_customers(candidates: DataFrame) -> int:
    """How many customers have rows that name different households: one job."""
    home = F.col("household_id")
    homes = candidates.groupBy("customer_id").agg(
        F.min(home).alias("first"), F.max(home).alias("last"), F.count(home).alias("known"), F.count("*").alias("rows")
    )
    is_torn = (F.col("first") != F.col("last")) | ((F.col("known") > 0) & (F.col("known") < F.col("rows")))
    return homes.filter(is_torn).count()


def _spark_schema(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {SPARK_TYPES[field.type]}" for field in schema)
