"""A sample of a release as a folder: a sheet and a page for each annotator, and the key that stays behind."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import pyarrow as pa

from corpus.annotation import key, sheet
from corpus.annotation.drawing import annotators, excerpts, page, texts
from corpus.annotation.drawing.annotators import Annotator
from corpus.annotation.drawing.chosen import Chosen, choose
from corpus.annotation.key import Item
from corpus.annotation.schemes import SCHEMES
from corpus.annotation.sheet import Text
from corpus.annotation.strata import Stratum
from corpus.errors import RecipeError
from corpus.query import rows
from corpus.query.opened import Opened
from corpus.query.wanted import Conditions, Wanted
from corpus.shards.order import order_keys
from corpus.store import storage
from corpus.store.manifest import Json
from filters.arrow import string_array

ABOUT = "sample.json"
LINES = "lines"  # of units; else documents
_SALT = " audit item"  # items are numbered in an order that says nothing of source and outcome
_MODEL = ("language.detected", "language.detected_score")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is drawn, and for whom. `count`: of each language, source and outcome."""

    wanted: Wanted
    of: tuple[str, ...]
    unit: str
    count: int
    seed: int
    scheme: str
    annotators: tuple[Annotator, ...]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """`strata`: documents there are, and texts of them; `unread`: languages that no annotator reads; `one_line`: texts
    that have no later half."""

    mark: str
    strata: Mapping[Stratum, tuple[int, int]]
    texts: Mapping[str, int]  # by annotator
    unread: Sequence[str]
    one_line: int
    unknown: int


@dataclass(frozen=True, kw_only=True)
class _Place:
    """`half`: which is asked for."""

    stratum: Stratum
    part: int
    row: int
    half: str


def draw(opened: Opened, asked: Asked, folder: str, done: Callable[[int], None] = lambda _: None) -> Drawn:
    """Write the folder: the same bytes every time. Raises RecipeError if it holds anything else, or nothing fits."""
    chosen = choose(opened, Conditions(asked.wanted, opened), asked.of, asked.count, asked.seed, done)
    pairs = _numbered(_items(opened, asked, chosen), asked.seed)
    items = [item for item, _ in pairs]
    data = key.to_bytes(items)
    mark = key.mark(data)
    bodies: dict[str, bytes] = {key.KEY: data}
    counts = {}
    for one in asked.annotators:
        own = [text for _, text in pairs if one.reads(text.language)]
        counts[one.name] = len(own)
        scheme = SCHEMES[asked.scheme]
        bodies[f"{one.name}.tsv"] = sheet.to_bytes(scheme, own, one.name, mark)
        bodies[f"{one.name}.html"] = page.body(scheme, own, one.name, mark)
    found = Drawn(
        mark=mark,
        strata={one: (chosen.documents[one], len(places)) for one, places in chosen.places.items()},
        texts=counts,
        unread=annotators.unread((item.language for item in items), asked.annotators),
        one_line=_one_line(asked, items),
        unknown=chosen.unknown,
    )
    bodies[ABOUT] = orjson.dumps(_about(opened, asked, found), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    _write(folder, bodies)
    return found


def _items(opened: Opened, asked: Asked, chosen: Chosen) -> list[tuple[Item, str]]:
    """Items without numbers, with their texts, in order of strata and digests."""
    by_part: dict[tuple[int, str], list[_Place]] = defaultdict(list)
    order: list[_Place] = []
    for stratum, places in chosen.places.items():
        for number, (part, row) in enumerate(places):
            half = (excerpts.EARLY, excerpts.LATE)[number % 2]
            order.append(_Place(stratum=stratum, part=part, row=row, half=half))
            by_part[part, stratum.of].append(order[-1])
    found: dict[_Place, tuple[Item, str]] = {}
    for (part, of), own in sorted(by_part.items(), key=lambda one: one[0]):
        found |= _of_part(opened, asked, chosen, part, of, own)
    return [found[place] for place in order]


def _of_part(
    opened: Opened, asked: Asked, chosen: Chosen, part: int, of: str, own: Sequence[_Place]
) -> dict[_Place, tuple[Item, str]]:
    places = {place.row: place for place in own}
    listed = sorted(places)
    known = rows.read(opened, part, ["id", "declared", *_MODEL]).take(pa.array(listed, pa.int64())).to_pylist()
    languages = {row: place.stratum.language for row, place in places.items()}
    found = {}
    read = texts.of(opened, part, of, languages)
    for about, (row, text) in zip(known, read, strict=True):
        place = places[row]
        shown, half = excerpts.halves(text), ""
        if asked.unit == LINES:
            shown, half = excerpts.line(text, place.half, f"{asked.seed} {about['id']} {of}")
        item = Item(
            item="",
            id=about["id"],
            of=of,
            language=place.stratum.language,
            source=place.stratum.source,
            documents=chosen.documents[place.stratum],
            half=half,
            declared=about["declared"] or "",
            detected=about[_MODEL[0]],
            score=about[_MODEL[1]],
        )
        found[place] = item, shown
    return found


def _numbered(found: Sequence[tuple[Item, str]], seed: int) -> list[tuple[Item, Text]]:
    """By language, and within it in an order of their own."""
    keys = order_keys(string_array(pa.array([item.id for item, _ in found], pa.string())), seed, _SALT).tolist()
    order = sorted(range(len(found)), key=lambda i: (found[i][0].language, keys[i], found[i][0].of, i))
    numbers: dict[str, int] = defaultdict(int)
    numbered = []
    for i in order:
        item, text = found[i]
        numbers[item.language] += 1
        name = f"{item.language}-{numbers[item.language]:05}"
        own = {**vars(item), "item": name}
        numbered.append((Item(**own), Text(item=name, language=item.language, text=text)))
    return numbered


def _one_line(asked: Asked, items: Sequence[Item]) -> int:
    """Of texts of which half should have been late ones, how many had none."""
    if asked.unit != LINES:
        return 0
    strata: dict[Stratum, list[str]] = defaultdict(list)
    for item in items:
        strata[item.stratum].append(item.half)
    return sum(len(halves) // 2 - halves.count(excerpts.LATE) for halves in strata.values())


def _about(opened: Opened, asked: Asked, found: Drawn) -> dict[str, Json]:
    wanted = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(asked.wanted).items()}
    strata: list[Json] = [
        {"language": one.language, "source": one.source, "of": one.of, "documents": documents, "texts": count}
        for one, (documents, count) in found.strata.items()
    ]
    return {
        "sample": found.mark,
        "scheme": asked.scheme,
        "unit": asked.unit,
        "of": list(asked.of),
        "count": asked.count,
        "seed": asked.seed,
        "conditions": {name: value for name, value in wanted.items() if value},
        "release": {name: built.fingerprint for name, built in sorted(opened.stages.stages.items())},
        "annotators": {one.name: list(one.languages) for one in asked.annotators},
        "texts": dict(found.texts),
        "languages_that_nobody_reads": list(found.unread),
        "texts_of_one_line": found.one_line,
        "strata": strata,
    }


def _write(folder: str, bodies: Mapping[str, bytes]) -> None:
    """What people filled in is never written over. Raises RecipeError for a folder that holds anything else."""
    there = [name for name in storage.sizes(folder) if not storage.is_scratch(name.rpartition("/")[2])]
    for name in sorted(there):
        if name not in bodies or storage.read_bytes(storage.join(folder, name)) != bodies[name]:
            raise RecipeError(
                f"{storage.join(folder, name)} is there, and is not of this sample or has been filled in: "
                "name another folder"
            )
    storage.make_folder(folder)
    for name, data in bodies.items():
        storage.publish_bytes(folder, name, data)
