"""The scripts of language ids, and the group of those that put no spaces between words."""

from functools import cache

from filters import scripts

NO_SCRIPT = scripts.UNKNOWN
UNSPACED = "unspaced"
"""The group of scripts that put no spaces between words, in which a letter is a word (`filters.kernels.text`)."""

_UNSPACED = frozenset({*scripts.HAN, "Bopo", "Hira", "Kana", "Hrkt", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})


def script_of(language: str) -> str:
    """The script of an id; "" for one that has none.

    >>> script_of("jpn_Jpan"), script_of("code_Rust"), script_of("und_Zzzz")
    ('Jpan', '', 'Zzzz')
    """
    script = language.rpartition("_")[2]
    natural = not language.startswith("code_") and len(script) == 4 and script.isalpha() and script.istitle()
    return script if natural else ""


def groups(script: str) -> tuple[str, ...]:
    """The names by which thresholds of a script are found, the widest first."""
    return (*((UNSPACED,) if script in _UNSPACED else ()), script)


@cache
def known() -> frozenset[str]:
    """Scripts that ids may end in, and the group."""
    return frozenset({UNSPACED, NO_SCRIPT, *_UNSPACED, *scripts.table().stands.values()})
