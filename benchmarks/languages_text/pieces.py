"""Pieces of text as sources have them to clean ones: no placeholders, markup or access keys, and mostly letters."""

import html
import re

_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_MARK = re.compile(
    r"<[^<>]*>|\{[^{}]*\}|%\([^)]*\)[a-z]|%[0-9]*\$?-?[0-9.]*[a-zA-Z]|\$[0-9]+|\\[ntr]|https?://\S+|\S+@\S+\.\S+"
    r"|'''?|__[A-Z]+__|&[a-zA-Z]+;|\[\S*//\S*|~[A-Z]~"
)
_ACCESS_KEY = re.compile(r"(?<=\w)[_&~](?=\w)|(?<!\w)[_&~](?=\w)|\(_?&?[A-Z]\)$")
_SIGN = re.compile(r"[\d_!-/:-@\[-`{-~\u00a1-\u00bf\u2000-\u206f\u3000-\u303f\uff01-\uff20]")
_MOST = 4000  # characters of a message that are read
_LEAST_LETTERS = 0.6  # of what is not white space
_ENGLISH = re.compile(r"(?i)\b(?:the|of|and|to|is|for|with|that|this|are)\b")
_STOPS = 3  # words of English grammar that tell a text, by one for every
_WORDS = 12  # words


def cleaned(text: str) -> str:
    """The text of a message, "" where nothing of it is language."""
    text = _LINK.sub(r"\1", _TEMPLATE.sub(" ", html.unescape(text[:_MOST])))
    text = " ".join(_ACCESS_KEY.sub("", _MARK.sub(" ", text)).split())
    solid = len(text) - text.count(" ")
    letters = solid - len(_SIGN.findall(text))
    return text if letters >= 3 and letters >= _LEAST_LETTERS * solid else ""


def looks_english(text: str) -> bool:
    """Whether a text that should not be is English."""
    found = {word.lower() for word in _ENGLISH.findall(text)}
    return len(found) >= _STOPS or (len(found) == 2 and len(text.split()) <= _WORDS)
