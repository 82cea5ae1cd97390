"""The label model: good and bad documents as two latent classes, of which every voter votes in its own way.

A vote depends on the class of its document and on nothing else (Dawid & Skene 1979; the label model of Ratner et al.
2017, 2019). The chances of each vote in each class, and the share of good documents, are those that make the patterns
most likely, by expectation and maximisation. "Neither" is an answer of a voter that looked, with a chance of its own;
what cannot be measured is no answer. Of a single document votes alone are evidence, as in Snorkel: a voter that
abstains says nothing for or against it.

The same bytes on every machine: only sums in one order, products and quotients; no logarithm and no linear algebra
library, whose last bit differs from one processor to the next.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from corpus.judging.agreement import errors
from corpus.judging.agreement.votes import DROP, KEEP, NEITHER, UNMEASURED

ANSWERS: Final = (NEITHER, DROP, KEEP)
BAD, GOOD = 0, 1
FEWEST_VOTERS: Final = 3  # two classes of two voters have more chances than patterns have frequencies
MOST_ERROR: Final = 0.1  # standard error of a chance: its interval of 95 % is 0.4 wide, more is a guess
_ROUNDS: Final = 2000
_SETTLED: Final = 1e-6  # largest change of a chance in a round
_PRIOR: Final = 1.0  # documents added to each answer, so that none is impossible

NO_VOTES, ONE_ANSWER, FEW_VOTERS, UNCERTAIN, UNSETTLED = (
    "no votes",
    "one answer",
    "few voters",
    "uncertain",
    "unsettled",
)


@dataclass(frozen=True, kw_only=True)
class Model:
    """What was learned. `chances` (float64[voters, answers, classes]) of answers in the order of ANSWERS, of documents
    that a voter can measure; 0 of one that it never gave. `error`: the largest standard error of a voter's chances,
    infinite where votes do not tell them; of one that is not in the model 0."""

    share: float  # of good documents
    share_error: float  # 0 where it was given
    chances: np.ndarray
    error: np.ndarray
    why: tuple[str, ...]  # a voter is not identified; "" where it is
    rounds: int
    settled: bool

    @property
    def identified(self) -> np.ndarray:
        """bool[voters]."""
        return np.array([not why for why in self.why], bool)

    def posterior(self, votes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probability that a document is good by the votes of identified voters, and whether there is any such vote
        (float64 and bool[patterns]); without one the share."""
        known = np.zeros(len(votes), bool)
        for voter in np.flatnonzero(self.identified):
            known |= ((votes[:, voter] == DROP) | (votes[:, voter] == KEEP)) & _possible(
                self.chances[voter], votes[:, voter]
            )
        return _likely(votes, self.share, self.chances, self.identified, (DROP, KEEP)), known


def fit(votes: np.ndarray, documents: np.ndarray, share: float | None = None) -> Model:
    """Of patterns (uint8[patterns, voters], sorted) with their documents (int64); `share` of good ones, if known."""
    speaking = [_why(votes[:, voter]) for voter in range(votes.shape[1])]
    inside = np.array([not why for why in speaking], bool)
    if inside.sum() < FEWEST_VOTERS:
        return _unknown(speaking, share, inside)
    weights = documents.astype(np.float64)
    good = _majority(votes[:, inside])
    fitted = _fitted(votes, weights, good, share, inside)
    if _backwards(fitted, votes, weights):
        fitted = _fitted(votes, weights, 1.0 - fitted.good, share, inside)
    error, share_error = errors.standard(
        votes,
        weights,
        fitted.good,
        fitted.chances,
        ANSWERS,
        np.flatnonzero(inside),
        None if share is not None else fitted.share,
    )
    uncertain = inside & (error > MOST_ERROR)
    general = _general(fitted, share_error, int((inside & ~uncertain).sum()))
    why = [own or (UNCERTAIN if uncertain[voter] else general) for voter, own in enumerate(speaking)]
    return Model(
        share=fitted.share,
        share_error=share_error,
        chances=fitted.chances,
        error=error,
        why=tuple(why),
        rounds=fitted.rounds,
        settled=fitted.settled,
    )


@dataclass(frozen=True, kw_only=True)
class _Fitted:
    share: float
    chances: np.ndarray
    good: np.ndarray  # float64[patterns]
    rounds: int
    settled: bool


def _why(own: np.ndarray) -> str:
    """A voter that always answers the same tells good from bad no more than a stopped clock the hour."""
    given = set(np.unique(own).tolist()) - {UNMEASURED}
    if not given & {DROP, KEEP}:
        return NO_VOTES
    return ONE_ANSWER if len(given) == 1 else ""


def _general(fitted: _Fitted, share_error: float, sure: int) -> str:
    """Why no voter is identified; "" where each is judged by its own error."""
    if not fitted.settled:
        return UNSETTLED
    if share_error > MOST_ERROR:
        return UNCERTAIN
    return FEW_VOTERS if sure < FEWEST_VOTERS else ""


def _unknown(why: list[str], share: float | None, inside: np.ndarray) -> Model:
    voters = len(why)
    return Model(
        share=0.5 if share is None else share,
        share_error=np.inf if share is None else 0.0,
        chances=np.zeros((voters, len(ANSWERS), 2)),
        error=np.where(inside, np.inf, 0.0),
        why=tuple(own or FEW_VOTERS for own in why),
        rounds=0,
        settled=False,
    )


def _majority(votes: np.ndarray) -> np.ndarray:
    """Where the search begins: the share of votes to keep, and one of each kind more."""
    keeps, drops = ((votes == one).sum(axis=1) for one in (KEEP, DROP))
    found: np.ndarray = (keeps + 1.0) / (keeps + drops + 2.0)
    return found


def _fitted(
    votes: np.ndarray, weights: np.ndarray, good: np.ndarray, share: float | None, inside: np.ndarray
) -> _Fitted:
    own, chances = _maximised(votes, weights, good, share, inside)
    for number in range(1, _ROUNDS + 1):
        good = _likely(votes, own, chances, inside, ANSWERS)
        before, old = chances, own
        own, chances = _maximised(votes, weights, good, share, inside)
        if max(float(np.abs(chances - before).max()), abs(own - old)) <= _SETTLED:
            return _Fitted(share=own, chances=chances, good=good, rounds=number, settled=True)
    return _Fitted(share=own, chances=chances, good=good, rounds=_ROUNDS, settled=False)


def _maximised(
    votes: np.ndarray, weights: np.ndarray, good: np.ndarray, share: float | None, inside: np.ndarray
) -> tuple[float, np.ndarray]:
    """Share and chances by what is likely of the patterns."""
    chances = np.zeros((votes.shape[1], len(ANSWERS), 2))
    classes = (weights * (1.0 - good), weights * good)
    for voter in np.flatnonzero(inside):
        seen = [place for place, one in enumerate(ANSWERS) if (votes[:, voter] == one).any()]
        for which, own in enumerate(classes):
            sums = np.bincount(votes[:, voter], weights=own, minlength=256)  # one after the other
            answers = np.array([sums[ANSWERS[place]] + _PRIOR for place in seen])
            chances[voter, seen, which] = answers / answers.sum()
    if share is None:
        sums = np.bincount(np.zeros(len(good), np.int64), weights=classes[GOOD], minlength=1)
        whole = np.bincount(np.zeros(len(good), np.int64), weights=weights, minlength=1)
        share = float((sums[0] + _PRIOR) / (whole[0] + 2 * _PRIOR))
    return share, chances


def _likely(
    votes: np.ndarray, share: float, chances: np.ndarray, voters: np.ndarray, evidence: tuple[int, ...]
) -> np.ndarray:
    """float64[patterns]: that a document is good, by the answers of these voters that are evidence."""
    good, bad = np.full(len(votes), share), np.full(len(votes), 1.0 - share)
    for voter in np.flatnonzero(voters):
        factors = np.ones((256, 2))
        for place, answer in enumerate(ANSWERS):
            if answer in evidence and chances[voter, place].all():
                factors[answer] = chances[voter, place]
        good, bad = good * factors[votes[:, voter], GOOD], bad * factors[votes[:, voter], BAD]
        both = good + bad
        good, bad = good / both, bad / both
    return good


def _possible(chances: np.ndarray, own: np.ndarray) -> np.ndarray:
    """bool[patterns]: where an answer is one that the voter gave in the patterns of the fit."""
    found = np.zeros(len(own), bool)
    for place, answer in enumerate(ANSWERS):
        if chances[place].all():
            found |= own == answer
    return found


def _backwards(fitted: _Fitted, votes: np.ndarray, weights: np.ndarray) -> bool:
    """Whether voters would mostly be wrong: which class is the good one is told by that alone."""
    better = 0.0
    for voter in range(votes.shape[1]):
        measured = float(np.bincount(votes[:, voter] != UNMEASURED, weights=weights, minlength=2)[1])
        change = fitted.chances[voter, :, GOOD] - fitted.chances[voter, :, BAD]
        better += measured * float(change[ANSWERS.index(KEEP)] - change[ANSWERS.index(DROP)])
    return better < 0
