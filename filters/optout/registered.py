"""The domain that somebody registered, of a host: what a list of domains speaks of."""

import re
from functools import cache, lru_cache
from typing import Any, Final

_ADDRESS: Final = re.compile(r"[0-9.]+|\[.*\]")


@lru_cache(maxsize=1 << 16)
def registered(host: str) -> str:
    """The domain that somebody registered, by both sections of the Public Suffix List: what lies below github.io or
    blogspot.com belongs to others than its neighbours. An address of numbers is itself; "" for a suffix."""
    if _ADDRESS.fullmatch(host):
        return host
    return _suffixes().privatesuffix(host) or ""


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  (reads its list when made)

    return PublicSuffixList()
