"""Codes of languages that say less than they seem to: deprecated, ambiguous, or of a macro-language.

Of the corpora that Kreutzer et al. 2022 audited, 82 had such codes or wrong ones. They are read all the same: what they
mean here stands in `languages.tsv`. Who declares them should know that the text may be in another language.
"""

from functools import cache

from filters import languages

DEPRECATED, AMBIGUOUS, MACRO = "deprecated", "ambiguous", "macro-language"

# ISO 639-1 and 639-2 codes that were withdrawn or whose use is discouraged (RFC 5646's registry, MARC).
_WITHDRAWN = frozenset({"in", "iw", "ji", "jw", "mo", "mol", "sh", "scc", "scr", "drh", "bh", "bih"})
# Codes of ISO 639-2 for terminology and for bibliographies: two names of one language, neither deprecated.
_BIBLIOGRAPHIC = frozenset(
    "alb arm baq bur chi cze dut fre geo ger gre ice mac mao may per rum slo tib wel".split()  # noqa: SIM905
)
# What stands beside the code of a language and is a current code of its own.
_CURRENT = frozenset({"tgl", "cls"})
# `als` is Tosk Albanian in ISO 639-3, and Alemannic to Wikipedia and to fastText's lid.176; the others are languages,
# and codes of countries where another is spoken: Chamorro (Switzerland), Kanuri (Korea), Northern Sami (Sweden), Twi
# (Taiwan).
_AMBIGUOUS = frozenset({"als", "ch", "kr", "se", "tw"})
# Macro-languages that have the id of one that they hold (`languages`), and codes of that one, which say what they mean.
_HELD = {"no": "nob", "nor": "nob", "sw": "swh", "swa": "swh"}


def doubt(tag: str) -> tuple[str, str] | None:
    """What is wrong with the code in a tag, and the code; None for one that says one language.

    >>> doubt("iw"), doubt("zh-TW"), doubt("als_Latn"), doubt("nb"), doubt("de")
    (('deprecated', 'iw'), ('macro-language', 'zh'), ('ambiguous', 'als'), None, None)
    """
    code = tag.strip().lower().replace("_", "-").partition("-")[0]
    kind = _kinds().get(code)
    return (kind, code) if kind else None


@cache
def _kinds() -> dict[str, str]:
    known = languages.known()
    macros = {one.macro for one in known.values() if one.macro} - set(_HELD.values())
    found: dict[str, str] = dict.fromkeys(_HELD, MACRO)
    for one in known.values():
        three = [tag for tag in one.tags if len(tag) == 3 and tag not in _BIBLIOGRAPHIC]
        if one.code in macros:
            own = [tag for tag in one.tags if len(tag) == 2 or tag in _BIBLIOGRAPHIC]
            found |= dict.fromkeys([one.code, *own], MACRO)
        elif one.code not in _HELD.values():  # of a macro-language these are the languages joined with it
            found |= dict.fromkeys((tag for tag in three if tag not in _CURRENT), DEPRECATED)
        if one.name.endswith("languages"):  # a family (ISO 639-5), or what is left of one
            found[one.code] = AMBIGUOUS
    return found | dict.fromkeys(_AMBIGUOUS, AMBIGUOUS) | dict.fromkeys(_WITHDRAWN, DEPRECATED)
