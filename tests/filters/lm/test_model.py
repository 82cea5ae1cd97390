"""A trained folder is scored as kenlm scores its ARPA file; a folder that is not what it says is refused."""

import hashlib
import shutil
from pathlib import Path

import kenlm
import numpy as np
import orjson
import pyarrow as pa
import pytest

from filters.arrow import binaries
from filters.lm import model, normaliser, pieces
from filters.lm.counter import PieceCounter
from filters.lm.normaliser import normalise_array
from filters.lm.vocabulary import Vocabulary
from filters.perplexity import Filter, Model
from tests.filters.conftest import documents, measured
from tests.filters.lm.twin import estimate

LINES = [["the", "mill", "grinds", "grain"], ["the", "grain", "is", "ground"], ["a", "mill", "is", "the", "mill"]]


def write(folder: Path, **changes: object) -> Model:
    """A model of LINES as train-lm would write it."""
    folder.mkdir(exist_ok=True)
    found = estimate(LINES, 3)
    data = {
        model.TABLE: b"".join(found.table.blocks()),
        model.WORDS: b"".join(word + b"\n" for word in binaries(found.vocabulary.words)),
        model.ARPA: found.arpa.encode(),
    }
    for name, content in data.items():
        (folder / name).write_bytes(content)
    described = {
        "format": model.FORMAT,
        "version": model.VERSION,
        "normaliser": {"name": normaliser.NAME, "version": normaliser.VERSION},
        "order": 3,
        "table": {"slots": found.table.slots},
        "buckets": {"head": 2.0, "tail": 9.0},
        "files": {name: {"sha256": hashlib.sha256(content).hexdigest()} for name, content in data.items()},
    }
    (folder / model.DESCRIPTION).write_bytes(orjson.dumps({**described, **changes}))
    return Model(path=str(folder), sha256=model.digest_of(str(folder)))


TEXTS = ["The mill grinds grain.", "the mill\nthe grain!", "unseen words, 42", "", "?!", "is is the the\n\na mill"]


def test_documents_have_the_perplexity_of_kenlm_and_their_bucket(tmp_path: Path) -> None:
    instance = Filter(models={"eng_Latn": write(tmp_path / "m")})
    found = measured(instance, documents([*TEXTS, "mill"], ["eng_Latn"] * len(TEXTS) + ["deu_Latn"])).to_pylist()
    oracle = kenlm.LanguageModel(str(tmp_path / "m" / model.ARPA))
    for row, text in zip(found, normalise_array(pa.array(TEXTS)).strings().to_pylist(), strict=False):
        lines = text.split("\n") if text else []
        tokens = sum(len(line.split()) + 1 for line in lines)
        expected = 10 ** (-sum(map(oracle.score, lines)) / tokens) if tokens else 0.0
        assert row["tokens"] == tokens
        assert row["modelled"] is (tokens > 0)
        assert row["perplexity"] == pytest.approx(expected, rel=1e-5)
        bucket = "head" if expected <= 2 else "middle" if expected <= 9 else "tail"
        assert row["bucket"] == (bucket if tokens else "unmodelled")
    assert {row["bucket"] for row in found[:3]} >= {"middle", "tail"}
    assert found[-1] == {"perplexity": 0.0, "tokens": 0, "modelled": False, "bucket": "unmodelled"}


def test_a_model_without_held_out_text_has_no_buckets(tmp_path: Path) -> None:
    instance = Filter(models={"eng_Latn": write(tmp_path / "m", buckets=None)})
    [row] = measured(instance, documents(["the mill"], ["eng_Latn"])).to_pylist()
    assert (row["modelled"], row["bucket"]) == (True, "unmodelled")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 99}, "is gristmill-lm 99, not gristmill-lm 1: train it again"),
        ({"format": "other"}, "is other 1, not gristmill-lm 1: train it again"),
        ({"normaliser": {"name": "x", "version": 1}}, "was trained on text of another normaliser"),
    ],
)
def test_a_model_of_another_kind_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    found = write(tmp_path / "m", **changes)
    with pytest.raises(ValueError, match="^model ") as refused:
        model.load(found.path, found.sha256)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"format": 1}'])
def test_a_description_that_is_none_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "m")
    (tmp_path / "m" / model.DESCRIPTION).write_bytes(content)
    with pytest.raises(ValueError, match="describes no language model; train it with train-lm$"):
        model.load(str(tmp_path / "m"), model.digest_of(str(tmp_path / "m")))


@pytest.mark.parametrize("name", [model.TABLE, model.WORDS])
def test_a_file_that_was_changed_or_lost_is_refused(tmp_path: Path, name: str) -> None:
    found = write(tmp_path / "m")
    shutil.copytree(tmp_path / "m", tmp_path / "lost")
    with (tmp_path / "m" / name).open("r+b") as file:
        file.write(b"!")
    with pytest.raises(ValueError, match=f"{name}: its sha256 is "):
        model.load(found.path, found.sha256)
    (tmp_path / "lost" / name).unlink()
    with pytest.raises(ValueError, match=f"{name}: No such file or directory"):
        model.load(str(tmp_path / "lost"), found.sha256)


def test_limits_are_ccnets_percentiles() -> None:
    assert model.limits(np.arange(100.0, 0.0, -1.0)) == (30.0, 60.0)
    assert model.limits(np.array([7.0])) == (7.0, 7.0)
    assert model.limits(np.empty(0)) is None


def thai() -> list[str]:
    parts = ["การ", "โรง", "สี", "ข้าว", "ใหม่", "บด", "เมล็ด", "ธัญ", "พืช", "น้ำ", "ลม", "ใน"]
    return ["".join(parts[(i * j + j) % len(parts)] for j in range(1, 12)) for i in range(300)]


def test_pieces_are_the_same_bytes_every_time_and_split_every_text() -> None:
    first = pieces.train(thai())
    assert first == pieces.train(thai())
    found = pieces.Pieces(first)
    text = normalise_array(pa.array(["การสีข้าว\nลม", "", "xyz ข้าว"], pa.string()))
    names = [name.decode() for name in binaries(found.names)]
    assert "".join(names[i] for line in found.lines(text, 0) for i in line) == "▁การสีข้าว▁ลม"
    numbers = np.arange(100, 100 + len(names), dtype=np.int32)
    tokens, rows = found.numbered(text, numbers)
    assert rows[1] == rows[2]
    assert (tokens == 2).sum() == 3
    assert tokens[rows[3] - 1] == 2
    assert len(list(found.lines(text, 0))) == 2


def test_what_no_piece_covers_is_unknown_and_no_word() -> None:
    found = pieces.Pieces(pieces.train(thai()))
    counter = PieceCounter(found)
    text = normalise_array(pa.array(["ลมฮ\nฮ"], pa.string()))
    tokens = counter.add(text, 0).tolist()
    assert tokens.count(found.unknown) == 2
    assert tokens.count(-1) == 2
    words, counts = counter.result()
    assert counts[found.unknown] == 0
    assert counts.sum() == len(tokens) - 4
    seen = pa.array([w for w, c in zip(words.to_pylist(), counts.tolist(), strict=True) if c], pa.large_binary())
    numbers = Vocabulary.of(seen).numbers_of(found.names)
    assert numbers[found.unknown] == 0
    known, _ = found.numbered(text, numbers)
    assert (known == 0).sum() == 2


def test_pieces_of_too_little_text_are_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match="^SentencePiece learned nothing from the sample") as refused:
        pieces.train([])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("language", "by_pieces"),
    [("tha_Thai", True), ("zho_Hant", True), ("jpn_Jpan", True), ("mya_Mymr", True), ("kor_Kore", False)],
)
def test_scripts_without_spaces_are_modelled_by_pieces(language: str, by_pieces: bool) -> None:
    assert pieces.needed(language) is by_pieces
