"""Tokenizers over each pre-tokenizer that is proven, with merges learned from texts of many scripts."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from tokenizer.bpe import learn_merges
from tokenizer.counts import count_pretokens
from tokenizer.parallel import declaration
from tokenizer.save import save
from tokenizer.split_points import PROVEN

Variant = Callable[..., Path]


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tokenizer of 1,500 tokens, trained on the first articles in every language."""
    target = tmp_path_factory.mktemp("saved")
    texts = [text[:1500] for text in declaration().values()]
    save(str(target), learn_merges(*count_pretokens(pa.array(texts)), 1500 - 258))
    return target


@pytest.fixture(scope="session")
def variant(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Variant:
    """The same with tables of its tokenizer.json replaced."""

    def make(**tables: object) -> Path:
        target = tmp_path_factory.mktemp("variant")
        raw = orjson.loads((saved / "tokenizer.json").read_bytes())
        (target / "tokenizer.json").write_bytes(orjson.dumps({**raw, **tables}))
        (target / "tokenizer_config.json").write_bytes((saved / "tokenizer_config.json").read_bytes())
        return target

    return make


def splitting(pattern: str) -> dict[str, object]:
    """A pre-tokenizer by one pattern, as tokenizer.json has it."""
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return {"type": "Sequence", "pretokenizers": [split, bytes_]}


@pytest.fixture(scope="session")
def proven(variant: Variant) -> dict[str, Path]:
    """A folder for each pattern of PROVEN."""
    return {pattern: variant(pre_tokenizer=splitting(pattern)) for pattern in sorted(PROVEN)}
