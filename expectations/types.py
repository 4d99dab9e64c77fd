"""The types that a table's columns may have, and what Spark calls them."""

from typing import Literal

from pyspark.sql import types as T

Type = Literal[
    "text",
    "date",
    "timestamp",
    "integer",
    "number",
    "boolean",
    "money",
    "quantity",
    "texts",
    "integers",
    "numbers",
    "answers",
    "records",
]

SPARK_TYPES: dict[Type, T.DataType] = {
    "text": T.StringType(),
    "date": T.DateType(),
    "timestamp": T.TimestampType(),
    "integer": T.LongType(),
    "number": T.DoubleType(),
    "boolean": T.BooleanType(),
    "money": T.LongType(),
    "quantity": T.LongType(),
    "texts": T.ArrayType(T.StringType()),
    "integers": T.ArrayType(T.LongType()),
    "numbers": T.MapType(T.StringType(), T.DoubleType()),
    "answers": T.MapType(T.StringType(), T.BooleanType()),
    "records": T.ArrayType(T.StructType()),
}
WORDS: dict[Type, str] = {
    "text": "text",
    "date": "date",
    "timestamp": "time stamp",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "money": "money (int64 millionths of the currency)",
    "quantity": "quantity (int64 millionths of a unit)",
    "texts": "list of texts",
    "integers": "list of whole numbers",
    "numbers": "number per text",
    "answers": "true or false per text",
    "records": "list of records",
}


def is_of_type(spark_type: T.DataType, wanted: Type) -> bool:
    """Whether a Spark type is the wanted one; what may be null inside it is no matter, nor what records hold."""
    if wanted == "records":
        return isinstance(spark_type, T.ArrayType) and isinstance(spark_type.elementType, T.StructType)
    return spark_type.simpleString() == SPARK_TYPES[wanted].simpleString()
