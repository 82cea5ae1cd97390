"""`gristmill trace --text` over the finished run."""

import io
import sys
from pathlib import Path

import pytest

from corpus.lineage.opened_release import open_release
from tests.conftest import Gristmill
from tests.jobs.test_search_verb import corpus_of

SECRETS = ("jane.roe", "roe@", "mail-server", "901820", "DE89", "the_other_person", "@mill-post")


def whole(finished: Path) -> dict[str, str]:
    """A document of the corpus that is long enough."""
    return next(row for row in corpus_of(finished / "out") if len(row["text"]) > 400)


def test_a_text_leads_to_its_document_shards_and_steps(gristmill: Gristmill, finished: Path) -> None:
    row = whole(finished)
    run = [
        "--sequence-length",
        64,
        "--global-batch-size",
        2,
        "--data-path",
        *open_release(str(finished / "out")).prefixes,
    ]
    asked = ("trace", finished / "out", "--text", f"It is said: {row['text'][100:300]} (so it is said)")
    done = gristmill(*asked)
    assert done.returncode == 0, done.stderr
    for wanted in (
        f"document   {row['id']}",
        "stands     byte ",
        "source     manuals",
        "licence    CC",
        "verdict    kept",
    ):
        assert wanted in done.stdout
    assert "tokens     arrow/" in done.stdout
    assert "tokens     megatron/" in done.stdout
    assert "read by" not in done.stdout
    done = gristmill(*asked, *run)
    assert done.returncode == 0, done.stderr
    assert "read by" in done.stdout
    assert "step " in done.stdout


def test_copies_that_went_for_a_document_are_named(gristmill: Gristmill, finished: Path) -> None:
    """Two differ by signs alone."""
    done = gristmill(
        "trace", finished / "out", "--text", "she will answer every one of your questions about the mill, the grain"
    )
    assert done.returncode == 0
    assert "copies     1 went for it: " in done.stdout
    assert "(exact, Jaccard 1.0000)" in done.stdout


def test_personal_data_is_in_no_answer(gristmill: Gristmill, finished: Path) -> None:
    given = (
        "write to jane.roe@mail-server.net, or call +49 30 901820 any day of the week, she will answer every one of "
        "your questions about the mill, DE89 3704 0044 0532 0130 00"
    )
    done = gristmill("trace", finished / "out", "--text", given)
    assert done.returncode == 0
    assert "span " in done.stdout
    for secret in SECRETS:
        assert secret not in done.stdout + done.stderr


def test_text_comes_from_a_file_or_from_standard_input(
    gristmill: Gristmill, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = whole(finished)["text"][:200]
    (tmp_path / "text").write_text(text, "utf-8")
    by_text = gristmill("trace", finished / "out", "--text", text).stdout
    assert gristmill("trace", finished / "out", "--text-file", tmp_path / "text").stdout == by_text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert gristmill("trace", finished / "out", "--text-file", "-").stdout == by_text


def test_a_text_that_stands_nowhere_is_said_to_and_what_is_not_searched(gristmill: Gristmill, finished: Path) -> None:
    done = gristmill("trace", finished / "out", "--text", "zq" * 60)
    assert done.returncode == 0
    assert "0 longest spans" in done.stdout
    assert "documents that came and were dropped" in done.stdout


def test_a_terminal_is_not_moved(gristmill: Gristmill, finished: Path) -> None:
    done = gristmill(
        "trace", finished / "out", "--text", f"{whole(finished)['text'][:300]}\x1b[31m\x9b", "--min-span", 16
    )
    assert all(line.isprintable() for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--text", "a", "--min-span", 3], "give 16 or more"),
        (["--text", "a" * 200_001], "at the most"),
        (["--text-file", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--text", "a", "--sequence-length", 8], "--global-batch-size"),
        (["--text", "a", "--sequence-length", 8, "--global-batch-size", 8], "--data-path"),
    ],
)
def test_mistakes_are_one_line(gristmill: Gristmill, finished: Path, arguments: list[object], message: str) -> None:
    done = gristmill("trace", finished / "out", *map(str, arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_utf_8_is_told(gristmill: Gristmill, finished: Path, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    done = gristmill("trace", finished / "out", "--text-file", tmp_path / "latin")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "is not UTF-8" in done.stderr
