"""What a recipe builds: every stage, what determines it, and whether it is there already.

A stage's identity is its name, the version of its code, the parameters it uses and the fingerprints of the stages it
reads. So the whole plan is known before anything runs, and a threshold that moves changes `decide` and what follows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from corpus import fertility, manifest, storage, tokenizers
from corpus.duplicates import earlier, rank
from corpus.duplicates.earlier import Earlier
from corpus.inputs import Inputs
from corpus.manifest import Json
from corpus.recipe import Choice, Recipe
from corpus.report import card
from filters import is_threshold, measuring_parameters

# Raised whenever the same parameters and inputs would give other bytes.
VERSIONS = {
    "ingest": 3,
    "decide": 2,
    "pairs": 2,
    "code": 1,
    "dedup": 3,
    "lines": 1,
    "passages": 1,
    "release": 5,
    "index": 1,
    "train": 2,
    "encode": 2,
    "fertility": 1,
    "mix": 1,
    "splits": 1,
    "shard": 2,
    "report": 3,
}
# Of [dedup], what only the bands follow from, and what is judged of losses when the election is over.
_JUDGED_LATER = ("recall", "max_loss_share", "allow_vanish", "against", "index")
_COMPARING = ("min_shared", "max_documents", "max_share", "leaders")  # of [code]; its other keys measure or elect
_NOT_TRAINED = ("path", "end", "padding", "encoder")  # of [tokenizer]: what no merge follows from
CURRENT = "current.json"  # which fingerprint of each stage the last complete run stands on


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage as it would be built."""

    name: str
    folder: str
    fingerprint: str
    identity: Json

    @property
    def done(self) -> bool:
        return storage.read_bytes(storage.join(self.folder, manifest.MANIFEST)) is not None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Stages by name, in the order in which they run."""

    recipe: Recipe
    inputs: Sequence[Inputs]
    stages: Mapping[str, Stage] = field(default_factory=dict)
    earlier: Earlier = field(default_factory=Earlier)  # releases that this one is deduplicated against

    def __getitem__(self, name: str) -> Stage:
        return self.stages[name]

    def signals(self, filter_name: str) -> Stage:
        return self.stages[signals_stage(filter_name)]


def signals_stage(filter_name: str) -> str:
    return f"signals.{filter_name}"


class _Builder:
    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.stages: dict[str, Stage] = {}

    def add(self, name: str, version: int, params: object, parents: Sequence[str]) -> None:
        identity: dict[str, object] = {
            "stage": name,
            "version": version,
            "params": params,
            "parents": {parent: self.stages[parent].fingerprint for parent in parents},
        }
        plain: Json = orjson.loads(manifest.canonical(identity))  # tuples as lists: what a manifest reads back as
        mark = manifest.fingerprint(plain)
        folder = storage.join(self.recipe.root, name, mark)
        self.stages[name] = Stage(name=name, folder=folder, fingerprint=mark, identity=plain)

    def measure(self, choice: Choice) -> None:
        parents = ["ingest", *(signals_stage(name) for name in choice.base.reads)]
        self.add(signals_stage(choice.name), choice.base.version, measuring_parameters(choice.base), parents)

    def asked(self, *names: str) -> list[str]:
        """Those of the stages that the recipe asks for."""
        return [name for name in names if name in self.stages]

    def splits(self) -> None:
        if self.recipe.splits:
            copies = ["ingest", "pairs", *self.asked("code", "passages"), signals_stage("content")]
            limits = {"seed": self.recipe.seed, **asdict(self.recipe.splits)}
            self.add("splits", VERSIONS["splits"], limits, [*copies, "release", "encode"])


def _thresholds(choice: Choice) -> dict[str, object]:
    def of(instance: object) -> dict[str, object]:
        return {name: value for name, value in vars(instance).items() if is_threshold(name)}

    return {
        "base": of(choice.base),
        "by_language": {k: of(v) for k, v in sorted(choice.by_language.items())},
        "by_source": {k: dict(v) for k, v in sorted(choice.by_source.items())},
    }


def build(recipe: Recipe, inputs: Sequence[Inputs]) -> Plan:
    """The stages of a recipe over these inputs."""
    builder = _Builder(recipe)
    sources = [{"source": _identity_of(i), "files": i.identity()} for i in inputs]
    limits = {"part_bytes": recipe.ingest.part_bytes, "unit_bytes": recipe.ingest.unit_bytes}
    builder.add("ingest", VERSIONS["ingest"], {"sources": sources, **limits}, [])
    for choice in recipe.choices:
        builder.measure(choice)
    judged = [signals_stage(choice.name) for choice in recipe.judged]
    rules = {choice.name: _thresholds(choice) for choice in recipe.judged}
    builder.add("decide", VERSIONS["decide"], rules, ["ingest", signals_stage("language"), *judged])
    near = {"bands": recipe.dedup.bands, "rows": recipe.dedup.rows, "leaders": recipe.dedup.leaders}
    keys = [signals_stage("minhash"), signals_stage("content")]
    measured_so = {name: _measured(recipe, name) for name in ("minhash", "content")}
    against = earlier.load([_index(recipe, address) for address in recipe.dedup.against], measured_so)
    marks = {"against": list(against.marks)} if against.marks else {}
    builder.add("pairs", VERSIONS["pairs"], {**near, **marks}, ["ingest", *keys])
    election = {name: value for name, value in asdict(recipe.dedup).items() if name not in (*near, *_JUDGED_LATER)}
    election |= marks
    election["restricted_sources"] = sorted(source.name for source in recipe.sources if source.restricted)
    ranked = [signals_stage(name) for name in dict.fromkeys(["content", *rank.measured(recipe.dedup.prefer)])]
    proposals = ["pairs"]
    if recipe.code:
        shared = {name: value for name, value in asdict(recipe.code).items() if name in _COMPARING}
        builder.add("code", VERSIONS["code"], shared, ["ingest", signals_stage("code"), signals_stage("content")])
        election["code"] = {"containment": recipe.code.containment, "words": recipe.code.words}
        proposals.append("code")
    builder.add("dedup", VERSIONS["dedup"], election, ["decide", *proposals, *ranked])
    texts = {**recipe.pii.identity(), "clean": [asdict(table) for table in recipe.clean]}
    cutting = []  # stages that the recipe does not ask for are not there, so they change no fingerprint
    if recipe.lines:
        scopes = [source.name for source in recipe.sources]
        repeats = {"rules": [asdict(rule) for rule in recipe.lines], "sources": scopes}
        builder.add("lines", VERSIONS["lines"], repeats, ["ingest", "dedup"])
        cutting.append("lines")
    if recipe.passages:
        parents = ["ingest", "decide", "dedup", *cutting]
        builder.add("passages", VERSIONS["passages"], asdict(recipe.passages), parents)
        cutting.append("passages")
    builder.add("release", VERSIONS["release"], texts, ["ingest", "decide", "dedup", *cutting])
    if recipe.dedup.index:
        builder.add("index", VERSIONS["index"], measured_so, ["ingest", "release", *keys])
    _tokenized(builder)
    _handed_on(builder)
    about = {"name": recipe.name, "seed": recipe.seed, "max_reject_share": recipe.ingest.max_reject_share}
    about["pii_card"] = card.digest()
    about["fertility"] = asdict(recipe.fertility)
    about |= {"recall": recipe.dedup.recall, "max_loss_share": recipe.dedup.max_loss_share}
    builder.add("report", VERSIONS["report"], {**asdict(recipe.report), **about}, [*builder.stages])
    return Plan(recipe=recipe, inputs=inputs, stages=builder.stages, earlier=against)


def _tokenized(builder: _Builder) -> None:
    """The stages from the corpus to tokens."""
    recipe = builder.recipe
    if recipe.tokenizer.path:
        builder.add("train", VERSIONS["train"], _given(recipe), [])
    else:
        training = {k: v for k, v in asdict(recipe.tokenizer).items() if k not in _NOT_TRAINED}
        training |= {"seed": recipe.seed, "vocab_size": recipe.tokenizer.size}
        builder.add("train", VERSIONS["train"], training, ["release"])
    builder.add("fertility", VERSIONS["fertility"], fertility.identity(recipe), ["release", "train"])
    encoder = {"encoder": recipe.tokenizer.encoder, "seed": recipe.seed}
    builder.add("encode", VERSIONS["encode"], encoder, ["release", "train"])


def _given(recipe: Recipe) -> dict[str, object]:
    """The identity of a tokenizer that is there: its bytes, and what ends a document. Refused here, before a run."""
    data, found = tokenizers.given_for(recipe.base, recipe.tokenizer)
    return {"sha256": hashlib.sha256(data).hexdigest(), "end": found.end, "padding": found.padding}


def _handed_on(builder: _Builder) -> None:
    """From tokens to what a trainer reads."""
    recipe = builder.recipe
    builder.splits()
    laid = ["encode", *builder.asked("splits")]
    if recipe.mixture:
        builder.add("mix", VERSIONS["mix"], {"seed": recipe.seed, **recipe.mixture.identity()}, laid)
    builder.add("shard", VERSIONS["shard"], asdict(recipe.shards), [*laid, *builder.asked("mix")])


def _measured(recipe: Recipe, name: str) -> Json:
    """Version and parameters of a filter, as JSON gives them back."""
    base = next(choice.base for choice in recipe.choices if choice.name == name)
    found: Json = orjson.loads(manifest.canonical({"version": base.version, "params": measuring_parameters(base)}))
    return found


def _index(recipe: Recipe, address: str) -> str:
    """The folder of an index that a recipe names: itself, or the root of the run that wrote it last."""
    place = address if "://" in address else str(Path(recipe.base) / address)
    mark = read_current(place).get(earlier.STAGE)
    return storage.join(place, earlier.STAGE, mark) if mark else place


def _identity_of(inputs: Inputs) -> dict[str, object]:
    """A source without its path, for where the files lie is not what they are, and without what only dedup asks."""
    return {name: value for name, value in asdict(inputs.source).items() if name not in ("path", "restricted")}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a plan: `state` is "reuse", "resume" or "build"."""

    stage: Stage
    state: str
    why: str


def steps(plan: Plan) -> list[Step]:
    """Every stage with what would happen to it and why."""
    current = read_current(plan.recipe.root)
    found = []
    for stage in plan.stages.values():
        if stage.done:
            found.append(Step(stage=stage, state="reuse", why="complete"))
            continue
        tasks = len(storage.list_names(storage.join(stage.folder, manifest.RECEIPTS)))
        why = _why(plan, stage, current)
        if tasks:
            found.append(Step(stage=stage, state="resume", why=f"{tasks} parts are complete; {why}"))
        else:
            found.append(Step(stage=stage, state="build", why=why))
    return found


def finished(root: str) -> dict[str, Stage]:
    """The stages that the last complete run in a folder stands on, without its recipe; empty if there was none."""
    found = {}
    for name, mark in read_current(root).items():
        stage = Stage(name=name, folder=storage.join(root, name, mark), fingerprint=mark, identity=None)
        if stage.done:
            found[name] = stage
    return found


def read_current(root: str) -> dict[str, str]:
    """Fingerprints by stage of the last complete run."""
    data = storage.read_bytes(storage.join(root, CURRENT))
    try:
        found = orjson.loads(data) if data else {}
    except orjson.JSONDecodeError:
        return {}
    return dict(found) if isinstance(found, dict) else {}


def write_current(plan: Plan) -> None:
    marks = {stage.name: stage.fingerprint for stage in plan.stages.values()}
    data = orjson.dumps(marks, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if storage.read_bytes(storage.join(plan.recipe.root, CURRENT)) != data:
        storage.publish_bytes(plan.recipe.root, CURRENT, data)


def _why(plan: Plan, stage: Stage, current: Mapping[str, str]) -> str:
    before = current.get(stage.name)
    old = manifest.load(storage.join(plan.recipe.root, stage.name, before)) if before else None
    if old is None:
        return "not built yet"
    changes = _differences(old.identity, stage.identity, "")
    parents = sorted({c.split(".", 1)[1].split(":")[0] for c in changes if c.startswith("parents.")})
    own = [c.removeprefix("params.") for c in changes if not c.startswith("parents.")]
    if own:
        more = f" (and {len(own) - 3} more)" if len(own) > 3 else ""
        return "; ".join(own[:3]) + more
    return f"changed before it: {', '.join(parents)}"


def _differences(old: Json, new: Json, path: str) -> list[str]:
    """Changed leaves as "path: old -> new", in order of path."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = []
        for key in sorted({*old, *new}):
            found += _differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
        return found
    if old == new:
        return []
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [c for i, (a, b) in enumerate(zip(old, new, strict=True)) for c in _differences(a, b, f"{path}.{i}")]
    return [f"{path}: {_short(old)} -> {_short(new)}"]


def _short(value: Json) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 40 else text[:37] + "..."
