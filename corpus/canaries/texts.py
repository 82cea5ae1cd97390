"""Text that canaries are made of: sentences of the declaration in many languages, and labelled personal data."""

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

import orjson

from tokenizer.parallel import declaration

UNSPACED = frozenset({"jpn_Jpan", "tha_Thai", "zho_Hans"})
LANGUAGES = (  # noqa: SIM905  (a line a word otherwise)
    "ara_Arab ben_Beng deu_Latn ell_Grek eng_Latn fin_Latn fra_Latn heb_Hebr hin_Deva hun_Latn ind_Latn "
    "jpn_Jpan kor_Kore pol_Latn por_Latn ron_Latn rus_Cyrl spa_Latn swh_Latn tha_Thai tur_Latn ukr_Cyrl "
    "vie_Latn zho_Hans"
).split()
_ENDS = ".!?\u3002\uff01\uff1f\u0964\u061f"  # of sentences, in these scripts
_SENTENCE = re.compile(rf"[^{_ENDS}\n]{{12,400}}(?:[{_ENDS}]|$)", re.MULTILINE)
_LINE = 3  # sentences


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A text with personal data in it (kind, value), or with what only looks like some (`negative`)."""

    language: str
    text: str
    values: tuple[tuple[str, str], ...]
    negative: str


@cache
def sentences(language: str) -> tuple[str, ...]:
    """Of the declaration, as it has them; without those of a list, which end in other signs."""
    return tuple(found.strip() for found in _SENTENCE.findall(declaration()[language]))


@cache
def _words(language: str) -> tuple[str, ...]:
    return tuple(word for sentence in sentences(language) for word in sentence.rstrip(".").split())


def prose(random: Random, language: str, chars: int) -> str:
    """Sentences by chance, some to a line, until there are so many characters; none twice before all have been."""
    return "\n".join(paragraphs(random, language, chars))


def paragraphs(random: Random, language: str, chars: int) -> list[str]:
    """The same, a text a line."""
    known = sentences(language)
    found: list[str] = []
    size = 0
    while size < chars:
        for sentence in random.sample(known, len(known)):
            found.append(sentence)
            size += len(sentence)
            if size >= chars:
                break
    joint = "" if language in UNSPACED else " "
    return [joint.join(found[first : first + _LINE]) for first in range(0, len(found), _LINE)]


def jumble(random: Random, language: str, words: int) -> str:
    """Words of a language in an order that no other text has, as lines with a full stop."""
    known = _words(language)
    drawn = random.choices(known, k=words)
    return "\n".join(" ".join(drawn[first : first + 15]) + "." for first in range(0, words, 15))


@cache
def labelled() -> Sequence[Labelled]:
    """Of data/pii/labelled.jsonl (scripts/make_canary_texts)."""
    packed = (files("corpus.canaries.data") / "personal.jsonl.gz").read_bytes()
    rows = [orjson.loads(line) for line in gzip.decompress(packed).splitlines()]
    return [
        Labelled(
            language=row["language"],
            text=row["text"],
            values=tuple((kind, row["text"][start:end]) for start, end, kind in row["spans"]),
            negative=row["negative"] or "",
        )
        for row in rows
    ]
