"""One Spark session a process of tests: a JVM, and workers with all that they import, cost 10 s of a core each."""

from pyspark.sql import SparkSession

from jobs.engine.session import Session

_running: dict[int, SparkSession] = {}  # by cores; there is one at a time


class Shared(Session):
    """A session that goes on for the next one; it ends when one with another number of cores is asked for."""

    @property
    def spark(self) -> SparkSession:  # looked up each time: another test may have ended it
        running = _running.get(self.cores_here)
        if running is None or running.sparkContext._jsc is None:  # a test has stopped it
            for other in _running.values():
                other.stop()
            _running.clear()
            running = _running[self.cores_here] = Session(self.cores, verbose=self.verbose).spark
        return running

    def stop(self) -> None:
        """Leave it to the next one."""
