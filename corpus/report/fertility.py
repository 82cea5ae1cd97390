"""Fertility in the report: a row a language and a row a source, with other tokenizers beside."""

from collections.abc import Mapping
from typing import Any

from corpus.fertility import OURS, PREVIOUS, Measured
from corpus.recipe import Recipe
from corpus.report import Facts
from tokenizer.fertility import LEAST_BYTES


def collect(measured: Measured, recipe: Recipe) -> Facts:
    """Facts from the counts of the stage."""
    table = recipe.fertility
    names = [OURS, *table.against, *([PREVIOUS] if table.previous else [])]
    worst = measured.worse(len(names) - 1)[:1] if table.previous else []
    return {
        "tokenizers": [{"name": name, "vocab_size": measured.vocabulary(i)} for i, name in enumerate(names)],
        "reference": table.reference,
        "max_worse": table.max_worse,
        "worst": [{"language": one.language, "share": one.share} for one in worst],
        "least_bytes": LEAST_BYTES,
        "languages": _rows(measured, 0, len(names), measured.parity(0, table.reference)),
        "sources": _rows(measured, 1, len(names), {}),
        "parallel": _parallel(measured, len(names), table.reference),
    }


def _rows(measured: Measured, field: int, count: int, parity: Mapping[str, float]) -> list[Facts]:
    """Largest first; `others`: tokens of each other tokenizer for the same documents."""
    own = measured.sizes(0, field)
    others = [measured.sizes(number, field) for number in range(1, count)]
    order = sorted(own.items(), key=lambda item: (-item[1].bytes, item[0]))
    return [
        {
            "name": name,
            **vars(size),
            **size.ratios(),
            **({"parity": parity[name]} if name in parity else {}),
            "others": [sizes[name].tokens for sizes in others],
        }
        for name, size in order
    ]


def _parallel(measured: Measured, count: int, reference: str) -> list[Facts]:
    """Languages of the parallel text, the one with most tokens first; a value a tokenizer."""
    found = [measured.parity(number, reference) for number in range(count)]
    order = sorted(found[0].items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "parity": [own[name] for own in found]} for name, _ in order]


def text(facts: Facts) -> str:
    """For a terminal: tokens a word, byte and character, bytes fallen back, parity, and others' tokens over ours."""
    names = [str(one["name"]) for one in _list(facts["tokenizers"])]
    beside = [f"[{number}]" for number in range(1, len(names))]
    head = ["language", "bytes", "/word", "/byte", "/char", "fallen", "parity", *beside]
    sources = [["source", *head[1:]], *map(_cells, _list(facts["sources"]))]
    rows = [head, *map(_cells, _list(facts["languages"])), *sources]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    lines.append(f"tokens a word, byte and character; parity: of the parallel text over those of {facts['reference']}")
    lines += [
        f"{sign}: tokens of {name} over ours, same documents" for sign, name in zip(beside, names[1:], strict=True)
    ]
    return "\n".join(lines)


def _list(value: Any) -> list[dict[str, Any]]:
    return list(value)


def _cells(row: Mapping[str, Any]) -> list[str]:
    tokens = max(int(row["tokens"]), 1)
    return [
        str(row["name"]),
        f"{row['bytes']:,}",
        f"{row['per_word']:.3f}",
        f"{row['per_byte']:.3f}",
        f"{row['per_char']:.3f}",
        f"{100 * row['fallen']:.2f} %",
        f"{row['parity']:.2f}" if "parity" in row else "-",
        *(f"{other / tokens:.3f}" for other in row["others"]),
    ]


def _aligned(row: list[str], widths: list[int]) -> list[str]:
    return [
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
