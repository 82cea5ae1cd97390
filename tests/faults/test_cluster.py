"""Faults of a cluster: the same bytes as local mode, whatever dies."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.faults import cluster as standalone
from tests.faults import processes
from tests.faults.cluster import Cluster, OnCluster
from tests.faults.runs import Place, Running, running
from tests.faults.test_local import MEASURING, NARROW, WRITING, equal

pytestmark = pytest.mark.faults
SHUFFLED = "import jobs.engine.in_process as keys\nkeys.FEW_MEMBERS = 0"  # so all keys go through Spark's shuffle
PAIRS = "pairs"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes of one core, which tests leave as they are, but for what dies and comes again by itself."""
    with standalone.cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def on(nodes: Cluster, place: Place, patches: str = "", conf: Mapping[str, str] = MappingProxyType({})) -> OnCluster:
    settings = tuple(conf.items())
    return OnCluster(recipe=place.recipe, root=place.root, cluster=nodes, patches=patches, conf=settings)


def finished(run: Running, place: Place, undisturbed: Place) -> None:
    ended = run.ended()
    assert ended.code == 0, ended.err
    equal(place, undisturbed)


def test_nothing_happens(nodes: Cluster, fresh: Place, undisturbed: Place) -> None:
    place = on(nodes, fresh)
    ended = place.run(**nodes.environment())
    assert ended.code == 0, ended.err
    equal(fresh, undisturbed)


def test_keys_go_through_the_shuffle(nodes: Cluster, fresh: Place, undisturbed: Place) -> None:
    place = on(nodes, fresh, SHUFFLED)
    ended = place.run(**nodes.environment())
    assert ended.code == 0, ended.err
    equal(fresh, undisturbed)


@pytest.mark.parametrize("stage", [NARROW, MEASURING, WRITING])
def test_python_worker_is_killed(stage: str, nodes: Cluster, fresh: Place, undisturbed: Place) -> None:
    with running(on(nodes, fresh), **nodes.environment()) as run:
        found = run.workers_in(stage, nodes.python_workers)
        processes.send(found[:1], signal.SIGKILL)
        processes.send(found, signal.SIGCONT)
        finished(run, fresh, undisturbed)


@pytest.mark.parametrize("stage", [NARROW, PAIRS])
def test_executor_is_killed_with_its_shuffle_files(
    stage: str, nodes: Cluster, fresh: Place, undisturbed: Place
) -> None:
    with running(on(nodes, fresh, SHUFFLED), **nodes.environment()) as run:
        if stage == PAIRS:  # some seconds into it, what was mapped lies with both executors
            processes.waited(lambda: fresh.finished("decide"), 200)
            time.sleep(2)
            assert not fresh.finished(PAIRS)
        else:
            processes.send(run.workers_in(stage, nodes.python_workers), signal.SIGCONT)
        processes.send(nodes.executors()[:1], signal.SIGKILL)
        finished(run, fresh, undisturbed)


def test_node_is_killed(tmp_path: Path, fresh: Place, undisturbed: Place) -> None:
    with standalone.cluster(tmp_path / "cluster") as nodes, running(on(nodes, fresh), **nodes.environment()) as run:
        processes.send(run.workers_in(NARROW, nodes.python_workers), signal.SIGCONT)
        node = nodes.nodes[0]
        processes.send([node, *processes.below(node)], signal.SIGKILL)
        finished(run, fresh, undisturbed)


def test_driver_is_killed(nodes: Cluster, fresh: Place, undisturbed: Place) -> None:
    place = on(nodes, fresh)
    with running(place, **nodes.environment()) as run:
        processes.send(run.workers_in(WRITING, nodes.python_workers), signal.SIGCONT)
        processes.send([run.pid, *processes.below(run.pid)], signal.SIGKILL)
        run.ended()
    processes.waited(lambda: not nodes.executors())
    ended = place.run(**nodes.environment())
    assert ended.code == 0, ended.err
    equal(fresh, undisturbed)


def test_attempt_is_repeated_by_speculation(tmp_path: Path, fresh: Place, undisturbed: Place) -> None:
    """One worker stands still in a task; Spark starts the task again elsewhere. Both write."""
    events = tmp_path / "events"
    events.mkdir()
    conf = {
        "spark.speculation": "true",
        "spark.speculation.interval": "100ms",
        "spark.speculation.multiplier": "1.01",
        "spark.speculation.quantile": "0.05",
        "spark.speculation.minTaskRuntime": "100ms",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
    }
    with standalone.cluster(tmp_path / "cluster", workers=0) as nodes:
        for number in (2, 3, 4):  # Spark starts no second attempt on the host of the first
            nodes.add_worker(host=f"127.0.0.{number}")
        with running(on(nodes, fresh, conf=conf), **nodes.environment()) as run:
            found = run.workers_in(NARROW, nodes.python_workers)
            processes.send(found[1:], signal.SIGCONT)
            time.sleep(20)
            processes.send(found, signal.SIGCONT)
            finished(run, fresh, undisturbed)
    lines = [json.loads(line) for log in events.rglob("events_*") for line in log.read_text("utf-8").splitlines()]
    starts = [line["Task Info"] for line in lines if line["Event"] == "SparkListenerTaskStart"]
    assert any(info["Speculative"] for info in starts), "no second attempt was started"


CUT, NODE = "10.213.7.1", "10.213.7.2"
CAN_CUT = sys.platform == "linux" and shutil.which("ip") is not None
if CAN_CUT:
    CAN_CUT = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def link() -> Iterator[str]:
    """A network of a namespace, with one wire to this one: its name."""
    name = "gristmill-test"
    steps = [
        f"ip netns add {name}",
        f"ip link add {name} type veth peer name eth0 netns {name}",
        f"ip addr add {CUT}/30 dev {name}",
        f"ip link set {name} up",
        f"ip -n {name} addr add {NODE}/30 dev eth0",
        f"ip -n {name} link set eth0 up",
        f"ip -n {name} link set lo up",
    ]
    try:
        for step in steps:
            done = subprocess.run(step.split(), capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"no network can be made here: {done.stderr.strip()}")
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "delete", name], capture_output=True, check=False)


@pytest.mark.skipif(not CAN_CUT, reason="no network namespaces here")
def test_network_is_cut(link: str, tmp_path: Path, fresh: Place, undisturbed: Place) -> None:
    """A node cannot be reached for a while; what it was about goes on there, and elsewhere once more."""
    made = Cluster(folder=tmp_path / "cluster", host=CUT)
    made.folder.mkdir()
    try:
        made.start(workers=1)
        made.add_worker(host=NODE, prefix=["ip", "netns", "exec", link])
        with running(on(made, fresh), **made.environment()) as run:
            processes.send(run.workers_in(NARROW, made.python_workers), signal.SIGCONT)
            subprocess.run(["ip", "link", "set", link, "down"], check=True)
            time.sleep(15)
            subprocess.run(["ip", "link", "set", link, "up"], check=True)
            finished(run, fresh, undisturbed)
    finally:
        made.stop()
