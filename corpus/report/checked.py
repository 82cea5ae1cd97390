"""What can be told of documents' languages and texts without reading them: counts of a part by language and source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.report.counting import added_rows, cells
from corpus.report.documents import CLUSTERS, DOCUMENTS, LENGTHS, VERDICTS
from corpus.report.drawing.bins import LOG
from corpus.report.opened import Part
from corpus.stages.ref import Ref
from corpus.stages.stage import signals
from corpus.store.tally import Cells, Row
from filters import languages, programming
from filters.arrow import Array, array, equal, joined, string_array, strings
from filters.script_groups import NO_SCRIPT, script_of
from filters.scripts import HAN

LANGUAGES = signals("language")
OPTIONAL = ("repetition", "symbols", "flagged")  # filters whose signals are read where the recipe has them
CLOSE = 0.2  # of the scores of a text's two best languages: nearer than that the model does not know
SIGNS = 0.25  # share of numbers and symbols in what shows, from which a text is hardly language
_HAN = frozenset({*HAN, "Jpan", "Kore"})


@dataclass(frozen=True, kw_only=True)
class Checked(Row):
    """Documents of a language and source, and of these those that are odd."""

    NAME: ClassVar[str] = "checked"
    language: str
    source: str
    documents: int = 0
    kept: int = 0
    declared: int = 0  # whose source says the language
    asked: int = 0  # of these, those in a language: of source code the model knows nothing
    disagrees: int = 0  # of these, in which the model finds another
    wrong_script: int = 0  # of these, in a script that the language is not written in
    unusual_script: int = 0  # in Latin letters or Braille, which the language is seldom written in
    scored: int = 0  # in a language that the model names one of
    close: int = 0  # of these, with a second language within CLOSE
    chars: int = 0
    lines: int = 0
    repeated_lines: int = 0  # that repeat an earlier one of the same document; 0 without filter repetition
    signs: int = 0  # documents with more than SIGNS numbers and symbols; 0 without filter symbols
    listed: int = 0  # documents with a list of flagged words; 0 without filter flagged
    flagged: int = 0  # of these, that hold one


@dataclass(frozen=True, kw_only=True)
class Sized(Row):
    """Documents of a language whose length in code points falls into a bin of `bins.LOG`."""

    NAME: ClassVar[str] = "sized"
    language: str
    bin: str  # its number
    documents: int = 0


class Tally(TypedDict):
    """Rows of Checked and of Sized."""

    checked: list[Cells]
    sized: list[Cells]


def measured(judged: Mapping[str, object]) -> tuple[str, ...]:
    """Which of OPTIONAL a recipe has, by the filters that it judges."""
    return tuple(name for name in OPTIONAL if name in judged)


def reads(judged: Mapping[str, object]) -> tuple[Ref, ...]:
    """Tables that are counted."""
    return (DOCUMENTS, VERDICTS, CLUSTERS, LANGUAGES, LENGTHS, *(signals(name) for name in measured(judged)))


def tally(part: Part) -> Tally:
    """Of one part; nothing where there is none."""
    if not part.has(VERDICTS):
        return {"checked": [], "sized": []}
    verdicts = part.read(VERDICTS, ["language", "source"])
    places: dict[str, Array] = {name: verdicts.column(name).combine_chunks() for name in ("language", "source")}
    chars = part.read(LENGTHS, ["chars"]).column("chars").to_numpy()
    bins = np.searchsorted(np.array(LOG.edges), chars, side="right") - 1
    sums = {name: array(values.astype(np.int64)) for name, values in _columns(part, chars).items()}
    numbers = array(np.clip(bins, 0, LOG.count - 1)).cast(pa.string())
    return {
        "checked": cells(Checked(**row) for row in _grouped(places, sums)),
        "sized": cells(Sized(**row) for row in _grouped({"language": places["language"], "bin": numbers}, {})),
    }


def merge(values: Sequence[Tally]) -> Tally:
    """Tallies added up."""
    return {
        "checked": added_rows(value["checked"] for value in values),
        "sized": added_rows(value["sized"] for value in values),
    }


def _grouped(by: Mapping[str, Array], sums: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
    table = pa.table({**by, **sums})
    found = table.group_by(list(by)).aggregate([([], "count_all"), *((name, "sum") for name in sums)])
    for row in found.to_pylist():
        yield {
            **{name: row[name] for name in by},
            "documents": row["count_all"],
            **{name: int(row[f"{name}_sum"]) for name in sums},
        }


def _columns(part: Part, chars: np.ndarray) -> dict[str, np.ndarray]:
    """Of each document, what counts."""
    found = part.read(LANGUAGES, ["label", "detected", "detected_score", "second_score", "disagrees"])
    scores = (found.column(name).to_numpy() for name in ("detected_score", "second_score"))
    best, second = scores
    declared = np.asarray(part.read(DOCUMENTS, ["language"]).column("language").is_valid())
    wrong, unusual = _scripts(found)
    natural = np.asarray(pc.invert(pc.starts_with(found.column("label"), programming.PREFIX)), bool)
    scored = natural & (best > 0)
    lines = part.read(LENGTHS, ["lines"]).column("lines").to_numpy().astype(np.int64)
    columns = {
        "kept": equal(part.read(CLUSTERS, ["outcome"]).column("outcome"), "kept"),
        "declared": declared,
        "asked": declared & natural,
        "disagrees": declared & natural & (found.column("disagrees").to_numpy() > 0),
        "wrong_script": declared & natural & wrong,
        "unusual_script": unusual,
        "scored": scored,
        "close": scored & (best - second < CLOSE),
        "chars": chars,
        "lines": lines,
    }
    have = measured(part.recipe.judging)
    if "repetition" in have:
        share = part.read(signals("repetition"), ["line_ratio"]).column("line_ratio").to_numpy()
        columns["repeated_lines"] = np.rint(share * lines)  # the ratio is of these two whole numbers
    if "symbols" in have:
        signs = part.read(signals("symbols"), ["digit_ratio", "symbol_ratio"])
        columns["signs"] = signs.column("digit_ratio").to_numpy() + signs.column("symbol_ratio").to_numpy() > SIGNS
    if "flagged" in have:
        words = part.read(signals("flagged"), ["entries", "lexicon"])
        columns["listed"] = np.asarray(words.column("lexicon"), bool)
        columns["flagged"] = columns["listed"] & (words.column("entries").to_numpy() > 0)
    return columns


def _scripts(found: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """bool[rows]: the language is not written in the script of the text; it is, and seldom is."""
    pairs = joined([found.column("label"), found.column("detected")], pa.scalar(" "))
    coded = string_array(pairs.combine_chunks()).dictionary_encode()
    wrong, unusual = [], []
    for pair in strings(coded.dictionary):
        label, _, detected = pair.partition(" ")
        wrong.append(_differ(script_of(label), script_of(detected)))
        unusual.append(not wrong[-1] and is_unusual(label))
    which = coded.indices.to_numpy(zero_copy_only=False)
    return np.array(wrong, bool)[which], np.array(unusual, bool)[which]


def _differ(one: str, other: str) -> bool:
    unknown = {"", NO_SCRIPT}
    return one != other and not {one, other} & unknown and not {one, other} <= _HAN


def is_unusual(id_: str) -> bool:
    """Whether an id is of a language in a script that is none of its own.

    >>> is_unusual("rus_Latn"), is_unusual("srp_Latn"), is_unusual("deu_Latn"), is_unusual("und_Latn")
    (True, False, False, False)
    """
    language = languages.known().get(id_.partition("_")[0])
    script = script_of(id_)
    if language is None or not language.scripts or script in ("", NO_SCRIPT):
        return False
    return script not in language.scripts and not {script, *language.scripts} <= _HAN
