"""Examples of all objectives but fill-in-the-middle: the naive twin's, and nothing of a document is lost."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.shards.order import order_keys
from corpus.views import merge
from corpus.views.examples import maker
from corpus.views.recipe_table import Denoiser, View
from tests.corpus.views import made

VIEWS = st.builds(
    made.view,
    st.sampled_from(["causal", "prefix", "span", "ul2"]),
    sequence_length=st.integers(24, 90),
) | st.builds(
    made.view,
    st.just("span"),
    sequence_length=st.integers(24, 90),
    fits=st.sampled_from(["row", "inputs"]),
    density=st.floats(0.05, 0.9),
    mean_span=st.floats(1, 12),
    separator=st.sampled_from(["", "<sep>"]),
)
DOCUMENTS = st.lists(st.integers(0, 200).map(lambda size: [made.FIRST + n for n in range(size)]), max_size=5)


@given(own=VIEWS, documents=DOCUMENTS, seed=st.integers(0, 5))
def test_examples_are_the_naive_ones(own: View, documents: list[list[int]], seed: int) -> None:
    maker, whole = made.made(own, seed), made.block(documents)
    keys = order_keys(whole.ids, seed, " view own").tolist() if documents else []
    found = maker.examples(whole)
    assert made.split(found) == made.twin(documents, keys, maker)
    assert np.diff(found.block.offsets).max(initial=0) <= maker.how.row


@given(own=VIEWS, documents=DOCUMENTS)
def test_merged_sentinels_give_back_the_document(own: View, documents: list[list[int]]) -> None:
    maker = made.made(own)
    found = maker.examples(made.block(documents))
    back: dict[int, list[int]] = {}
    for row, start, taken, (inputs, targets) in zip(
        found.block.rows.tolist(), found.starts.tolist(), found.taken.tolist(), made.split(found), strict=True
    ):
        one = merge.tokens_of(maker, np.array(inputs, np.int32), np.array(targets, np.int32)).tolist()
        assert one == documents[row][start : start + taken]
        back.setdefault(row, []).extend(one)
    for number, document in enumerate(documents):
        lost = len(document) - len(back.get(number, []))
        assert back.get(number, []) == document[: len(document) - lost]
        assert lost <= (1 if own.ways else 0)  # a last token alone has no span
    tally = found.tally
    assert tally.tokens + tally.left == sum(map(len, documents))
    assert tally.documents + tally.out == len(documents)


@given(own=VIEWS, documents=DOCUMENTS, cut=st.integers(0, 5))
def test_examples_do_not_depend_on_what_stands_beside_a_document(
    own: View, documents: list[list[int]], cut: int
) -> None:
    maker, whole = made.made(own), made.block(documents)
    expected = made.split(maker.examples(whole))
    order = [*range(cut, len(documents)), *range(min(cut, len(documents)))]
    ids = whole.ids.take(pa.array(order, pa.int64()))
    turned = maker.examples(made.block([documents[n] for n in order], ids=ids))
    assert sorted(made.split(turned)) == sorted(expected)


def test_copies_seeds_and_names_draw_otherwise() -> None:
    documents = [[made.FIRST + n for n in range(500)]]
    whole, again = made.block(documents), made.block(documents, copies=np.array([1], np.int16))
    own = made.view("span", sequence_length=256)
    other = View(name="other", objective="span", sequence_length=256)
    found = [
        made.split(maker.examples(one))
        for maker, one in (
            (made.made(own), whole),
            (made.made(own), again),
            (made.made(own, 2), whole),
            (made.made(other), whole),
        )
    ]
    assert all(a != b for n, a in enumerate(found) for b in found[:n])


def test_prefix_of_t5_is_seen_from_one_token_to_all_but_one() -> None:
    maker = made.made(made.view("prefix", sequence_length=64))
    many = made.block([[made.FIRST] * 3 for _ in range(400)])
    assert set(maker.examples(many).inputs.tolist()) == {1, 2, 3}


def test_ways_of_ul2_come_as_often_as_their_weights_say() -> None:
    ways = (Denoiser(token="[R]", mean_span=3, weight=3), Denoiser(token="[S]", density=0.25))
    maker = made.made(made.view("ul2", sequence_length=64, denoisers=ways))
    found = maker.examples(made.block([[made.FIRST] * 40 for _ in range(2000)]))
    assert np.bincount(found.kinds).tolist() == pytest.approx([1500, 500], abs=80)  # 4 deviations of 19
    assert {inputs[0] for inputs, _ in made.split(found)} == {maker.ids["[R]"], maker.ids["[S]"]}


def test_documents_of_other_languages_sources_and_prompts_are_counted() -> None:
    own = made.view("causal", languages=("deu",), sources=("wiki*",))
    documents = [[made.FIRST] * 4] * 4
    whole = made.block(
        documents,
        languages=pa.array(["deu_Latn", "eng_Latn", "deu_Latn", "deu_Latn"]),
        sources=pa.array(["wiki-1", "wiki-1", "web", "wiki-2"]),
        targets_at=pa.array([None, None, None, 2], pa.int32()),
    )
    tally = made.made(own).examples(whole).tally
    assert (tally.documents, tally.other, tally.prompted, tally.short) == (1, 2, 1, 0)
    assert (tally.tokens, tally.left) == (4, 12)


def test_a_document_with_a_sentinel_in_it_is_refused() -> None:
    maker = made.made(made.view("span"))
    with pytest.raises(ValueError, match="holds a reserved token"):
        maker.examples(made.block([[made.FIRST, int(maker.how.sentinels[0])]]))


def test_the_end_of_a_document_may_be_named_as_separator() -> None:
    named = made.view("prefix", sequence_length=32, separator="<end>")
    own = maker(named, 1, {"<end>": made.END}.get, made.END, made.NoCoder())
    ((inputs, targets),) = made.split(own.examples(made.block([[made.FIRST] * 9])))
    assert (inputs[-1], targets[-1], len(inputs) + len(targets)) == (made.END, made.END, 11)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"objective": "causal", "density": 0.2}, "density is no key of objective 'causal'"),
        ({"objective": "fim", "sequence_length": 63}, "fim takes 64 or more"),
        ({"objective": "span", "sentinel": "<x>"}, "write {} once"),
        ({"objective": "span", "name": "Span"}, "small letters"),
        ({"objective": "causal", "languages": ("klingonese",)}, "is no language"),
    ],
)
def test_mistakes_are_said_in_a_line(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        View(**{"name": "own", **keys})  # type: ignore[arg-type]
    assert "\n" not in str(error.value)
