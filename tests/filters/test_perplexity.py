"""Perplexity is what the model file says, worked out by hand, and a model that is not the recipe's stops the run."""

import hashlib
import math
import pickle
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.arrow import strings
from filters.lm.normaliser import normalise
from filters.perplexity import Filter, Model
from filters.rules import violations
from tests.filters.conftest import ARPA, documents, measured


def table(name: str) -> dict[tuple[str, ...], tuple[float, float]]:
    """Probability and back-off by n-gram, from the ARPA text."""
    block = ARPA.split(f"\\{name}:\n")[1].split("\n\n")[0]
    rows = [line.split("\t") for line in block.splitlines()]
    return {tuple(row[1].split()): (float(row[0]), float(row[2]) if len(row) > 2 else 0.0) for row in rows}


UNIGRAMS, BIGRAMS = table("1-grams"), table("2-grams")


def logarithm(words: list[str]) -> float:
    """log10 of a sentence by Katz back-off."""
    known = [word if (word,) in UNIGRAMS else "<unk>" for word in words]
    total = 0.0
    for before, word in zip(["<s>", *known], [*known, "</s>"], strict=True):
        if (before, word) in BIGRAMS:
            total += BIGRAMS[before, word][0]
        else:
            total += UNIGRAMS[(before,)][1] + UNIGRAMS[(word,)][0]
    return total


def score(texts: list[str], model: Model) -> list[dict[str, object]]:
    instance = Filter(models={"eng_Latn": model})
    return measured(instance, documents(texts, ["eng_Latn"] * len(texts))).to_pylist()


_PIECES = st.sampled_from(
    ["the", "MILL", "grain", "zzz", "7", "½", "mill,", "(the)", " ", "  ", "\n", "\u00a0", "\u3000", "\u2028", "🙂"]
)


@given(st.lists(_PIECES, max_size=20).map(" ".join))
def test_perplexity_any_text_equals_twin(arpa: Model, text: str) -> None:
    [found] = score([text], arpa)
    plain = "".join(" " if not (c.isalnum() or c == "\n") else c for c in text.lower().replace("7", "0"))
    sentences = [words for line in plain.split("\n") if (words := line.split())]
    tokens = sum(len(words) + 1 for words in sentences)
    assert found["tokens"] == tokens
    assert found["modelled"] is (tokens > 0)
    expected = 10 ** (-sum(map(logarithm, sentences)) / tokens) if tokens else 0.0
    assert found["perplexity"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "minus_log", "tokens"),
    [
        ("the mill", 0.2 + 0.3 + 0.4, 3),
        ("The Mill!", 0.2 + 0.3 + 0.4, 3),
        ("the\u00a0mill\u00a0!", 0.2 + 0.3 + 0.4, 3),  # as French sets it
        ("the\u3000mill", 0.2 + 0.3 + 0.4, 3),
        ("the\nmill", (0.2 + 0.2 + 1.2) + (0.3 + 0.9 + 0.4), 4),
        ("the\n\n \nmill\n", (0.2 + 0.2 + 1.2) + (0.3 + 0.9 + 0.4), 4),
        ("grain", 0.3 + 1.1 + 0.4 + 1.2, 2),
        ("42", 0.3 + 1.5 + 1.2, 2),  # 00 is not 0
        ("4", 0.3 + 1.4 + 1.2, 2),
        ("zzz", 0.3 + 1.5 + 1.2, 2),
    ],
)
def test_perplexity_known_text_is_the_one_worked_out_by_hand(
    arpa: Model, text: str, minus_log: float, tokens: int
) -> None:
    [found] = score([text], arpa)
    assert found["tokens"] == tokens
    assert found["perplexity"] == pytest.approx(10 ** (minus_log / tokens), rel=1e-5)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ÀB, 12!", "àb 00"),
        ("a\u00a0 \t\u2003b", "a b"),
        ("a\nb\r\nc", "a\nb\nc"),
        ("\n\n a \n\n", "a"),
        ("co\u00adop\ufeff", "coop"),
        ("ខ\u200bគ", "ខ គ"),
        ("a\x00b", "a b"),
        ("\u023a" * 5, "\u2c65" * 5),
        ("٣½", "0½"),
        ("don't stop—now", "don t stop now"),
        ("字。字", "字 字"),
        ("", ""),
    ],
)
def test_normalise_known_text_is_lower_case_without_punctuation(text: str, plain: str) -> None:
    assert normalise(pa.array([text], pa.string())).to_pylist() == [plain]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=3))
def test_normalise_any_text_leaves_ascii_white_space_alone(texts: list[str]) -> None:
    for text in strings(normalise(pa.array(texts, pa.string()))):
        assert text.split() == [word.decode() for word in text.encode().split()]
        assert not any(c.isspace() and c not in " \n" for c in text)


def test_perplexity_language_without_model_is_not_modelled_and_kept(arpa: Model) -> None:
    instance = Filter(models={"eng_Latn": arpa}, max_perplexity=1.0)
    languages = ["eng_Latn", "deu_Latn", "eng_Latn", "eng_Latn"]
    signals = measured(instance, documents(["the mill", "die Mühle", "", "?!"], languages))
    none = {"perplexity": 0.0, "tokens": 0, "modelled": False, "bucket": "unmodelled"}
    assert signals.to_pylist()[1:] == [none] * 3
    assert signals.to_pylist()[0]["modelled"]
    assert violations(instance.rules[0], instance, signals).tolist() == [True, False, False, False]


def test_perplexity_model_is_that_of_the_label(arpa: Model, tmp_path: Path) -> None:
    path = tmp_path / "other.arpa"
    path.write_text(ARPA.replace("-0.2\t<s> the", "-0.9\t<s> the"), "utf-8")
    other = Model(path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    instance = Filter(models={"eng_Latn": arpa, "deu_Latn": other})
    found = measured(instance, documents(["the mill"] * 2, ["eng_Latn", "deu_Latn"])).column("perplexity").to_pylist()
    assert found == pytest.approx([10**0.3, 10 ** (1.6 / 3)], rel=1e-5)


def test_perplexity_beyond_a_float_is_finite(tmp_path: Path) -> None:
    path = tmp_path / "steep.arpa"
    path.write_text(ARPA.replace("-1.5\t<unk>", "-30000\t<unk>"), "utf-8")
    model = Model(path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    [found] = score(["zzz zzz"], model)
    assert math.isfinite(float(str(found["perplexity"])))
    assert float(str(found["perplexity"])) >= 1e299


def refusal(model: Model) -> str:
    with pytest.raises(ValueError, match="^model ") as refused:
        score(["the mill"], model)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("sha256", ["0" * 64, ""])
def test_model_with_another_digest_is_refused_in_one_line(arpa: Model, sha256: str) -> None:
    message = refusal(replace(arpa, sha256=sha256))
    assert message.startswith(f"model {arpa.path}: its sha256 is {arpa.sha256}, the recipe says {sha256 or 'none'}; ")


def test_model_that_is_missing_is_refused_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "none.arpa"
    expected = f"model {missing}: No such file or directory; mend the path in the recipe, from whose folder it is"
    assert refusal(Model(path=str(missing), sha256="0" * 64)) == expected


def test_model_that_is_a_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    assert "model.json: No such file" in refusal(Model(path=str(tmp_path), sha256="0" * 64))


def test_model_that_is_no_language_model_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "junk.arpa"
    path.write_text("this is no model\n" * 9, "utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert "is no KenLM model" in refusal(Model(path=str(path), sha256=digest))


def test_filter_with_models_survives_pickling(arpa: Model) -> None:
    instance = Filter(models={"eng_Latn": arpa}, max_perplexity=5.0)
    assert pickle.loads(pickle.dumps(instance)) == instance
