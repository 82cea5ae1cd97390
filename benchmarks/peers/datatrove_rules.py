"""What datatrove's filters say of each document, rule by rule, and how fast: run by `benchmarks.agreement` with the
Python of an environment that has datatrove 0.10 (`pip install 'datatrove[io,processing]' spacy`) and nothing of ours.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import pyarrow.parquet as pq
import regex
from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    fineweb_quality_filter,
    gopher_quality_filter,
    gopher_repetition_filter,
)

_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_NO_QUALITY = dict.fromkeys(
    (
        "min_doc_words",
        "max_doc_words",
        "min_avg_word_length",
        "max_avg_word_length",
        "max_symbol_word_ratio",
        "max_bullet_lines_ratio",
        "max_ellipsis_lines_ratio",
        "max_non_alpha_words_ratio",
        "min_stop_words",
    )
)
_NO_REPETITION = {
    **dict.fromkeys(("dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac")),
    "top_n_grams": (),
    "dup_n_grams": (),
}
_NO_FINEWEB = {"line_punct_thr": -1, "short_line_thr": 2, "char_duplicates_ratio": 2, "new_line_ratio": 1e9}


def rules() -> dict[str, object]:
    """A filter for each rule, all its other rules off."""

    def quality(**on: object) -> object:
        return GopherQualityFilter(**{**_NO_QUALITY, **on})

    def repetition(**on: object) -> object:
        return GopherRepetitionFilter(**{**_NO_REPETITION, **on})

    def fineweb(**on: object) -> object:
        return FineWebQualityFilter(**{**_NO_FINEWEB, **on})

    found = {
        "length.few_words": quality(min_doc_words=50),
        "length.short_words": quality(min_avg_word_length=3),
        "length.long_words": quality(max_avg_word_length=10),
        "words.many_hashes+words.many_ellipses": quality(max_symbol_word_ratio=0.1),
        "lines.many_bullets": quality(max_bullet_lines_ratio=0.9),
        "lines.many_ellipses": quality(max_ellipsis_lines_ratio=0.3),
        "words.few_lettered": quality(max_non_alpha_words_ratio=0.8),
        "stopwords.few_distinct": quality(min_stop_words=2),
        "repetition.repeated_lines": repetition(dup_line_frac=0.3),
        "repetition.repeated_paragraphs": repetition(dup_para_frac=0.3),
        "repetition.repeated_line_chars": repetition(dup_line_char_frac=0.2),
        "repetition.repeated_paragraph_chars": repetition(dup_para_char_frac=0.2),
        "lines.few_c4_sentences": C4QualityFilter(filter_curly_bracket=False, filter_lorem_ipsum=False),
        "lines.curly_bracket": C4QualityFilter(min_num_sentences=-1, filter_lorem_ipsum=False),
        "lines.lorem_ipsum": C4QualityFilter(min_num_sentences=-1, filter_curly_bracket=False),
        "lines.few_finished": fineweb(line_punct_thr=0.12),
        "lines.many_short": fineweb(short_line_thr=0.67),
        "lines.list": fineweb(new_line_ratio=0.3),
    }
    for n, limit in ((2, 0.20), (3, 0.18), (4, 0.16)):
        found[f"repetition.top_{n}_gram"] = repetition(top_n_grams=((n, limit),))
    for n, limit in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10)):
        found[f"repetition.duplicate_{n}_grams"] = repetition(dup_n_grams=((n, limit),))
    return found


def dropped(one: object, text: str) -> bool:
    """A text without words makes some of its rules divide by zero: not dropped by them."""
    try:
        answer = one.filter(Document(text=text, id=""))  # type: ignore[attr-defined]
    except ZeroDivisionError:
        return False
    return not (answer if isinstance(answer, bool) else answer[0])


def seconds(work: Callable[[], object]) -> float:
    found = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def same_words(text: str, _: str = "") -> list[str]:
    """Our words: runs of letters, marks and digits, in lower case (English puts spaces between its words)."""
    return _WORDS.findall(text.lower())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", help="Parquet file with a column `text`")
    parser.add_argument("out", help="JSON file for the verdicts")
    parser.add_argument("--timed", type=int, default=300, help="documents that the speed is measured on")
    options = parser.parse_args()
    texts = pq.read_table(options.texts).column("text").to_pylist()
    verdicts = {name: [dropped(one, text) for text in texts] for name, one in rules().items()}
    few = texts[: options.timed]
    whole = (GopherQualityFilter(), GopherRepetitionFilter(), C4QualityFilter(), FineWebQualityFilter())
    spent = seconds(lambda: [dropped(one, text) for text in few for one in whole])
    speed = sum(len(text.encode()) for text in few) / 1e6 / spent
    for module in (gopher_quality_filter, gopher_repetition_filter, fineweb_quality_filter):
        module.split_into_words = same_words
    again = {name: [dropped(one, text) for text in texts] for name, one in rules().items()}
    with open(options.out, "w", encoding="ascii") as file:
        json.dump({"verdicts": verdicts, "same_words": again, "megabytes_per_second": speed}, file)


if __name__ == "__main__":
    main()
