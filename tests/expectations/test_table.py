from dataclasses import FrozenInstanceError

import pytest
from pyspark.sql import types as T

from expectations.table import Column, Table
from expectations.types import SPARK_TYPES, WORDS, is_of_type

ID = Column("customer_id", "text", "Who.")
SPENT = Column("spent", "money", "How much.", nullable=True)


def test_a_declaration_is_the_schema():
    table = Table("spending", "One row per customer.", key=("customer_id",), columns=(ID, SPENT))
    assert table.schema() == T.StructType(
        [T.StructField("customer_id", T.StringType(), False), T.StructField("spent", T.LongType(), True)]
    )


def test_a_declaration_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        ID.nullable = True


def test_a_column_is_declared_once():
    with pytest.raises(ValueError, match="declares a column twice"):
        Table("spending", "One row per customer.", key=(), columns=(ID, ID))


def test_a_key_is_made_of_declared_columns():
    with pytest.raises(ValueError, match="a key column that it does not declare"):
        Table("spending", "One row per customer.", key=("household_id",), columns=(ID,))


def test_only_a_column_that_must_be_there_can_set_rows_aside():
    with pytest.raises(ValueError, match="'margin' may be absent"):
        Column("margin", "money", "What it earned.", is_required=False, on_breach="quarantine")


def test_a_table_may_be_empty_where_no_row_is_asked_for():
    assert Table("spending", "Rows.", key=(), columns=(ID,), min_rows=0).may_be_empty
    assert not Table("spending", "Rows.", key=(), columns=(ID,)).may_be_empty


def test_every_type_has_a_spark_type_and_words():
    assert SPARK_TYPES.keys() == WORDS.keys()
    assert all(is_of_type(spark_type, name) for name, spark_type in SPARK_TYPES.items() if name != "records")


@pytest.mark.parametrize(
    ("spark_type", "wanted", "answer"),
    [
        (T.LongType(), "money", True),
        (T.DoubleType(), "money", False),  # money is never a double
        (T.FloatType(), "number", False),
        (T.TimestampNTZType(), "timestamp", False),  # a wall clock without a zone is no instant
        (T.MapType(T.StringType(), T.DoubleType(), False), "numbers", True),  # what may be null inside is no matter
        (T.ArrayType(T.StructType([T.StructField("category", T.StringType())])), "records", True),
        (T.ArrayType(T.StringType()), "records", False),
    ],
)
def test_a_frame_has_the_type_or_has_it_not(spark_type, wanted, answer):
    assert is_of_type(spark_type, wanted) is answer
