"""Model files: found, and proven to be the ones that the recipe names, before anything is measured with them."""

import hashlib
from functools import cache


@cache
def verified(path: str, sha256: str) -> str:
    """The path, once its file has that digest. Raises ValueError, one line with the next action, otherwise."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise ValueError(
            f"model {path}: {error.strerror}; mend the path in the recipe, from whose folder it is"
        ) from error
    if digest.hexdigest() != sha256:
        raise ValueError(
            f"model {path}: its sha256 is {digest.hexdigest()}, the recipe says {sha256 or 'none'}; "
            "restore the file, or put the new digest into the recipe"
        )
    return path
