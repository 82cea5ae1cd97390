"""Rules vote where they measure and abstain where they do not; functions vote by their ranges."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

import filters
from corpus.external import labelled
from corpus.judging import signals
from corpus.judging.agreement import votes
from corpus.stages.agreed import Agreeing, Cast, asked
from corpus.stages.decide import Judging
from filters.agreed import Function, Range
from filters.choice import Choice

WORDS = 100
Rows = Sequence[Mapping[str, Any]]
Over = Mapping[str, Mapping[str, Mapping[str, object]]]


def choice(name: str, over: Over | None = None, **thresholds: Any) -> Choice:
    return Choice(name=name, base=filters.load(name)(**thresholds), judged=True, **(over or {}))


def agreeing(*choices: Choice, functions: tuple[Function, ...] = (), **more: Any) -> Agreeing:
    own: dict[str, Any] = {"leave_out": (), "known_from": 0.5, "good_share": None, "fitted_patterns": 100} | more
    return Agreeing(judging=tuple(Judging(choice=one) for one in choices), functions=asked(functions), **own)


def cast(params: Agreeing, rows: Rows) -> dict[str, str]:
    """Letters of each voter, a document each; what a row does not say of documents and signals is ordinary."""
    found = votes.cast(params, measured(params, rows), heads(rows))
    names = votes.voters(params)
    return {name: bytes(found[:, place]).decode() for place, name in enumerate(names)}


def heads(rows: Rows) -> pa.RecordBatch:
    plain = {"source": "web", "language": None, "url": "https://a.org/", "file": "f"}
    columns = {name: pa.array([row.get(name, value) for row in rows], pa.string()) for name, value in plain.items()}
    return pa.RecordBatch.from_pydict(columns)


def measured(params: Agreeing, rows: Rows) -> dict[str, pa.RecordBatch]:
    ordinary = {"language.label": "eng_Latn", "language.score": 0.9, "perplexity.bucket": "head"}
    found = {}
    for name, columns in votes.wanted(params).items():
        schema = filters.load(name).signals
        own = pa.schema([schema.field(column) for column in columns])
        told: list[dict[str, Any]] = [
            {one: row.get(f"{name}.{one}", ordinary.get(f"{name}.{one}", 1)) for one in columns} for row in rows
        ]
        for field in own:
            for row in told if pa.types.is_boolean(field.type) else ():
                row[field.name] = bool(row[field.name])
        found[name] = pa.RecordBatch.from_pylist(told, schema=own)
    return found


def test_rule_votes_by_its_threshold_of_the_language_and_source() -> None:
    over: Over = {"by_language": {"fra_Latn": {"min_words": 5}}, "by_source": {"wiki": {"min_words": None}}}
    params = agreeing(choice("length", over, min_words=10))
    rows: Rows = [
        {"length.words": 7},
        {"length.words": 10},
        {"length.words": 7, "language.label": "fra_Latn"},
        {"length.words": 7, "source": "wiki"},
    ]
    assert cast(params, rows)["length.few_words"] == "dkk."


def test_language_that_is_not_sure_is_voted_on_by_thresholds_of_no_language() -> None:
    params = agreeing(choice("length", {"by_language": {"fra_Latn": {"min_words": 5}}}, min_words=10))
    row = {"length.words": 7, "language.label": "fra_Latn"}
    assert cast(params, [{**row, "language.score": 0.4}, row])["length.few_words"] == "dk"


def test_what_has_no_list_or_model_abstains() -> None:
    params = agreeing(choice("stopwords", min_ratio=0.1), choice("flagged"), choice("perplexity", max_perplexity=50.0))
    rows: Rows = [
        {"stopwords.lexicon": True, "stopwords.ratio": 0.0, "flagged.lexicon": False, "flagged.ratio": 0.0},
        {"stopwords.lexicon": False, "stopwords.ratio": 1.0, "flagged.lexicon": True, "flagged.ratio": 0.9},
        {"perplexity.modelled": False, "perplexity.perplexity": 0.0},
        {"perplexity.modelled": True, "perplexity.perplexity": 90.0},
    ]
    found = cast(params, rows)
    assert found["stopwords.few_stopwords"][:2] == "d."
    assert found["flagged.flagged_words"][:2] == ".d"
    assert found["perplexity.too_surprising"][2:] == ".d"


def test_labels_from_outside_vote_where_there_is_one_whatever_their_truths_are() -> None:
    kind = labelled.kind((("rating", "float"), ("spam", "bool")))
    own = Choice(name="labels", base=kind(min_rating=2.0, max_spam=0), judged=True)  # type: ignore[call-arg]
    function = Function(name="rated", signal="labels.rating", keep=Range(min=3))
    params = agreeing(own, functions=(function,))
    told = [(True, 1.0, False), (True, 3.0, False), (True, 3.0, True), (False, 9.0, False)]
    columns = [dict(zip(("labelled", "rating", "spam"), one, strict=True)) for one in told]
    batch = pa.RecordBatch.from_pylist(columns, schema=kind.signals)
    language = measured(agreeing(choice("length", min_words=1)), [{}] * 4)["language"]
    found = votes.cast(params, {"labels": batch, "language": language}, heads([{}] * 4))
    letters = {name: bytes(found[:, place]).decode() for place, name in enumerate(votes.voters(params))}
    assert letters == {"labels.low_rating": "dkk.", "labels.high_spam": "kkd.", "function.rated": "0kk."}


def test_declared_languages_and_documents_without_an_address_are_not_measured() -> None:
    params = agreeing(choice("language", max_disagrees=0, agree="cld2"), choice("url", max_words=0))
    rows: Rows = [
        {"language": "eng_Latn", "language.score": 1.0, "language.disagrees": 1, "language.contested": 0},
        {"language.score": 0.3, "language.disagrees": 0, "language.contested": 0, "url": None, "url.words": 0},
    ]
    found = cast(params, rows)
    assert found["language.uncertain"] == ".d"
    assert found["language.not_declared"] == "d."
    assert found["language.contested"] == "kk"
    assert found["url.blocked_words"][1] == "."
    nobody = cast(agreeing(choice("language")), rows)
    assert nobody["language.contested"] == ".."
    assert "language.not_wanted" not in nobody


def test_rules_that_are_off_or_left_out_do_not_vote() -> None:
    both = choice("length", min_words=10, max_words=None, min_bytes=None, min_chars=5)
    assert "length.few_words" in votes.voters(agreeing(both))
    assert "length.many_words" not in votes.voters(agreeing(both))
    assert votes.voters(agreeing(both, leave_out=("length.few_w*",))) == [
        name for name in votes.voters(agreeing(both)) if name != "length.few_words"
    ]
    only = agreeing(choice("length", {"by_language": {"fra_Latn": {"max_words": 5}}}, min_words=None, max_words=None))
    assert (
        cast(only, [{"length.words": 9}, {"length.words": 9, "language.label": "fra_Latn"}])["length.many_words"]
        == ".d"
    )


def test_functions_vote_by_their_ranges_in_their_languages() -> None:
    functions = (
        Function(name="menu", expression="menu", drop=Range(min=2)),
        Function(name="long", signal="length.words", keep=Range(min=50, max=80), drop=Range(max=5)),
        Function(name="ours", lexicon="words.txt", keep=Range(min=1), languages=("en", "fra_*")),
        Function(name="full", signal="stopwords.ratio", keep=Range(min=0.2)),
    )
    params = agreeing(choice("length", min_words=1), choice("stopwords"), functions=functions)
    rows: Rows = [
        {"occurrences.counts": [1, 1], "length.words": 50, "stopwords.ratio": 0.2, "stopwords.lexicon": True},
        {"occurrences.counts": [2, 0], "length.words": 81, "stopwords.ratio": 0.1, "stopwords.lexicon": True},
        {
            "occurrences.counts": [3, 1],
            "length.words": 5,
            "stopwords.ratio": 1.0,
            "stopwords.lexicon": False,
            "language.label": "deu_Latn",
        },
    ]
    found = cast(params, rows)
    assert [found[f"function.{one.name}"] for one in functions] == ["0dd", "k0d", "k0.", "k0."]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(["eng_Latn", "fra_Latn", "deu_Latn"]), st.sampled_from("ab"))
    )
)
def test_a_rule_votes_to_drop_where_it_fires_and_nowhere_else(rows: list[tuple[int, str, str]]) -> None:
    over = {"by_language": {"fra_Latn": {"min_words": 5}}, "by_source": {"a": {"max_words": 20}}}
    params = agreeing(own := choice("length", over, min_words=10, max_words=None, min_bytes=None))
    told: Rows = [{"length.words": n, "language.label": language, "source": source} for n, language, source in rows]
    found, batch = cast(params, told), measured(params, told)
    names = [f"length.{rule.reason}" for rule in own.base.rules]
    batch["length"] = pa.RecordBatch.from_pydict(
        {
            name: batch["length"].column("words") if name == "words" else [1] * len(rows)
            for name in own.base.signals.names
        }
    )
    head = heads(told).append_column("id", pa.array([""] * len(rows), pa.string()))
    verdicts: list[Any] = signals.judge([own], batch, head, 0.5).column("reasons").to_pylist()
    for name in names:
        fired = [any(reason["rule"] == name for reason in one) for one in verdicts]
        assert [letter == "d" for letter in found.get(name, "." * len(rows))] == fired


def test_counts_of_a_slice_and_of_a_withdrawn_document_are_found() -> None:
    function = Function(name="menu", expression="menu", drop=Range(min=1))
    params = agreeing(functions=(replace(function, name="other"), function))
    rows: Rows = [{"occurrences.counts": own} for own in ([1, 1], [0, 1], [], [1, 0])]
    found = votes.cast(params, {k: v.slice(1) for k, v in measured(params, rows).items()}, heads(rows).slice(1))
    assert [bytes(one).decode() for one in found] == ["0d", "00", "d0"]


PATTERNS = st.lists(st.text("kd0.", min_size=3, max_size=3), max_size=30)


@given(PATTERNS)
def test_patterns_and_counts_are_those_of_a_naive_twin(texts: list[str]) -> None:
    own = votes.matrix(texts, 3)
    found, places, documents = votes.patterns(own)
    expected = sorted(Counter(texts).items())
    assert list(zip(found, documents.tolist(), strict=True)) == expected
    assert [found[place] for place in places.tolist()] == texts
    rows = votes.counted(["a", "b", "c"], votes.matrix(found, 3), documents)
    assert rows == [twin(name, place, texts) for place, name in enumerate("abc")]


def twin(name: str, place: int, texts: Sequence[str]) -> Cast:
    spoke = [text for text in texts if text[place] in "kd"]
    others = [[one for at, one in enumerate(text) if at != place and one in "kd"] for text in spoke]
    return Cast(
        voter=name,
        keep=sum(text[place] == "k" for text in texts),
        drop=sum(text[place] == "d" for text in texts),
        neither=sum(text[place] == "0" for text in texts),
        unmeasured=sum(text[place] == "." for text in texts),
        overlaps=sum(bool(own) for own in others),
        conflicts=sum(any(one != text[place] for one in own) for text, own in zip(spoke, others, strict=True)),
    )


def test_no_voters_and_no_documents_are_cases() -> None:
    nobody = agreeing()
    assert votes.cast(nobody, measured(nobody, [{}, {}]), heads([{}, {}])).shape == (2, 0)
    assert votes.patterns(np.empty((2, 0), np.uint8))[0] == [""]
    params = agreeing(choice("length"), functions=(Function(name="a", expression="b", keep=Range(min=1)),))
    assert votes.cast(params, measured(params, []), heads([])).shape == (0, len(votes.voters(params)))
    assert votes.patterns(np.empty((0, 3), np.uint8))[0] == []
    assert replace(params, leave_out=("*",)).judging == params.judging
