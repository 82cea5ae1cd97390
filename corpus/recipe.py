"""The recipe: a TOML file, read into frozen dataclasses; every key checked, every error one line.

Parameters travel from here to the manifest as these objects. Inputs are relative to the recipe's folder, outputs to the
working directory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args, get_origin, get_type_hints

import orjson
from annotated_types import Ge, Gt, Interval, Le, Lt
from pydantic import TypeAdapter, ValidationError

import filters
from corpus import layers
from corpus.cleaning import Cleaning
from corpus.duplicates import curve, rank
from corpus.duplicates.passages import Passages
from corpus.errors import RecipeError
from corpus.lines import LineRule
from corpus.mixture.table import Mixture
from corpus.policy import Policy
from corpus.shards.pack import PACKINGS
from corpus.shards.prompted import KINDS
from corpus.shards.splits import Splits
from corpus.sources.source import Source
from filters import Filter
from tokenizer.presets import DEFAULT, PRESETS, Name
from tokenizer.sizes import AMBIGUOUS_ADVICE, AMBIGUOUS_SIZES
from tokenizer.specials import special_tokens

T = TypeVar("T")

# Measured even if the recipe does not judge them: later stages stand on them.
REQUIRED_FILTERS = ("language", "length", "content", "minhash")

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """The [ingest] table: how input is shared out into tasks and parts, and how much of it may be rejected."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    part_bytes: Annotated[int, Ge(1 << 10)] = 128 << 20
    """Bytes of text (UTF-8) in a part, the piece that one task measures: 128 MiB are about 20 s on one core."""
    unit_bytes: Annotated[int, Ge(1 << 10)] = 64 << 20
    """Bytes of input files that one task reads. Larger files of lines and of Parquet are cut, smaller files grouped."""
    max_reject_share: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Largest share of a source's records that may be rejected; more stops the run."""


# Bands are solved for a threshold of 0.8 at the most, so one that moves up from there compares nothing again: what is
# proposed at 0.8 holds what is above it. A lower threshold needs pairs that were never proposed.
_BANDED_AT = 0.8


@dataclass(frozen=True, kw_only=True)
class Dedup:
    """The [dedup] table: which documents are duplicates, which of them stays, and what stops or warns."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    recall: Annotated[float, Gt(0), Lt(1)] = 0.998
    """Probability that a pair at the threshold is proposed. The default gives 21 bands of 6 rows of 126 values at 0.8,
    of which a pair of 0.7 is proposed with 0.93 and one of 0.5 with 0.28; all that are proposed are verified."""
    bands: Annotated[int, Ge(0)] = 0
    """Bands of a signature; 0: solved from threshold and recall (corpus.duplicates.curve) when the recipe is read."""
    rows: Annotated[int, Ge(0)] = 0
    """Values of a signature in a band; 0: solved like bands. bands x rows is at most the permutations of `minhash`."""
    leaders: Annotated[int, Ge(1)] = 32
    """Members of a bucket that all others in it are compared with: its first 32. Pairs that are given up so are
    counted."""
    threshold: Annotated[float, Gt(0), Le(1)] = 0.8
    """Exact Jaccard similarity of word shingles from which a document goes for one that stays."""
    url: Literal["off", "latest", "best"] = "off"
    """What goes by the address: "latest" or "best" leaves of the documents of one address the latest, or the best by
    prefer; "off" nothing."""
    prefer: tuple[str, ...] = ("source", "+words")
    """The order of election, first key first, then the id: "source", "licence", "date", or a number that a filter
    measures ("words" is content.words), with + for more and - for less first."""
    prefer_sources: tuple[str, ...] = ()
    """Sources in order: earlier named wins at the key "source"; those not named come after."""
    prefer_licences: tuple[str, ...] = ()
    """Licences in order, for the key "licence"; those not named come after."""
    restricted_licences: tuple[str, ...] = ()
    """Licences, in any case of letters, whose documents are restricted, beside those of sources that say `restricted =
    true`."""
    restricted: Literal["stays", "by_rank"] = "stays"
    """How a restricted document ranks: "stays" puts it before all others, so that no copy of it counts as free;
    "by_rank" ranks it as any."""
    max_loss_share: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Share of what the filters kept of a source or language that deduplication may take without a warning: over half
    is worth a look, and the sources that peers are known to have wiped out lost 0.9 and more (marin#6854)."""
    allow_vanish: tuple[str, ...] = ()
    """Sources of which deduplication may leave nothing; any other that vanishes stops the run."""
    against: tuple[str, ...] = ()
    """Roots or indexes of earlier releases, from the recipe's folder: what they kept stays, and copies of it go."""
    index: bool = False
    """Whether to write an index of this release, for later ones to name in `against`."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """The [code] table: which source code is contained in other code. Without it no stage compares code."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    languages: tuple[str, ...] = ("code_*",)
    """Ids or patterns of declared languages: a document of one is code."""
    sources: tuple[str, ...] = ()
    """Names or patterns of sources: a document of one is code too."""
    containment: Annotated[float, Gt(0), Le(1)] = 0.8
    """Share of a document's fingerprints that one that stays must have for it to go: as [dedup] threshold."""
    words: Annotated[float, Interval(ge=0, le=1)] = 0.7
    """Share of its distinct 5-word shingles that the other must have too, or they share a form, not a text."""
    min_shared: Annotated[int, Ge(1)] = 8
    """Fewest fingerprints that a pair must share to be compared: 8 are about 23 + 7 x 9 tokens, a function of a dozen
    lines."""
    max_documents: Annotated[int, Ge(1)] = 10
    """Documents of a language that may have a fingerprint: in more, and in more than max_share, it is boilerplate.
    MOSS' -m is 10 by default."""
    max_share: Annotated[float, Interval(ge=0, le=1)] = 0.001
    """Share of a language's documents that may have a fingerprint, where that is more than max_documents."""
    leaders: Annotated[int, Ge(1)] = 32
    """Documents of a fingerprint that all others of it meet: the 32 with the most. Meetings that are given up so are
    counted."""


@dataclass(frozen=True, kw_only=True)
class TokenizerTable:
    """The [tokenizer] table: what is trained on the corpus, or the tokenizer at `path` that is there already."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    model: Literal["bpe", "unigram"] = "bpe"
    """What is trained: byte-level BPE or Unigram."""
    preset: Name = DEFAULT
    """How text is cut before it is merged, and a size: the pattern of a published model (tokenizer.presets)."""
    vocab_size: Annotated[int, Ge(1)] | None = None
    """Tokens in all, special ones included; unsaid it is the preset's: qwen 32,768, bloom 250,680, gpt2 50,257, gpt4
    100,277, llama3 128,256."""
    alpha: Annotated[float, Interval(ge=0, le=1)] = 0.3
    """Exponent over the sizes of languages in the training sample: a language's share ~ its bytes^alpha
    (corpus.sampling). BLOOM's tokenizer took 0.3 (make_ratios_thomas.ipynb of bigscience-workshop); 1 leaves shares
    as they are."""
    code_share: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Share of source code in the training sample; unsaid it is what it is of the corpus."""
    sample_bytes: Annotated[int, Ge(0)] = 10_000_000_000
    """Bytes of text to train on; 0: the whole corpus, every document once."""
    reserved: tuple[str, ...] = ()
    """Special tokens by name, ids from 2: sentinels, turns of a chat."""
    reserved_unnamed: Annotated[int, Ge(0)] = 0
    """How many more special tokens to reserve, <|reserved_0|> and so on."""
    path: str = ""
    """A tokenizer.json, a folder with one, or the root of a release, from the recipe's folder: it is used and none is
    trained."""
    end: str = "<|endoftext|>"
    """End-of-document token of the tokenizer at path; GPT-2's and GPT-NeoX's name for it is the default."""
    padding: str = ""
    """Padding token of the tokenizer at path; "": it has none."""
    encoder: Literal["gigatoken", "tokenizers"] = "gigatoken"
    """What encodes. The slow one, `tokenizers`, gives the same ids as `gigatoken`, or it is a defect."""

    def __post_init__(self) -> None:
        own = {"path", "end", "padding", "encoder"}
        for known in fields(self):
            set_to = getattr(self, known.name)
            if self.path and known.name not in own and set_to != known.default:
                raise ValueError(
                    f"{known.name} is for training, but path names a tokenizer that is there: take one out"
                )
            if not self.path and known.name in ("end", "padding") and set_to != known.default:
                raise ValueError(f"{known.name} names a token of the tokenizer at path, but there is no path")
        least = 256 + len(special_tokens(self.reserved, self.reserved_unnamed))
        if self.size < least:
            raise ValueError(f"vocab_size {self.size}: 256 bytes and the special tokens alone are {least}")
        if self.size in AMBIGUOUS_SIZES:
            raise ValueError(f"vocab_size {self.size}: {AMBIGUOUS_ADVICE}")

    @property
    def size(self) -> int:
        """Tokens in all, of one that is trained."""
        return self.vocab_size or PRESETS[self.preset].vocab_size


@dataclass(frozen=True, kw_only=True)
class Fertility:
    """The [fertility] table: how well the tokenizer fits each language, and what stops the run."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    sample_bytes: Annotated[int, Ge(1)] = 4_000_000
    """Bytes of text of each language that are encoded by every tokenizer: some 1,000 documents, 2 s of `tokenizers`."""
    reference: str = "eng_Latn"
    """Language id that parity is against."""
    parallel: str = ""
    """A folder of <language>.txt, one text in many languages, from the recipe's folder; "": the Declaration of Human
    Rights."""
    against: tuple[str, ...] = ()
    """Tokenizers to compare with: a tokenizer.json, a folder with one, or the root of a release, from the recipe's
    folder."""
    previous: str = ""
    """An earlier release by its root, or a tokenizer as in against: the gate is against this one; "": no gate."""
    max_worse: Annotated[float, Ge(0)] = 0.1
    """Largest growth of a language's tokens over the previous tokenizer's; more stops the run. BLOOM's test: at most 10
    % more (Scao et al. 2022)."""


@dataclass(frozen=True, kw_only=True)
class Shards:
    """The [shards] table: what trainers are given."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    shard_bytes: Annotated[int, Ge(1 << 10)] = 500_000_000
    """Bytes of a shard file that is aimed at: what `datasets` itself uses."""
    prompted: tuple[KINDS, ...] = ("pairs", "labels")
    """What Megatron shards of prompts have beside the text: "pairs" of inputs and targets for Megatron-DeepSpeed,
    "labels" for GPT-NeoX."""
    packing: PACKINGS = "documents"
    """Rows of the Arrow shards: a document each, or sequences packed by best fit or end to end. Megatron packs by
    itself."""
    sequence_length: Annotated[int, Interval(ge=2, le=1 << 20)] = 2048
    """Tokens of a packed row; a million is the longest context that is trained."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """The [report] table: how much of the corpus the page shows."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    samples: Annotated[int, Ge(0)] = 5
    """Dropped documents shown for each rule."""
    pairs: Annotated[int, Ge(0)] = 3
    """Duplicates shown side by side, of each stratum of similarity and cluster size."""
    judged: Annotated[int, Ge(0)] = 25
    """Removals of each stratum in pairs.csv, to be judged by people: 25 that are all right give a precision of 0.87 to
    1 (Wilson)."""
    sample_chars: Annotated[int, Ge(0)] = 600
    """Code points of a sampled text that the page shows."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter that the recipe measures: its base instance, and those whose thresholds differ by language."""

    name: str
    base: Filter
    by_language: Mapping[str, Filter]
    by_source: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict
    )  # thresholds that a source sets over all
    judged: bool

    def for_document(self, language: str, source: str) -> Filter:
        """The language's, under the thresholds of the longest pattern of `by_source` that fits the source."""
        return replace(self.for_language(language), **self.of_source(source))  # type: ignore[type-var]

    def of_source(self, source: str) -> Mapping[str, object]:
        """Thresholds that the source sets; none for most."""
        matching = [pattern for pattern in self.by_source if fnmatchcase(source, pattern)]
        return self.by_source[max(matching, key=lambda p: (len(p), p))] if matching else {}

    def for_language(self, language: str) -> Filter:
        """An exact id's, which has its patterns' values under its own; else the longest pattern's (`code_*`); else
        the base."""
        if language in self.by_language:
            return self.by_language[language]
        matching = [pattern for pattern in self.by_language if fnmatchcase(language, pattern)]
        return self.by_language[max(matching, key=lambda p: (len(p), p))] if matching else self.base


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A whole recipe, checked."""

    name: str
    """What the run is called in manifests and in the report; unsaid it is the file's name without .toml."""
    root: str
    """Folder or URI for all outputs, from the working directory; unsaid it is build/ and the file's name without .toml.
    --root of the command line wins."""
    base: str  # folder that source paths are relative to
    seed: int
    """Integer from which follow the global order of documents, held-out clusters, copies of the mixture, and samples of
    the tokenizer and the report."""
    sources: tuple[Source, ...]
    choices: tuple[Choice, ...]  # in order of execution
    ingest: Ingest
    dedup: Dedup
    code: Code | None  # None: no such stage
    lines: tuple[LineRule, ...]
    passages: Passages | None  # the same
    clean: tuple[Cleaning, ...]
    pii: Policy
    tokenizer: TokenizerTable
    mixture: Mixture | None  # None: every document once
    splits: Splits | None  # None: no such stage
    fertility: Fertility
    shards: Shards
    report: Report

    @property
    def judged(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if choice.judged)

    @property
    def prompted(self) -> bool:
        """Whether a source has inputs and targets."""
        return any(source.prompted for source in self.sources)

    @property
    def permutations(self) -> int:
        """Values in a MinHash signature."""
        return int(self._minhash.permutations)

    @property
    def ngram(self) -> int:
        """Words of a shingle."""
        return int(self._minhash.ngram)

    @property
    def _minhash(self) -> Any:
        return next(choice.base for choice in self.choices if choice.name == "minhash")


_TABLES = tuple(f.name for f in fields(Recipe) if f.name not in ("name", "root", "base", "seed", "choices"))


def load(path: str, *, root: str | None = None) -> Recipe:
    """Read and check a recipe. Raises RecipeError: file, table, key, what is wrong, what is known."""
    return _Reader(path).recipe(layers.read(path), root)


def _wild(language: str) -> bool:
    return any(c in "*?[" for c in language)


class _Reader:
    """Checks tables one by one; knows the file's name for its messages."""

    def __init__(self, path: str) -> None:
        self.path = path

    def recipe(self, raw: dict[str, Any], root: str | None) -> Recipe:
        tables = {name: kind for name, kind in get_type_hints(Recipe).items() if name in _TABLES}
        self._known_keys(raw, "the top level", {"name", "root", "seed", "filters", *tables})
        read = {name: self._read(raw, name, kind) for name, kind in tables.items()}
        recipe = Recipe(
            name=self._scalar(raw, "name", str, Path(self.path).stem),
            root=root or self._scalar(raw, "root", str, f"build/{Path(self.path).stem}"),
            base=str(Path(self.path).resolve().parent),
            seed=self._scalar(raw, "seed", int, 1),
            choices=self._choices(raw.get("filters", []), read["code"]),
            **read,
        )
        self._consistent(recipe)
        return replace(recipe, dedup=self._banded(recipe))

    def _read(self, raw: Mapping[str, Any], name: str, kind: Any) -> Any:
        """A table as the field of Recipe is declared: several, or one, or none where it may be missing."""
        inner = get_args(kind)
        if get_origin(kind) is tuple:
            found = self._tables(inner[0], raw.get(name, []), name)
            return self._named(found) if name == "sources" else found
        if NoneType in inner:
            return self._table(inner[0], raw[name], name) if name in raw else None
        return self._table(kind, raw.get(name, {}), name)

    def fail(self, message: str) -> RecipeError:
        return RecipeError(f"{self.path}: {message}")

    def _known_keys(self, raw: Mapping[str, Any], where: str, known: set[str]) -> None:
        unknown = sorted(set(raw) - known)
        if unknown:
            raise self.fail(f"unknown key {unknown[0]!r} at {where}; known: {', '.join(sorted(known))}")

    def _scalar(self, raw: Mapping[str, Any], key: str, kind: type[T], default: T) -> T:
        value = raw.get(key, default)
        if type(value) is not kind:
            raise self.fail(f"{key} must be {kind.__name__}, not {value!r}")
        return value

    def _table(self, kind: type[T], raw: object, where: str) -> T:
        if not isinstance(raw, dict):
            raise self.fail(f"[{where}] must be a table, not {raw!r}")
        known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
        self._known_keys(raw, f"[{where}]", known)
        try:
            return TypeAdapter(kind).validate_json(orjson.dumps(raw), strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(step) for step in first["loc"])
            message = str(first["msg"]).removeprefix("Value error, ")
            if first["type"] == "missing":
                raise self.fail(f"[{where}] needs a value for {place!r}") from error
            raise self.fail(
                f"[{where}] {place}: {message}, got {first['input']!r}" if place else f"[{where}] {message}"
            ) from error
        except (TypeError, ValueError) as error:  # orjson: dates and other TOML types that JSON lacks
            raise self.fail(f"[{where}]: {error}") from error

    def _tables(self, kind: type[T], raw: object, where: str) -> tuple[T, ...]:
        if not isinstance(raw, list):
            raise self.fail(f"{where} must be tables: [[{where}]]")
        return tuple(self._table(kind, table, f"{where}.{number}") for number, table in enumerate(raw, 1))

    def _named(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        if not sources:
            raise self.fail(
                "no [[sources]]: name at least one (a preset is used by `extends` in a recipe that has some)"
            )
        names = [source.name for source in sources]
        for name in names:
            if names.count(name) > 1:
                raise self.fail(f"two sources are named {name!r}: rename one")
        return sources

    def _choices(self, raw: object, code: Code | None) -> tuple[Choice, ...]:
        if not isinstance(raw, list):
            raise self.fail("filters must be tables: [[filters]]")
        chosen: dict[str, Choice] = {}
        for number, table in enumerate(raw, 1):
            choice = self._choice(table, f"filters.{number}")
            if choice.name in chosen:
                raise self.fail(f"filter {choice.name!r} is used twice: join the two tables")
            chosen[choice.name] = choice
        for name in REQUIRED_FILTERS:
            if name not in chosen:
                chosen[name] = Choice(name=name, base=filters.load(name)(), by_language={}, judged=False)
        if code:
            chosen["code"] = self._code(chosen.get("code"), code)
        return self._in_order(chosen)

    def _code(self, chosen: Choice | None, code: Code) -> Choice:
        """The filter that the stage stands on: which documents are code is said in [code] alone."""
        base = chosen.base if chosen else filters.load("code")()
        default = filters.load("code")()
        for name in ("languages", "sources"):
            if getattr(base, name) != getattr(default, name):
                raise self.fail(f"[code] {name} says which documents are code: take {name} out of the filter's table")
        made = replace(base, languages=code.languages, sources=code.sources)  # type: ignore[type-var]
        return Choice(name="code", base=made, by_language={}, judged=False)

    def _choice(self, raw: object, where: str) -> Choice:
        if not isinstance(raw, dict) or not isinstance(raw.get("use"), str):
            raise self.fail(f'[{where}] needs use = "<filter>"; known: {", ".join(filters.names())}')
        table = dict(raw)
        name = table.pop("use")
        overrides, sources = (self._overrides(table, name, key) for key in ("by_language", "by_source"))
        try:
            kind = filters.load(name)
        except ValueError as error:
            raise self.fail(f"[{where}] {error}") from error
        base = self._filter(kind, table, name)
        by_language = {}
        for language in overrides:
            patterns = sorted(
                (p for p in overrides if _wild(p) and fnmatchcase(language, p)), key=lambda p: (len(p), p)
            )
            under = [table, *([] if _wild(language) else [overrides[p] for p in patterns])]
            joined = {key: value for values in (*under, overrides[language]) for key, value in values.items()}
            by_language[language] = self._filter(kind, joined, f"{name}.by_language.{language}")
        by_source = {}
        for pattern, values in sources.items():
            made = self._filter(kind, {**table, **values}, f"{name}.by_source.{pattern}")
            by_source[pattern] = {key: getattr(made, key) for key in values}
        return Choice(name=name, base=base, by_language=by_language, by_source=by_source, judged=bool(kind.rules))

    def _overrides(self, table: dict[str, Any], name: str, kind: str) -> dict[str, dict[str, Any]]:
        """The tables of `by_language` or `by_source`, taken out; they hold thresholds alone."""
        found = table.pop(kind, {})
        if not isinstance(found, dict) or not all(isinstance(values, dict) for values in found.values()):
            raise self.fail(f"[{name}] {kind} must hold tables: {kind}.<id or pattern> = {{ min_... = ... }}")
        for which, values in found.items():
            for key in values:
                if not filters.is_threshold(key):
                    raise self.fail(
                        f"[{name}.{kind}.{which}] {key} measures, it cannot differ by {kind.removeprefix('by_')}; "
                        "only min_*, max_* and keep_* can"
                    )
        return found

    def _filter(self, kind: type[Filter], table: Mapping[str, Any], where: str) -> Filter:
        """An instance; a threshold that is "off" judges nothing (TOML has no null)."""
        plain = {key: None if value == "off" and filters.is_threshold(key) else value for key, value in table.items()}
        return self._table(kind, plain, where)

    def _in_order(self, chosen: dict[str, Choice]) -> tuple[Choice, ...]:
        """Recipe order, but for a filter after those whose signals it reads."""
        ordered: dict[str, Choice] = {}

        def place(name: str) -> None:
            for needed in chosen[name].base.reads:
                if needed not in chosen:
                    chosen[needed] = Choice(name=needed, base=filters.load(needed)(), by_language={}, judged=False)
                if needed not in ordered:
                    place(needed)
            ordered.setdefault(name, chosen[name])

        for name in list(chosen):
            place(name)
        return tuple(ordered.values())

    def _consistent(self, recipe: Recipe) -> None:
        known = {source.name for source in recipe.sources}
        for key in ("prefer_sources", "allow_vanish"):
            for name in getattr(recipe.dedup, key):
                if name not in known:
                    raise self.fail(
                        f"[dedup] {key} names {name!r}, which is no source; known: {', '.join(sorted(known))}"
                    )
        try:
            if recipe.mixture:
                recipe.mixture.check_sources(known)
        except ValueError as error:
            raise self.fail(f"[mixture] {error}") from error
        try:
            wanted_filters = rank.measured(recipe.dedup.prefer)
        except ValueError as error:
            raise self.fail(f"[dedup] prefer: {error}") from error
        for name in wanted_filters:
            if name not in {choice.name for choice in recipe.choices}:
                raise self.fail(
                    f"[dedup] prefer needs filter {name!r}, which is not measured: add [[filters]] use = {name!r}"
                )

    def _banded(self, recipe: Recipe) -> Dedup:
        """The [dedup] table with bands and rows: its own where it has both, else solved."""
        dedup = recipe.dedup
        have = recipe.permutations
        if dedup.bands * dedup.rows > have:
            raise self.fail(
                f"[dedup] bands x rows = {dedup.bands * dedup.rows}, but minhash has {have} permutations: "
                "raise permutations or lower bands"
            )
        if dedup.bands and dedup.rows:
            return dedup
        try:
            at = min(dedup.threshold, _BANDED_AT)
            bands, rows = curve.solve(at, dedup.recall, have, bands=dedup.bands, rows=dedup.rows)
        except ValueError as error:
            raise self.fail(f"[dedup] {error}") from error
        return replace(dedup, bands=bands, rows=rows)
