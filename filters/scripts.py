"""Scripts by their ISO 15924 codes, as language ids end in them, and the group of those that put no spaces."""

from functools import cache
from importlib.resources import files

NO_SCRIPT = "Zzzz"
UNSPACED = "unspaced"
"""The group of scripts that put no spaces between words, in which a letter is a word (`filters.kernels.text`)."""

_UNSPACED = frozenset(
    {*("Hani", "Hans", "Hant", "Bopo", "Hira", "Kana", "Hrkt", "Jpan"), *("Thai", "Laoo", "Khmr", "Mymr", "Tibt")}
)
# In which texts are written that is not the usual script of a language in our table (ISO 15924, Unicode 14.0's living
# scripts).
_OTHERS = frozenset(
    {*("Adlm", "Bali", "Batk", "Beng", "Bugi", "Buhd", "Cakm", "Cham", "Glag", "Goth", "Hang", "Hano", "Java", "Kali")}
    | {
        *(
            "Lana",
            "Lepc",
            "Limb",
            "Lisu",
            "Mand",
            "Mong",
            "Mtei",
            "Nkoo",
            "Osge",
            "Rjng",
            "Rohg",
            "Runr",
            "Samr",
            "Saur",
        )
    }
    | {*("Sund", "Sylo", "Tagb", "Tale", "Talu", "Tavt", "Tglg", "Vaii", "Wara")}
)


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
    """Scripts that languages of ours are written in, and the group."""
    lines = (files("filters.data") / "languages.tsv").read_text("utf-8").splitlines()[1:]
    return frozenset({UNSPACED, NO_SCRIPT, *_UNSPACED, *_OTHERS, *(line.split("\t")[2] for line in lines)})
