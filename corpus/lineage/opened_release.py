"""A finished release, opened by the folder of its run or by a recipe: its stages, its shards, its tokenizer."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from corpus.errors import DataError, RecipeError
from corpus.planning import finished
from corpus.planning.opening import open_plan
from corpus.shards import about, lineage
from corpus.shards.about import About
from corpus.shards.prefix import Prefix, open_prefix
from corpus.stages.built import Finished
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.shard import SHARD
from corpus.store import releases, storage
from corpus.store.table import Table
from corpus.texts.pii_policy import Policy
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
    def decoder(self) -> Decoder:
        address = storage.join(tokenizer_file.of(self.folder), tokenizer_file.FILE)
        data = storage.read_bytes(address)
        if data is None:
            raise DataError(f"{address} is missing: run the recipe again")
        return Decoder(data)

    @cached_property
    def shards(self) -> list[str]:
        return [*self.about.arrow]

    @cached_property
    def prefixes(self) -> list[str]:
        """Of texts, then of prompts: inputs, targets, labels."""
        prompted = self.about.prompted
        entries = [*self.about.prefixes, *(entry for name in _PROMPTED for entry in prompted.get(name, ()))]
        return [entry.prefix for entry in entries]

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
        """`part`, `row` and `copy` of each document of a prefix."""
        if prefix not in self._lineage:
            self._lineage[prefix] = self.read_lineage(prefix)
        return self._lineage[prefix]

    def read_lineage(self, prefix: str) -> pa.Table:
        """The same, not kept: for whoever goes through all prefixes."""
        return lineage.read(storage.join(self.folder, "lineage"), prefix.rsplit("/", 1)[-1])

    def address(self, file: str) -> str:
        return storage.join(self.folder, file)


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
    stages, policy = open_stages(address, root, tag)
    if SHARD not in stages:
        if address.endswith(".toml"):
            raise RecipeError(f"{address} has no finished shards: run `gristmill run {address}` first")
        raise RecipeError(
            f"{address} holds no finished release: give a recipe, or the folder that `gristmill run` wrote"
        )
    return Release(stages, policy)


def open_stages(address: str, root: str | None = None, tag: str = "") -> tuple[Finished, Policy]:
    """The same, of a release that may lack its shards: its stages, and what of personal data may be shown. Raises
    RecipeError."""
    if address.endswith(".toml"):
        if tag:
            raise RecipeError(f"--tag names a release of a root: give the output folder in place of {address}")
        plan = open_plan(address, root)
        return plan.finished(), plan.recipe.pii
    marks = releases.stages(address, tag)
    stages = finished.of(address, {name: storage.join(address, name, mark) for name, mark in marks.items()})
    built = stages.get(RELEASE)
    if built is None:
        raise RecipeError(
            f"{address} holds no finished release: give a recipe, or the folder that `gristmill run` wrote"
        )
    params: Any = built.manifest.identity["params"]["pii"]  # type: ignore[index,call-overload]
    # No actions: what a recipe keeps in texts need not be shown here, and pseudonyms need a key that is stored nowhere.
    return stages, Policy(kinds=tuple(params["kinds"]), placeholder=params["placeholder"])
