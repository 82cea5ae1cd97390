"""What a run will take: reckoned from a sample and from measured costs, kept, and compared with what it took."""

import json
from dataclasses import replace
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import DataError, RecipeError
from corpus.planning import costs, estimate, inputs, opening, recipe
from corpus.planning.costs import Costs, JobCosts, Line
from corpus.planning.estimate import Sample
from filters.arrow import strings
from jobs.command_line import main
from jobs.tools import sampling

FLAT = Line(start=0, slope=0)
JOB = JobCosts(
    tasks_cpu=Line(start=2, slope=0.5),
    driver_cpu=Line(start=1, slope=0.01),
    task_memory=300,
    driver_memory=Line(start=100, slope=0.1),
    written=Line(start=0, slope=2),
    keys=FLAT,
)
KNOWN = Costs(
    machine="m", gigabytes=(1.0,), kept=0.8, jobs={"ingest": JOB, "measure": JOB, "decide": JOB, "shard": JOB}
)
SAMPLE = Sample(
    input_bytes=200_000_000,
    text_bytes=100_000_000,
    documents=1000,
    sampled_bytes=1_000_000,
    kept=0.4,
    ingest=0.2,
    measure=0.3,
    slower=2.0,
)


def made(folder: Path, lines: int = 300) -> Path:
    (folder / "in").mkdir(parents=True)
    texts = [
        f"A few plain words of English text that nobody wrote before, the number is {n}. " * 9 for n in range(lines)
    ]
    (folder / "in" / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    pq.write_table(pa.table({"text": texts}), folder / "in" / "b.parquet")
    path = folder / "small.toml"
    path.write_text(
        f'root = "{folder}/out"\n[[sources]]\nname = "x"\npath = "in"\n[[filters]]\nuse = "length"\nmin_chars = 1\n',
        "utf-8",
    )
    return path


def test_each_job_is_a_line_by_megabytes_times_how_slow_the_machine_is(tmp_path: Path) -> None:
    plan = opening.open_plan(str(made(tmp_path)))
    found = estimate.of(plan, SAMPLE, 4, KNOWN, digested=True)
    jobs = {one.job: one for one in found.jobs}
    assert list(jobs) == ["ingest", "measure", "decide", "shard"]
    driver = (1 + 0.01 * 100) * 2
    assert jobs["ingest"].cpu == pytest.approx(driver + 2 * 2 + 100 * 0.2)  # its rate by the sample
    assert jobs["ingest"].seconds == pytest.approx(driver + (2 * 2 + 100 * 0.2) / 4)
    assert jobs["measure"].cpu == pytest.approx(driver + 2 * 2 + 100 * 0.3)
    assert jobs["decide"].cpu == pytest.approx(driver + (2 + 0.5 * 100) * 2)
    assert jobs["shard"].cpu == pytest.approx(
        (1 + 0.01 * 50) * 2 + (2 + 0.5 * 50) * 2
    )  # half is kept of what was there
    assert (jobs["shard"].written, jobs["shard"].task_memory) == (100_000_000, 300)
    assert "release" in found.unknown
    assert found.stages["ingest"] == plan.stages["ingest"].fingerprint
    shown = estimate.lines(found)
    assert shown[-1].startswith("not in these sums, for nobody measured them: ")
    assert [line.split()[0] for line in shown[2:-1]] == ["stage", *jobs, "whole"]


def test_an_estimate_is_kept_as_it_is(tmp_path: Path) -> None:
    plan = opening.open_plan(str(made(tmp_path)))
    assert estimate.kept(str(tmp_path)) is None
    found = estimate.of(plan, SAMPLE, 2, KNOWN, digested=False)
    estimate.keep(str(tmp_path), found)
    assert estimate.kept(str(tmp_path)) == found
    for damage in (b"", b"{}", b"[]", b"\xff"):
        (tmp_path / estimate.FILE).write_bytes(damage)
        with pytest.raises(DataError, match="estimate.json is damaged: delete it"):
            estimate.kept(str(tmp_path))


def told(folder: str, seconds: float, cpu: float, slow: list[str]) -> None:
    path = Path(folder, "run.json")
    path.parent.mkdir(parents=True)
    memory = {"task": 10_000_000, "driver": 20_000_000}
    data = {
        "seconds": seconds,
        "cpu_seconds": {"tasks": cpu, "driver": 0},
        "memory_bytes": memory,
        "key_bytes": 0,
        "written_bytes": 5_000_000,
        "slow": slow,
    }
    path.write_bytes(orjson.dumps(data))


def test_what_stages_took_stands_beside_what_was_estimated(tmp_path: Path) -> None:
    plan = opening.open_plan(str(made(tmp_path)))
    found = estimate.of(plan, SAMPLE, 2, KNOWN, digested=True)
    told(plan.stages["ingest"].folder, 40, 60, ["SLOW ingest, part 3: why"])
    signals = [one.folder for one in plan.stages.values() if one.stage.builder == "measure"]
    for folder in signals:
        told(folder, 30, 50, [])  # one pass wrote all of them
    alone = estimate.compared(plan)
    assert [line.split()[0] for line in alone[:3]] == ["stage", "ingest", "measure"]
    assert alone[2].split()[1:] == ["30.0", "50.0", "10", "20", str(5 * len(signals)), "0"]
    assert alone[-1] == "SLOW ingest, part 3: why"
    estimate.keep(plan.recipe.root, found)
    beside = estimate.compared(plan)
    assert beside[1].split()[:5] == ["ingest", "40.0", "(16.0)", "60.0", "(28.0)"]
    assert "the estimate had 0.60 times the CPU and" in beside[3]
    estimate.keep(plan.recipe.root, replace(found, stages={"ingest": "of another recipe"}))
    assert estimate.compared(plan) == alone


def test_run_json_of_before_says_nothing_here(tmp_path: Path) -> None:
    plan = opening.open_plan(str(made(tmp_path)))
    folder = Path(plan.stages["ingest"].folder)
    folder.mkdir(parents=True)
    for data in (b'{"seconds": 3}', b"{", b"[]"):
        (folder / "run.json").write_bytes(data)
        assert estimate.compared(plan) == []


def test_costs_that_come_with_this_version_know_the_jobs_of_a_plain_recipe() -> None:
    known = costs.load()
    assert {"ingest", "measure", "decide", "pairs", "dedup", "release", "train", "encode", "shard", "report"} <= {
        *known.jobs
    }
    assert known.machine
    assert 0 < known.kept <= 1
    assert all(one.tasks_cpu.slope >= 0 and one.written.slope >= 0 for one in known.jobs.values())


def test_costs_are_read_as_they_are_written(tmp_path: Path) -> None:
    costs.write(KNOWN, tmp_path / "costs.json")
    assert costs.read((tmp_path / "costs.json").read_bytes()) == KNOWN


def sampled(path: Path) -> Sample:
    read = recipe.load(str(path))
    return sampling.sample(read, inputs.listing(read), KNOWN)


def test_a_sample_of_small_files_is_all_of_them(tmp_path: Path) -> None:
    found = sampled(made(tmp_path))
    texts = strings(pq.read_table(tmp_path / "in" / "b.parquet").column("text"))
    assert found.documents == 600
    assert found.sampled_bytes == found.text_bytes == pytest.approx(2 * sum(map(len, texts)), rel=0.01)
    assert found.kept == 1
    assert min(found.ingest, found.measure, found.slower) > 0


def test_a_sample_of_large_files_stands_for_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "FILE_BYTES", 20_000)
    path = made(tmp_path)
    (tmp_path / "in" / "b.parquet").unlink()
    found = sampled(path)
    size = (tmp_path / "in" / "a.jsonl").stat().st_size
    assert found.sampled_bytes < 20_000
    assert found.input_bytes == size
    assert found.documents == pytest.approx(300, rel=0.1)
    assert found.text_bytes == pytest.approx(size, rel=0.1)


def test_input_without_a_document_cannot_be_sampled(tmp_path: Path) -> None:
    path = made(tmp_path)
    (tmp_path / "in" / "b.parquet").unlink()
    (tmp_path / "in" / "a.jsonl").write_text("{\n", "utf-8")
    with pytest.raises(RecipeError, match="--estimate needs files that give a document"):
        sampled(path)


def test_plan_estimates_and_keeps_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path)
    assert main(["plan", str(path), "--estimate", "--cores", "3"]) == 0
    printed = capsys.readouterr().out
    assert "of 3 cores that nobody else uses" in printed
    assert "whole" in printed
    kept = estimate.kept(str(tmp_path / "out"))
    assert kept is not None
    assert kept.stages["ingest"] == opening.open_plan(str(path)).stages["ingest"].fingerprint


def test_plan_estimates_input_that_is_not_digested(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "PLAN_BYTES", 10)
    assert main(["plan", str(made(tmp_path)), "--estimate"]) == 0
    assert "not digested yet" in capsys.readouterr().out
    kept = estimate.kept(str(tmp_path / "out"))
    assert kept is not None
    assert kept.stages == {}
