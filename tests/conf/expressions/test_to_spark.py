import operator
import struct
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from pyspark.sql import types as T

from conf.expressions import evaluate as plain
from conf.expressions import parse
from conf.expressions.errors import Origin
from conf.expressions.evaluate import evaluate
from conf.expressions.to_spark import kinds_of, to_column
from conf.expressions.tree import Kind

BATCHES, EXPRESSIONS, ROWS = 10, 40, 52
ENGINES = (  # Spark has two evaluators of its own
    {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"},
    {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"},
)
SCHEMA = T.StructType(
    [T.StructField(name, T.DoubleType()) for name in ("x", "y")]
    + [T.StructField("z", T.FloatType()), T.StructField("n", T.LongType())]
    + [T.StructField(name, T.StringType()) for name in ("s", "t")]
    + [T.StructField(name, T.BooleanType()) for name in ("b", "c")]
    + [T.StructField(name, T.DateType()) for name in ("d", "e")]
)
KINDS = kinds_of(SCHEMA)
NUMBERS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    0.1,
    0.5,
    1e-9,
    5e-324,
    -2.5e-310,
    1e154,
    -1.7e308,
    1.7976931348623157e308,
    2.0**53,
    3e9,
]
WHOLE = [0, 1, -1, 2, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "b",
    " a",
    "it's",
    '"',
    "\\",
    "Zürich",
    "Zu\u0308rich",
    "\uff41",
    "\U0001f600",
    "null",
    "1",
]
DATES = [
    date(1, 1, 1),
    date(1500, 2, 28),
    date(1582, 10, 10),
    date(1970, 1, 1),
    date(2017, 11, 13),
    date(2024, 2, 29),
    date(9999, 12, 31),
]
DRAWN = {
    "double": [*NUMBERS, float("nan"), float("inf"), float("-inf")],
    "float": [0.0, -0.0, 1.0, 0.5, 2.0**-149, 3.0e38, float("nan"), float("inf")],
    "bigint": WHOLE,
    "string": [*TEXTS, "\x00", "\u202e"],
    "boolean": [True, False],
    "date": DATES,
}


class Drawing:
    """Random expressions, as text, of a kind and at most a depth."""

    def __init__(self, random):
        self.random = random

    def draw(self, kind, depth):
        if depth == 0 or self.random.random() < 0.15:
            columns = [name for name, of in KINDS.items() if of == kind]
            return self.random.choice(columns) if self.random.random() < 0.7 else self.constant(kind)
        if self.random.random() < 0.3:
            return self.call(kind, depth - 1)
        if kind == Kind.NUMBER:
            return self.number(depth - 1)
        return self.condition(depth - 1) if kind == Kind.BOOL else self.draw(kind, 0)

    def constant(self, kind):
        if kind == Kind.NUMBER:
            return repr(abs(self.random.choice(NUMBERS)))
        if kind == Kind.TEXT:
            return "'" + self.random.choice(TEXTS).replace("'", "''") + "'"
        if kind == Kind.DATE:
            return f"date '{self.random.choice(DATES).isoformat()}'"
        return self.random.choice(["true", "false"])

    def call(self, kind, depth):
        names = ["coalesce", "if", *(["abs", "least", "greatest", "round"] if kind == Kind.NUMBER else [])]
        name = self.random.choice(names)
        sizes = {"coalesce": (2, 3), "if": (2, 2), "least": (2, 3), "greatest": (2, 3)}
        arguments = [self.draw(kind, depth) for _ in range(self.random.randint(*sizes.get(name, (1, 1))))]
        if name == "if":
            arguments = [self.draw(Kind.BOOL, depth), *arguments]
        if name == "round" and self.random.random() < 0.7:
            arguments.append(str(self.random.randint(0, 9)))
        return f"{name}({', '.join(arguments)})"

    def number(self, depth):
        if self.random.random() < 0.15:
            return f"-({self.draw(Kind.NUMBER, depth)})"
        sign = self.random.choice("+-*/")
        return f"({self.draw(Kind.NUMBER, depth)} {sign} {self.draw(Kind.NUMBER, depth)})"

    def condition(self, depth):
        kind = self.random.choice([Kind.NUMBER, Kind.NUMBER, Kind.TEXT, Kind.DATE])
        negative = self.random.choice(["", "not "])
        match self.random.randrange(8):
            case 0:
                return f"(not {self.draw(Kind.BOOL, depth)})"
            case 1 | 2:
                word = self.random.choice([" and ", " or "])
                parts = [self.draw(Kind.BOOL, depth) for _ in range(self.random.randint(2, 4))]
                return f"({word.join(parts)})"
            case 3:
                return f"({self.draw(self.random.choice(list(Kind)), depth)} is {negative}null)"
            case 4:
                size = self.random.choice([1, 3, 15])  # above ten Spark looks the value up in a set
                choices = ", ".join(self.constant(kind) for _ in range(size))
                return f"({self.draw(kind, depth)} {negative}in ({choices}))"
            case 5:
                low, high = self.draw(kind, depth), self.draw(kind, depth)
                return f"({self.draw(kind, depth)} {negative}between {low} and {high})"
            case _:
                kind = self.random.choice(list(Kind))
                sign = self.random.choice(["=", "!="] if kind == Kind.BOOL else ["=", "!=", "<", "<=", ">", ">="])
                return f"({self.draw(kind, depth)} {sign} {self.draw(kind, depth)})"

    def row(self):
        return tuple(
            None if self.random.random() < 0.15 else self.random.choice(DRAWN[field.dataType.simpleString()])
            for field in SCHEMA
        )


def batch(spark, seed):
    """Random expressions, random rows, and Spark's answers: one list for each row."""
    random = Random(seed)
    drawing = Drawing(random)
    kinds = [random.choice([Kind.NUMBER, Kind.BOOL]) for _ in range(EXPRESSIONS)]
    texts = [drawing.draw(kind, 4) for kind in kinds]
    origin = Origin("policy.yaml", 1, "a test")
    expressions = [parse(text, KINDS, result=kind, origin=origin) for text, kind in zip(texts, kinds, strict=True)]
    rows = [drawing.row() for _ in range(ROWS)]
    spark.conf.set("spark.sql.ansi.enabled", str(seed % 2 == 0).lower())
    for setting, value in ENGINES[seed // 2 % 2].items():
        spark.conf.set(setting, value)
    frame = spark.createDataFrame(rows, SCHEMA).coalesce(1)
    answers = frame.select("*", *[to_column(e).alias(f"answer_{i}") for i, e in enumerate(expressions)]).collect()
    return texts, expressions, [(answer[: len(SCHEMA)], answer[len(SCHEMA) :]) for answer in answers]


@pytest.fixture(scope="module")
def batches(spark):
    settings = {name: spark.conf.get(name) for name in ("spark.sql.ansi.enabled", *ENGINES[0])}
    yield [batch(spark, seed) for seed in range(BATCHES)]
    for name, value in settings.items():
        spark.conf.set(name, value)


def is_same(item, other):
    """Equal to the last bit: -0.0 is not 0.0, and null is only null."""
    if isinstance(item, float) and isinstance(other, float):
        return struct.pack("d", item) == struct.pack("d", other)
    return type(item) is type(other) and item == other


def differences(batches, evaluator):
    """How many pairs were compared, and those in which the evaluator differs from Spark."""
    pairs, result = 0, []
    for texts, expressions, rows in batches:
        for values, answers in rows:
            row = dict(zip(KINDS, values, strict=True))
            for text, expression, answer in zip(texts, expressions, answers, strict=True):
                pairs += 1
                if not is_same(evaluator(expression, row), answer):
                    result.append((text, row, answer))
    return pairs, result


def test_both_evaluators_agree_to_the_last_bit_on_twenty_thousand_pairs(batches):
    pairs, result = differences(batches, evaluate)
    assert pairs >= 20_000
    assert result == []


def test_the_random_pairs_reach_every_answer(batches):
    answers = [answer for _, _, rows in batches for _, given in rows for answer in given]
    for wanted in (None, True, False):
        assert sum(answer is wanted for answer in answers) > 1_000
    assert sum(isinstance(answer, float) for answer in answers) > 2_000


@pytest.mark.parametrize(
    ("place", "key", "fault"),
    [
        (plain.COMPARE, "<", operator.le),
        (plain.COMPARE, "!=", operator.eq),
        (plain.COMPUTE, "-", operator.add),
        (vars(plain), "_finite", lambda number: number),
        (vars(plain), "_opposite", operator.not_),  # not null is true
        (vars(plain), "_all", lambda conditions: all(list(conditions))),  # null is false
        (plain.CALLS, "coalesce", lambda values: values[0]),
        (plain.CALLS, "if", lambda values: values[1] if values[0] else values[2]),  # null is false
        (plain.CALLS, "least", lambda values: min((value for value in values if value is not None), default=None)),
        (plain.CALLS, "greatest", plain.CALLS["least"]),
        (plain.CALLS, "abs", lambda values: values[0]),
        (plain.CALLS, "round", lambda values: plain.CALLS["abs"](values[:1])),
        (vars(plain), "_compared", lambda sign, item, other: item is not None and item == other),
    ],
)
def test_a_broken_evaluator_is_caught(batches, monkeypatch, place, key, fault):
    monkeypatch.setitem(place, key, fault)
    _, result = differences(batches[:3], evaluate)
    assert result


@pytest.mark.parametrize("is_ansi", ["true", "false"])
def test_ansi_mode_changes_nothing(spark, is_ansi):
    before = spark.conf.get("spark.sql.ansi.enabled")
    spark.conf.set("spark.sql.ansi.enabled", is_ansi)
    try:
        text = "n / 0 is null and n * n > 1e37 and n + n > n"
        expression = parse(text, KINDS, result=Kind.BOOL, origin=Origin("policy.yaml", 1, "a test"))
        frame = spark.createDataFrame([(2**63 - 1,)], "n bigint")
        assert frame.select(to_column(expression)).first()[0] is True
    finally:
        spark.conf.set("spark.sql.ansi.enabled", before)


def test_a_plan_grows_with_the_expression_and_not_with_its_depth(spark):
    deep = "x" + " * y + x" * 15 + " > 0"
    calls = "if(" * 12 + "b" + ", c, b)" * 12 + " and " + "least(" * 12 + "x" + ", y)" * 12 + " > 0"
    expression = parse(calls, KINDS, result=Kind.BOOL, origin=Origin("policy.yaml", 1, "a test"))
    assert len(str(to_column(expression))) < 5_000
    expression = parse(deep, KINDS, result=Kind.BOOL, origin=Origin("policy.yaml", 1, "a test"))
    assert len(str(to_column(expression))) < 5_000


def test_only_columns_of_the_four_kinds_can_be_read(spark):
    schema = T.StructType.fromDDL(
        "a int, b decimal(18,6), c string, d timestamp, e map<string,double>, f date, g boolean"
    )
    assert kinds_of(schema) == {"a": "number", "b": "number", "c": "text", "f": "date", "g": "bool"}


def test_no_text_reaches_spark_sql():
    source = Path(vars(plain)["__file__"]).with_name("to_spark.py").read_text()
    for door in (".expr(", "selectExpr", ".sql(", ".where(", ".filter(", "call_function"):
        assert door not in source


def test_days_before_1582_are_the_days_written(spark):
    expression = parse("date '1500-02-28'", {}, result=Kind.DATE, origin=Origin("policy.yaml", 1, "a test"))
    assert spark.range(1).select(to_column(expression)).first()[0] == date(1500, 3, 1) - timedelta(days=1)
