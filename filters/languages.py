"""Language ids: ISO 639-3 and 15924 (`nob_Latn`), `code_<Name>` for programming languages, `und_Zzzz` for unknown."""

from functools import cache
from importlib.resources import files
from itertools import takewhile

UNKNOWN = "und_Zzzz"

# The 13 programming languages of ROOTS. Ids are safe as file names on every system.
_PROGRAMMING = {
    "c": "code_C",
    "c++": "code_Cpp",
    "cpp": "code_Cpp",
    "c#": "code_Csharp",
    "csharp": "code_Csharp",
    "go": "code_Go",
    "java": "code_Java",
    "javascript": "code_JavaScript",
    "lua": "code_Lua",
    "php": "code_PHP",
    "python": "code_Python",
    "ruby": "code_Ruby",
    "rust": "code_Rust",
    "scala": "code_Scala",
    "typescript": "code_TypeScript",
}

# File names' extensions, of those 13; a header is C's, as on most systems.
_EXTENSIONS = {
    "c": "c",
    "h": "c",
    "cc": "c++",
    "cpp": "c++",
    "cxx": "c++",
    "hh": "c++",
    "hpp": "c++",
    "cs": "c#",
    "go": "go",
    "java": "java",
    "js": "javascript",
    "jsx": "javascript",
    "mjs": "javascript",
    "lua": "lua",
    "php": "php",
    "py": "python",
    "rb": "ruby",
    "rs": "rust",
    "scala": "scala",
    "ts": "typescript",
    "tsx": "typescript",
}

# Regions and modifiers that stand for a script (CLDR likely subtags; glibc locale modifiers).
_SCRIPTS = {
    ("zho", "tw"): "Hant",
    ("zho", "hk"): "Hant",
    ("zho", "mo"): "Hant",
    ("zho", "hant"): "Hant",
    ("srp", "latin"): "Latn",
    ("srp", "latn"): "Latn",
    ("uzb", "cyrillic"): "Cyrl",
    ("pan", "pk"): "Arab",
}
_MACRO = {"nor": "nob", "swa": "swh"}  # written standards that the macrolanguage's tag means in practice


@cache
def _usual() -> tuple[dict[str, str], dict[str, str]]:
    """ISO 639-1 to 639-3, and 639-3 to the usual script."""
    short, script = {}, {}
    for line in (files("filters.data") / "languages.tsv").read_text("utf-8").splitlines()[1:]:
        three, two, usual, _ = line.split("\t")
        script[three] = usual
        if two:
            short[two] = three
    return short, script


def _is_script(part: str) -> bool:
    return len(part) == 4 and part.isalpha()


def language_id(tag: str) -> str | None:
    """The id for an ISO 639 or BCP 47 tag, a locale, an id, or a programming language by its name or that of a file.

    >>> language_id("pt-br"), language_id("zh_TW"), language_id("code-C++"), language_id("src/main.rs")
    ('por_Latn', 'zho_Hant', 'code_Cpp', 'code_Rust')
    >>> language_id("nob_Latn"), language_id("?")
    ('nob_Latn', None)
    """
    plain = tag.strip().lower()
    stem, dot, extension = plain.rpartition(".")
    if stem and dot and extension in _EXTENSIONS:
        return _PROGRAMMING[_EXTENSIONS[extension]]
    if plain.startswith(("code-", "code_")):
        return _PROGRAMMING.get(plain[5:])
    parts = plain.replace("_", "-").replace("@", "-").replace(".", "-").split("-")
    short, script = _usual()
    three = short.get(parts[0], parts[0])
    three = _MACRO.get(three, three)
    if three in script:
        before_region = takewhile(lambda part: len(part) > 2, parts[1:])  # after it, `euro` and `sjis` are no scripts
        named = next((part.title() for part in before_region if _is_script(part)), None)
        special = next((_SCRIPTS[three, part] for part in parts[1:] if (three, part) in _SCRIPTS), None)
        return f"{three}_{named or special or script[three]}"
    return _PROGRAMMING.get(plain)


@cache
def of_lid176() -> dict[str, str]:
    """Ids for the labels of fastText's lid.176."""
    lines = (files("filters.data") / "lid176.tsv").read_text("ascii").splitlines()[1:]
    return dict(line.split("\t") for line in lines)


def of_label(label: str) -> str:
    """The id for a classifier's label: lid.176's own, or one that is an id already (OpenLID, GlotLID)."""
    plain = label.removeprefix("__label__")
    return of_lid176().get(plain) or language_id(plain) or UNKNOWN
