"""All kinds over a batch."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters.pii import ip, mail, phone, secret
from filters.pii.spans import KINDS, Span, resolve

_DETECTORS: dict[str, tuple[str, Callable[[str, str], Iterator[Span]]]] = {
    "KEY": (secret.CANDIDATE, secret.find),
    "EMAIL": (mail.CANDIDATE, mail.find),
    "IP_ADDRESS": (ip.CANDIDATE, ip.find),
    "PHONE": (phone.CANDIDATE, phone.find),
}


def detect(texts: pa.StringArray, languages: Sequence[str], kinds: Sequence[str] = KINDS) -> dict[int, list[Span]]:
    """Spans of the wanted kinds by row, in order, none overlapping; rows without any are left out.

    `languages` (ids, one a text) tell which countries' telephone numbers to expect.
    """
    found: dict[int, list[Span]] = {}
    for kind in kinds:
        candidate, find = _DETECTORS[kind]
        rows = np.flatnonzero(pc.match_substring_regex(texts, candidate).to_numpy(zero_copy_only=False))
        for row in rows.tolist():
            found.setdefault(row, []).extend(find(texts[row].as_py(), languages[row]))
    return {row: resolve(spans) for row, spans in sorted(found.items()) if spans}
