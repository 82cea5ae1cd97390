"""A finished release, opened by the folder of its run or by a recipe: its stages, its shards, its tokenizer."""

from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from corpus.errors import DataError, RecipeError
from corpus.planning import finished
from corpus.planning.opening import open_plan
from corpus.query.opened import policy_of
from corpus.shards import about, lineage
from corpus.shards.about import About
from corpus.shards.prefix import Prefix, open_prefix
from corpus.stages.built import Finished
from corpus.stages.ingest import INGEST
from corpus.stages.shard import SHARD
from corpus.stages.views import VIEWS
from corpus.store import releases, storage
from corpus.store.table import Table
from corpus.texts.pii_policy import Policy
from corpus.views import about as views
from corpus.views.about import Known
from corpus.vocabulary import tokenizer_file
from tokenizer.decode import Decoder

_PROMPTED = ("inputs", "targets", "label")
_NAMED = 3  # files named when none fits


@dataclass(frozen=True)
class Release:
    """`policy` says what of an address may be shown to people."""

    stages: Finished
    policy: Policy
    _prefixes: dict[str, Prefix] = field(default_factory=dict)
    _lineage: dict[str, pa.Table] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Of the shards."""
        return self.stages[SHARD].folder

    @cached_property
    def documents(self) -> Table:
        return self.stages[INGEST].table("documents")

    @cached_property
    def about(self) -> About:
        return about.read(self.folder)

    @cached_property
    def views(self) -> dict[str, Known]:
        """By name; none where the recipe asks for none."""
        return views.read(self.stages[VIEWS].folder) if VIEWS in self.stages else {}

    @cached_property
    def view_of(self) -> dict[str, str]:
        """The view of each of its files and prefixes, as `shards` and `prefixes` name them."""
        return {
            name: view.name
            for view in self.views.values()
            for name in (*view.arrow, *(one.prefix for own in view.prefixes.values() for one in own))
        }

    @cached_property
    def decoder(self) -> Decoder:
        address = storage.join(tokenizer_file.of(self.folder), tokenizer_file.FILE)
        data = storage.read_bytes(address)
        if data is None:
            raise DataError(f"{address} is missing: run the recipe again")
        return Decoder(data)

    @cached_property
    def shards(self) -> list[str]:
        return [*self.about.arrow, *(file for view in self.views.values() for file in view.arrow)]

    @cached_property
    def prefixes(self) -> list[str]:
        """Of texts, then of prompts: inputs, targets, labels; then of views."""
        prompted = self.about.prompted
        entries = [*self.about.prefixes, *(entry for name in _PROMPTED for entry in prompted.get(name, ()))]
        viewed = [one for view in self.views.values() for own in view.prefixes.values() for one in own]
        return [entry.prefix for entry in (*entries, *viewed)]

    def shard(self, name: str) -> str:
        """The Arrow shard of this name: in full, without folders, or without its ending."""
        return _named(name, self.shards, "--shard", ".arrow")

    def prefix(self, name: str) -> str:
        """The Megatron prefix of this name: in full, without folders or ending, or a path that ends so."""
        return _named(name.removesuffix(".bin").removesuffix(".idx"), self.prefixes, "--prefix", "_text_document")

    def tokens(self, prefix: str) -> Prefix:
        if prefix not in self._prefixes:
            self._prefixes[prefix] = open_prefix(self.address(prefix))
        return self._prefixes[prefix]

    def lineage(self, prefix: str) -> pa.Table:
        """`part`, `row` and `copy` of each document of a prefix; of a view's examples `offset` and `taken` too."""
        if prefix not in self._lineage:
            self._lineage[prefix] = self.read_lineage(prefix)
        return self._lineage[prefix]

    def read_lineage(self, prefix: str) -> pa.Table:
        """The same, not kept: for whoever goes through all prefixes."""
        return lineage.read(storage.join(self._folder(prefix), "lineage"), prefix.rsplit("/", 1)[-1])

    def address(self, file: str) -> str:
        return storage.join(self._folder(file), file)

    def _folder(self, file: str) -> str:
        """Of the shards, or of the views."""
        return self.stages[VIEWS].folder if file in self.view_of else self.folder


def _named(name: str, known: list[str], option: str, ending: str) -> str:
    asked = name.removesuffix(ending).rstrip("/")
    found = [
        one
        for one in known
        if f"/{asked}".endswith(f"/{(stem := one.removesuffix(ending))}") or stem.endswith(f"/{asked}")
    ]
    if len(found) != 1:
        some = ", ".join(known[:_NAMED]) + (" ..." if len(known) > _NAMED else "")
        what = "fits several files" if found else "is no file"
        raise RecipeError(f"{option} {name} {what} of this release: give one of {some}")
    return found[0]


def open_release(address: str, root: str | None = None, tag: str = "") -> Release:
    """By a recipe (.toml) or by the folder that `gristmill run` wrote, and there by the name of a release. Raises
    RecipeError if no release is there."""
    if not address.endswith(".toml"):
        return _by_root(address, tag)
    if tag:
        raise RecipeError(f"--tag names a release of a root: give the output folder in place of {address}")
    return _by_recipe(address, root)


def _by_recipe(address: str, root: str | None) -> Release:
    plan = open_plan(address, root)
    stages = plan.finished()
    if SHARD not in stages:
        raise RecipeError(f"{address} has no finished shards: run `gristmill run {address}` first")
    return Release(stages, plan.recipe.pii)


def _by_root(root: str, tag: str) -> Release:
    marks = releases.stages(root, tag)
    stages = finished.of(root, {name: storage.join(root, name, mark) for name, mark in marks.items()})
    if SHARD not in stages:
        raise RecipeError(f"{root} holds no finished release: give a recipe, or the folder that `gristmill run` wrote")
    return Release(stages, policy_of(stages))
