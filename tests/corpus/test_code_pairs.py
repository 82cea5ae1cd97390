"""Pairs of code that meet in one process are those of a search over all pairs, whatever the order of documents."""

import random
from collections import Counter
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.duplicates.code_pairs import propose
from corpus.duplicates.recipe_tables import Code

CODE = Code(min_shared=3, max_documents=6, max_share=0.05, leaders=1_000)
_NUMBERS: "list[pa.Field[Any]]" = [pa.field(name, pa.int64()) for name in ("high", "low", "key", "words")]
_CODE: "list[pa.Field[Any]]" = [pa.field(name, pa.int64()) for name in ("code_high", "code_low")]
SCHEMA = pa.schema(
    [*_NUMBERS, pa.field("language", pa.string()), pa.field("fingerprints", pa.list_(pa.int64())), *_CODE]
)


def documents(chance: random.Random) -> list[dict[str, Any]]:
    """Families that share fingerprints, some that many have, and copies of contents with other fingerprints."""
    rows: list[dict[str, Any]] = []
    for number in range(60):
        family = range((number // 4) * 30, (number // 4) * 30 + 12)
        own = {*chance.sample(family, chance.randint(0, 9)), *(1_000 * (number + 1) + i for i in range(5))}
        common = {900_000 + i for i in range(3)} if chance.random() < 0.7 else set()
        row = {
            "high": chance.getrandbits(63) - (1 << 62),
            "low": chance.getrandbits(63) - (1 << 62),
            "key": number * 7 + 1,
            "words": 50,
            "language": chance.choice(["code_C", "code_Go"]),
            "fingerprints": sorted(own | common),
            "code_high": 0,
            "code_low": number + 1,
        }
        rows.append(row)
        if number % 9 == 0:
            rows.append({**row, "key": number * 7 + 3, "fingerprints": sorted(own | {5}), "code_low": number + 100})
        if number % 13 == 0:  # other comments: other words, the same code; in another language too
            halves = {name: chance.getrandbits(63) - (1 << 62) for name in ("high", "low")}
            rows.append({**row, **halves, "key": number * 7 + 5})
            halves = {name: chance.getrandbits(63) - (1 << 62) for name in ("high", "low")}
            rows.append({**row, **halves, "key": number * 7 + 6, "language": "code_C"})
    return rows


def searched(rows: list[dict[str, Any]]) -> tuple[set[tuple[int, int, int]], int, int]:
    """Pairs of contents by their keys and whether they are one code, contents, boilerplate."""
    first: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        known = first.setdefault((row["high"], row["low"]), row)
        if (row["fingerprints"], row["language"], row["key"]) < (
            known["fingerprints"],
            known["language"],
            known["key"],
        ):
            first[row["high"], row["low"]] = row
    contents = list(first.values())
    languages = Counter(row["language"] for row in contents)
    codes = {(row["language"], row["code_high"], row["code_low"]): row["fingerprints"] for row in contents}
    spread = Counter((language, value) for (language, *_), values in codes.items() for value in values)
    often = {
        value
        for (language, value), count in spread.items()
        if count > max(CODE.max_documents, CODE.max_share * languages[language])
    }
    sets = {row["key"]: {*row["fingerprints"]} - often for row in contents}
    key_of = {row["key"]: (row["code_high"], row["code_low"]) for row in contents}
    pairs = {
        (a, b, int(key_of[a] == key_of[b]))
        for a, b in combinations(sorted(sets), 2)
        if len(sets[a] & sets[b]) >= CODE.min_shared or key_of[a] == key_of[b]
    }
    return pairs, len(contents), len(often)


def test_pairs_are_those_of_a_search_whatever_the_order() -> None:
    for seed in range(20):
        chance = random.Random(seed)
        rows = documents(chance)
        pairs, contents, boilerplate = searched(rows)
        found = None
        for _ in range(2):
            chance.shuffle(rows)
            met = propose(pa.Table.from_pylist(rows, schema=SCHEMA), CODE)
            assert {(min(a, b), max(a, b), same) for a, b, same in met.pairs[:, [2, 5, 6]].tolist()} == pairs
            assert (met.contents, met.boilerplate, met.not_compared) == (contents, boilerplate, 0)
            assert found is None or np.array_equal(found, met.pairs)
            found = met.pairs
        sizes = dict(zip(met.sets.key.tolist(), met.sets.sizes.tolist(), strict=True))
        assert all(sizes[a] >= sizes[b] for a, b in met.pairs[:, [2, 5]].tolist())  # the larger one leads
        assert boilerplate
        assert pairs


def test_nothing_gives_nothing() -> None:
    met = propose(SCHEMA.empty_table(), CODE)
    assert (len(met.pairs), met.contents, met.boilerplate) == (0, 0, 0)
