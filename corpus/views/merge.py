"""Examples back to tokens and texts: what shows that a view has what the document has."""

import numpy as np

from corpus.views.examples import Maker
from corpus.views.infilling import PLAIN


def tokens_of(maker: Maker, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The document's tokens in an example of a view that is not "fim", without its end: inputs with each sentinel
    replaced by what follows it in the targets."""
    how = maker.how
    targets = targets[:-1] if len(targets) and targets[-1] == how.end else targets
    if maker.view.objective == "causal":
        return targets
    inputs = inputs[:-1] if how.separator >= 0 else inputs
    before = [maker.ids[way.token] for way in maker.view.ways if way.token]
    inputs = inputs[1:] if len(inputs) and inputs[0] in before else inputs
    kept = np.split(inputs, np.flatnonzero(np.isin(inputs, how.sentinels)))
    noise = np.split(targets, np.flatnonzero(np.isin(targets, how.sentinels)))
    if len(kept) == 1:  # the noise is the end of the text
        return np.concatenate([inputs, targets])
    after = {int(one[0]): one[1:] for one in noise[1:]}
    return np.concatenate([kept[0], *(side for one in kept[1:] for side in (after[int(one[0])], one[1:]))])


def text_of(maker: Maker, ids: np.ndarray, kind: int) -> str:
    """The text of an example of a view "fim": what stands between the marks, the suffix last."""
    ids = ids[:-1] if len(ids) and ids[-1] == maker.how.end else ids
    if kind == PLAIN:
        return maker.coder.decode([ids])[0]
    suffix, middle = (maker.ids[name] for name in (maker.view.suffix_token, maker.view.middle_token))
    first, last = int(np.flatnonzero(ids == suffix)[0]), int(np.flatnonzero(ids == middle)[0])
    prefix, end, rest = maker.coder.decode([ids[1:first], ids[first + 1 : last], ids[last + 1 :]])
    return prefix + rest + end
