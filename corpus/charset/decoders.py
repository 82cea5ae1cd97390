"""Bytes to text by the name of an encoding, as the WHATWG Encoding standard decodes them."""

import codecs
from collections.abc import Callable

import numpy as np

from corpus.charset import multibyte, tables

_REPLACEMENT = "\ufffd"
_KERNELS: dict[str, tuple[Callable[..., tuple[int, int]], tuple[str, ...]]] = {
    "shift_jis": (multibyte.shift_jis, ("jis0208",)),
    "euc-jp": (multibyte.euc_jp, ("jis0208", "jis0212")),
    "iso-2022-jp": (multibyte.iso_2022_jp, ("jis0208",)),
    "euc-kr": (multibyte.euc_kr, ("euc-kr",)),
    "big5": (multibyte.big5, ("big5",)),
}
_UTF = {"utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}


def decoded(data: bytes, name: str) -> tuple[str, int] | None:
    """The text, and how many U+FFFD in it stand for bytes that mean nothing; None for "replacement", which means none.

    `name` is an encoding's of the standard in small letters. A byte order mark is not looked for.
    """
    if name == "replacement":
        return None
    if name in _UTF:
        return _unicode(data, _UTF[name])
    table = tables.single_byte(name)
    if table is not None:
        text = codecs.charmap_decode(data, "replace", table)[0]
        return text, text.count(_REPLACEMENT)  # no index of single bytes holds U+FFFD itself
    given = np.frombuffer(data, np.uint8)
    out = np.empty(len(data) + 1, np.uint32)
    if name in ("gbk", "gb18030"):
        wrote, bad = multibyte.gb18030(given, tables.index("gb18030"), tables.ranges(), out)
    else:
        kernel, indexes = _KERNELS[name]
        wrote, bad = kernel(given, *map(tables.index, indexes), out)
    return out[:wrote].astype("<u4", copy=False).tobytes().decode("utf-32-le"), int(bad)


def _unicode(data: bytes, codec: str) -> tuple[str, int]:
    """Python's codecs of Unicode put U+FFFD where the standard does: for each longest sequence that begins rightly."""
    text = data.decode(codec, "replace")
    if codec == "utf-8":
        own = data.count(_REPLACEMENT.encode())
    else:
        units = np.frombuffer(data, "<u2" if codec == "utf-16-le" else ">u2", len(data) // 2)
        own = int(np.count_nonzero(units == ord(_REPLACEMENT)))
    return text, text.count(_REPLACEMENT) - own
