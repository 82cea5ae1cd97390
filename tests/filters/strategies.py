"""Texts as Hypothesis draws them, and those that a crawl is known to hold."""

from hypothesis import strategies as st

# One or two letters of many scripts with their marks and digits; every kind of white space; what joins and what hides.
_PIECES = (
    *"aZéßİǅΣςжЖאبأ\u064e९\u093fक字々仮カｶไก\u0e33\u0e31ខ\u17d2ရ\u103cབོ한𝒜𠀋ჰ",
    *"019½②٣",
    *" \t\n\r\v\f\u00a0\u2028\u3000\u0085",
    *".,;-_'’«。、؟$€+🙂",
    *"\u0301\u200b\u200c\u200d\u202e\ufe0f\ufeff\u0000\ue000\U0010ffff",
)
_WORDS = ("the mill", "grain", "GRAIN", " ", "\n", "字", "กำ", "мука", "\n\n", ", ")

ANY = st.text(st.characters(codec="utf-8"), max_size=50)
MIXED = st.text(st.sampled_from(_PIECES), max_size=60)
REPETITIVE = st.lists(st.sampled_from(_WORDS), max_size=40).map("".join)
PHRASES = st.lists(st.sampled_from(("a b c d e ", "c d e f g h i ", "b c ", "x ")), max_size=12).map("".join)
TEXT = st.one_of(ANY, MIXED, REPETITIVE)
TEXTS = st.lists(TEXT, max_size=5)

HOSTILE = (
    "",
    " ",
    "\u00a0\u3000\u2028",
    "\n" * 500,
    "\r\n" * 50,
    "a",
    "字",
    "\x00",
    "\x00\x01\x7f\x85",
    "\u0301" * 100,
    "e" + "\u0301" * 2000,
    "\u202eright to left\u202c",
    "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "\ufeffbom at the start",
    "ａｂｃ　１２３",
    "x" * 70_000,
    "x " * 35_000,
    "字" * 20_000,
    "1.1.1.1 " * 20,
    "_" * 300,
    "\U0010ffff\U000e0001",
    "مرحبا hello שלום 你好",
    "-1e308 nan inf None null",
)
