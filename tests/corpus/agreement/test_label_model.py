"""The label model says what snorkel says, is a naive twin's, and says so where votes tell it nothing."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.judging.agreement import latent, learned, votes
from corpus.judging.agreement.latent import Model
from tests.corpus.agreement import make_snorkel
from tests.corpus.agreement.make_snorkel import CASES, FILE, LETTERS, Case, accurate, drawn

SNORKEL: Mapping[str, Any] = {one["case"]["name"]: one for one in json.loads(FILE.read_text("utf-8"))}
by_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def letters(labels: np.ndarray) -> list[str]:
    """A pattern a document, of snorkel's labels."""
    return ["".join(LETTERS[one] for one in row) for row in labels.tolist()]


def counted(texts: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Patterns in order, as a matrix, and their documents."""
    found = sorted(Counter(texts).items())
    return (
        [text for text, _ in found],
        votes.matrix([text for text, _ in found], len(texts[0])),
        np.array([n for _, n in found]),
    )


def fitted(texts: Sequence[str], share: float | None = None) -> tuple[Model, list[str], np.ndarray, np.ndarray]:
    names, own, documents = counted(texts)
    return latent.fit(own, documents, share), names, own, documents


def accuracies(model: Model, own: np.ndarray, documents: np.ndarray) -> list[float | None]:
    names = [str(voter) for voter in range(own.shape[1])]
    found: list[float | None] = learned.voters(names, model, own, documents).column("accuracy").to_pylist()
    return found


@by_case
def test_drawn_votes_are_those_that_snorkel_was_asked_of(case: Case) -> None:
    texts, _, documents = counted(letters(drawn(case)))
    assert [[text, n] for text, n in zip(texts, documents.tolist(), strict=True)] == [
        own[:2] for own in sorted(SNORKEL[case.name]["patterns"])
    ]


@by_case
def test_probabilities_labels_and_accuracies_are_those_of_snorkel(case: Case) -> None:
    told = sorted(SNORKEL[case.name]["patterns"])
    own, documents = votes.matrix([one[0] for one in told], len(case.votes)), np.array([one[1] for one in told])
    expected = np.array([one[2] for one in told])
    model = latent.fit(own, documents, case.share)
    assert model.why == ("",) * len(case.votes)
    good, known = model.posterior(own)
    assert known.tolist() == [set(one[0]) != {"0"} for one in told]
    apart = np.abs(good - expected)
    assert (apart * documents).sum() / documents.sum() <= 0.01
    assert documents[(good > 0.5) == (expected > 0.5)].sum() >= 0.99 * documents.sum()
    weights = np.array(SNORKEL[case.name]["weights"])
    assert np.abs(np.array(accuracies(model, own, documents)) - weights).max() <= 0.025


@by_case
def test_summary_is_that_of_snorkel(case: Case) -> None:
    _, own, documents = counted(letters(drawn(case)))
    rows = votes.counted([str(voter) for voter in range(len(case.votes))], own, documents)
    for row, told in zip(rows, SNORKEL[case.name]["summary"], strict=True):
        assert [label for label, n in ((0, row.drop), (1, row.keep)) if n] == told["polarity"]
        assert (row.keep + row.drop) / case.documents == told["coverage"]
        assert row.overlaps / case.documents == told["overlaps"]
        assert row.conflicts / case.documents == told["conflicts"]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of its sparse matrices
def test_snorkel_says_what_is_written_down() -> None:
    """In numbers of 32 bits, whose last ones depend on the machine."""
    pytest.importorskip("snorkel")
    case = CASES[0]
    found, told = make_snorkel.answers(case, drawn(case)), SNORKEL[case.name]
    assert found["summary"] == told["summary"]
    assert found["weights"] == pytest.approx(told["weights"], abs=1e-3)
    assert [one[:2] for one in found["patterns"]] == [one[:2] for one in told["patterns"]]
    assert [one[2] for one in found["patterns"]] == pytest.approx([one[2] for one in told["patterns"]], abs=1e-3)


_VOTES = (accurate(0.9, 1), accurate(0.8, 0.9), accurate(0.7, 1), accurate(0.85, 0.6))
TRUE = Case(name="", seed=11, documents=30_000, share=0.8, votes=_VOTES)


def test_share_and_accuracies_are_learned_without_being_told() -> None:
    model, _, own, documents = fitted(letters(drawn(TRUE)))
    assert abs(model.share - 0.8) < 0.02
    assert model.share_error < 0.02
    for found, true in zip(accuracies(model, own, documents), (0.9, 0.8, 0.7, 0.85), strict=True):
        assert found is not None
        assert abs(found - true) < 0.02


def test_errors_are_as_large_as_what_is_learned_is_off() -> None:
    """Over many draws: the largest error of a voter's chances is about the spread of the one that is least sure."""
    found = []
    for seed in range(40):
        case = Case(name="", seed=seed, documents=3_000, share=0.6, votes=TRUE.votes)
        model, *_ = fitted(letters(drawn(case)), 0.6)
        found.append((model.chances[0, latent.ANSWERS.index(votes.DROP)], model.error[0]))
    spread = max(np.std([chances[which] for chances, _ in found]) for which in (0, 1))
    assert 0.7 < spread / np.mean([error for _, error in found]) < 1.4


# A naive twin: documents one by one, logarithms, Python's numbers.


def twin(texts: Sequence[str], share: float | None, rounds: int) -> tuple[float, dict[tuple[int, str, int], float]]:
    voters = range(len(texts[0]))
    good = [(text.count("k") + 1) / (text.count("k") + text.count("d") + 2) for text in texts]
    own, chances = twin_step(texts, good, share)
    for _ in range(rounds):
        good = []
        for text in texts:
            score = [math.log(1 - own), math.log(own)]
            for voter in voters:
                for which in (0, 1):
                    score[which] += math.log(chances.get((voter, text[voter], which), 1.0))
            good.append(1 / (1 + math.exp(score[0] - score[1])))
        own, chances = twin_step(texts, good, share)
    return own, chances


def twin_step(
    texts: Sequence[str], good: Sequence[float], share: float | None
) -> tuple[float, dict[tuple[int, str, int], float]]:
    chances: dict[tuple[int, str, int], float] = {}
    for voter in range(len(texts[0])):
        seen = sorted({text[voter] for text in texts} - {"."})
        for which in (0, 1):
            weight = {
                one: 1 + sum(g if which else 1 - g for t, g in zip(texts, good, strict=True) if t[voter] == one)
                for one in seen
            }
            chances |= {(voter, one, which): weight[one] / sum(weight.values()) for one in seen}
    return (sum(good) + 1) / (len(good) + 2) if share is None else share, chances


SEEN = ["kkd", "kdd", "kk.", "d0d", "ddd", "k0k", ".kk", "kkk", "kkk", "kkd", "ddk", "0dd"]


@pytest.mark.parametrize("share", [None, 0.5, 0.9])
def test_model_is_its_naive_twin(share: float | None) -> None:
    texts = SEEN * 30
    model, _, own, _ = fitted(texts, share)
    assert model.settled
    same, chances = twin(texts, share, model.rounds)
    assert abs(model.share - same) < 1e-9
    for (voter, letter, which), chance in chances.items():
        assert abs(model.chances[voter, latent.ANSWERS.index(ord(letter)), which] - chance) < 1e-9
    assert model.chances[0, latent.ANSWERS.index(ord("0"))].all()
    assert not (own == ord(".")).all()


@given(st.lists(st.text("kd0.", min_size=4, max_size=4), min_size=1, max_size=40), st.permutations(range(4)))
def test_model_of_any_votes_is_sound_and_no_voter_is_before_another(texts: list[str], order: list[int]) -> None:
    model, _, own, _ = fitted(texts)
    good, known = model.posterior(own)
    assert np.isfinite(good).all()
    assert ((good >= 0) & (good <= 1)).all()
    assert known.any() <= (sum(model.identified) >= latent.FEWEST_VOTERS)
    assert all((model.chances[voter].sum(axis=0).round(9) == 1).all() for voter in np.flatnonzero(model.identified))
    other = fitted(["".join(text[place] for place in order) for text in texts])[0]
    if model.settled:
        assert abs(other.share - model.share) < 1e-3
    assert sorted(bool(why) for why in other.why) == sorted(bool(why) for why in model.why)


def test_what_cannot_be_told_is_not_said() -> None:
    chance = np.random.default_rng(5)
    coin = [chance.choice(["k", "d"]) for _ in range(8_000)]
    two = letters(drawn(Case(name="", seed=1, documents=8_000, share=0.5, votes=TRUE.votes[:2])))
    cases = {
        "two voters": two,
        "two, and one that always says the same": [text + "k" for text in two],
        "two, and one that never votes": [text + "0" for text in two],
        "two, and a coin": [text + own for text, own in zip(two, coin, strict=True)],
        "few documents": letters(drawn(Case(name="", seed=2, documents=40, share=0.5, votes=TRUE.votes))),
        "who never meet": ["k..", "d..", ".k.", ".d.", "..k", "..d"] * 200,
    }
    for name, texts in cases.items():
        for share in (None, 0.5):
            model, _, own, documents = fitted(texts, share)
            assert not model.identified.any(), name
            assert not model.posterior(own)[1].any(), name
            assert accuracies(model, own, documents) == [None] * own.shape[1], name
            assert all(model.why), name


def test_a_voter_that_says_nothing_does_not_hide_the_others() -> None:
    texts = [f"{text}k0" for text in letters(drawn(TRUE))]
    model, _, own, documents = fitted(texts)
    assert model.why == ("", "", "", "", latent.ONE_ANSWER, latent.NO_VOTES)
    alone = fitted(letters(drawn(TRUE)))[0]
    assert (model.chances[:4] == alone.chances).all()
    assert accuracies(model, own, documents)[4:] == [None, None]


def test_voters_that_are_mostly_wrong_are_not_taken_for_the_good_ones() -> None:
    """Which class is good is told by most voters: of four, one may be worse than chance, and is found out."""
    labels = drawn(TRUE)
    labels[:, 2] = np.where(labels[:, 2] >= 0, 1 - labels[:, 2], -1)
    model, _, own, documents = fitted(letters(labels))
    found = accuracies(model, own, documents)
    assert found[2] is not None
    assert found[0] is not None
    assert abs(found[2] - 0.3) < 0.03
    assert abs(found[0] - 0.9) < 0.03


def test_abstention_is_no_evidence_about_a_document() -> None:
    model, _, _, _ = fitted(letters(drawn(TRUE)), 0.8)
    own = votes.matrix(["0000", "k000", "k...", "kk0k", "kk.k"], 4)
    good, known = model.posterior(own)
    assert known.tolist() == [False, True, True, True, True]
    assert good[0] == 0.8
    assert good[1] == good[2] > good[0]
    assert good[3] == good[4]


def test_voters_that_say_the_same_are_named_and_those_that_err_by_themselves_are_not() -> None:
    texts = [f"{text}{text[0]}" for text in letters(drawn(TRUE))]
    model, _, own, documents = fitted(texts)
    [found] = learned.alike([*"abcde"], model, own, documents).to_pylist()
    assert (found["first"], found["second"]) == ("a", "e")
    assert found["both"] == found["either"] == sum(text[0] == "d" for text in texts)
    clean, _, own, documents = fitted(letters(drawn(TRUE)))
    assert clean.identified.all()
    assert learned.alike([*"abcd"], clean, own, documents).num_rows == 0


def test_voters_that_share_their_errors_in_part_are_named() -> None:
    """Two look for one fault, among four that look for others: the second fires where the first does."""
    labels = drawn(Case(name="", seed=3, documents=30_000, share=0.8, votes=(*TRUE.votes, ((0.3, 0.7), (0.02, 0.98)))))
    beside = np.where(np.random.default_rng(1).random(len(labels)) < 0.6, labels[:, 4], 1)
    model, _, own, documents = fitted(letters(np.column_stack([labels, beside])), 0.8)
    found = learned.alike([*"abcdef"], model, own, documents).to_pylist()
    assert [(one["first"], one["second"]) for one in found] == [("e", "f")]
