"""The trained tokenizer on whatever machine a task runs: its library opens local paths only."""

import hashlib
import os
import tempfile

from corpus import storage
from corpus.errors import DataError
from tokenizer.encode import Encoder

_FILE = "tokenizer.json"


def local_copy(folder: str) -> Encoder:
    """An encoder over the tokenizer in a folder or URI; copied by digest, once a machine, if it is not local."""
    address = storage.join(folder, _FILE)
    if storage.is_local(folder):
        return Encoder(path=storage.resolve(address)[1])
    data = storage.read_bytes(address)
    if data is None:
        raise DataError(f"{address} is missing: delete the folder of stage train and run again")
    target = os.path.join(tempfile.gettempdir(), f"gristmill-{os.getuid()}", hashlib.sha256(data).hexdigest())
    if not os.path.exists(os.path.join(target, _FILE)):
        storage.publish_bytes(target, _FILE, data)
    return Encoder(path=os.path.join(target, _FILE))
