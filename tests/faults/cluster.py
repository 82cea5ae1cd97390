"""A Spark standalone cluster of this machine: a master and workers, each a process of its own, by pyspark's jars."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyspark

from jobs.engine.spark.java import java_home
from tests.conftest import ROOT
from tests.faults import processes
from tests.faults.runs import Place

HERE = "127.0.0.1"
FORCED = """import sys
{patches}
from jobs.__main__ import main
sys.exit(main())
"""
# Failures are seen within seconds, not minutes; a lost node is not waited for.
_CONF = {
    "spark.ui.enabled": "false",
    "spark.executor.memory": "640m",
    "spark.executor.cores": "1",
    "spark.executor.heartbeatInterval": "1s",
    "spark.network.timeout": "12s",
    "spark.network.timeoutInterval": "3s",
    "spark.task.maxFailures": "8",
    "spark.sql.shuffle.partitions": "4",
}


_SCALA = next(Path(pyspark.__file__).parent.glob("jars/spark-core_*")).name.split("_")[1].split("-")[0]


def _free_port(host: str) -> int:
    with socket.socket() as one:
        one.bind((host, 0))
        return int(one.getsockname()[1])


@dataclass(kw_only=True)
class Cluster:
    """`host` is where master, driver and workers find each other."""

    folder: Path
    host: str = HERE
    url: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def _java(self, name: str, *arguments: str, prefix: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ,
            "JAVA_HOME": java_home(),
            "SPARK_HOME": str(home),
            "SPARK_SCALA_VERSION": _SCALA,  # Spark's own scripts set it
            "SPARK_LOCAL_DIRS": str(self.folder / "local"),
            "SPARK_LOCAL_IP": arguments[arguments.index("--host") + 1],
            "PYSPARK_PYTHON": sys.executable,
        }
        command = [*prefix, f"{java_home()}/bin/java", "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["-Dspark.worker.timeout=6", "-cp", f"{home}/jars/*", f"org.apache.spark.deploy.{name}", *arguments]
        with (self.folder / f"{name}-{len(self.started)}.log").open("wb") as log:
            one = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.started.append(one)
        return one

    def start(self, workers: int = 2, cores: int = 1) -> None:
        """The master, then workers, until all of them are there."""
        port = _free_port(self.host)
        self.url = f"spark://{self.host}:{port}"
        ports = ["--port", str(port), "--webui-port", str(_free_port(self.host))]
        self._java("master.Master", "--host", self.host, *ports)
        processes.waited(lambda: self._says("master.Master-0", "I have been elected leader"))
        for _ in range(workers):
            self.add_worker(cores)

    def add_worker(self, cores: int = 1, host: str = "", prefix: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        number = len(self.started)
        options = ["--host", host or self.host, "--cores", str(cores), "--memory", f"{cores}g"]
        options += ["--work-dir", str(self.folder / f"work-{number}"), "--webui-port", "0", self.url]
        one = self._java("worker.Worker", *options, prefix=prefix)
        processes.waited(lambda: self._says(f"worker.Worker-{number}", "Successfully registered"))
        return one

    def _says(self, log: str, words: str) -> bool:
        return words in (self.folder / f"{log}.log").read_text("utf-8", "replace")

    @property
    def nodes(self) -> list[int]:
        """The processes of the workers that are there."""
        return [one.pid for one in self.started[1:] if one.poll() is None]

    def executors(self) -> list[int]:
        return [pid for node in self.nodes for pid in processes.running(node, "CoarseGrainedExecutorBackend")]

    def python_workers(self) -> list[int]:
        return [pid for node in self.nodes for pid in processes.workers(node)]

    def command(self, patches: str = "", **conf: str) -> list[str]:
        """What stands before the arguments of `gristmill`: spark-submit with the zip. `patches` are lines of Python
        that run in the driver first."""
        if not (self.folder / "dist").exists():
            subprocess.run([sys.executable, ROOT / "scripts" / "build_zip"], check=True, capture_output=True)
            shutil.copytree(ROOT / "dist", self.folder / "dist")
        program = self.folder / "dist" / "submit.py"
        if patches:
            program = self.folder / "patched.py"
            program.write_text(FORCED.format(patches=patches), "utf-8")
        given = _CONF | {"spark.driver.host": self.host, "spark.driver.bindAddress": self.host} | conf
        words = [str(Path(sys.executable).with_name("spark-submit")), "--master", self.url]
        for key, value in given.items():
            words += ["--conf", f"{key}={value}"]
        code = str(self.folder / "dist" / "gristmill.zip")
        return [*words, "--driver-memory", "1g", "--py-files", code, str(program)]

    def environment(self) -> dict[str, str]:
        return {"JAVA_HOME": java_home(), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": self.host}

    def stop(self) -> None:
        for one in self.started:
            processes.send([*processes.below(one.pid), one.pid], signal.SIGKILL)
            one.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2, cores: int = 1) -> Iterator[Cluster]:
    """A cluster that is gone by the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Cluster(folder=folder)
    try:
        made.start(workers, cores)
        yield made
    finally:
        made.stop()


@dataclass(frozen=True, kw_only=True)
class OnCluster(Place):
    """A recipe that is run by spark-submit."""

    cluster: Cluster
    patches: str = ""
    conf: tuple[tuple[str, str], ...] = ()

    def command(self, *options: str) -> list[str]:
        before = self.cluster.command(self.patches, **dict(self.conf))
        return [*before, "run", str(self.recipe), "--root", str(self.root), *options]
