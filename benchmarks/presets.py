"""Presets on clean text and on what is no text: shares dropped, by language.

`python -m benchmarks.presets PRESET FILES`: Parquet files with columns text and lang; excerpts of 1,000 characters, and
as many unnatural texts made of their words. `scripts/make_preset_docs` writes docs/presets.md with `page`.
"""

import argparse
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

import orjson
import pyarrow.parquet as pq

import filters
from benchmarks import unnatural
from corpus.judging import matrix, trial
from corpus.judging.strings import Rules
from corpus.judging.trial import Text
from filters.choice import Choice
from filters.languages import language_id
from tokenizer.parallel import declaration

ROOT = Path(__file__).parents[1]
# Side by side on the page, so that a table is no wider than a screen. `dclm` has the rules of `refinedweb`.
BESIDE = (("gopher", "fineweb", "c4", "roots"), ("refinedweb", "redpajama-v2", "common-pile", "fineweb-2"))
PRESETS = tuple(name for group in BESIDE for name in group)
OF_CODE = ("the-stack", "the-stack-v2")
PAGE = ROOT / "docs" / "presets.md"
_SEED = 5
_MANUALS = ROOT / "data" / "sample" / "gnome-ccbysa.jsonl.gz"
_CODES = ROOT / "data" / "sample" / "docs-sample.jsonl.gz"
_INTRO = f"""# What presets drop of clean text

Written by `scripts/make_preset_docs`; a test holds this page to the presets. A preset that drops much of clean text in
a language destroys it: look here before one is used. Each is tried as in a recipe for all languages (`keep_labels =
[]`; C4, FineWeb, RefinedWeb and the Common Pile want English alone), once with languages that the source declares and
once with guessed ones. Rules on the size of documents are left out. A cell is the share of the texts that is dropped,
and the rule that does most. `dclm` has the rules of `refinedweb`.

Where guessed languages are lost and declared ones are not, it is mostly by the model's score (`language.uncertain`):
lid.176 has not got the language. `[decide] known_from` and `by_script` are in [recipe.md](recipe.md).

## The Universal Declaration of Human Rights

Whole lines, {matrix.WINDOW:,} characters or more together.
"""
_OTHER = """
## Manuals

Pages of GNOME's manuals (data/sample), those that the model finds in the language that they are declared in; many are
not translated. Tables, names of menus and steps of a procedure are in them, so more is dropped.
"""
_CODE = """
## Source code

Files of the sample in the 13 programming languages of ROOTS.
"""
_LEXICONS = """
## Word lists

On the whole Declaration in each language that has a list: the share of stop words in all words, how many different
ones, and words and phrases of the flagged list, each of which is a false find. Of the English list nothing is left out,
for C4 takes it whole. `roots` drops what has a smaller share of stop words than the last column.

| language | stop words | different | flagged | roots |
|---|---|---|---|---|
"""


def presets() -> dict[str, Rules]:
    """Those of recipes/ that judge text, by name."""
    return {name: preset(name) for name in PRESETS}


def preset(name: str) -> Rules:
    """One of recipes/, for all languages."""
    return matrix.preset(ROOT / "recipes" / f"{name}.toml")


def page() -> str:
    """docs/presets.md"""
    every = presets()
    lines = [_INTRO, *_tables(every, matrix.clean()), _OTHER, *_tables(every, manuals())]
    lines += [_CODE, *_tables(every, code()), "", *matrix.table({name: preset(name) for name in OF_CODE}, code())]
    return "\n".join(lines) + "\n" + _LEXICONS + "\n".join(_word_lists(every["roots"])) + "\n"


def _tables(every: Mapping[str, Rules], texts: Sequence[Text]) -> Iterator[str]:
    for number, group in enumerate(BESIDE):
        yield from [""] if number else []
        yield from matrix.table({name: every[name] for name in group}, texts)


def _word_lists(roots: Rules) -> Iterator[str]:
    texts = [Text(text=text, language=name) for name, text in sorted(declaration().items())]
    choices = [
        Choice(name=name, base=filters.load(name)(), judged=False) for name in ("language", "stopwords", "flagged")
    ]
    limits = next(choice for choice in roots.choices if choice.name == "stopwords")
    [(found, _)] = trial.measured(choices, texts)
    columns = [found["stopwords"].to_pylist(), found["flagged"].to_pylist()]
    for one, stop, flagged in zip(texts, *columns, strict=True):
        if stop["lexicon"]:
            limit = vars(limits.for_language(one.language or ""))["min_ratio"]
            hits = flagged["entries"] if flagged["lexicon"] else "no list"
            least = "off" if limit is None else limit
            yield f"| {one.language} | {stop['ratio']:.3f} | {stop['distinct']} | {hits} | {least} |"


def manuals() -> list[Text]:
    """Those of the sample that are in the language that they are declared in."""
    rows = map(orjson.loads, gzip.decompress(_MANUALS.read_bytes()).splitlines())
    found = [Text(text=row["text"], language=language_id(row["lang"])) for row in rows]
    named = Choice(name="language", base=filters.load("language")(), judged=False)
    agreeing: list[bool] = []
    for own, _ in trial.measured([named], found):
        agreeing += [not one for one in own["language"].column("disagrees").to_pylist()]
    return [one for one, agrees in zip(found, agreeing, strict=True) if agrees and one.language]


def code() -> list[Text]:
    """Source code of the sample."""
    rows = map(orjson.loads, gzip.decompress(_CODES.read_bytes()).splitlines())
    found = [Text(text=row["text"], language=language_id(row["lang"])) for row in rows]
    return [one for one in found if (one.language or "").startswith("code_")]


def paired(texts: Sequence[Text]) -> tuple[list[Text], list[Text]]:
    """Texts as they are, in order of languages, and unnatural ones of their words."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for one in texts:
        by_language[one.language or ""].append(one.text)
    good = [Text(text=text, language=name) for name, own in sorted(by_language.items()) for text in own]
    bad = [
        Text(text=text, language=name)
        for name, own in sorted(by_language.items())
        for _, text in unnatural.made(own, _SEED)
    ]
    return good, bad


def excerpts(paths: Sequence[str]) -> Iterator[Text]:
    """Of each document in a natural language one, of 1,000 characters from a blank on; 300 at least."""
    for path in paths:
        table = pq.read_table(path, columns=["text", "lang"])
        for number, row in enumerate(table.to_pylist()):
            language = language_id(row["lang"] or "?")
            text = row["text"]
            first = Random(f"{_SEED}/{path}/{number}").randrange(max(1, len(text) - unnatural.CHARS))
            own = text[text.find(" ", first) + 1 if first else 0 :][: unnatural.CHARS]
            if language and not language.startswith("code_") and len(own) >= 300:
                yield Text(text=own, language=language)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("preset", choices=PRESETS)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    chosen = preset(options.preset)
    good, bad = paired(list(excerpts(options.files)))
    for declared in (True, False):
        clean, damaged = (matrix.dropped(chosen, texts, declared=declared) for texts in (good, bad))
        print("declared" if declared else "guessed", "languages:")
        for name, cell in clean.items():
            most = sorted(cell.rules.items(), key=lambda item: -item[1])[:3]
            rules = ", ".join(f"{rule} {count}" for rule, count in most)
            shares = f"dropped {cell.share:6.1%} of clean, {damaged[name].share:6.1%} of made"
            print(f"  {name:<10} {cell.documents:>6} texts, {shares}; {rules}")
        whole = [sum(c.dropped for c in found.values()) / len(good) for found in (clean, damaged)]
        print(f"  all: {whole[0]:.1%} of clean, {whole[1]:.1%} of made")


if __name__ == "__main__":
    main()
