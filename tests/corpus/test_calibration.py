"""Calibration: thresholds mean what they promise, on made-up measurements and on those of a finished run."""

import json
import tomllib
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import filters
from corpus.judging import criteria, fit, overrides, signals
from corpus.judging.fit import Fitted, Outcome
from corpus.judging.sample import Judged, Sample, judged
from corpus.planning import recipe
from filters.choice import Choice
from tests.conftest import Gristmill
from tests.filters.strategies import ANY

VALUES = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=60).map(np.array)


def rule(name: str, field: str) -> Judged:
    choice = Choice(name=name, base=filters.load(name)(), by_language={}, judged=True)
    return next(one for one in judged([choice]) if one.field == field)


def sample_of(values: dict[str, np.ndarray], wanted: np.ndarray | None = None) -> Sample:
    size = len(next(iter(values.values())))
    keep = np.ones(size, bool) if wanted is None else wanted
    named = {name: np.asarray(column, np.float64) for name, column in values.items()}
    return Sample(language="eng_Latn", documents=size, values=named, wanted=keep)


@given(VALUES, st.floats(0, 0.99), st.sampled_from(["min_x", "max_x"]))
def test_quantile_is_the_strictest_that_drops_no_more(values: np.ndarray, drop: float, field: str) -> None:
    threshold = fit.quantile(values, field, drop)

    def dropped(at: float) -> int:
        return int((values < at).sum() if field == "min_x" else (values > at).sum())

    allowed = int(drop * len(values))
    assert dropped(threshold) <= allowed
    stricter = [v for v in values.tolist() if (v > threshold if field == "min_x" else v < threshold)]
    assert all(dropped(v) > allowed for v in stricter)


@given(VALUES, st.data(), st.sampled_from(["min_x", "max_x"]))
def test_youden_finds_the_best_of_all_thresholds(values: np.ndarray, data: st.DataObject, field: str) -> None:
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    threshold, index = criteria.youden(values, wanted, field)
    if wanted.all() or not wanted.any():
        assert index == 0.0
        return

    def score(at: float) -> float:
        kept = values >= at if field == "min_x" else values <= at
        return float(kept[wanted].mean() - kept[~wanted].mean())

    assert index == pytest.approx(score(threshold))
    assert index == pytest.approx(max(score(v) for v in values.tolist()))


@given(VALUES, st.data(), st.sampled_from(["min_x", "max_x"]), st.sampled_from([0.1, 0.5, 1.0, 2.0]))
def test_f_beta_finds_the_best_of_all_thresholds(
    values: np.ndarray, data: st.DataObject, field: str, beta: float
) -> None:
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    threshold, gain = criteria.f_beta(beta)(values, wanted, field)

    def score(at: float) -> float:
        kept = values >= at if field == "min_x" else values <= at
        right = int((kept & wanted).sum())
        if not right:
            return 0.0
        precision, recall = right / kept.sum(), right / wanted.sum()
        return float((1 + beta**2) * precision * recall / (beta**2 * precision + recall))

    everything = score(values.min() if field == "min_x" else values.max())
    assert threshold in values
    assert score(threshold) == pytest.approx(max(map(score, values.tolist())))
    assert gain == pytest.approx(score(threshold) - everything, abs=1e-12)
    if wanted.all() or not wanted.any():
        assert gain == 0.0


def test_a_small_beta_keeps_less_than_a_large_one() -> None:
    values = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    wanted = np.array([False, True, False, True, False, False, True, True])
    assert criteria.f_beta(0.1)(values, wanted, "min_x")[0] == 0.7
    assert criteria.f_beta(3.0)(values, wanted, "min_x")[0] == 0.2


@given(st.floats(1e-6, 1), st.sampled_from([("stopwords", "min_ratio"), ("flagged", "max_ratio")]))
def test_rounding_has_three_digits_and_never_keeps_less(value: float, which: tuple[str, str]) -> None:
    one = rule(*which)
    rounded = fit.rounded(one, value)
    assert float(f"{rounded:.3g}") == pytest.approx(rounded)
    assert rounded <= value * (1 + 1e-6) if which[1].startswith("min_") else rounded >= min(value, 1.0) * (1 - 1e-6)
    assert abs(rounded - value) <= value / 99


def test_share_that_is_kept_is_at_least_what_was_asked() -> None:
    chance = np.random.default_rng(4)
    words, special = rule("length", "min_words"), rule("symbols", "max_special_ratio")
    found = sample_of({words.name: chance.integers(0, 500, 3000), special.name: chance.random(3000)})
    outcome = fit.by_share(found, [words, special], [words, special], 0.8, 1)
    assert 0.8 <= outcome.kept_after <= 0.81
    for one, span in zip(outcome.fitted, (500, 1.0), strict=True):
        assert one.low <= one.new <= one.high or one.rule is special  # rounding goes outward
        error = span * (0.106 * 0.894 / 3000) ** 0.5  # of a quantile of uniform values: each rule drops 10.6 %
        assert 0.7 < (one.high - one.low) / (2 * 1.96 * error) < 1.4
    again = fit.by_share(found, [words, special], [words, special], 0.8, 1)
    assert again == outcome  # the bootstrap draws the same


def test_labels_set_thresholds_where_they_tell_good_from_bad() -> None:
    words, special = rule("length", "min_words"), rule("symbols", "max_special_ratio")
    wanted = np.arange(200) % 2 == 0
    found = sample_of(
        {words.name: np.where(wanted, 90, 30) + np.arange(200) % 7, special.name: np.full(200, 0.1)}, wanted
    )
    outcome = fit.by_labels(found, [words, special], [words, special], 1, criteria.youden)
    assert [one.rule.name for one in outcome.fitted] == ["length.few_words"]  # the other says nothing
    assert outcome.fitted[0].new == 90
    assert outcome.agreement == 1.0


def outcome(language: str, old: float | None, agreement: float | None) -> Outcome:
    words, special = rule("length", "min_words"), rule("symbols", "max_special_ratio")
    return Outcome(
        language=language,
        documents=3400,
        sampled=1000,
        fitted=[
            Fitted(rule=words, language=language, old=old, new=12.0, low=9.5, high=20.0),
            Fitted(rule=special, language=language, old=0.5, new=0.25, low=0.123456, high=0.3),
            Fitted(rule=rule("stopwords", "min_ratio"), language=language, old=0.5, new=0.5, low=0.4, high=0.6),
        ],
        kept_before=0.9,
        kept_after=0.81,
        agreement=agreement,
    )


def test_overrides_are_a_recipe_that_a_person_can_review() -> None:
    outcomes = [outcome("eng_Latn", 4.0, None), outcome("zh.x", None, 0.5)]
    assert overrides.toml(outcomes, "recipes/web.toml", "out/fitted.toml", "to agree with labels") == (
        "# Thresholds fitted by `gristmill calibrate`, to agree with labels. Old value and 95 % interval beside each.\n"
        "# eng_Latn: 1,000 of 3,400 documents, 90.0 % kept -> 81.0 %\n"
        "# zh.x: 1,000 of 3,400 documents, 90.0 % kept -> 81.0 %, agrees with 50.0 % of labels\n"
        'extends = "../recipes/web.toml"\n'
        "\n"
        "[[filters]]\n"
        'use = "length"\n'
        "by_language.eng_Latn.min_words = 12         # was 4; 9.5 to 20\n"
        'by_language."zh.x".min_words = 12         # was off; 9.5 to 20\n'
        "\n"
        "[[filters]]\n"
        'use = "symbols"\n'
        "by_language.eng_Latn.max_special_ratio = 0.25       # was 0.5; 0.1235 to 0.3\n"
        'by_language."zh.x".max_special_ratio = 0.25       # was 0.5; 0.1235 to 0.3\n'
    )


@given(ANY, ANY.filter(lambda name: "/" not in name and "\0" not in name))
@example('a"b\\c', 'r"\\.toml')
@example("x\nextends = 3\x7f\x1b", "r\n\u202e.toml")
def test_overrides_of_a_language_of_any_name_are_read_back(language: str, recipe_name: str) -> None:
    found = tomllib.loads(overrides.toml([outcome(language, 4.0, None)], f"/a/{recipe_name}x", "/a/b.toml", "how"))
    moved = [("length", {"min_words": 12}), ("symbols", {"max_special_ratio": 0.25})]
    filters = [{"use": name, "by_language": {language: values}} for name, values in moved]
    assert found == {"extends": f"{recipe_name}x", "filters": filters}


def read(root: Path, stage: str, table: str, column: str) -> list[object]:
    paths = sorted(root.glob(f"{stage}/*/{table}/*.parquet"))
    return [value for path in paths for value in pq.read_table(path).column(column).to_pylist()]


def test_calibrated_recipe_keeps_the_share_that_its_file_says(
    finished: Path, copied: Path, tmp_path: Path, gristmill: Gristmill, process: Gristmill
) -> None:
    target = tmp_path / "fitted.toml"
    arguments = ("calibrate", finished / "tiny.toml", "--root", copied, "--out", target, "--least", "20")
    done = gristmill(*arguments, "--keep", "0.8")
    assert done.returncode == 0, done.stderr
    text = target.read_text("utf-8")
    assert text in done.stdout
    fitted = recipe.load(str(target), root=str(copied))
    told = {name: read(copied, "signals.language", "signals", name) for name in ("label", "score")}
    languages = signals.languages(pa.RecordBatch.from_pydict(told), fitted.decide.known_from).to_pylist()
    kept = np.ones(len(languages), bool)
    for one in judged(fitted.judged):
        values = np.array(read(copied, f"signals.{one.choice.name}", "signals", one.signal), np.float64)
        for row, language in enumerate(languages):
            threshold = one.threshold(str(language))
            if threshold is not None:
                kept[row] &= values[row] >= threshold if one.field.startswith("min_") else values[row] <= threshold
    lines = [line for line in text.splitlines() if "% kept" in line]
    assert lines
    for line in lines:
        language, after = line.split()[1].rstrip(":"), float(line.split("-> ")[1].split()[0])
        own = [k for k, name in zip(kept, languages, strict=True) if name == language]
        assert 100 * sum(own) / len(own) == pytest.approx(after, abs=0.06)
        assert after >= 80
    assert process(*arguments, "--keep", "0.8").returncode == 0
    assert target.read_text("utf-8") == text


def test_calibration_agrees_with_labels(finished: Path, copied: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    ids = read(copied, "ingest", "documents", "id")
    words = read(copied, "signals.length", "signals", "words")
    labels = tmp_path / "labels.jsonl"
    rows = [{"id": id_, "keep": int(str(count)) >= 60} for id_, count in zip(ids, words, strict=True)]
    labels.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    target = tmp_path / "fitted.toml"
    arguments = ("--root", copied, "--out", target, "--rules", "length.few_words")
    done = gristmill("calibrate", finished / "tiny.toml", "--labels", labels, *arguments)
    assert done.returncode == 0, done.stderr
    assert "agrees with" in done.stdout
    length = next(c for c in recipe.load(str(target), root=str(copied)).choices if c.name == "length")
    assert vars(length.base)["min_words"] == 12
    assert any(60 <= int(str(own["min_words"])) < 200 for own in length.by_language.values() if "min_words" in own)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--keep", "1.5"], "is not a share between 0 and 1"),
        (["--keep", "0.9", "--rules", "length.few"], "no rule 'length.few' with a number; known:"),
        (["--keep", "0.9", "--languages", "vol"], "no documents in 'vol'; known:"),
        (["--keep", "0.9", "--languages", "xxx_Latn"], "'xxx_Latn' is no language"),
        (["--keep", "0.9", "--least", "99999"], "no language has 99999 documents"),
        (["--labels", "none.jsonl"], "cannot read the labels none.jsonl"),
        ([], "one of the arguments --drop --keep --labels is required"),
    ],
)
def test_calibration_that_cannot_be_done_says_why(
    finished: Path, gristmill: Gristmill, arguments: list[str], expected: str
) -> None:
    done = gristmill("calibrate", finished / "tiny.toml", "--root", finished / "out", *arguments)
    assert done.returncode == 2
    assert expected in done.stderr


@pytest.mark.parametrize("line", ["[]", '{"id": 3, "keep": true}', '{"id": "a", "keep": 1}', "{"])
def test_labels_with_a_mistake_are_named(finished: Path, tmp_path: Path, gristmill: Gristmill, line: str) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_bytes(orjson.dumps({"id": "a", "keep": True}) + b"\n" + line.encode() + b"\n")
    done = gristmill("calibrate", finished / "tiny.toml", "--root", finished / "out", "--labels", labels)
    assert done.returncode == 2
    assert f"{labels}:2:" in done.stderr
    assert done.stderr.count("\n") == 1
