"""Lines that repeat, found in one process: those of a plain count."""

import random
from collections import Counter
from typing import Any

import pyarrow as pa

from jobs.engine.keys import arrow_schema
from jobs.stages.lines import repeated

SCHEMA = arrow_schema("scope int, high long, low long, count long, first string, limit long, part long")


def test_lines_over_their_limit_are_those_of_a_plain_count() -> None:
    for seed in range(30):
        chance = random.Random(seed)
        limits = {line: chance.randint(1, 4) for line in range(20)}
        rows: list[dict[str, Any]] = [
            {"scope": line % 3, "high": line // 3 - 2, "low": -line // 2, "count": chance.randint(1, 3)}
            | {"first": f"{chance.getrandbits(64):032x}", "limit": limits[line], "part": part}
            for part in range(chance.randint(1, 4))
            for line in chance.sample(range(20), chance.randint(0, 20))
        ]
        total: Counter[tuple[int, ...]] = Counter()
        least: dict[tuple[int, ...], str] = {}
        for row in rows:
            key = (row["scope"], row["high"], row["low"])
            total[key] += row["count"]
            least[key] = min(least.get(key, row["first"]), row["first"])
        expected = sorted(
            (row["part"], *key, total[key], least[key])
            for row in rows
            if total[key := (row["scope"], row["high"], row["low"])] > row["limit"]
        )
        chance.shuffle(rows)
        found = repeated(pa.Table.from_pylist(rows, schema=SCHEMA))
        assert found.column_names == ["part", "scope", "high", "low", "count", "first"]
        keys = [(row["scope"], row["high"], row["low"]) for row in found.to_pylist()]
        assert keys == sorted(keys)
        assert sorted(tuple(row.values()) for row in found.to_pylist()) == expected
