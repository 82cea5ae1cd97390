"""A tokenizer that somebody brings: each refusal with its reason, and what is only worth a warning."""

import re
from pathlib import Path

import orjson
import pytest

from tests.tokenizer.conftest import Variant
from tokenizer.given import check
from tokenizer.specials import END, PADDING


def data(folder: Path) -> bytes:
    return (folder / "tokenizer.json").read_bytes()


def changed(saved: Path, **tables: object) -> bytes:
    return orjson.dumps({**orjson.loads(data(saved)), **tables})


def test_what_train_writes_may_be_given(saved: Path) -> None:
    found = check(data(saved), END, PADDING)
    assert (found.vocab_size, found.end, found.padding, found.warnings) == (1500, END, PADDING, ())
    assert check(data(saved), END, "").padding == ""


BOS = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": PADDING, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
    "special_tokens": {PADDING: {"id": PADDING, "ids": [1], "tokens": [PADDING]}},
}


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ({"post_processor": BOS}, r"adds <\|padding\|> to every text: take the template out"),
        (
            {"truncation": {"direction": "Right", "max_length": 9, "strategy": "LongestFirst", "stride": 0}},
            "has truncation switched on",
        ),
        ({"model": []}, 'has no "model"'),
        ({"added_tokens": {"a": 1}}, "are no list of tokens"),
        ({"pre_tokenizer": {"type": "import os"}}, "`tokenizers` cannot open it"),
    ],
)
def test_tables_that_a_release_cannot_stand_on(saved: Path, tables: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check(changed(saved, **tables), END, PADDING)


def model(saved: Path, **changes: object) -> bytes:
    raw = orjson.loads(data(saved))
    return orjson.dumps({**raw, "model": {**raw["model"], **changes}})


def test_merges_dropped_at_random_are_refused(saved: Path) -> None:
    with pytest.raises(ValueError, match=r"drops merges at random \(dropout 0.1\)"):
        check(model(saved, dropout=0.1), END, PADDING)


def test_ids_beyond_the_vocabulary_are_refused(saved: Path) -> None:
    vocab = orjson.loads(data(saved))["model"]["vocab"]
    with pytest.raises(ValueError, match="token 'ꙮ' has id 1700, beyond its vocabulary of 1501"):
        check(model(saved, vocab={**vocab, "ꙮ": 1700}), END, PADDING)


def test_an_id_that_would_fill_the_memory_is_refused(saved: Path) -> None:
    vocab = orjson.loads(data(saved))["model"]["vocab"]
    with pytest.raises(ValueError, match="has id 4294967295, but no vocabulary has 16777216 tokens"):
        check(model(saved, vocab={**vocab, "ꙮ": (1 << 32) - 1}), END, PADDING)


@pytest.mark.parametrize("size", [65_500, 65_536])
def test_vocabularies_that_trainers_read_differently_are_refused(saved: Path, size: int) -> None:
    vocab = orjson.loads(data(saved))["model"]["vocab"]
    more = {f"<{n}>": n for n in range(len(vocab), size)}
    with pytest.raises(ValueError, match=f"has a vocabulary of {size}: some trainers"):
        check(model(saved, vocab={**vocab, **more}), END, PADDING)


@pytest.mark.parametrize(
    ("end", "padding", "reason"),
    [
        ("</s>", "", r"has no end-of-document token '</s>': name one as `end`; its special tokens: <\|endoftext\|>"),
        (END, "<pad>", "has no padding token '<pad>'"),
        (END, END, "cannot be both"),
        ("a", "", "'a' is an ordinary token of it"),
    ],
)
def test_marks_must_be_there_special_and_distinct(saved: Path, end: str, padding: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check(data(saved), end, padding)


@pytest.mark.parametrize("junk", [b"", b"{", b"[1]", b"\xff\xfe", b'{"model": {"type": "BPE"}}', b"null"])
def test_what_is_no_tokenizer_is_refused_in_one_line(junk: bytes) -> None:
    with pytest.raises(ValueError, match=re.compile("^[^\n]+$")):
        check(junk, END, "")


@pytest.mark.parametrize(
    ("normaliser", "warned"),
    [
        ({"type": "NFKC"}, "NFKC"),
        ({"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}]}, "NFD, Lowercase"),
    ],
)
def test_normalisers_that_lose_text_are_warned_of(saved: Path, normaliser: dict[str, object], warned: str) -> None:
    assert [warned in one for one in check(changed(saved, normalizer=normaliser), END, "").warnings] == [True]


def test_letters_that_do_not_come_back_are_warned_of(variant: Variant, saved: Path) -> None:
    plain = {"type": "WhitespaceSplit"}
    found = check(data(variant(pre_tokenizer=plain, decoder=None)), END, "").warnings
    assert len(found) == 1
    assert "it loses text" in found[0]


def test_tokenizer_that_ends_on_a_text_is_refused(saved: Path) -> None:
    model = orjson.loads(data(saved))["model"]
    with pytest.raises(ValueError, match="cannot encode .* Unk token `none of it`"):
        check(
            changed(saved, model={**model, "vocab": {END: 0, PADDING: 1}, "merges": [], "unk_token": "none of it"}),
            END,
            "",
        )
