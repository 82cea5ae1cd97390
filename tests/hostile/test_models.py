"""Models and tokenizers that promise more than they hold: one line, before memory is taken."""

import struct

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.kernels.classify import HIERARCHICAL, SOFTMAX
from filters.lm import model
from tests.filters.lm.test_model import write as write_folder
from tests.filters.test_classifier import write_model
from tests.hostile.conftest import HOSTILE
from tests.hostile.mutations import EDITS, Edit, damaged
from tests.hostile.watched import Watched
from tokenizer.specials import END, PADDING

Seeds = dict[str, tuple[str, bytes]]  # by name: the target, and a valid file


def _tokenizer() -> bytes:
    vocabulary = {END: 0, PADDING: 1, "a": 2, "b": 3, "ab": 4, **{f"t{n}": 5 + n for n in range(40)}}
    special = [
        {"id": n, "content": token, "special": True, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False}
        for n, token in enumerate((END, PADDING))
    ]  # fmt: skip
    return orjson.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": special,
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
            "post_processor": None,
            "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "vocab": vocabulary, "merges": [["a", "b"]]},
        }
    )


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    folder = tmp_path_factory.mktemp("models")
    write_model(folder / "a.bin", loss=SOFTMAX, word_ngrams=2, maxn=3, end=True)
    write_model(folder / "b.bin", loss=HIERARCHICAL, word_ngrams=1, maxn=4, end=True)
    write_folder(folder / "m")
    files = {path.name: path.read_bytes() for path in sorted((folder / "m").iterdir())}
    return {
        "fasttext": ("fasttext", (folder / "a.bin").read_bytes()),
        "fasttext tree": ("fasttext", (folder / "b.bin").read_bytes()),
        "arpa": ("kenlm", files[model.ARPA]),
        "tokenizer": ("tokenizer", _tokenizer()),
    }


_NAMES = ("fasttext", "fasttext tree", "arpa", "tokenizer")


@pytest.mark.parametrize("name", _NAMES)
def test_seed_is_taken(watched: Watched, seeds: Seeds, name: str) -> None:
    found = watched.call(*seeds[name])
    assert (found.how, found.sound) == ("gave", True), found


@pytest.mark.parametrize("name", _NAMES)
def test_damaged_model_is_taken_or_one_line(watched: Watched, seeds: Seeds, name: str) -> None:
    target, data = seeds[name]

    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        found = watched.call(target, damaged(data, edits))
        assert found.sound, found

    holds()


_LYING = (-(1 << 31), -1, 0, 1, 255, 65536, 1 << 28, (1 << 31) - 1)


@pytest.mark.parametrize("name", ["fasttext", "fasttext tree"])
def test_counts_in_the_head_of_a_classifier_may_lie(watched: Watched, seeds: Seeds, name: str) -> None:
    """Each number of the head: dimension, n-grams, loss, buckets, subwords, then entries, words, labels, tokens."""
    target, data = seeds[name]
    for place in [*range(8, 56, 4), *range(64, 76, 4)]:
        for number in _LYING:
            found = watched.call(target, data[:place] + struct.pack("<i", number) + data[place + 4 :])
            assert found.sound, (place, number, found)


@pytest.mark.parametrize("count", [-1, 0, 1, 10**6, 10**9, 10**12, 10**18, 10**30])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_counts_of_an_arpa_file_may_lie(watched: Watched, seeds: Seeds, order: int, count: int) -> None:
    target, data = seeds["arpa"]
    start = data.index(b"ngram %d=" % order) + 8
    found = watched.call(target, data[:start] + b"%d" % count + data[data.index(b"\n", start) :])
    assert found.sound, found


_JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(1 << 40), 1 << 40), st.floats(allow_nan=False), st.text(max_size=8)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


def _places(raw: object, above: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inner = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [above, *(place for key, value in inner for place in _places(value, (*above, key)))]


def _with(raw: object, place: tuple[object, ...], value: object) -> object:
    if not place:
        return value
    if isinstance(raw, dict):
        return {key: _with(old, place[1:], value) if key == place[0] else old for key, old in raw.items()}
    assert isinstance(raw, list)
    return [_with(old, place[1:], value) if key == place[0] else old for key, old in enumerate(raw)]


@pytest.mark.parametrize("deep", [b"[", b'{"a":'])
def test_nested_json_is_one_line(watched: Watched, deep: bytes) -> None:
    found = watched.call("tokenizer", deep * 100_000)
    assert (found.how, found.sound) == ("refused", True), found


def test_any_value_in_a_tokenizer_is_taken_or_one_line(watched: Watched) -> None:
    raw = orjson.loads(_tokenizer())

    @HOSTILE
    @given(st.sampled_from(_places(raw)), _JSON)
    def holds(place: tuple[object, ...], value: object) -> None:
        found = watched.call("tokenizer", orjson.dumps(_with(raw, place, value)))
        assert found.sound, (place, value, found)

    holds()
