"""Training text for the language model: `python -m benchmarks.languages_text.compose PIECES OUT`.

A label gets more characters the more sources it has, each of them about as many as the others, cut and joined to texts
of 10 to 350 characters, for short text is judged too; some are in small letters and few in capitals, as titles of
programs are not how people write. What is chosen goes by digests, so the same pieces give the same bytes. Writes
`texts.jsonl` (language, text) in an order without order, and `labels.tsv` (characters by label and source).
"""

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.languages_text import noise
from benchmarks.languages_text.collect import CODE, Pieces, read
from benchmarks.languages_text.labels import SCRIPTS, is_known, is_told, usual_script

# A label's characters: so many with one source, more for each other. What many programs are translated into
# is what is written most, and should win where two are near.
FIRST_SHARE, OTHER_SHARE, MOST_SOURCES = 80_000, 6_000, 90
CODE_SHARE = 400_000
LEAST_CHARS = 20_000  # of a label that is learnt; the others are "another language"
LEAST_KNOWN = 12_000  # of one whose language the table of ids names
SMALL_CHARS = 120_000  # a label with less is said again, up to
_AGAIN = 3  # times
_LENGTHS = ((0.38, 10, 34), (0.75, 34, 150), (1.01, 150, 350))  # share below which, characters from and to
_NOISE = 4000  # texts that are no language
OTHER = "zxx-other"
_SMALL, _CAPITAL = 64, 72  # of 256 texts: below the one in small letters, from there below the other in capitals
_SOLID = ("Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt")  # a text may be cut anywhere


def _key(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()


def chosen(by_source: dict[str, dict[str, None]], most: int) -> list[tuple[str, str]]:
    """Sources and pieces of a label, shared out evenly: small sources whole, large ones to what is left for each."""
    texts: dict[str, list[str]] = {}
    seen: set[str] = set()
    for source in sorted(by_source, key=lambda name: sum(map(len, by_source[name]))):
        texts[source] = sorted((text for text in by_source[source] if text not in seen), key=lambda t: _key(source, t))
        seen.update(texts[source])
    out = []
    left = most
    for number, (source, ordered) in enumerate(texts.items()):
        share = left // (len(texts) - number)
        for text in ordered:
            if share <= 0:
                break
            out.append((source, text[:share]))
            share -= len(text)
            left -= len(text)
    return out


def _wanted_length(*parts: str) -> int:
    key = _key(*parts)
    share, within = key[0] / 256, int.from_bytes(key[1:4]) / (1 << 24)
    low, high = next((low, high) for below, low, high in _LENGTHS if share < below)
    return int(low + within * (high - low))


def joined(label: str, pieces: Sequence[str], turn: int) -> Iterator[str]:
    """Pieces cut and joined to texts of the lengths that are wanted; another `turn` cuts elsewhere."""
    solid = label.endswith(_SOLID)
    rest = ("" if solid else " ").join(sorted(pieces, key=lambda text: _key(label, str(turn), text)))
    place, number = 0, 0
    while place < len(rest):
        length = _wanted_length(label, str(turn), str(number)) // (3 if solid else 1)
        end = place + max(length, 8)
        if not solid and end < len(rest):
            blank = rest.find(" ", end)
            end = len(rest) if blank < 0 else min(blank, end + 60)
        if text := rest[place:end].strip():
            drawn = _key("letters", label, text)[0]
            yield text.lower() if drawn < _SMALL else text.upper() if drawn < _CAPITAL else text
        place, number = end, number + 1


def written(found: Pieces) -> list[str]:
    """Labels in a script that their language is written in: its usual one, one that is listed, else the one with most.

    The others are names and words that nobody translated.
    """
    chars = {label: sum(sum(map(len, texts)) for texts in found[label].values()) for label in found}
    most: dict[str, str] = {}
    for label in sorted(found, key=lambda label: chars[label]):
        most[label.split("_")[0]] = label.split("_")[-1]
    kept = []
    for label in sorted(found):
        language, script = label.split("_")[0], label.split("_")[-1]
        usual = {*SCRIPTS.get(language, ()), usual_script(language) or most[language]}
        if label == CODE or (is_told(language) and script in usual):
            kept.append(label)
    return kept


def _most(label: str, sources: int) -> int:
    return CODE_SHARE if label == CODE else FIRST_SHARE + OTHER_SHARE * (min(sources, MOST_SOURCES) - 1)


def _least(label: str) -> int:
    return LEAST_KNOWN if is_known(label.split("_", maxsplit=1)[0]) else LEAST_CHARS


def rows(found: Pieces) -> tuple[list[tuple[str, str]], list[tuple[str, str, int]]]:
    """Labels with texts, and characters by label and source."""
    texts, counts = [], []
    others: list[str] = []
    for label in written(found):
        pieces = chosen(found[label], _most(label, len(found[label])))
        chars: dict[str, int] = defaultdict(int)
        for source, text in pieces:
            chars[source] += len(text)
        total = sum(chars.values())
        if label == CODE:
            texts += [(label, text) for _, text in pieces]
        elif total < _least(label):
            others += joined(label, [text for _, text in pieces], 0)
        else:
            for turn in range(min(_AGAIN, max(1, SMALL_CHARS // total))):
                texts += [(label, text) for text in joined(label, [text for _, text in pieces], turn)]
        counts += [
            (label if label == CODE or total >= _least(label) else f"{OTHER} {label}", source, chars[source])
            for source in sorted(chars)
        ]
    texts += [(OTHER, text) for text in others]
    texts += [(noise.LABEL, text) for text in noise.texts(_NOISE)]
    return sorted(texts, key=lambda row: _key(*row)), counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    texts, counts = rows(read(options.pieces))
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "texts.jsonl").open("w", encoding="utf-8") as file:
        for label, text in texts:
            file.write(json.dumps({"language": label, "text": text}, ensure_ascii=False) + "\n")
    with (options.out / "labels.tsv").open("w", encoding="utf-8") as file:
        for label, source, chars in counts:
            file.write(f"{label}\t{source}\t{chars}\n")


if __name__ == "__main__":
    main()
