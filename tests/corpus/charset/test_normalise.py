"""The one form of text: what is looked at, against a twin that rewrites every text."""

import re

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.charset.normalise import _values, normalise_array
from filters.arrow import strings
from filters.kernels.buffers import buffers
from filters.kernels.normal_form import ORDERS, look
from tests.filters.strategies import MIXED

# Marks of many classes, with and without partners that they compose with; letters that do; all that goes out.
_PIECES = (
    "aeKlك\u00e9\u00c5\u0133\u212b\u0344\u0374\u0958\u0915\u0995\u09c7\u0bc6\uac00\u1100\u3046\ufb2a\U00011099",
    "\u0301\u0308\u0316\u0327\u0338\u05b0\u05b4\u05bc\u064e\u0651\u0653\u0670\u093c\u094d\u09be\u0bbe\u0e38\u0e48",
    "\u0f71\u0f72\u1161\u11a8\u302a\u3099\ua8e0\U000110ba\U0001d165",
    "\u00ad\u2060\ufeff\x80\x81\x85\x92\x9f\x00\x1b\x7f\r\n\v\f\u2028\u2029\t \u200c\u200d",
)
_TEXT = st.one_of(st.text(st.sampled_from("".join(_PIECES)), max_size=12), MIXED, st.text(st.characters(codec="utf-8")))


def nfc(texts: pa.StringArray) -> pa.StringArray:
    return pc.utf8_normalize(texts, "NFC")  # type: ignore[attr-defined,no-any-return]  # the stubs lack it


def twin(text: str) -> str:
    if re.search("[\x80-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]", text):
        text = "".join(bytes([ord(c)]).decode("cp1252", "ignore") if 0x80 <= ord(c) < 0xA0 else c for c in text)
    text = re.sub("[\u00ad\u2060\ufeff]", "", text)
    text = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text)
    text = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]", "", text)
    return strings(nfc(pa.array([text], pa.string())))[0]


@given(st.lists(_TEXT, max_size=5), st.integers(0, 2))
@example(["a\u0301\u00ad\u0316", "a\u0315\u200d\u0300"], 0)  # a mark that stands first only once the hyphen is out
@example(["\u09c7\u00ad\u09be", "a\u0316\u0301", "a\u0301\u0316", "\u064e\u0651", "\u0651\u064e"], 0)
def test_any_texts_equal_twin(texts: list[str], first: int) -> None:
    found = normalise_array(pa.array(texts, pa.string()).slice(first))
    assert strings(found) == [twin(text) for text in texts[first:]]


def test_what_is_not_looked_at_again_nfc_leaves_as_it_is() -> None:
    """Of single characters, of neighbours, of every mark on letters that compose, of three marks that ascend."""
    every = pa.array([chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000], pa.string())
    looked_at = pa.array(look(*buffers(every), *_values()) != 0)
    assert not pc.any(pc.and_(pc.not_equal(nfc(every), every), pc.invert(looked_at))).as_py()
    alone = strings(every.filter(pc.invert(looked_at)))
    assert len(alone) > 50_000
    blocks, values = _values()
    order = {one: int(values[int(blocks[ord(one) >> 8]) << 8 | ord(one) & 255]) for one in alone}
    marks = sorted((one for one in alone if 0 < order[one] <= ORDERS), key=lambda one: (order[one], one))
    assert len({order[one] for one in marks}) > 20
    texts = [one + other for one, other in zip(alone, alone[7:] + alone[:7], strict=True)]
    texts += [letter + mark for mark in marks for letter in "aeo\u00e9\u0915\u05d0\u0643\u3046"]
    texts += ["a" + "".join(three) for three in zip(marks, marks[1:], marks[2:], strict=False)]
    looks = look(*buffers(pa.array(texts, pa.string())), blocks, values)
    assert not looks[len(alone) :].any()
    left = pa.array(texts, pa.string()).filter(pa.array(looks == 0))
    assert len(left) > len(texts) - len(marks)
    assert nfc(left).equals(left)
