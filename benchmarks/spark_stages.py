"""What Spark says about the stages it ran."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession


def stages(spark: SparkSession) -> list[Any]:
    """Spark's own record of each stage of the session: Java objects with `shuffleWriteBytes()` and the like."""
    java = spark.sparkContext._jvm
    quantiles = spark.sparkContext._gateway.new_array(java.double, 0)
    listed = spark.sparkContext._jsc.sc().statusStore().stageList(None, False, False, quantiles, None)
    return [listed.apply(k) for k in range(listed.size())]
