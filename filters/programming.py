"""The 13 programming languages of ROOTS by name and by the extension of a file; ids are safe as file names anywhere."""

PREFIX = "code_"

_NAMES = {
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
# A header is C's, as on most systems.
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
IDS = tuple(sorted(set(_NAMES.values())))


def by_name(plain: str) -> str | None:
    """The id for a lower-case name, `code-` or `code_` before it or not."""
    return _NAMES.get(plain[len(PREFIX) :] if plain.startswith(("code-", PREFIX)) else plain)


def by_file(plain: str) -> str | None:
    """The id for a lower-case file name."""
    stem, dot, extension = plain.rpartition(".")
    return _NAMES[_EXTENSIONS[extension]] if stem and dot and extension in _EXTENSIONS else None
