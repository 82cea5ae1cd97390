"""A Spark session: in this process's own JVM, at a master, or in the one that spark-submit started."""

import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from corpus.store import storage
from filters.own_folders import cache_folder
from jobs.engine import open_files
from jobs.engine.choice import under_spark_submit
from jobs.engine.failures import ATTEMPTS
from jobs.engine.spark import jobs
from jobs.engine.spark.java import java_home

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
# In local mode the JVM plans and shuffles keys, minutes at the most: what its second compiler would make faster does
# not pay for its compiling. The demo through Spark takes 66.8 CPU s with both and 44.8 with the first and a cache.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True, kw_only=True)
class Start:
    """How Spark is started; `cores` and `master` are of no account under spark-submit."""

    cores: int
    master: str | None = None
    verbose: bool = False

    def session(self) -> SparkSession:
        builder = SparkSession.builder.appName("gristmill")
        settings = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH_ROWS),
        }
        if not under_spark_submit():
            settings |= self._own()
        for key, value in settings.items():
            builder = builder.config(key, value)
        before = signal.getsignal(signal.SIGINT)
        spark = jobs.execute(builder.getOrCreate)
        if threading.current_thread() is threading.main_thread():
            # Spark's own cancels the job first, whose failure comes out before the interrupt and hides it.
            signal.signal(signal.SIGINT, before)
        if under_spark_submit() and not self.verbose:
            spark.sparkContext.setLogLevel("ERROR")
        return spark

    def _own(self) -> dict[str, str]:
        open_files.allow()
        os.environ["JAVA_HOME"] = java_home()
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        os.environ.pop("SPARK_HOME", None)  # another Spark's jars would not match this pyspark
        found = {
            "spark.driver.memory": "2g",
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={self._log4j().as_uri()} {_JAVA}",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        if self.master and not self.master.startswith("local"):
            return {**found, "spark.master": self.master}
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # a laptop's host name often resolves to nothing
        here = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        return {**found, **here, "spark.master": self.master or f"local[{self.cores},{ATTEMPTS}]"}

    def _log4j(self) -> Path:
        file = cache_folder() / f"log4j2-{'loud' if self.verbose else 'quiet'}.properties"
        text = _LOG4J.format(appender=_LOUD if self.verbose else _QUIET)
        if not file.exists() or file.read_text("utf-8") != text:
            storage.publish_bytes(str(file.parent), file.name, text.encode())
        return file
