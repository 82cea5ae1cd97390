"""What runs tasks: worker processes here, or Spark. Both are started when a stage first needs them, so that a run with
nothing to do starts neither, and one whose keys fit one process never starts a JVM."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from corpus.store import cores
from jobs.engine import choice
from jobs.engine.choice import Choice
from jobs.engine.pool.pool import Pool
from jobs.engine.spending import Account

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Rows of keys that a shuffle partition is given: 100 MB of them. Each partition costs a Python task of some 50 ms, so
# Spark's own 200 would take longer than the work of a small corpus.
_PARTITION_ROWS = 2_000_000


class Session:
    """The engine of a run. `cores` is for one machine; under spark-submit the cluster's own settings stay."""

    def __init__(
        self,
        cores: int | None = None,
        *,
        memory: int | None = None,
        chosen: Choice | None = None,
        master: str | None = None,
        verbose: bool = False,
    ) -> None:
        self.cores = cores
        self.memory = memory  # bytes of all workers
        self.chosen = chosen or choice.choose()
        self.master = master
        self.verbose = verbose
        self.started = False  # Spark
        self.account = Account()  # of the stage that is being built
        self.modules: tuple[str, ...] = ()  # what tasks will import

    @property
    def pooled(self) -> bool:
        """Whether tasks run in worker processes here."""
        return self.chosen.engine == "pool"

    @property
    def cores_here(self) -> int:
        """Cores that this process may use."""
        return self.cores or cores.usable()

    @property
    def width(self) -> int:
        """Tasks that run at a time; of Spark, which it starts, as far as is known yet."""
        return self.cores_here if self.pooled else self.spark.sparkContext.defaultParallelism

    def expect(self, modules: Sequence[str]) -> None:
        """Say what tasks will import, before the first is run: it is imported once for all workers."""
        self.modules = tuple(modules)

    @cached_property
    def pool(self) -> Pool:
        return Pool(self.cores_here, self.modules, self.memory)

    @cached_property
    def spark(self) -> "SparkSession":
        from jobs.engine.spark.start import Start  # noqa: PLC0415  (only where a JVM is about to start)

        if "pool" in self.__dict__:
            self.pool.stop()  # idle workers hold half a gigabyte each
        self.started = True
        return Start(cores=self.cores_here, master=self.master, verbose=self.verbose).session()

    def shuffle_for(self, rows: int) -> "SparkSession":
        """Spark, with shuffle partitions for so many rows of keys; no result depends on how many there are."""
        partitions = max(2 * self.spark.sparkContext.defaultParallelism, -(-rows // _PARTITION_ROWS))
        self.spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
        return self.spark

    def stop(self) -> None:
        if "pool" in self.__dict__:
            self.pool.stop()
        if self.started:
            self.spark.stop()
