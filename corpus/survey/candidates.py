"""Paths to the sources that a recipe would have for them: a folder's files by their own folder, format and fields."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from corpus.errors import RecipeError
from corpus.packed.compression import BY_EXTENSION
from corpus.sources import inventory
from corpus.sources import listing as matching
from corpus.sources.formats import EXTENSIONS, FORMATS
from corpus.sources.inventory import SourceFile
from corpus.sources.source import Source
from corpus.store import storage
from corpus.survey import fields, rows
from corpus.survey.fields import Fields, Guess
from filters import programming

_ROWS = 64  # of a file whose fields are looked at
_SNIFFED = 64  # files of a source whose fields are compared
_NAMED = 3
_RUN = ".gristmill"  # what a run leaves in its root


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A source to be. `path` is absolute, or a URI."""

    name: str
    path: str
    files: tuple[SourceFile, ...]
    guesses: tuple[Guess, ...] = ()
    columns: tuple[str, ...] = ()  # fields that its records have
    has_text: bool = True  # whether one of them may be the text

    @property
    def source(self) -> Source:
        """As a recipe would have it."""
        keys: dict[str, Any] = {guess.key: guess.value for guess in self.guesses}
        return Source(name=self.name, path=self.path, **keys)

    @property
    def bytes(self) -> int:
        """Of its files, as they are stored."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What lies at some paths, and a line for each kind of file that is no source."""

    candidates: tuple[Candidate, ...]
    passed: tuple[str, ...]


_Alike = tuple[Fields, list[SourceFile]]


class _Kind(NamedTuple):
    """What a file's name says of it."""

    reads: str  # a format, or a programming language: files of one are one source
    language: str  # of source code, else ""
    end: str  # its extension, a compression's with it


def at(paths: Sequence[str]) -> Found:
    """Raises RecipeError for a path at which nothing is that can be read."""
    found: list[Candidate] = []
    passed: list[str] = []
    for path in paths:
        address = path if "://" in path else os.path.abspath(os.path.expanduser(os.path.expandvars(path)))
        found += _at(path, address, passed)
    return Found(candidates=tuple(_named_apart(found)), passed=tuple(passed))


def _at(said: str, address: str, passed: list[str]) -> Iterator[Candidate]:
    filesystem, place = storage.resolve(address)
    listed = matching.at(filesystem, place)
    names = [entry.path[len(listed.root) :].strip("/") for entry in listed.entries]
    runs = sorted(name[: -len(_RUN)].strip("/") for name in listed.passed if name.rpartition("/")[2] == _RUN)
    if runs:
        passed.append(f"outputs of earlier runs are no input: {', '.join(runs)}")
        names = [name for name in names if not any(not run or name.startswith(f"{run}/") for run in runs)]
    if not names:
        beside = f", but for {', '.join(listed.passed[:_NAMED])}" if listed.passed else ""
        raise RecipeError(f"nothing is at {said}{beside}: give a file, a folder or a pattern (** crosses a /)")
    kinds = {name: _kind(name) for name in names}
    if listed.root != place.rstrip("/"):
        yield from _as_it_is(address, listed.root, kinds)
    else:
        yield from _in_folder(address, kinds, bool(runs), passed)


def _as_it_is(address: str, root: str, kinds: Mapping[str, _Kind | None]) -> Iterator[Candidate]:
    """Of a file, or a pattern."""
    reads = {kind.language if kind else "" for kind in kinds.values()}
    language = next(iter(reads)) if len(reads) == 1 else ""
    name = _stem(next(iter(kinds))) if len(kinds) == 1 else os.path.basename(root)
    yield from _split(Candidate(name=_plain(name), path=address, files=(), guesses=_of_code(language)))


def _in_folder(address: str, kinds: Mapping[str, _Kind | None], runs: bool, passed: list[str]) -> Iterator[Candidate]:
    """A source for each folder within, and each kind of file in it."""
    strange = [name for name, kind in kinds.items() if kind is None]
    if strange:
        ends = ", ".join(sorted({os.path.splitext(name)[1] or "no extension" for name in strange}))
        passed.append(
            f"{len(strange):,} files are of no known format: {ends}; where they are text, name them in a source with "
            'format = "text"'
        )
    heaps: dict[tuple[str, str], list[tuple[str, _Kind]]] = {}
    for name, kind in kinds.items():
        if kind is not None:
            heaps.setdefault((name.partition("/")[0] if "/" in name else "", kind.reads), []).append((name, kind))
    for (folder, reads), own in heaps.items():
        several = sum(other == folder for other, _ in heaps) > 1
        base = folder or os.path.basename(address.rstrip("/"))
        shown = f"{base}-{reads.removeprefix('code_')}" if several else base
        name = _plain(_stem(own[0][0]) if len(own) == 1 else shown)
        language = own[0][1].language
        # A folder as it is where nothing else lies in it; that of the paths may get a recipe and a build folder.
        path = _path(address, folder, own, whole=bool(folder) and not (strange or runs or language or several))
        yield from _split(Candidate(name=name, path=path, files=(), guesses=_of_code(language)))


def _kind(name: str) -> _Kind | None:
    """None if a name says nothing."""
    stem, end = os.path.splitext(name)
    packed = end.lower() in BY_EXTENSION
    inner = os.path.splitext(stem)[1] if packed else end
    whole = f"{inner}{end}" if packed else end
    if format_ := EXTENSIONS.get(inner.lower()):
        return _Kind(format_, "", whole)
    language = programming.by_file(os.path.basename(stem if packed else name).lower())
    return _Kind(language, language, whole) if language else None


def _of_code(language: str) -> tuple[Guess, ...]:
    if not language:
        return ()
    return (Guess("format", "text", "source code, a document a file"), Guess("language", language, "by its extension"))


def _path(address: str, folder: str, own: Sequence[tuple[str, _Kind]], *, whole: bool) -> str:
    """One file, a folder where nothing else lies in it, else a pattern that fits these alone."""
    root = address.rstrip("/")
    if len(own) == 1:
        return f"{root}/{own[0][0]}"
    if whole:
        return f"{root}/{folder}".rstrip("/")
    ends = sorted({kind.end for _, kind in own})
    fitting = "*" + (ends[0] if len(ends) == 1 else "{" + ",".join(ends) + "}")
    below = f"{_escaped(folder)}/**/{fitting}" if folder else fitting
    return f"{_escaped(root)}/{below}"


def _escaped(path: str) -> str:
    """As a pattern that means itself."""
    return re.sub(r"([*?\[{])", r"[\1]", path)


def _split(whole: Candidate) -> Iterator[Candidate]:
    """A source, or one for each set of fields that its files have. Raises RecipeError for a file of another format than
    its source's."""
    files = inventory.listing(whole.source, "/").files
    step = max(len(files) // _SNIFFED, 1)
    alike, unknown = _looked_at(files, step)
    if len(alike) > 1 and step > 1:  # some differ, so each is looked at
        alike, unknown = _looked_at(files, 1)
    if len(alike) <= 1:
        yield _with(whole, alike[0][0] if alike else Fields(), files)
        return
    for found, own in alike:
        name = _plain(f"{whole.name}-{_stem(own[0].file)}") if len(own) == 1 else whole.name
        yield _with(replace(whole, name=name, path=_path_of_files(own)), found, own)
    if unknown:
        yield _with(replace(whole, path=_path_of_files(unknown)), Fields(), unknown)


def _looked_at(files: Sequence[SourceFile], step: int) -> tuple[list[_Alike], list[SourceFile]]:
    """One in `step` files by the fields of its records; those that are empty or were not looked at."""
    alike: list[_Alike] = []
    unknown: list[SourceFile] = []
    for number, file in enumerate(files):
        first = rows.of(file, _ROWS) if FORMATS[file.format].fields and number % step == 0 else []
        if first:
            _join(alike, fields.of(first), file)
        else:
            unknown.append(file)
    return alike, unknown


def _join(alike: list[_Alike], found: Fields, file: SourceFile) -> None:
    """A file to the first of those whose records its own may stand among."""
    for number, (known, own) in enumerate(alike):
        if both := known.joined(found):
            alike[number] = (both, [*own, file])
            return
    alike.append((found, [file]))


def _with(whole: Candidate, found: Fields, files: Sequence[SourceFile]) -> Candidate:
    return replace(
        whole,
        files=tuple(files),
        guesses=(*whole.guesses, *_encoded(files), *found.guesses),
        columns=found.names,
        has_text=found.has_text,
    )


def _encoded(files: Sequence[SourceFile]) -> tuple[Guess, ...]:
    found = rows.encoding(files[0]) if files else ""
    return (Guess("encoding", found, "its bytes are no UTF-8, and read so they are text"),) if found else ()


def _path_of_files(own: Sequence[SourceFile]) -> str:
    if len(own) == 1:
        return own[0].uri
    root = own[0].uri[: -len(own[0].file)].rstrip("/")
    return f"{_escaped(root)}/{{{','.join(_escaped(file.file) for file in own)}}}"


def _stem(name: str) -> str:
    """A file's name without its extensions."""
    base = os.path.basename(name)
    kind = _kind(base)
    return base[: -len(kind.end)] if kind else base


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "source"


def _named_apart(found: Sequence[Candidate]) -> Iterator[Candidate]:
    taken: dict[str, int] = {}
    for one in found:
        taken[one.name] = taken.get(one.name, 0) + 1
        yield one if taken[one.name] == 1 else replace(one, name=f"{one.name}-{taken[one.name]}")


def sizes(files: Sequence[SourceFile]) -> Mapping[str, tuple[int, int]]:
    """Files and bytes by format, a compression's name behind it; the largest first."""
    found: dict[str, tuple[int, int]] = {}
    for file in files:
        name = f"{file.format}.{file.compression}" if file.compression else file.format
        count, size = found.get(name, (0, 0))
        found[name] = (count + 1, size + file.size)
    return dict(sorted(found.items(), key=lambda item: -item[1][1]))


def spread(files: Sequence[SourceFile], most: int) -> list[SourceFile]:
    """At most so many that hold anything, from the first to the last, one of each format among them."""
    filled = [file for file in files if file.size]
    firsts = {(file.format, file.compression): file for file in reversed(filled)}
    step = max(len(filled) // most, 1)
    chosen = {file.uri: file for file in (*firsts.values(), *filled[::step])}
    return sorted(list(chosen.values())[: max(most, len(firsts))], key=lambda file: file.file)
