"""Who judges, and which languages each reads."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from corpus.errors import RecipeError
from filters import language_keys

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")  # of files, on every system
_TAKEN = ("key", "sample")  # files of the folder


@dataclass(frozen=True, kw_only=True)
class Annotator:
    """`languages`: ids and patterns; () for all."""

    name: str
    languages: tuple[str, ...] = ()

    def reads(self, language: str) -> bool:
        return not self.languages or any(fnmatchcase(language, one) for one in self.languages)


def parse(written: Sequence[str]) -> tuple[Annotator, ...]:
    """`anna`, or `anna=de,fr` for one who reads these alone. Raises RecipeError."""
    found: dict[str, Annotator] = {}
    for one in written:
        name, equals, listed = one.partition("=")
        if not _NAME.fullmatch(name) or name.lower() in _TAKEN:
            raise RecipeError(f"--annotator {one!r}: a name has up to 40 letters, digits, - and _, and is no 'key'")
        if name.lower() in map(str.lower, found):
            raise RecipeError(f"--annotator {name}: named twice; write all languages behind one: {name}=de,fr")
        keys = [key.strip() for key in listed.split(",") if key.strip()]
        if equals and not keys:
            raise RecipeError(f"--annotator {one!r}: name the languages behind the =, as in {name}=de,fr")
        try:
            found[name] = Annotator(name=name, languages=language_keys.listed(keys))
        except ValueError as error:
            raise RecipeError(f"--annotator {one}: {error}") from error
    return tuple(found.values())


def unread(languages: Iterable[str], annotators: Iterable[Annotator]) -> list[str]:
    """Languages that nobody reads, sorted."""
    readers = list(annotators)
    return sorted({one for one in languages if not any(reader.reads(one) for reader in readers)})
