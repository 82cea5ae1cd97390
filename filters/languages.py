"""Language ids: ISO 639-3 and 15924 (`nob_Latn`), `code_<Name>` for programming languages, `und_Zzzz` for unknown.

A language and its macro-language are one id where the macro-language has a two-letter code that CLDR gives to that
language (`arb` is `ara_Arab`, `cmn` is `zho_Hans`, `npi` is `nep_Deva`, `als` is `sqi_Latn`). The code is the
macro-language's, but for Norwegian (`nob`, `nno`) and Swahili (`swh`). All others keep theirs (`arz_Arab`,
`yue_Hant`, `ckb_Arab`); `agree` knows that a macro-language holds them.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from filters import programming, scripts

UNKNOWN = "und_Zzzz"
NO_LANGUAGE = "zxx_Zzzz"  # markup, numbers, noise: what a model that has such labels says
_UNDETERMINED, _NONE = "und", "zxx"

# What locales call a script (glibc), and tags that name a language in a way of their own: grandfathered ones of BCP 47
# (RFC 5646, 2.2.8) and those of MediaWiki's sites.
_MODIFIERS = {"latin": "Latn", "cyrillic": "Cyrl", "devanagari": "Deva", "arabic": "Arab", "iqtelif": "Latn"}
_WHOLE = {
    "art-lojban": "jbo",
    "bat-smg": "sgs",
    "be-x-old": "be",
    "fiu-vro": "vro",
    "i-lux": "lb",
    "map-bms": "jv",
    "no-bok": "nb",
    "no-nyn": "nn",
    "roa-rup": "rup",
    "simple": "en",
    "zh-classical": "lzh",
    "zh-hakka": "hak",
    "zh-min-nan": "nan",
    "zh-xiang": "hsn",
}


class Language(NamedTuple):
    """A row of languages.tsv."""

    code: str  # ISO 639-3
    tags: tuple[str, ...]  # other codes of it: of two letters, withdrawn ones, the joined language's
    macro: str  # the macro-language that holds it, "" if none does
    scripts: tuple[str, ...]  # the usual one first; none for a language that is not known to be written
    regions: Mapping[str, str]  # the script by region, where it is not the usual one
    name: str  # English


class Tag(NamedTuple):
    """What a tag says."""

    code: str
    script: str | None  # None where the tag does not say it


@cache
def known() -> dict[str, Language]:
    """Languages by code: those of ISO 639-3 in BCP 47's registry, and collections (12 ms, once a process)."""
    return {language.code: language for language in _table()[0]}


@cache
def _table() -> tuple[list[Language], dict[str, str]]:
    """Rows, and names that stand for an id as it is."""
    rows, whole = [], {}
    for line in (files("filters.data") / "languages.tsv").read_text("utf-8").splitlines()[1:]:
        code, *cells = line.split("\t")
        if len(cells) == 1:
            whole[code] = cells[0].removeprefix("=")
            continue
        tags, macro, written, name = cells
        parted = [one.partition("=") for one in written.split()]
        regions = {region: script for script, _, all_ in parted for region in all_.split(",") if region}
        rows.append(Language(code, tuple(tags.split()), macro, tuple(one[0] for one in parted), regions, name))
    return rows, whole


@cache
def _codes() -> dict[str, str]:
    """ISO 639-3 by every code and tag of one part."""
    found = {tag: language.code for language in known().values() for tag in language.tags}
    return found | {code: code for code in known()} | {_UNDETERMINED: _UNDETERMINED, _NONE: _NONE}


def language_id(tag: str) -> str | None:
    """The id for an ISO 639 or BCP 47 tag, a locale, an id, or a programming language by its name or that of a file.

    >>> language_id("pt-br"), language_id("zh_TW"), language_id("code-C++"), language_id("src/main.rs")
    ('por_Latn', 'zho_Hant', 'code_Cpp', 'code_Rust')

    None too for a script that the language is not written in (`may_write`).

    >>> language_id("nob_Latn"), language_id("arb"), language_id("eng-Zzzz"), language_id("eng-Abcd")
    ('nob_Latn', 'ara_Arab', 'eng_Latn', None)
    >>> language_id("en-Thai"), language_id("ru-Latn"), language_id("sr-Latn")
    (None, 'rus_Latn', 'srp_Latn')
    """
    found = _id(tag)
    return found if found is None or may_write(*found.split("_", 1)) else None


def _id(tag: str) -> str | None:
    plain = tag.strip().lower()
    if found := programming.by_file(plain):
        return found
    if plain.startswith(("code-", programming.PREFIX)):
        return programming.by_name(plain)
    if plain in _table()[1]:
        return _table()[1][plain]
    read = parse(plain)
    if read is None:
        return programming.by_name(plain)
    return f"{read.code}_{read.script or usual_script(read.code)}"


def parse(tag: str) -> Tag | None:
    """Language and script of a tag; None for what is none, a script that ISO 15924 lacks among it."""
    plain = tag.strip().lower().replace("_", "-").replace("@", "-").replace(".", "-")
    parts = _WHOLE.get(plain, plain).split("-")
    code = _codes().get(parts[0])
    if code is None:
        return None
    rest = parts[1:]
    if rest and len(rest[0]) == 3 and _codes().get(rest[0]) is not None and known().get(code):
        inner = _codes()[rest[0]]  # BCP 47's extended language, as `zh-yue`
        if inner == code or known()[inner].macro == code:
            code, rest = inner, rest[1:]
    language = known().get(code)
    if rest and len(rest[0]) == 4 and rest[0].isalpha():
        named = scripts.code_of(rest[0])
        if named is None and not rest[0].startswith("z"):  # `Zzzz` and its like say that they do not say
            return None
        return Tag(code, _own_script(language, named) if named else None)
    special = next((_MODIFIERS[part] for part in rest if part in _MODIFIERS), None)
    region = next((language.regions[part] for part in rest if part in language.regions), None) if language else None
    return Tag(code, special or region)


def _own_script(language: Language | None, script: str) -> str:
    """Japanese and Korean have one code for all that they are written in."""
    if language and language.scripts and language.scripts[0] in ("Jpan", "Kore") and script in scripts.HAN:
        return language.scripts[0]
    return script


def may_write(code: str, script: str) -> bool:
    """Whether a language is known to be written in a script: one of its own or of the macro-language that holds it, any
    where none is known. Latin letters and Braille are for all: transliterations have tags of their own (`ru-Latn`)."""
    language = known().get(code)
    if language is None or not language.scripts or script in ("Latn", "Brai", scripts.UNKNOWN):
        return True
    macro = known().get(language.macro)
    own = {*language.scripts, *(macro.scripts if macro else ())}
    return script in own or (script in scripts.HAN and not own.isdisjoint(scripts.HAN))


def usual_script(code: str) -> str:
    """The script that a language is written in if nothing says another; `Zzzz` if none is known."""
    language = known().get(code)
    return language.scripts[0] if language and language.scripts else scripts.UNKNOWN


def is_undetermined(id_: str) -> bool:
    """Whether an id names no language, whether or not it names a script."""
    return id_.startswith(f"{_UNDETERMINED}_")


def written_in(id_: str, script: str) -> str | None:
    """The id of the same language in the script of a text; None where it is not written so.

    Han that is neither simplified nor traditional leaves an id that says which of the two as it is.

    >>> written_in("srp_Cyrl", "Latn"), written_in("deu_Latn", "Cyrl"), written_in("zho_Hans", "Hani")
    ('srp_Latn', None, 'zho_Hans')
    """
    code, _, own = id_.partition("_")
    if code in ("code", _UNDETERMINED, _NONE):
        return id_
    written = known()[code].scripts
    if script == own or (script == "Hani" and own in (*scripts.HAN, "Jpan", "Kore")):
        return id_
    return f"{code}_{script}" if script in written or own == scripts.UNKNOWN else None


def agree(one: str, other: str) -> bool:
    """Whether two ids may be of one language: the same code, or a macro-language and one that it holds.

    >>> agree("ara_Arab", "arz_Arab"), agree("arz_Arab", "ary_Arab"), agree("zho_Hans", "zho_Hant")
    (True, False, True)
    """
    first, second = one.partition("_")[0], other.partition("_")[0]
    if "code" in (first, second):
        return one == other
    return first == second or _holds(first, second) or _holds(second, first)


def _holds(macro: str, code: str) -> bool:
    language = known().get(code)
    return language is not None and language.macro == macro


@cache
def of_lid176() -> dict[str, str]:
    """Ids for the labels of fastText's lid.176."""
    lines = (files("filters.data") / "lid176.tsv").read_text("ascii").splitlines()[1:]
    return dict(line.split("\t") for line in lines)


def of_label(label: str) -> str:
    """The id for a classifier's label: lid.176's own, or a tag (OpenLID, GlotLID). `zxx` is no language.

    >>> of_label("als"), of_label("als_Latn"), of_label("__label__kmr_Latn"), of_label("zxx_Zxxx"), of_label("noise")
    ('gsw_Latn', 'sqi_Latn', 'kur_Latn', 'zxx_Zzzz', 'und_Zzzz')
    """
    plain = label.removeprefix("__label__")
    if plain.lower().startswith(_NONE):
        return NO_LANGUAGE
    return of_lid176().get(plain) or _id(plain) or UNKNOWN  # whatever script a model has learnt


def says_script(label: str) -> bool:
    """Whether a classifier's label says its script: then no other is meant."""
    plain = label.removeprefix("__label__")
    read = None if plain in of_lid176() else parse(plain)
    return read is not None and read.script is not None
