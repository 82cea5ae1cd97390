"""`gristmill search` over the finished run."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from corpus.lineage.opened_release import open_release
from corpus.stages.release import RELEASE
from tests.conftest import Gristmill


def corpus_of(out: Path) -> list[dict[str, str]]:
    table = open_release(str(out)).stages[RELEASE].table("corpus")
    return [row for part in range(table.parts) for row in table.read(part).to_pylist()]


def overlapping(text: str, phrase: str) -> int:
    return sum(text.startswith(phrase, at) for at in range(len(text) - len(phrase) + 1))


def answered(gristmill: Gristmill, *arguments: str | Path | int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    done = gristmill("search", *arguments, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    *hits, total = [orjson.loads(line) for line in done.stdout.splitlines()]
    return hits, total


def test_counts_are_those_of_str_in_every_language_of_the_corpus(gristmill: Gristmill, finished: Path) -> None:
    corpus = corpus_of(finished / "out")
    for language in sorted({row["language"] for row in corpus}):
        own = [row["text"] for row in corpus if row["language"] == language]
        middle = len(own[0]) // 2
        for phrase in (own[0][middle : middle + 2], own[0][middle : middle + 9]):
            _, total = answered(gristmill, finished / "out", phrase, "--lang", language, "-n", 0)
            counts = [overlapping(text, phrase) for text in own]
            assert (total["occurrences"], total["holding"]) == (sum(counts), sum(count > 0 for count in counts))
            assert total["documents"] == len(own)
            assert total["bytes"] == sum(len(text.encode()) for text in own)
            _, whole = answered(gristmill, finished / "out", phrase, "-n", 0)
            assert whole["occurrences"] == sum(overlapping(row["text"], phrase) for row in corpus)
            assert whole["passed_over"] == 0


def test_hits_say_where_they_stand(gristmill: Gristmill, finished: Path) -> None:
    corpus = {row["id"]: row for row in corpus_of(finished / "out")}
    hits, total = answered(gristmill, finished / "out", "der", "-n", 500)
    assert len(hits) == min(total["occurrences"], 500)
    for hit in hits:
        row = corpus[str(hit["id"])]
        (first, last), (start, end) = hit["bytes"], hit["chars"]
        assert row["text"].encode()[first:last] == row["text"][start:end].encode() == b"der"
        assert (hit["source"], hit["language"], hit["licence"]) == (row["source"], row["language"], row["licence"])
        assert hit["row"] == row["row"]


@pytest.mark.parametrize(
    "phrase",
    ["jane.roe@mail-server.net", "jane.roe", "roe@mail", "write to ja", "DE89 3704", "post.net", "the_other"],
)
@pytest.mark.parametrize("form", ["text", "jsonl"])
@pytest.mark.parametrize("table", ["corpus", "documents"])
def test_personal_data_is_in_no_answer(
    gristmill: Gristmill, finished: Path, phrase: str, form: str, table: str
) -> None:
    done = gristmill("search", finished / "out", phrase, "--table", table, "--format", form, "-n", 50)
    assert done.returncode == 0
    for secret in ("jane.roe", "roe@", "mail-server", "901820", "DE89", "the_other_person", "post.net"):
        assert secret not in done.stdout + done.stderr
    assert ("PI:" in done.stdout) == (table == "documents")


def test_what_is_not_searched_is_said(gristmill: Gristmill, finished: Path) -> None:
    out = gristmill("search", finished / "out", "zq no such phrase").stdout
    assert "0 occurrences, overlapping ones included, in 0 of " in out
    assert "documents that came and were dropped" in out
    assert "records that gave no document" in out
    out = gristmill("search", finished / "out", "a", "--source", "manuals", "--lang", "de").stdout
    assert "documents that --lang and --source leave out" in out


def test_a_phrase_of_another_form_is_told(gristmill: Gristmill, finished: Path) -> None:
    assert "not in the one form" in gristmill("search", finished / "out", "e\u0301").stderr
    assert gristmill("search", finished / "out", "é").stderr == ""


def test_a_terminal_is_not_moved(gristmill: Gristmill, finished: Path) -> None:
    out = gristmill("search", finished / "out", "\n", "-n", 3).stdout
    assert "[[\\n]]" in out
    assert all(line.isprintable() for line in out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a", "--source", "manual"], "did you mean 'manuals'?"),
        (["a", "--lang", "klingonese"], "is no language"),
        (["(a", "--regex"], "no expression of RE2"),
        (["", "--regex"], "is empty"),
        ([""], "is empty"),
        (["a*", "--regex"], "at some place"),
        (["a", "--tag", "nope"], "has no release 'nope'"),
    ],
)
def test_mistakes_are_one_line(gristmill: Gristmill, finished: Path, arguments: list[str], message: str) -> None:
    done = gristmill("search", finished / "out", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_without_a_release_is_told(gristmill: Gristmill, tmp_path: Path) -> None:
    done = gristmill("search", tmp_path, "a")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_cores_change_nothing(gristmill: Gristmill, finished: Path) -> None:
    one, two = (gristmill("search", finished / "out", "ing", "--cores", cores).stdout for cores in (1, 2))
    assert one == two


def test_expressions_are_searched(gristmill: Gristmill, finished: Path) -> None:
    import re

    corpus = corpus_of(finished / "out")
    hits, total = answered(gristmill, finished / "out", r"[Tt]he \w+", "--regex", "-n", 3)
    assert total["occurrences"] == sum(len(re.findall(r"[Tt]he [0-9A-Za-z_]+", row["text"])) for row in corpus)
    assert total["overlapping"] is False
    assert str(hits[0]["match"]).lower().startswith("the ")
