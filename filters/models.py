"""Files of models and lists: found, and proven to be those that the recipe names, before anything goes by them."""

import hashlib
from functools import cache


@cache
def verified(path: str, sha256: str, what: str = "model") -> str:
    """The path, once its file has that digest. `what`: it is, in messages. Raises ValueError, one line with the next
    action, otherwise."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise ValueError(
            f"{what} {path}: {error.strerror}; mend the path in the recipe, from whose folder it is"
        ) from error
    if digest.hexdigest() != sha256:
        raise ValueError(
            f"{what} {path}: its sha256 is {digest.hexdigest()}, the recipe says {sha256 or 'none'}; "
            "restore the file, or put the new digest into the recipe"
        )
    return path
