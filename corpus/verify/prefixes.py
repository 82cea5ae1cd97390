"""A Megatron prefix with its lineage: do they agree, where do its documents come from, and a sample of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from corpus.errors import DataError
from corpus.shards import lineage, megatron
from corpus.shards.about import About
from corpus.stages.built import Built
from corpus.store import storage
from corpus.verify import texts
from corpus.verify.files import Examined
from corpus.verify.lineage import Heads, strangers
from corpus.verify.texts import Sampled

TEXT = "text"


def whole(facts: About, examined: Iterable[Examined]) -> dict[str, list[str]]:
    """Of each stem (a prefix without what it holds and `_document`) what it holds, as far as all files of it are
    there and right: "text", "inputs", "targets", "label"."""
    right = {found.file.entry.name for found in examined if not (found.damage or found.rows)}
    found: dict[str, list[str]] = {}
    for kind, prefixes in {TEXT: facts.prefixes, **facts.prompted}.items():
        for prefix in prefixes:
            if {f"{prefix.name}{suffix}" for suffix in (".bin", ".idx", ".parquet")} <= right:
                found.setdefault(prefix.name.removesuffix(f"_{kind}_document"), []).append(kind)
    return found


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Lineage and sample of a prefix."""

    failures: tuple[str, ...]
    documents: pa.Table | None = None  # part, row and copy
    samples: Sequence[Sampled] = ()


def look(shard: Built, name: str, corpus: Heads) -> Looked:
    """Of a prefix whose files are those that the manifest names."""
    address = storage.join(shard.folder, "megatron", name)
    filesystem, path = storage.resolve(storage.extended(address, ".bin"))
    try:
        index = megatron.read_index(
            storage.read_bytes(storage.extended(address, ".idx")) or b"", filesystem.get_file_info(path).size
        )
        documents = lineage.read(storage.join(shard.folder, "lineage"), name)
        wrong = strangers(documents, corpus) if corpus else 0
    except (DataError, KeyError) as error:
        return Looked(failures=(f"{address}: {error}",))
    if documents.num_rows != len(index[0]):
        said = f"its lineage has {documents.num_rows:,} rows, its index {len(index[0]):,} documents"
        return Looked(failures=(f"{address}: {said}",))
    if wrong:
        said = f"{wrong:,} of {documents.num_rows:,} documents are not in the corpus where it says"
        return Looked(failures=(f"{shard.folder}/lineage/{name}.parquet: {said}",), documents=documents)
    return Looked(failures=(), documents=documents, samples=texts.of_prefix(shard, name, documents, index))
