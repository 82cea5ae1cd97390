"""Cases for the filters: text that should stay, and what each of them should drop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random

import orjson

from corpus.canaries import names
from corpus.canaries.case import Case, Check
from corpus.canaries.request import Tried
from corpus.canaries.texts import LANGUAGES, UNSPACED, prose, sentences

_CHARS = 900  # of a text: 120 to 180 words, above what any preset asks for
SURPRISING = "letters in no order"
_CLEAN = 1300  # of one that is to stay: 1,024 bytes and a dozen sentences
_BY_LANGUAGE = ("stopwords", "flagged")  # filters whose lists are of a language: what has no sentences is known to none
_SIGNS = "=-|*+/#<>{}[]~^%&_\\"
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
# What a catalogue is made of: no word of them is a stop word.
_GOODS = (  # noqa: SIM905  (a line a word otherwise)
    "granite walnut copper lantern saddle anvil barrel chisel timber canvas marble ribbon kettle hammer pulley "
    "wagon velvet pepper cobalt bronze candle basket bobbin trowel hinge shovel bucket ladder rivet socket "
    "gasket bracket washer flange nozzle piston spindle pallet tarpaulin crowbar"
).split()


def cases(random: Random, tried: Tried) -> Iterator[Case]:
    """Clean text in every language that stays, text in two, and for each filter what it is there for."""
    yield from _clean(random, tried)
    yield from _mixed(random, tried)
    for kind, (name, reasons, make) in _JUNK.items():
        on = set(tried.rules.get(name, ()))
        if on & set(reasons.split()):
            for number in range(tried.table.cases):
                check = Check(stage=names.DECIDE, kind=kind, about={"filter": name})
                declared = "eng_Latn" if name in _BY_LANGUAGE else ""
                yield Case(name=f"decide/{kind}/{number:03}", text=make(random), language=declared, checks=(check,))
    yield from _surprising(random, tried)
    yield from _addresses(random, tried)
    others = [one for one in LANGUAGES if one not in tried.keep_labels] if tried.keep_labels else []
    for number, language in enumerate(others[: tried.table.cases]):
        check = Check(stage=names.DECIDE, kind="another language", about={"filter": "language"})
        text = prose(random, language, _CHARS)
        yield Case(name=f"decide/another language/{number:03}", text=text, checks=(check,))


def _surprising(random: Random, tried: Tried) -> Iterator[Case]:
    """Words of a language with their letters in no order, declared as that language: no model knows one."""
    languages = [one for one in LANGUAGES if one in tried.modelled and one not in UNSPACED]
    for number in range(tried.table.cases if languages else 0):
        language = languages[number % len(languages)]
        words = ["".join(random.sample(word, len(word))) for word in prose(random, language, _CHARS).split()]
        check = Check(stage=names.DECIDE, kind=SURPRISING, about={"filter": "perplexity"})
        name = f"decide/{SURPRISING}/{number:03}"
        yield Case(name=name, text=" ".join(words), language=language, checks=(check,))


def _addresses(random: Random, tried: Tried) -> Iterator[Case]:
    """Clean text at addresses that are listed, and at a domain whose name only ends so."""
    places: dict[str, Callable[[int], str]] = {}
    if tried.domains:
        places["listed domain"] = lambda number: f"https://canary.{_of(tried.domains, number)}/page/{number}"
        places["domain that ends as a listed one"] = lambda number: (
            f"https://x{_of(tried.domains, number)}/page/{number}"
        )
    if tried.words:
        places["listed words in the address"] = lambda number: (
            f"https://canary.example/{_of(tried.words, number).replace(' ', '-')}/{number}"
        )
    listed = {name.lower() for name in tried.domains}
    for kind, place in places.items():
        wanted = not kind.startswith("domain")
        for number in range(tried.table.cases):
            url = place(number)
            if not wanted and (url.split("/")[2].lower() in listed or any(word in url for word in tried.words)):
                continue
            check = Check(stage=names.DECIDE, kind=kind, wanted=wanted, about={"filter": "url"})
            text = prose(random, tried.language, _CLEAN)
            yield Case(name=f"decide/{kind}/{number:03}", text=text, url=url, checks=(check,))


def _of(listed: Sequence[str], number: int) -> str:
    return listed[number % len(listed)]


def _clean(random: Random, tried: Tried) -> Iterator[Case]:
    languages = tried.kept(LANGUAGES)
    for number in range(tried.table.cases if languages else 0):
        language = languages[number % len(languages)]
        checks = [
            Check(stage=names.DECIDE, kind="clean text", wanted=False),
            Check(stage=names.LANGUAGE, kind="clean text", about={"labels": [language]}),
        ]
        if tried.suites:
            checks.append(Check(stage=names.CONTAMINATION, kind="text without items", wanted=False))
        yield Case(name=f"clean/{number:03}", text=prose(random, language, _CLEAN), checks=tuple(checks))


def _mixed(random: Random, tried: Tried) -> Iterator[Case]:
    for number in range(tried.table.cases):
        pair = random.sample(LANGUAGES, 2)
        check = Check(stage=names.LANGUAGE, kind="two languages", about={"labels": list(pair)})
        text = "\n".join(prose(random, language, _CHARS // 4) for language in pair * 2)
        yield Case(name=f"two languages/{number:03}", text=text, checks=(check,))


def _short(random: Random) -> str:
    return " ".join(random.choice(sentences("eng_Latn")).split()[:3])


def _lines_of(random: Random, signs: str) -> str:
    return "\n".join("".join(random.choices(signs, k=40)) for _ in range(20))


def _gibberish(random: Random) -> str:
    words = ["".join(random.choices(_CONSONANTS, k=random.randint(3, 9))) for _ in range(60)]
    return " ".join(words)


def _repeated(random: Random) -> str:
    return "\n".join([random.choice(sentences("eng_Latn"))] * 20)


def _goods(random: Random) -> str:
    return "\n".join(" ".join(random.sample(_GOODS, 8)) for _ in range(15))


@cache
def _flagged_words() -> tuple[str, ...]:
    words = orjson.loads((files("filters.data") / "flagged.json").read_bytes())["eng_Latn"]
    return tuple(word for word in words if word.isascii() and word.isalpha())


def _flagged(random: Random) -> str:
    words = prose(random, "eng_Latn", _CHARS).split(" ")
    return " ".join(random.choice(_flagged_words()) if number % 3 == 1 else word for number, word in enumerate(words))


_JUNK: Mapping[str, tuple[str, str, Callable[[Random], str]]] = {  # kind: filter, reasons any of which is for it, text
    "too short": ("length", "few_bytes few_chars few_words", _short),
    "signs": (
        "symbols",
        "few_letters few_alnum many_symbols many_specials",
        lambda random: _lines_of(random, _SIGNS),
    ),
    "digits": ("symbols", "few_letters many_digits", lambda random: _lines_of(random, "0123456789 ")),
    "one line again and again": (
        "repetition",
        "repeated_chars repeated_words repeated_lines repeated_line_chars top_2_gram duplicate_5_grams",
        _repeated,
    ),
    "words without sentences": ("stopwords", "few_stopwords few_distinct", _goods),
    "flagged words": ("flagged", "flagged_words any_flagged", _flagged),
    "bullets": (
        "lines",
        "few_finished many_bullets list few_sentences few_c4_sentences",
        lambda random: "\n".join(f"- {' '.join(random.sample(_GOODS, 3))}" for _ in range(25)),
    ),
    "lorem ipsum": (
        "lines",
        "lorem_ipsum",
        lambda random: f"Lorem ipsum dolor sit amet.\n{prose(random, 'eng_Latn', 800)}",
    ),
    "no language": ("language", "uncertain not_detected", _gibberish),
}
FILTERS = frozenset(name for name, _, _ in _JUNK.values())  # that recipes are always tried on
