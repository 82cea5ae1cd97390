"""A Megatron prefix with its lineage: do they agree, where do its documents come from, and a sample of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus import storage
from corpus.errors import DataError
from corpus.finished import Built
from corpus.shards import megatron
from corpus.shards.about import About
from corpus.verify import lineage, texts
from corpus.verify.files import Examined
from corpus.verify.lineage import Heads
from corpus.verify.texts import Sampled


def whole(shard: Built, facts: About, examined: Iterable[Examined]) -> dict[str, int]:
    """Numbers of the lineage files, by prefix, of those whose files are all there and right."""
    wrong = {found.file.entry.name for found in examined if found.damage or found.rows}
    numbers = {entry.name: number for number, entry in enumerate(shard.manifest.tables.get("lineage", ()))}
    return {
        prefix.name: numbers[f"{prefix.name}.parquet"]
        for prefix in facts.prefixes
        if f"{prefix.name}.parquet" in numbers
        and wrong.isdisjoint(f"{prefix.name}{suffix}" for suffix in (".bin", ".idx", ".parquet"))
    }


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Lineage and sample of a prefix."""

    failures: tuple[str, ...]
    samples: Sequence[Sampled] = ()


def look(shard: Built, name: str, number: int, corpus: Heads) -> Looked:
    """Of a prefix whose files are those that the manifest names."""
    address = storage.join(shard.folder, "megatron", name)
    filesystem, path = storage.resolve(f"{address}.bin")
    try:
        index = megatron.read_index(storage.read_bytes(f"{address}.idx") or b"", filesystem.get_file_info(path).size)
    except DataError as error:
        return Looked(failures=(f"{address}.idx: {error}",))
    wrong = tuple(lineage.disagreements(shard, number, index[0], corpus))
    return Looked(failures=wrong, samples=() if wrong else texts.of_prefix(shard, name, number, index))
