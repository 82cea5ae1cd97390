"""A sample that people judge, written; and sheets, read and scored."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from corpus.annotation import key
from corpus.annotation.drawing import annotators, sample
from corpus.annotation.drawing.sample import Asked, Drawn
from corpus.annotation.key import KEY, Item, Key
from corpus.annotation.schemes import SCHEMES
from corpus.annotation.scoring import answer, published, score
from corpus.annotation.scoring.consensus import Said
from corpus.annotation.scoring.judgments import Sheet, read
from corpus.annotation.scoring.score import Score
from corpus.errors import RecipeError
from corpus.query.opened import open_for_queries
from corpus.query.wanted import Wanted
from corpus.store import storage
from jobs.engine.progress import Progress

_DEFAULT = ("annotator",)


@dataclass(frozen=True, kw_only=True)
class SampleRequest:
    """What is drawn of which release, for whom, and where it goes. Lists are as they were given, empty by default."""

    release: str
    root: str | None
    tag: str
    to: str
    count: int
    of: Sequence[str] | None
    unit: str
    schema: str
    annotator: Sequence[str]
    seed: int
    language: Sequence[str]
    source: Sequence[str]
    where: str
    dropped_by: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ScoreRequest:
    """Sheets, and what of them is wanted."""

    sheets: Sequence[str]
    key: str
    schema: str | None
    min_c: float | None
    labels: str
    report: str
    format: str


def draw(request: SampleRequest) -> tuple[list[str], list[str]]:
    """Write it; what was written, and what somebody should know of it, a line each. Raises RecipeError, DataError."""
    opened = open_for_queries(request.release, request.root, request.tag)
    of = tuple(dict.fromkeys(request.of or ("kept",)))
    if request.dropped_by and of != ("dropped",):
        raise RecipeError("--dropped-by needs --of dropped: what a rule dropped is not kept")
    asked = Asked(
        wanted=Wanted(
            language=tuple(request.language),
            source=tuple(request.source),
            where=request.where,
            dropped_by=tuple(request.dropped_by),
        ),
        of=of,
        unit=request.unit,
        count=request.count,
        seed=request.seed,
        scheme=request.schema,
        annotators=annotators.parse(request.annotator or _DEFAULT),
    )
    parts = 0

    def done(count: int) -> None:
        nonlocal parts
        parts = count

    with Progress("audit", opened.parts, lambda: parts):
        found = sample.draw(opened, asked, request.to, done)
    return list(_lines(request, found)), list(_notes(asked, found))


def _lines(request: SampleRequest, found: Drawn) -> Iterator[str]:
    texts, documents = (sum(one[i] for one in found.strata.values()) for i in (1, 0))
    yield f"{found.mark}: {texts:,} texts of {documents:,} documents in {len(found.strata):,} strata, in {request.to}"
    for name, count in found.texts.items():
        yield f"  {name}.html, or {name}.tsv: {count:,} texts"
    yield f"  {KEY}: not for annotators; `gristmill audit score {storage.join(request.to, '*.tsv')}` needs it"


def _notes(asked: Asked, found: Drawn) -> Iterator[str]:
    small = sum(count < asked.count for _, count in found.strata.values())
    if small:
        yield f"{small:,} of {len(found.strata):,} strata have fewer than {asked.count:,} documents: all were taken"
    if found.unread:
        yield f"WARNING nobody reads {len(found.unread):,} languages: {', '.join(found.unread)}"
    if found.one_line:
        yield f"{found.one_line:,} texts have one line: it was taken where one of the later half was due"
    if found.unknown:
        yield f"of {found.unknown:,} documents --where says nothing, for a value that they do not have: left out"


def answered(request: ScoreRequest) -> tuple[str, str]:
    """The answer, and the gate that is not met, in one line ("" for none). Raises RecipeError."""
    sheets = [_sheet(name, request.key) for name in _sheets(request.sheets)]
    marks = {one.key.mark for one in sheets if one.key}
    if len(marks) > 1:
        raise RecipeError(f"the sheets are of {len(marks)} samples ({', '.join(sorted(marks))}): score each by itself")
    found, texts = score.score(read(sheets, SCHEMES[request.schema] if request.schema else None), sheets)
    if request.labels:
        _write_labels(request.labels, texts, {k: v for one in sheets if one.key for k, v in one.key.items.items()})
    if request.report:
        _publish(request, found, sheets, marks)
    said = answer.as_json(found) if request.format == "json" else "\n".join(answer.as_text(found))
    return said, "" if request.min_c is None else score.gate(found, request.min_c)


def _publish(request: ScoreRequest, found: Score, sheets: Sequence[Sheet], marks: Collection[str]) -> None:
    if not marks:
        raise RecipeError("--report needs the sample's folder, which says of which release it is: --key key.tsv")
    beside = request.key or next(one.name for one in sheets if one.key)
    about = storage.join(os.path.dirname(beside) or ".", sample.ABOUT)
    of = published.release(storage.read_bytes(about), about)
    published.publish(request.report, found, min(marks), of)


def _sheets(names: Sequence[str]) -> list[str]:
    """Without the key, which a pattern of a shell may name too."""
    found = [name for name in dict.fromkeys(names) if storage.join(name).rpartition("/")[2] != KEY]
    if not found:
        raise RecipeError("no sheet is named: give the files that annotators filled in")
    return found


def _sheet(name: str, key_name: str) -> Sheet:
    folder = os.path.dirname(name)
    return Sheet(
        name=name,
        folder=os.path.basename(os.path.dirname(os.path.abspath(name))),
        data=_bytes(name),
        key=_key(key_name or storage.join(folder or ".", KEY), needed=bool(key_name)),
    )


def _key(name: str, *, needed: bool) -> Key | None:
    data = _bytes(name) if needed else storage.read_bytes(name)
    return None if data is None else key.read(data, name)


def _bytes(name: str) -> bytes:
    data = storage.read_bytes(name)
    if data is None:
        raise RecipeError(f"{name} is not there: give the path of a sheet")
    return data


def _write_labels(name: str, texts: Sequence[Said], items: Mapping[str, Item]) -> None:
    if not items:
        raise RecipeError("--labels needs the key of the sample, which says which documents were judged: --key key.tsv")
    lines = (orjson.dumps({"id": id_, "keep": keep}) + b"\n" for id_, keep in score.labels(texts, items))
    with open(name, "wb") as file:
        file.writelines(lines)
