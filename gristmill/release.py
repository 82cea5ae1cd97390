"""What a run has built, as Arrow datasets."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.dataset as ds

from corpus.errors import RecipeError
from corpus.planning import finished, outputs
from corpus.stages.built import Built, Finished
from corpus.store import storage
from corpus.store.table import Table

_PARQUET = ".parquet"


class Release(Mapping[str, ds.Dataset]):
    """The tables of a release by `<stage>.<table>` ("release.corpus", "decide.verdicts", "signals.length.signals"),
    each a `pyarrow.dataset.Dataset` over the Parquet files that its manifest names; docs/data-format.md has every
    column.

    A dataset reads files when it is asked to, and holds none of them against its digest: `gristmill verify` does.
    """

    def __init__(self, stages: Finished) -> None:
        self._stages = stages
        self._tables = {
            f"{name}.{table}": (built, table)
            for name, built in stages.stages.items()
            for table, files in built.manifest.tables.items()
            if len(files) and all(file.name.endswith(_PARQUET) for file in files[:1])
        }

    @property
    def root(self) -> str:
        """Where it lies."""
        return self._stages.address

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the stages that are there, in the order in which they ran."""
        return tuple(self._stages.stages)

    @property
    def outputs(self) -> Mapping[str, str]:
        """Folders of what a release is for, by the names of `gristmill path`: "corpus", "tokenizer", "arrow", ..."""
        return outputs.of(self.root, {name: one.fingerprint for name, one in self._stages.stages.items()})

    def counts(self, stage: str) -> Mapping[str, int]:
        """What a stage counted. Raises RecipeError for one that is not there."""
        if stage not in self._stages.stages:
            raise RecipeError(f"{self.root} has no stage {stage!r}; there are: {', '.join(self.stages)}")
        return dict(self._stages.stages[stage].counts)

    def __getitem__(self, name: str) -> ds.Dataset:
        """Raises RecipeError for a table that is not there."""
        if name not in self._tables:
            raise RecipeError(f"{self.root} has no table {name!r}; there are: {', '.join(self)}")
        built, table = self._tables[name]
        return _dataset(built, built.table(table))

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        return f"Release({self.root!r}, {len(self)} tables)"


def open(root: str | Path, tag: str = "") -> Release:  # noqa: A001  (gristmill.open, as gzip.open)
    """The last complete release below an output folder or URI, or the one that `gristmill tag` gave a name.

    Raises `corpus.errors.RecipeError` if there is none, `corpus.errors.DataError` for one that is damaged.
    """
    return Release(finished.open_release(str(root), tag))


def _dataset(built: Built, table: Table) -> ds.Dataset:
    filesystem, folder = storage.resolve(storage.join(built.folder, table.name))
    return ds.dataset([f"{folder}/{entry.name}" for entry in table.files], filesystem=filesystem, format="parquet")
