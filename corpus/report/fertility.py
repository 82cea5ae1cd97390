"""Fertility in the report: a row a language and a row a source, with other tokenizers beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.vocabulary.fertility import OURS, PREVIOUS, Measured
from corpus.vocabulary.recipe_tables import Fertility
from tokenizer.fertility import LEAST_BYTES, Size


@dataclass(frozen=True, kw_only=True)
class Named:
    """A tokenizer."""

    name: str
    vocab_size: int


@dataclass(frozen=True, kw_only=True)
class Worst:
    """The language on which ours is worst beside the previous tokenizer."""

    language: str
    share: float  # of more tokens


@dataclass(frozen=True, kw_only=True)
class Row:
    """A language or a source, in the sample."""

    name: str
    documents: int
    bytes: int
    chars: int
    words: int
    tokens: int
    per_word: float  # tokens
    per_byte: float
    per_char: float
    fallen: float  # share of bytes whose token is a single byte of a longer character
    others: Sequence[int]  # tokens of each other tokenizer for the same documents
    parity: float | None = None  # of a language of the parallel text


@dataclass(frozen=True, kw_only=True)
class Parallel:
    """A language of the parallel text."""

    name: str
    parity: Sequence[float]  # a value a tokenizer, ours first


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Largest first; of the parallel text those with most tokens."""

    tokenizers: Sequence[Named]  # ours first
    reference: str
    max_worse: float
    worst: Sequence[Worst]  # one, or none
    least_bytes: int
    languages: Sequence[Row]
    sources: Sequence[Row]
    parallel: Sequence[Parallel]


def collect(measured: Measured, table: Fertility) -> Facts:
    """Facts from the tallies of the stage."""
    names = [OURS, *table.against, *([PREVIOUS] if table.previous else [])]
    worst = measured.worse(len(names) - 1)[:1] if table.previous else []
    return Facts(
        tokenizers=[Named(name=name, vocab_size=measured.vocabulary(i)) for i, name in enumerate(names)],
        reference=table.reference,
        max_worse=table.max_worse,
        worst=[Worst(language=one.language, share=one.share) for one in worst],
        least_bytes=LEAST_BYTES,
        languages=_rows([measured.languages(i) for i in range(len(names))], measured.parity(0, table.reference)),
        sources=_rows([measured.sources(i) for i in range(len(names))], {}),
        parallel=_parallel(measured, len(names), table.reference),
    )


def _rows(sizes: Sequence[Mapping[str, Size]], parity: Mapping[str, float]) -> list[Row]:
    own, *others = sizes
    rows = []
    for name, size in sorted(own.items(), key=lambda item: (-item[1].bytes, item[0])):
        numbers: dict[str, Any] = {**vars(size), **size.ratios()}  # fallen: the share, not the count
        beside = [other[name].tokens for other in others]
        rows.append(Row(name=name, **numbers, others=beside, parity=parity.get(name)))
    return rows


def _parallel(measured: Measured, count: int, reference: str) -> list[Parallel]:
    found = [measured.parity(number, reference) for number in range(count)]
    order = sorted(found[0].items(), key=lambda item: (-item[1], item[0]))
    return [Parallel(name=name, parity=[own[name] for own in found]) for name, _ in order]


def text(facts: Facts) -> str:
    """For a terminal: tokens a word, byte and character, bytes fallen back, parity, and others' tokens over ours."""
    names = [one.name for one in facts.tokenizers]
    beside = [f"[{number}]" for number in range(1, len(names))]
    head = ["language", "bytes", "/word", "/byte", "/char", "fallen", "parity", *beside]
    sources = [["source", *head[1:]], *map(_cells, facts.sources)]
    rows = [head, *map(_cells, facts.languages), *sources]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    lines.append(f"tokens a word, byte and character; parity: of the parallel text over those of {facts.reference}")
    lines += [
        f"{sign}: tokens of {name} over ours, same documents" for sign, name in zip(beside, names[1:], strict=True)
    ]
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    tokens = max(row.tokens, 1)
    return [
        row.name,
        f"{row.bytes:,}",
        f"{row.per_word:.3f}",
        f"{row.per_byte:.3f}",
        f"{row.per_char:.3f}",
        f"{100 * row.fallen:.2f} %",
        f"{row.parity:.2f}" if row.parity is not None else "-",
        *(f"{other / tokens:.3f}" for other in row.others),
    ]


def _aligned(row: list[str], widths: list[int]) -> list[str]:
    return [
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
