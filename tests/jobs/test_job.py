"""A job sees what its stage declares, and ends in a manifest only if files, counts and sums agree."""

from pathlib import Path

import pyarrow as pa
import pytest

from corpus.errors import DataError, LedgerError
from corpus.losses.filtered import Judged
from corpus.shards.tallies import Chosen, Held, Packed
from corpus.stages.code import CODE
from corpus.stages.decide import DECIDE, VERDICTS, Rules
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE, Encoding
from corpus.stages.ingest import INGEST
from corpus.stages.mix import MIX
from corpus.stages.ref import Ref, optional
from corpus.stages.release import RELEASE
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.stages.stage import Stage, counts, signals
from corpus.stages.train import TRAIN
from corpus.store import manifest, tally
from corpus.store.manifest import FileEntry, Receipt
from jobs.engine.job import Job
from jobs.engine.session import Session
from tests.stages import built, job_of, rows, stage_of, written

HERE = Session(1)  # never started


def encoding(folder: Path) -> Job[Encoding]:
    """Of a stage in a folder where more is finished than it says that it reads."""
    before = [
        built("ingest", folder / "ingest", {"documents": rows(2, 1)}),
        built("dedup", folder / "dedup", {"clusters": rows(2, 1)}, {"kept": 3}),
        built("release", folder / "release", {"corpus": rows(2, 1), "redactions": rows(4, 0)}, {"documents": 3}),
        built("train", folder / "train", {"tokenizer": rows(0)}),
    ]
    return job_of(ENCODE, Encoding(encoder="x", seed=1, prompted=False), folder / "encode", before, HERE)


def test_job_is_given_what_its_stage_declares(tmp_path: Path) -> None:
    job = encoding(tmp_path)
    corpus = job.table(RELEASE.corpus)
    assert (corpus.folder, corpus.name, corpus.rows) == (str(tmp_path / "release"), "corpus", 3)
    assert job.counts(RELEASE) == {"documents": 3}
    assert job.built(TRAIN).folder == str(tmp_path / "train")


@pytest.mark.parametrize(
    ("ref", "named"),
    [
        (RELEASE.redactions, "release.redactions"),
        (INGEST.documents, "ingest.documents"),
        (DEDUP.clusters, "dedup.clusters"),
        (signals("content"), "signals.content.signals"),
        (Ref(stage="release", table="no such table"), "release.no such table"),
    ],
)
def test_table_that_the_stage_does_not_declare_is_refused_though_it_is_there(
    tmp_path: Path, ref: Ref, named: str
) -> None:
    job = encoding(tmp_path)
    for ask in (job.table, job.optional):
        with pytest.raises(ValueError, match=f"stage encode does not say that it reads {named}"):
            ask(ref)


def test_counts_of_a_stage_that_is_not_declared_are_refused(tmp_path: Path) -> None:
    job = encoding(tmp_path)
    for ask in (job.has, job.built, job.counts):
        with pytest.raises(ValueError, match="stage encode does not say that it reads dedup"):
            ask(DEDUP)
    with pytest.raises(ValueError, match=r"encode does not say that it reads ingest\.documents"):
        job.documents()


def test_counts_alone_give_no_table(tmp_path: Path) -> None:
    before = [built("code", tmp_path, {"containments": rows(1)}, {"candidates": 1})]
    job = job_of(
        ENCODE, Encoding(encoder="x", seed=1, prompted=False), tmp_path, before, HERE, declared=(counts(CODE),)
    )
    assert job.counts(CODE) == {"candidates": 1}
    with pytest.raises(ValueError, match=r"does not say that it reads code\.containments"):
        job.table(CODE.containments)


def test_table_of_a_stage_that_nobody_asked_for_is_none_or_an_error(tmp_path: Path) -> None:
    declared = (optional(SPLITS.held), optional(MIX.copies))
    mixed = built("mix", tmp_path / "mix", {"copies": rows(5)})
    job: Job[object] = job_of(SHARD, object(), tmp_path, [mixed], HERE, declared=declared)  # type: ignore[arg-type]
    assert not job.has(SPLITS)
    assert job.optional(SPLITS.held) is None
    with pytest.raises(ValueError, match="reads splits, which the recipe does not ask for"):
        job.table(SPLITS.held)
    assert job.has(MIX)
    assert job.table(MIX.copies).rows == 5


def deciding(folder: Path, *documents: int) -> Job[Rules]:
    before = [built("ingest", folder / "ingest", {"documents": rows(*documents)})]
    return job_of(
        DECIDE, Rules(judging=(), known_from=0.5), folder / "decide", before, HERE, declared=(INGEST.documents,)
    )


def verdicts(size: int) -> pa.Table:
    row = {"id": "0", "source": "s", "language": "eng_Latn", "kept": True, "reasons": []}
    return pa.Table.from_pylist([row] * size, schema=VERDICTS)


def published(job: Job[Rules], *sizes: int, kept: int = 0) -> list[FileEntry]:
    """A receipt for each part of verdicts; `kept` is added to what the first counts."""
    files = written(Path(job.folder), "verdicts", [verdicts(size) for size in sizes]).files
    for number, entry in enumerate(files):
        found = {"kept": entry.rows + (kept if not number else 0), "dropped": 0}
        rows_ = tally.cells([Judged(source="s", language="eng_Latn", outcome="kept", documents=entry.rows)])
        job.publish(Receipt(task=number, files={"verdicts": [entry]}, counts=found, tallies=rows_))
    return list(files)


def refused(job: Job[Rules], error: type[Exception], said: str, parts: int = 2) -> None:
    with pytest.raises(error, match=said):
        job.finish(parts=parts)
    assert manifest.load(job.folder) is None


def test_stage_whose_files_counts_and_sums_agree_is_finished(tmp_path: Path) -> None:
    job = deciding(tmp_path, 2, 3)
    files = published(job, 2, 3)
    done = job.finish({"more": 7}, parts=2)
    assert done == manifest.load(job.folder)
    assert done.counts == {"kept": 5, "dropped": 0, "more": 7}
    assert list(done.tables["verdicts"]) == files
    assert done.fingerprint == job.fingerprint


def test_stage_without_a_receipt_for_every_task_is_not_finished(tmp_path: Path) -> None:
    job = deciding(tmp_path, 2, 3)
    published(job, 2)
    refused(job, DataError, "stage decide lacks 1 of 2 parts, the first is 1: run again")


def test_part_with_another_number_of_rows_than_documents_is_refused(tmp_path: Path) -> None:
    job = deciding(tmp_path, 3, 2)
    published(job, 2, 3)
    refused(job, LedgerError, "rows of verdicts and of documents in part 0: 2 != 3")


def test_count_that_does_not_balance_is_refused(tmp_path: Path) -> None:
    job = deciding(tmp_path, 2, 3)
    published(job, 2, 3, kept=1)
    refused(job, LedgerError, r"decide: documents and kept \+ dropped: 5 != 6")


def test_file_with_other_rows_than_were_counted_is_refused(tmp_path: Path) -> None:
    job = deciding(tmp_path, 2, 3)
    first, second = published(job, 2, 3)
    job.publish(Receipt(task=1, files={"verdicts": [FileEntry(**{**vars(second), "rows": 4})]}, counts={"kept": 4}))
    refused(job, DataError, f"{second.name} has 3 rows, its manifest says 4")
    assert first.rows == 2


def test_table_that_the_stage_does_not_say_it_writes_is_refused(tmp_path: Path) -> None:
    job = deciding(tmp_path, 2)
    published(job, 2)
    [entry] = written(Path(job.folder), "evidence", [verdicts(1)]).files
    job.publish(Receipt(task=1, files={"evidence": [entry]}, counts={}))
    refused(job, ValueError, "stage decide wrote tables that it does not declare: evidence")


def test_rows_are_added_up_and_those_that_no_task_counts_with_them(tmp_path: Path) -> None:
    job = tallying(tmp_path)
    for number in range(2):
        job.publish(Receipt(task=number, files={}, tallies=tally.cells([Chosen(split="valid", taken=2)])))
    done = job.finish(rows=[Held(split="valid", source="a.b", language="x", documents=1)], parts=2)
    assert done == manifest.load(job.folder)
    assert done.tally(Chosen) == (Chosen(split="valid", taken=4),)
    assert done.tally(Held) == (Held(split="valid", source="a.b", language="x", documents=1),)


def test_tally_without_rows_is_there(tmp_path: Path) -> None:
    job = tallying(tmp_path)
    done = job.finish(parts=0)
    assert done == manifest.load(job.folder)
    assert done.tally(Held) == ()
    with pytest.raises(DataError, match="numbers: its manifest has no tally 'packed'.*: run the recipe again"):
        done.tally(Packed)


def test_tally_that_the_stage_does_not_declare_is_refused(tmp_path: Path) -> None:
    job = tallying(tmp_path)
    job.publish(Receipt(task=0, files={}, tallies=tally.cells([Packed(source="s")])))
    with pytest.raises(ValueError, match="stage numbers wrote tallies that it does not declare: packed"):
        job.finish(parts=1)
    assert manifest.load(job.folder) is None


def tallying(folder: Path) -> Job[object]:
    return job_of(stage_of("numbers", tallies=(Chosen, Held)), {}, folder / "numbers", [], HERE)


def test_table_before_that_is_not_aligned_is_not_read(tmp_path: Path) -> None:
    before = [
        built("ingest", tmp_path / "ingest", {"documents": rows(2, 3)}),
        built("decide", tmp_path / "decide", {"verdicts": rows(2, 2)}),
    ]
    stage: Stage[object] = Stage(name="x", version=1, writes={}, params=lambda _: None)
    job = job_of(stage, None, tmp_path, before, HERE, declared=(INGEST.documents, DECIDE.verdicts))
    with pytest.raises(LedgerError, match="decide: rows of verdicts and of documents in part 1: 2 != 3"):
        job.table(DECIDE.verdicts)
