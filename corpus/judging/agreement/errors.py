"""Standard errors of what the label model learned: what the votes cannot tell has none that is finite.

By the information in the patterns about the logits of the chances: sums of products of scores. Its inverse is taken
with a billionth added to the diagonal of its correlations, so that a direction in which the votes say nothing (Goodman
1974: the model is not identified there) has an error that no threshold takes for small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.judging.agreement.votes import UNMEASURED

_RIDGE = 1e-9


@dataclass(frozen=True, kw_only=True)
class _Chance:
    """A free parameter: the chance of an answer of a voter in a class. Of its answers the most frequent follows from
    the others."""

    voter: int
    place: int  # among the answers
    which: int  # class


def standard(
    votes: np.ndarray,
    weights: np.ndarray,
    good: np.ndarray,
    chances: np.ndarray,
    answers: Sequence[int],
    voters: np.ndarray,
    share: float | None,
) -> tuple[np.ndarray, float]:
    """The largest error among the chances of each voter (float64[voters], 0 of those that are not in the model), and
    that of the share (0 if it was given: None)."""
    free = [*_free(votes, weights, answers, voters)]
    scores = np.empty((len(votes), len(free) + (share is not None)))
    classes = (1.0 - good, good)
    for column, one in enumerate(free):
        own = votes[:, one.voter]
        given = (own == answers[one.place]) - chances[one.voter, one.place, one.which]
        scores[:, column] = classes[one.which] * np.where(own == UNMEASURED, 0.0, given)
    if share is not None:
        scores[:, -1] = good - share
    spread = _variances(_information(scores, weights))
    largest = np.zeros(votes.shape[1])
    for one, variance in zip(free, spread, strict=False):
        chance = chances[one.voter, one.place, one.which]
        largest[one.voter] = max(largest[one.voter], float(chance * (1.0 - chance) * np.sqrt(variance)))
    return largest, 0.0 if share is None else float(share * (1.0 - share) * np.sqrt(spread[-1]))


def _free(votes: np.ndarray, weights: np.ndarray, answers: Sequence[int], voters: np.ndarray) -> Sequence[_Chance]:
    found = []
    for voter in voters.tolist():
        sums = np.bincount(votes[:, voter], weights=weights, minlength=256)
        given = [place for place, one in enumerate(answers) if sums[one]]
        given.remove(max(given, key=lambda place: (sums[answers[place]], -place)))
        found += [_Chance(voter=voter, place=place, which=which) for place in given for which in (0, 1)]
    return found


def _information(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float64[parameters, parameters]. Rows of patterns are added one after the other."""
    found = np.empty((scores.shape[1], scores.shape[1]))
    for column in range(scores.shape[1]):
        found[column] = ((scores[:, column] * weights)[:, None] * scores).sum(axis=0)
    return found


def _variances(information: np.ndarray) -> np.ndarray:
    """The diagonal of the inverse; infinite where nothing is known at all."""
    scale = np.sqrt(np.diag(information))
    told = np.flatnonzero(scale > 0)
    within = information[np.ix_(told, told)] / (scale[told][:, None] * scale[told][None, :])
    inverse = _inverse(within + _RIDGE * np.eye(len(told)))
    found = np.full(len(scale), np.inf)
    # Of rounding, where the votes say nothing, a pivot may be below zero: that is no small error either.
    diagonal = np.diag(inverse)
    found[told] = np.where(diagonal > 0, diagonal, np.inf) / (scale[told] * scale[told])
    return found


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Of a matrix whose pivots are on its diagonal, by Gauss and Jordan."""
    own, found = matrix.copy(), np.eye(len(matrix))
    for pivot in range(len(own)):
        divided = own[pivot, pivot]
        own[pivot], found[pivot] = own[pivot] / divided, found[pivot] / divided
        factors = own[:, pivot].copy()
        factors[pivot] = 0.0
        own -= factors[:, None] * own[pivot][None, :]
        found -= factors[:, None] * found[pivot][None, :]
    return found
