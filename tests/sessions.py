"""One pool of workers and one Spark session a process of tests: a JVM, and workers with all that they import, cost 10 s
of a core each."""

from typing import TYPE_CHECKING

from jobs.engine.choice import Choice
from jobs.engine.pool.pool import Pool
from jobs.engine.session import Session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SPARK = Choice("spark", "the test says so")

_pools: dict[int, Pool] = {}  # by cores
_running: dict[int, "SparkSession"] = {}  # by cores; there is one at a time


class Shared(Session):
    """A session that goes on for the next one; Spark ends when it is asked for with another number of cores."""

    @property
    def pool(self) -> Pool:
        if self.cores_here not in _pools:
            _pools[self.cores_here] = Pool(self.cores_here, self.modules, self.memory)
        return _pools[self.cores_here]

    @property
    def spark(self) -> "SparkSession":  # looked up each time: another test may have ended it
        running = _running.get(self.cores_here)
        if running is None or running.sparkContext._jsc is None:  # a test has stopped it
            for other in _running.values():
                other.stop()
            _running.clear()
            running = _running[self.cores_here] = Session(self.cores, verbose=self.verbose).spark
        return running

    def stop(self) -> None:
        """Leave it to the next one."""


def on_spark(cores: int) -> Shared:
    """One whose tasks are Spark's."""
    return Shared(cores, chosen=SPARK)
