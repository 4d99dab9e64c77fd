"""The one Spark session of a command, each setting with its reason."""

from pathlib import Path
from typing import TYPE_CHECKING

from conf.deployment import Deployment, Spark
from conf.errors import SettingsError
from conf.secret_literals import REFERENCE
from jobs.core.environment import LOOPBACK, ON_THIS_MACHINE, prepare
from jobs.core.secrets import looked_up
from jobs.spark.master import check_master
from jobs.spark.shipped_code import ship_code

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOG_SETTINGS = Path(__file__).with_name("log4j2.properties")
DEFAULTS = {
    "spark.sql.shuffle.partitions": "4",  # a few thousand customers; a cluster's deployment.yaml says more
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    # Sizes are after compression: a task's hash table of 16 MB of lines holds some hundred.
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "16m",
    # Rows of one customer lie apart: the small first table would be full of others, and asked in vain for every row.
    "spark.sql.codegen.aggregate.map.twolevel.enabled": "false",
    # Lists of categories are collected in a hash table; by default every list from the 128th customer on is sorted for.
    "spark.sql.objectHashAggregate.sortBased.fallbackThreshold": "20000",
    "spark.sql.execution.arrow.pyspark.enabled": "true",  # its default differs between releases
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",  # ids are text, also when they look like numbers
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",  # stamps without a zone: see jobs/sources/reader.py
    "spark.sql.parquet.compression.codec": "zstd",
    # The JVM does not compile methods of over 8,000 bytecodes, and one aggregation of fifty features is such a method.
    # With one compiler alone the JVM keeps 48 MiB for compiled code, which a replay fills in its third night; from then
    # on nothing is compiled any more.
    "spark.driver.extraJavaOptions": (
        f"-XX:-DontCompileHugeMethods -XX:ReservedCodeCacheSize=240m -Dlog4j2.configurationFile={LOG_SETTINGS}"
    ),
    "spark.executor.extraJavaOptions": f"-XX:-DontCompileHugeMethods -Dlog4j2.configurationFile={LOG_SETTINGS}",
    "spark.ui.enabled": "false",  # nothing listens unless the operator says so
    "spark.ui.showConsoleProgress": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # else every column costs a stack trace
    "spark.hadoop.fs.permissions.umask-mode": "027",  # Hadoop asks its own mask, not the process
    "spark.driver.memory": "4g",
    "spark.executorEnv.PYTHONSAFEPATH": "1",  # else the working folder comes first where workers look for modules
    # What its pages, logs and event files show as stars; Spark's own pattern knows fewer words.
    "spark.redaction.regex": "(?i)passw|pwd|passphrase|secret|token|salt|credential|(access|api|account)[._-]?key",
}
ON_LOOPBACK = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}
"""Where a session listens whose workers are here; those of other machines must reach it: their operator says where."""
LOGGERS_OF_VALUES = ("DataFrameQueryContextLogger", "SQLQueryContextLogger")
"""They print every error of a query a second time, with the value that it stumbled over."""
READ_AT_START = {
    f"spark.driver.{kind}"
    for kind in ("memory", "defaultJavaOptions", "extraJavaOptions", "extraClassPath", "extraLibraryPath")
}


def start_session(deployment: Deployment) -> "SparkSession":
    """The running session, or a new one with the deployment's own settings over ours."""
    return session_for(deployment.name, deployment.spark, deployment.time_zone)


def session_for(name: str, spark: Spark, time_zone: str = "UTC") -> "SparkSession":
    """The same for a command that needs no deployment.

    Raises:
        ClusterAway: the master does not answer.
        SettingsError: as `session_settings`.
    """
    prepare(spark.master)
    check_master(spark.master)
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415  a heavy import, after `prepare`
    from pyspark.logger import PySparkLogger  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    for logger in LOGGERS_OF_VALUES:
        PySparkLogger.getLogger(logger).disabled = True
    is_first = SparkContext._active_spark_context is None
    settings, secret = session_settings(name, spark, time_zone)
    logged = {key: value for key, value in settings.items() if key not in secret}
    SparkContext._ensure_initialized(conf=SparkConf().setAll(list(logged.items())))  # starts the JVM if none runs
    builder = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    session: SparkSession = builder.getOrCreate()
    if is_first:
        ship_code(session.sparkContext)
    return session


def release_memory(session: "SparkSession") -> None:
    """Make Java give back what the session does not need now; it would keep it for its next query.

    LightGBM works in this process: with an idle Java of 4 GB beside it, the system may end one of the two.
    """
    session.catalog.clearCache()
    java = session.sparkContext._jvm
    if java is not None:
        java.System.gc()


def session_settings(name: str, spark: Spark, time_zone: str) -> tuple[dict[str, str], set[str]]:
    """Every setting of a session, and which of them were looked up in the environment.

    Those may not stand on the JVM's command line, where everybody on the machine can read them.

    Raises:
        SettingsError: an environment variable is not set, or something is a secret that cannot be one.
    """
    written = {key: str(value) for key, value in spark.settings.items()}
    secret = {key for key, value in written.items() if REFERENCE.fullmatch(value)}
    if secret & READ_AT_START:
        key = min(secret & READ_AT_START)
        raise SettingsError(f"deployment.yaml: spark.settings.{key} is on a command line that all can read: no env:")
    resolved = {key: looked_up(value, f"deployment.yaml: spark.settings.{key}") for key, value in written.items()}
    ours = DEFAULTS | (ON_LOOPBACK if ON_THIS_MACHINE.match(spark.master) else {})
    named = {"spark.master": spark.master, "spark.app.name": f"oneoffer {name}"}
    zone = {"spark.sql.session.timeZone": time_zone}  # calendar days are the deployment's
    return ours | resolved | zone | named, secret
