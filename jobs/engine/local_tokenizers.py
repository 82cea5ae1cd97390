"""Tokenizers on whatever machine a task runs: their library opens local paths only."""

import hashlib
import os
from collections.abc import Mapping

from corpus.errors import DataError
from corpus.store import manifest, storage
from corpus.vocabulary import tokenizer_file
from filters.own_folders import temporary_folder
from tokenizer.encode import Encoder

_CONFIG = "tokenizer_config.json"  # names end-of-document and padding


def local_copy(folder: str, *, slow: bool = False) -> Encoder:
    """An encoder over the tokenizer of stage train, whose folder may be a URI. Raises DataError if it is not what the
    manifest of the stage says."""
    written = manifest.load(storage.parted(folder)[0])
    entries = written.tables[tokenizer_file.TABLE] if written else ()
    return _local(folder, (_CONFIG, tokenizer_file.FILE), {one.name: one.sha256 for one in entries}, slow=slow)


def local_file(address: str, sha256: str) -> Encoder:
    """An encoder over a tokenizer.json alone: it knows no end-of-document. Raises DataError for another digest."""
    folder, name = storage.parted(address)
    return _local(folder, (name,), {name: sha256}, slow=False)


def _local(folder: str, names: tuple[str, ...], digests: Mapping[str, str], *, slow: bool) -> Encoder:
    """Of the last name; copied by digest, once a machine, if it is not local. `digests`: sha256 of those known."""
    found = {}
    for name in names:
        data = storage.read_bytes(storage.join(folder, name))
        if data is None:
            raise DataError(f"{folder}/{name} is missing: if it is of stage train, delete its folder and run again")
        if name in digests and hashlib.sha256(data).hexdigest() != digests[name]:
            raise DataError(
                f"{folder}/{name} is damaged or was replaced: if it is of stage train, delete its folder; run again"
            )
        found[name] = data
    digest = hashlib.sha256(b"".join(found.values())).hexdigest()
    if storage.is_local(folder):
        return Encoder(path=storage.resolve(storage.join(folder, names[-1]))[1], digest=digest, slow=slow)
    target = str(temporary_folder() / digest)
    for name, data in found.items():  # the tokenizer last: where it is, its names are
        if not os.path.exists(os.path.join(target, name)):
            storage.publish_bytes(target, name, data)
    return Encoder(path=os.path.join(target, names[-1]), slow=slow)
