"""Every example of docs/query.md is run as it stands, and says what the tables say."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from jobs.engine.spark.java import java_home
from tests.conftest import ROOT

_BLOCK = re.compile(r"^## (.+?)\n.*?```python\n(.*?)```", re.DOTALL | re.MULTILINE)
EXAMPLES = dict(_BLOCK.findall((ROOT / "docs" / "query.md").read_text("utf-8")))
PACKAGES = {"DuckDB": "duckdb", "Polars": "polars", "pandas": "pandas", "Spark SQL": "pyspark", "datasets": "datasets"}
# What an example leaves in `languages` and `short`, as JSON.
SAY = """
import json
def rows(found):
    for name in ("fetchall", "collect"):
        if hasattr(found, name):
            return [list(row) for row in getattr(found, name)()]
    if hasattr(found, "iter_rows"):
        return [list(row) for row in found.iter_rows()]
    if hasattr(found, "itertuples"):
        return [list(row) for row in found.itertuples(index=False)]
    return [list(row.values()) if isinstance(row, dict) else list(row) for row in found]
more = {"tokens": len(tokens)} if "tokens" in globals() else {}
print(json.dumps({"languages": rows(languages), "short": rows(short), **more}, default=int))
"""


def _column(root: Path, table: str, *names: str) -> list[tuple[Any, ...]]:
    files = sorted((root / "latest" / table).glob("*.parquet"))
    read = [pq.read_table(file, columns=list(names)) for file in files]
    return [tuple(row.values()) for one in read for row in one.to_pylist()]


def test_every_package_has_an_example() -> None:
    assert EXAMPLES.keys() == PACKAGES.keys()


@pytest.mark.parametrize("name", PACKAGES)
def test_example_says_what_the_tables_say(copied: Path, tmp_path: Path, name: str) -> None:
    pytest.importorskip(PACKAGES[name])
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "demo").symlink_to(copied)
    environment = {"HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    if name == "Spark SQL":
        environment["JAVA_HOME"] = java_home()
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLES[name] + SAY],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = orjson.loads(done.stdout.splitlines()[-1])
    counted = Counter(language for (language,) in _column(copied, "corpus", "language"))
    assert found["languages"] == sorted(map(list, counted.items()), key=lambda item: (-item[1], item[0]))
    verdicts, lengths = _column(copied, "verdicts", "id", "language"), _column(copied, "signals.length", "words")
    short = [id_ for (id_, own), (words,) in zip(verdicts, lengths, strict=True) if own == "eng_Latn" and words < 50]
    assert short
    assert sorted(id_ for (id_,) in found["short"]) == sorted(short)
    if name == "datasets":
        assert found["tokens"] == sum(counted.values())
