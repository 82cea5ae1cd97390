"""What a classifier's labels are in the scripts of a text: which labels a text may have, and the id of each in them."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from filters import classifier, languages, scripts
from filters.classifier import Classifier
from filters.scripts import HAN, HANS


class Labels(NamedTuple):
    """A model with what its labels mean."""

    model: Classifier
    fits: np.ndarray  # bool[scripts, labels]: whether a text in the script may have the label
    ids: pa.StringArray  # [(labels + 1) * scripts]: by label and script; after the last label `und` by script
    known: frozenset[str]  # ids of the labels as they are

    def has(self, id_: str) -> bool:
        """Whether the model may say the language of an id."""
        return _has(self.known, id_)

    def named(self, found: np.ndarray, there: np.ndarray) -> pa.StringArray:
        """Ids of labels (int32[rows]; -1 is none), each in the first script of the text (int16[rows, k]) that it fits.

        Of no label the id says the script that most of the text is in.
        """
        codes, labels = self.fits.shape
        label = np.where(found < 0, labels, found).astype(np.int64)
        script = there[:, 0].astype(np.int64)
        for rank in reversed(range(there.shape[1])):
            here = there[:, rank].astype(np.int64)
            fits = (here > 0) & (found >= 0) & self.fits[here, np.maximum(found, 0)]
            script[fits] = here[fits]
        taken = self.ids.take(pa.array(label * codes + script))
        return pa.array(taken, pa.string())


@cache
def load(path: str, sha256: str) -> Labels:
    """Read a model and its labels. Raises ValueError as `filters.classifier.load` does."""
    return _of(classifier.load(path, sha256))


@cache
def load_own(sha256: str) -> Labels:
    """The model that is part of this package. Raises ValueError if its file has another digest."""
    data = (files("filters.data") / "languages.ftz").read_bytes()
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise ValueError(f"our own language model has the sha256 {found}, not {sha256}: leave sha256 out")
    return _of(classifier.parsed(data, "languages.ftz"), {"zxx-other": languages.UNKNOWN})


def _of(model: Classifier, named: Mapping[str, str] = MappingProxyType({})) -> Labels:
    """`named`: labels that mean what none of their form does."""
    meant = {label: named.get(label) or languages.of_label(label) for label in model.labels}
    codes = scripts.letters().codes
    fits = np.zeros((len(codes), len(model.labels)), bool)
    ids = []
    for number, label in enumerate(model.labels):
        id_ = meant[label]
        written, own = _scripts(label, id_), id_.partition("_")[2]
        for place, code in enumerate(codes):
            fits[place, number] = (
                place > 0 and (not written or code in written) and not (place == HANS and own == "Jpan")
            )
            ids.append(_named(id_, code))
    ids += [f"und_{code or scripts.UNKNOWN}" for code in codes]
    known = frozenset(meant.values()) - {languages.UNKNOWN, languages.NO_LANGUAGE}
    return Labels(model, fits, pa.array(ids, pa.string()), known)


def _scripts(label: str, id_: str) -> frozenset[str]:
    """Scripts of texts that a label is right for; none for one that is right for any."""
    code, _, own = id_.partition("_")
    if code not in languages.known() or own == scripts.UNKNOWN:
        return frozenset()
    written = {own} if languages.says_script(label) else {own, *languages.known()[code].scripts}
    if written & {*HAN, "Jpan"}:  # some Japanese has no kana, and some of its Han are those of simplified Chinese
        written |= set(HAN)
    return frozenset(written)


def _named(id_: str, script: str) -> str:
    """The id in a script of a text, Han that is neither simplified nor traditional as such."""
    code, _, own = id_.partition("_")
    if code not in languages.known() or not script or own in (script, scripts.UNKNOWN, "Jpan"):
        return f"{code}_{script}" if own == scripts.UNKNOWN and script and code in languages.known() else id_
    return f"{code}_{script}"


@cache
def _has(known: frozenset[str], id_: str) -> bool:
    return any(languages.agree(id_, one) for one in known)
