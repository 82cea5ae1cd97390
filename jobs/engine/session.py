"""The Spark session: started when a stage first needs it, so that a run with nothing to do never starts a JVM."""

import os
import sys
from functools import cached_property
from pathlib import Path

from pyspark.sql import SparkSession

from corpus.store import cores, storage
from jobs.engine import open_files
from jobs.engine.java import java_home
from jobs.engine.own_folders import cache_folder

# The level is Spark's own for a Python driver: with another it would print that it sets it. Quiet is a null appender.
_LOG4J = """status = off
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.name = out
{appender}
"""
_QUIET = "appender.out.type = Null"
_LOUD = """appender.out.type = Console
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n"""

# Rows of signatures and keys are small and documents do not pass through Arrow exchange at all, so bigger batches than
# Spark's 10,000 gain nothing; 65,536 rows of 100 bytes stay under 7 MB.
_BATCH_ROWS = 1 << 16
# Rows of keys that a shuffle partition is given: 100 MB of them. Each partition costs a Python task of some 50 ms, so
# Spark's own 200 would take longer than the work of a small corpus.
_PARTITION_ROWS = 2_000_000


def under_spark_submit() -> bool:
    """Whether a JVM has been started for us already."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


class Session:
    """A lazy SparkSession. `cores` is for local mode; under spark-submit the cluster's own settings stay."""

    def __init__(self, cores: int | None = None, *, verbose: bool = False) -> None:
        self.cores = cores
        self.verbose = verbose
        self.started = False

    @property
    def cores_here(self) -> int:
        """Cores that this process may use."""
        return self.cores or cores.usable()

    @cached_property
    def spark(self) -> SparkSession:
        builder = SparkSession.builder.appName("gristmill")
        shared = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH_ROWS),
        }
        for key, value in shared.items():
            builder = builder.config(key, value)
        if not under_spark_submit():
            for key, value in self._local_settings().items():
                builder = builder.config(key, value)
        self.started = True
        spark = builder.getOrCreate()
        if under_spark_submit() and not self.verbose:
            spark.sparkContext.setLogLevel("ERROR")
        return spark

    def shuffle_for(self, rows: int) -> SparkSession:
        """The session, with shuffle partitions for so many rows of keys; no result depends on how many there are."""
        partitions = max(2 * self.spark.sparkContext.defaultParallelism, -(-rows // _PARTITION_ROWS))
        self.spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
        return self.spark

    def _local_settings(self) -> dict[str, str]:
        open_files.allow()
        os.environ["JAVA_HOME"] = java_home()
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # a laptop's host name often resolves to nothing
        os.environ.pop("SPARK_HOME", None)  # another Spark's jars would not match this pyspark
        quiet = self._log4j()
        return {
            "spark.master": f"local[{self.cores_here}]",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()} -XX:+UseSerialGC",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }

    def _log4j(self) -> Path:
        file = cache_folder() / f"log4j2-{'loud' if self.verbose else 'quiet'}.properties"
        text = _LOG4J.format(appender=_LOUD if self.verbose else _QUIET)
        if not file.exists() or file.read_text("utf-8") != text:
            storage.publish_bytes(str(file.parent), file.name, text.encode())
        return file

    def stop(self) -> None:
        if self.started:
            self.spark.stop()
