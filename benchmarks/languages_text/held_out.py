"""Held-out text to judge models by: `python -m benchmarks.languages_text.held_out PIECES OUT`.

PIECES are those of `held_out.tsv`. No source of it is trained on (`sources.tsv`). Up to so many texts a label and
source of three forms: a sentence as the source has it, a paragraph of joined ones, and a few words.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.languages_text.collect import read
from benchmarks.languages_text.compose import written

FORMS = {"sentence": (60, 40, 250), "paragraph": (20, 300, 700), "short": (40, 12, 30)}  # texts, characters from and to


def _ordered(label: str, texts: dict[str, None]) -> list[str]:
    return sorted(texts, key=lambda text: hashlib.blake2b(f"{label}\0{text}".encode(), digest_size=8).digest())


def _texts(form: str, ordered: list[str]) -> Iterator[str]:
    _, low, high = FORMS[form]
    if form == "sentence":
        yield from (text for text in ordered if low <= len(text) <= high)
    elif form == "short":
        for text in ordered:
            cut = (
                text
                if len(text) <= high
                else text[: text.rfind(" ", 0, high + 1)]
                if " " in text[:high]
                else text[:high]
            )
            if low <= len(cut) <= high:
                yield cut
    else:
        joined = ""
        for text in ordered:
            joined = f"{joined} {text}".strip()[:high]
            if len(joined) >= low:
                yield joined
                joined = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("pieces", "out"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    found = read(options.pieces)
    with options.out.open("w", encoding="utf-8") as file:
        for label in written(found):
            for source in sorted(found[label]):
                ordered = _ordered(label, found[label][source])
                for form, (most, _, _) in FORMS.items():
                    for _, text in zip(range(most), _texts(form, ordered), strict=False):
                        row = {"language": label, "source": source, "form": form, "text": text}
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
