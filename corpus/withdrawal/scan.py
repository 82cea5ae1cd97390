"""What a column or a page holds of withdrawn documents: by digests of ids, contents and signatures, and by words that
somebody gives again."""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from corpus.tombstones.secret import Keyed, values_of
from filters.arrow import Array, any_list, binary_length, same

_ID = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_ID_CHARS, _CONTENT_BYTES = 32, 16


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What must not be found."""

    keyed: Keyed
    ids: frozenset[str]  # stand-ins
    contents: frozenset[bytes]  # keyed
    signatures: frozenset[bytes]  # keyed
    permutations: frozenset[int]  # of these
    words: tuple[str, ...] = ()  # spans and identifiers


@dataclass
class Scanner:
    """Looks at columns and pages. `known`: ids that were digested already, for several scanners together."""

    wanted: Wanted
    known: dict[str, bool]
    looked: int = 0  # values

    def column(self, name: str, column: Array) -> Iterator[str]:
        """What a column has, a line each; nested ones with all that is in them."""
        kind = column.type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            yield from self.column(name, any_list(column).flatten())
        elif pa.types.is_struct(kind):
            for number in range(kind.num_fields):
                yield from self.column(f"{name}.{kind.field(number).name}", pc.struct_field(column, number))
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            yield from self._strings(name, column)
        elif pa.types.is_fixed_size_binary(kind) and kind.byte_width == _CONTENT_BYTES:
            yield from self._binaries(name, column, self._content)
        elif pa.types.is_binary(kind):
            yield from self._binaries(name, column, self._signature)

    def _strings(self, name: str, column: Array) -> Iterator[str]:
        self.looked += len(column)
        ids = column.filter(same(binary_length(column), _ID_CHARS)).unique().to_pylist()
        for one in ids:
            if one is not None and self._remembered(one):
                yield f"{name}: the id of a withdrawn document"
        for number, words in enumerate(self.wanted.words, 1):
            hits = np.count_nonzero(pc.match_substring(column.drop_null(), words, ignore_case=True))
            if hits:
                yield f"{name}: {hits:,} values with the words of request {number}"

    def _binaries(self, name: str, column: Array, is_wanted: Callable[[bytes], bool]) -> Iterator[str]:
        self.looked += len(column)
        for one in column.unique().to_pylist():
            if one and is_wanted(one):
                yield f"{name}: the digest of a withdrawn text"

    def _remembered(self, id_: str) -> bool:
        if id_ not in self.known:
            self.known[id_] = self.wanted.keyed.stand_in(id_) in self.wanted.ids
        return self.known[id_]

    def _content(self, key: bytes) -> bool:
        return self.wanted.keyed.content(key) in self.wanted.contents

    def _signature(self, data: bytes) -> bool:
        if len(data) // 4 not in self.wanted.permutations or len(data) % 4:
            return False
        own = self.wanted.keyed.signatures(values_of([data], len(data) // 4)).tobytes()
        return own in self.wanted.signatures

    def page(self, name: str, data: bytes) -> Iterator[str]:
        """What a file that people read has: HTML, JSON, CSV."""
        self.looked += 1
        for one in {*_ID.findall(data)}:
            if self._remembered(one.decode()):
                yield f"{name}: the id of a withdrawn document"
        plain = html.unescape(data.decode("utf-8", "replace")).casefold()
        for number, words in enumerate(self.wanted.words, 1):
            escaped = orjson.dumps(words).decode()[1:-1]  # as JSON has them, and data beside a page
            if words.casefold() in plain or escaped.casefold() in plain:
                yield f"{name}: the words of request {number}"

    def texts(self, name: str, contents: Sequence[bytes], texts: Array) -> Iterator[str]:
        """Texts that were decoded, with their content keys."""
        self.looked += len(texts)
        for key in contents:
            if self._content(key):
                yield f"{name}: a withdrawn text"
        for number, words in enumerate(self.wanted.words, 1):
            if pc.any(pc.match_substring(texts, words, ignore_case=True)).as_py():
                yield f"{name}: the words of request {number}"
