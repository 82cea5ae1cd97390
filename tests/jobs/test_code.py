"""The stage `code` on Spark: what it finds, what it leaves alone, the same rows however the work is cut."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import Gristmill
from tests.filters.test_code import FUNCTIONS, LICENCE

RECIPE = """
name = "code"
[[sources]]
name = "files"
path = "files.jsonl"
language_field = "lang"
[code]
max_documents = 4
min_shared = 4
[ingest]
part_bytes = {part_bytes}
"""
_RENAMED = {"values": "rows", "count": "many", "total": "acc", "rest": "left", "turn": "flip", "shift": "move"}
GENERATED = "\n".join(
    f"void slot_{i}(int a) {{ table[{i}] = a ? a : -{i}; if (a > {i}) fail(a, {i}); }}" for i in range(20)
)


def renamed(text: str) -> str:
    return re.sub(r"\w+", lambda word: _RENAMED.get(word[0], word[0]), text)


def written(folder: Path) -> Path:
    whole = "".join(FUNCTIONS)
    part = "".join(FUNCTIONS[3:])
    files = {
        "whole": whole,
        "part": LICENCE + part.replace("/* starts here */", ""),
        "renamed part": renamed(part) + "\nint other(void) { return 0; }",
        "prose about it": part,
        **{f"generated {i}": f"{GENERATED}\nchar *kind_{i} = {'+'.join('ab'[i % 2] * i)} 1;" for i in range(1, 7)},
    }
    lines = [
        json.dumps({"id": name, "text": text, "lang": "eng" if name.startswith("prose") else "code-C"})
        for name, text in files.items()
    ]
    (folder / "files.jsonl").write_text("\n".join(lines), "utf-8")
    return folder / "code.toml"


def read(root: Path, pattern: str) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(root.glob(pattern))])


def test_contained_code_goes_for_its_container_and_nothing_else_does(
    tmp_path: Path, gristmill: Gristmill, process: Gristmill
) -> None:
    recipe = written(tmp_path)
    found = []
    on_spark = ("--engine", "spark")
    for run, cores, part_bytes, until, more in (
        (gristmill, 2, 1 << 20, "dedup", ()),
        (process, 1, 1 << 11, "code", on_spark),
    ):
        recipe.write_text(RECIPE.format(part_bytes=part_bytes), "utf-8")
        root = tmp_path / until
        done = run("run", recipe, "--root", root, "--until", until, "--cores", str(cores), *more)
        assert done.returncode == 0, done.stdout + done.stderr
        pairs = read(root, "code/*/containments/*").sort_by([("a", "ascending"), ("b", "ascending")])
        counts = json.loads(next(root.glob("code/*/manifest.json")).read_text("utf-8"))["counts"]
        found.append((pairs.to_pylist(), counts))
    assert found[0] == found[1]
    contained, counts = found[0]
    assert counts["containments"] == len(contained)
    assert counts["boilerplate"] > 0
    forms = [p for p in contained if p["b_in_a"] >= 0.8 and p["b_words_in_a"] < 0.5]
    assert forms  # the renamed copy is found and recorded, but it is another text
    documents, clusters = (read(tmp_path / "dedup", f"{t}/*") for t in ("ingest/*/documents", "dedup/*/clusters"))
    names = dict(zip(documents.column("id").to_pylist(), documents.column("locator").to_pylist(), strict=True))
    fates = {
        names[row["id"]]: (row["outcome"], names.get(row["kept_id"]), row["jaccard"]) for row in clusters.to_pylist()
    }
    outcome, keeper, containment = fates["part"]
    assert (outcome, keeper) == ("contained", "whole")
    assert containment >= 0.8
    assert fates["renamed part"][0] == fates["prose about it"][0] == fates["whole"][0] == "kept"
    assert [name for name, fate in fates.items() if fate[0] == "contained"] == ["part"]


SHORT = """def area(shape, unit=1):
    if shape.kind == 'square':
        return shape.side ** 2 * unit
    raise KeyError(shape)
"""
_HEADS = [
    "# Copyright {n} A. Author. Licensed under the MIT licence.\n",
    "# SPDX-License-Identifier: Apache-2.0\n#\n# Changed by {n} people, who say so in {n} lines of their own.\n",
    '"""Module number {n}, which says what it is for at a length that outweighs the code by far and wide."""\n',
    "",
]


def copies(of: str, count: int) -> list[str]:
    """The same code in as many layouts, with other comments and under other licences."""
    found = []
    for n in range(count):
        lines = of.splitlines()
        lines = [
            f"{line}  # step {n}, line {i}: as is" if (i + n) % 2 and line else line for i, line in enumerate(lines)
        ]
        found.append(_HEADS[n % 4].format(n=n) + ("\n" * (1 + n % 3)).join(lines).replace("    ", " " * (2 + n % 4)))
    return found


def test_copies_that_differ_in_comments_layout_and_licence_are_one_code(
    tmp_path: Path, gristmill: Gristmill, process: Gristmill
) -> None:
    longer = "".join(f"def step_{i}(x):\n    y = x * {i} + sum(x)\n    return [y, {i}, x]\n\n" for i in range(12))
    texts = {f"short {i}": text for i, text in enumerate(copies(SHORT, 30))}
    texts |= {f"longer {i}": text for i, text in enumerate(copies(longer, 30))}  # more than `max_documents`
    texts["other sign"] = SHORT.replace("**", "+")  # other code, in the same words
    texts["other name"] = SHORT.replace("area", "surface") + "x = 1\n"
    texts["tiny 1"], texts["tiny 2"] = "x = 1  # one\n", "x = 1  # two\n"  # too short to say that they are one
    lines = [json.dumps({"id": name, "text": text, "lang": "code-Python"}) for name, text in texts.items()]
    (tmp_path / "files.jsonl").write_text("\n".join(lines), "utf-8")
    recipe = tmp_path / "code.toml"
    recipe.write_text(RECIPE.format(part_bytes=1 << 20).replace("max_documents = 4\nmin_shared = 4\n", ""), "utf-8")
    found = []
    for run, until, more in ((gristmill, "dedup", ()), (process, "code", ("--engine", "spark"))):
        done = run("run", recipe, "--root", tmp_path / until, "--until", until, "--cores", "2", *more)
        assert done.returncode == 0, done.stdout + done.stderr
        found.append(read(tmp_path / until, "code/*/containments/*").sort_by([("a", "ascending"), ("b", "ascending")]))
    assert found[0].equals(found[1])
    documents, clusters = (read(tmp_path / "dedup", f"{t}/*") for t in ("ingest/*/documents", "dedup/*/clusters"))
    names = dict(zip(documents.column("id").to_pylist(), documents.column("locator").to_pylist(), strict=True))
    fates = {names[row["id"]]: row["outcome"] for row in clusters.to_pylist()}
    for family in ("short", "longer"):
        assert sum(fate == "kept" for name, fate in fates.items() if str(name).startswith(family)) == 1
    assert fates["other name"] == fates["tiny 1"] == fates["tiny 2"] == "kept"
