"""Tokenizers on whatever machine a task runs: their library opens local paths only."""

import hashlib
import os
import tempfile

from corpus.errors import DataError
from corpus.store import storage
from corpus.vocabulary import tokenizer_file
from tokenizer.encode import Encoder

_CONFIG = "tokenizer_config.json"  # names end-of-document and padding


def local_copy(folder: str, *, slow: bool = False) -> Encoder:
    """An encoder over the tokenizer of stage train, whose folder may be a URI."""
    return _local(folder, (_CONFIG, tokenizer_file.FILE), slow=slow)


def local_file(address: str) -> Encoder:
    """An encoder over a tokenizer.json alone: it knows no end-of-document."""
    folder, _, name = address.rpartition("/")
    return _local(folder, (name,), slow=False)


def _local(folder: str, names: tuple[str, ...], *, slow: bool) -> Encoder:
    """Of the last name; copied by digest, once a machine, if it is not local."""
    if storage.is_local(folder):
        return Encoder(path=storage.resolve(storage.join(folder, names[-1]))[1], slow=slow)
    found = {}
    for name in names:
        data = storage.read_bytes(storage.join(folder, name))
        if data is None:
            raise DataError(f"{folder}/{name} is missing: if it is of stage train, delete its folder and run again")
        found[name] = data
    digest = hashlib.sha256(b"".join(found.values())).hexdigest()
    target = os.path.join(tempfile.gettempdir(), f"gristmill-{os.getuid()}", digest)
    for name, data in found.items():  # the tokenizer last: where it is, its names are
        if not os.path.exists(os.path.join(target, name)):
            storage.publish_bytes(target, name, data)
    return Encoder(path=os.path.join(target, names[-1]), slow=slow)
