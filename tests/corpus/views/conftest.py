"""A tokenizer with the marks of fill-in-the-middle."""

from pathlib import Path

import pyarrow as pa
import pytest

from corpus.views.coding import Fast
from tokenizer.bpe import learn_merges
from tokenizer.counts import count_pretokens
from tokenizer.encode import Encoder
from tokenizer.parallel import declaration
from tokenizer.save import save
from tokenizer.specials import special_tokens

MARKS = ("<fim_prefix>", "<fim_middle>", "<fim_suffix>")


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """1,500 tokens, learned from the first articles in every language; the marks have the ids 2 to 4."""
    folder: Path = tmp_path_factory.mktemp("tokenizer")
    specials = special_tokens(MARKS)
    texts = pa.array([text[:1500] for text in declaration().values()])
    save(str(folder), learn_merges(*count_pretokens(texts), 1500 - 256 - len(specials)), specials=specials)
    return Encoder(path=str(folder / "tokenizer.json"))


@pytest.fixture(scope="session")
def coder(encoder: Encoder) -> Fast:
    return Fast(encoder=encoder)
