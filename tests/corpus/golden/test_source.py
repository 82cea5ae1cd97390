"""A stage's code is what it reaches: its digest changes with that, and with nothing else."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from corpus.golden import baseline, code_digest, syntax
from corpus.golden.code_digest import Code

ROOT = Path(__file__).parents[3]

PACKAGE = {
    "corpus/__init__.py": '"""All."""',
    "corpus/alone.py": "x = 1",
    "corpus/first.py": "from corpus.inner import second\nfrom corpus.table import NAME\nimport numpy",
    "corpus/table.py": "NAME = 1",
    "corpus/inner/__init__.py": "import corpus.base",
    "corpus/inner/second.py": "def f():\n    from corpus.third import g\n    return g",
    "corpus/third.py": "NETWORKS = {'a': 1}\ndef g(): return 'too_short'",
    "corpus/base.py": "",
    "corpus/judge.py": "class Filter:\n    version = 1\n    rules = (1,)",
    "corpus/data/__init__.py": "",
    "corpus/data/names.tsv": "a",
    "corpus/data/list-1.tsv": "b",
    "corpus/data/sub/more.txt": "c",
    "corpus/data/own/__init__.py": "",
    "corpus/data/own/apart.txt": "d",
    "corpus/loads_one.py": 'from importlib.resources import files\nx = files("corpus.data") / "names.tsv"',
    "corpus/loads_some.py": 'from importlib.resources import files\nx = files("corpus.data") / f"list-{1}.tsv"',
    "corpus/loads_two_names.py": ('from importlib.resources import files\nx = files("corpus.data") / f"li{1}{2}"'),
    "corpus/loads_any.py": 'from importlib.resources import files\nx = files("corpus.data") / __name__',
    "corpus/loads_folder.py": 'from importlib.resources import files\nx = files("corpus.data") / "sub"',
    "corpus/loads_other.py": 'from importlib.resources import files\nx = files("numpy") / "any"',
    "jobs/__init__.py": "",
    "jobs/run.py": "import corpus.first",
}


def written(folder: Path, **changes: str) -> Code:
    for path, text in (PACKAGE | changes).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return Code({"corpus": folder / "corpus", "jobs": folder / "jobs"})


def test_reach_is_all_that_is_imported_with_its_packages(tmp_path: Path) -> None:
    assert written(tmp_path).reach(["jobs.run"]) == (
        "corpus",
        "corpus.base",
        "corpus.first",
        "corpus.inner",
        "corpus.inner.second",
        "corpus.table",
        "corpus.third",
        "jobs",
        "jobs.run",
    )


def test_reach_of_many_roots_is_that_of_each(tmp_path: Path) -> None:
    made = written(tmp_path)
    assert set(made.reach(["corpus.first", "corpus.alone"])) == {
        *made.reach(["corpus.first"]),
        *made.reach(["corpus.alone"]),
    }
    assert made.reach([]) == ()


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("from corpus.inner import second", {"corpus.inner", "corpus.inner.second"}),
        ("from corpus.inner import anything", {"corpus.inner"}),
        ("from corpus.inner import *", {"corpus.inner"}),
        ("import corpus.inner.second", {"corpus.inner", "corpus.inner.second"}),
        ("from corpus import table", {"corpus.table"}),
        ("import corpus", set()),
        ("import corpusculum", set()),
        ("from . import table", {"corpus.table"}),
        ("from .inner.second import anything", {"corpus.inner", "corpus.inner.second"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from corpus import table", set()),
    ],
)
def test_ways_to_import(tmp_path: Path, text: str, reached: set[str]) -> None:
    made = written(tmp_path, **{"corpus/alone.py": text, "corpus/inner/second.py": ""})
    assert set(made.reach(["corpus.alone"])) - {"corpus", "corpus.alone", "corpus.base"} == reached


def test_modules_that_are_not_there_are_named(tmp_path: Path) -> None:
    made = written(tmp_path, **{"corpus/alone.py": "from corpus.nowhere import x"})
    with pytest.raises(ValueError, match=r"^the roots: no module 'jobs.walk' in corpus, jobs; check its name$"):
        made.reach(["jobs.walk"])
    with pytest.raises(ValueError, match=r"^corpus/alone.py: no module 'corpus.nowhere' in corpus, jobs"):
        made.digest(["corpus.alone"])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "corpus/third.py",
            "# Networks.\nNETWORKS = {\n    'a': 1,\n}\n\ndef g():\n    '''A.'''\n    return 'too_short'",
        ),
        ("corpus/__init__.py", '"""Another docstring."""'),
        ("corpus/alone.py", "x = 2"),  # not reached
        ("corpus/judge.py", "x = 2"),
        ("corpus/data/names.tsv", "changed"),
        ("corpus/inner/other.py", "x = 2"),  # new, and reached by nobody
        ("corpus/inner/note.txt", "new"),
    ],
)
def test_what_does_not_change_the_digest(tmp_path: Path, path: str, text: str) -> None:
    before = written(tmp_path / "before").digest(["jobs.run"])
    assert written(tmp_path / "after", **{path: text}).digest(["jobs.run"]) == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("corpus/third.py", "NETWORKS = {'a': 2}\ndef g(): return 'too_short'"),  # a constant, two imports away
        ("corpus/third.py", "NETWORKS = {'a': 1}\ndef g(): return 'short'"),  # a reason
        ("corpus/third.py", "NETWORKS = {'a': 1, 'b': 2}\ndef g(): return 'too_short'"),  # a network
        ("corpus/third.py", "NETWORKS = {'a': 1}\ndef g(): return b'too_short'"),
        ("corpus/__init__.py", "x = 1"),
        ("corpus/base.py", "x = 1"),  # reached through a package alone
        ("corpus/table.py", "NAME = 2"),
        ("corpus/table.py", "import corpus.alone\nNAME = 1"),
        ("jobs/run.py", "import corpus.first\nx = 1"),
    ],
)
def test_what_changes_the_digest(tmp_path: Path, path: str, text: str) -> None:
    before = written(tmp_path / "before").digest(["jobs.run"])
    assert written(tmp_path / "after", **{path: text}).digest(["jobs.run"]) != before


@pytest.mark.parametrize(
    ("root", "counts"),
    [
        ("corpus.loads_one", {"corpus/data/names.tsv"}),
        ("corpus.loads_some", {"corpus/data/list-1.tsv"}),
        ("corpus.loads_two_names", {"corpus/data/list-1.tsv"}),
        ("corpus.loads_any", {"corpus/data/names.tsv", "corpus/data/list-1.tsv", "corpus/data/sub/more.txt"}),
        ("corpus.loads_folder", {"corpus/data/sub/more.txt"}),
        ("corpus.loads_other", set()),
    ],
)
def test_data_files_count_where_they_are_loaded(tmp_path: Path, root: str, counts: set[str]) -> None:
    before = written(tmp_path / "before").digest([root])
    data = [path for path in PACKAGE if not path.endswith(".py")]
    changed = {
        path for path in data if written(tmp_path / path, **{path: PACKAGE[path] + "\n"}).digest([root]) != before
    }
    assert changed == counts


def test_a_new_file_counts_where_any_may_be_loaded(tmp_path: Path) -> None:
    before, after = written(tmp_path / "before"), written(tmp_path / "after", **{"corpus/data/list-2.tsv": ""})
    changed = {
        root
        for root in ("corpus.loads_one", "corpus.loads_some", "corpus.loads_any")
        if before.digest([root]) != after.digest([root])
    }
    assert changed == {"corpus.loads_some", "corpus.loads_any"}


@pytest.mark.parametrize("text", ['files("corpus.data") / "gone.tsv"', 'files("corpus.data") / f"{1}.csv"'])
def test_a_data_file_that_is_not_there_is_named(tmp_path: Path, text: str) -> None:
    made = written(tmp_path, **{"corpus/alone.py": f"from importlib.resources import files\nx = {text}"})
    with pytest.raises(ValueError, match=r"^corpus/alone.py: no data file corpus.data:(gone.tsv|\*.csv); "):
        made.digest(["corpus.alone"])


def test_left_behind_files_do_not_count(tmp_path: Path) -> None:
    before = written(tmp_path / "before").digest(["corpus.loads_any"])
    left = {"corpus/data/.names.tsv.swp": "", "corpus/data/__pycache__/a.pyc": "", "corpus/data/a.pyc": ""}
    assert written(tmp_path / "after", **left).digest(["corpus.loads_any"]) == before


def test_class_attributes_can_be_left_out(tmp_path: Path) -> None:
    one = written(tmp_path / "one")
    other = written(tmp_path / "other", **{"corpus/judge.py": "class Filter:\n    version = 1\n    rules = (2,)"})
    third = written(tmp_path / "third", **{"corpus/judge.py": "class Filter:\n    version = 2\n    rules = (1,)"})
    assert one.digest(["corpus.judge"]) != other.digest(["corpus.judge"])
    digests = [made.digest(["corpus.judge"], without={"rules"}) for made in (one, other, third)]
    assert digests[0] == digests[1] != digests[2]


def test_digests_do_not_follow_from_the_order_of_questions(tmp_path: Path) -> None:
    roots = [["jobs.run"], ["corpus.judge"], ["corpus.loads_any", "corpus.first"]]
    one, other = written(tmp_path), written(tmp_path)
    forwards = [one.digest(r, without=w) for r in roots for w in ((), ("rules",), ("rules", "version"))]
    backwards = [other.digest(r, without=w) for r in roots[::-1] for w in (("version", "rules"), {"rules"}, set())]
    assert forwards == backwards[::-1]
    assert other.digest(["corpus.first", "corpus.loads_any"]) == one.digest(["corpus.loads_any", "corpus.first"])


QUESTIONS: list[tuple[str, ...]] = [(), ("rules",), ("version",)]


@pytest.mark.parametrize("changed", ["", "corpus/third.py", "corpus/judge.py", "corpus/inner/second.py"])
def test_the_record_never_changes_an_answer(tmp_path: Path, changed: str) -> None:
    recorded = written(tmp_path).facts(("rules",))
    plain = written(tmp_path, **({changed: "class A:\n    rules = 5\n    version = 6"} if changed else {}))
    short = Code({"corpus": tmp_path / "corpus", "jobs": tmp_path / "jobs"}, recorded)
    for root in ("jobs.run", "corpus.judge", "corpus.loads_any"):
        assert short.reach([root]) == plain.reach([root])
        for without in QUESTIONS:
            assert short.digest([root], without=without) == plain.digest([root], without=without)


def test_the_record_spares_parsing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = written(tmp_path).facts(("rules",))
    written(tmp_path, **{"corpus/third.py": "x = 1"})
    parsed: list[bytes] = []
    whole = syntax.facts

    def watched(source: bytes, *withouts: object) -> syntax.Facts:
        parsed.append(source)
        return whole(source)

    monkeypatch.setattr(syntax, "facts", watched)
    short = Code({"corpus": tmp_path / "corpus", "jobs": tmp_path / "jobs"}, recorded)
    short.digest(["jobs.run", "corpus.judge"])
    short.digest(["corpus.judge"], without=["rules"])
    assert parsed == [b"x = 1"]


@pytest.mark.parametrize("form", ["same", "other", "none"])
def test_a_record_of_another_canonical_form_is_not_believed(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    plain = Code({name: ROOT / name for name in code_digest.PACKAGES})
    name = "corpus.errors"
    own = syntax.facts((ROOT / "corpus/golden/syntax.py").read_bytes())
    false = replace(syntax.facts((ROOT / "corpus/errors.py").read_bytes()), trees={"": "0" * 32})
    forms = {"same": {syntax.__name__: own}, "other": {syntax.__name__: replace(own, source="0" * 64)}, "none": {}}
    monkeypatch.setattr(baseline, "load", lambda: baseline.Golden(modules={name: false, **forms[form]}))
    believed = code_digest.installed.__wrapped__().digest([name]) != plain.digest([name])
    assert believed == (form == "same")


def test_the_record_does_not_count(tmp_path: Path) -> None:
    def of(record: str) -> str:
        text = 'from importlib.resources import files\nx = files("corpus.golden") / "golden.json"'
        files = {
            "corpus/golden/__init__.py": "",
            "corpus/golden/baseline.py": text,
            "corpus/golden/golden.json": record,
        }
        return written(tmp_path, **files).digest(["corpus.golden.baseline"])

    assert of("{}") == of('{"a@1": {}}')


def test_every_module_here_has_a_digest_from_a_zip_too(tmp_path: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *code_digest.PACKAGES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = tmp_path / "gristmill.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for name in listed.stdout.splitlines():
            zipped.write(ROOT / name, name)
    asked = (
        "import sys, json, corpus.golden.code_digest as c\n"
        "here = c.installed()\n"
        "roots = sorted(here.facts())\n"
        "print(json.dumps([c.__file__, sorted({'filters', 'jobs'} & set(sys.modules)), c.digest(roots),"
        " {root: [c.reach([root]), c.digest([root], without={'rules'})] for root in roots}]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(archive), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    place, run, whole, each = json.loads(answer.stdout)
    assert place.startswith(str(archive))
    assert run == []
    here = code_digest.installed()
    roots = sorted(here.facts())
    assert whole == here.digest(roots)
    assert each == {root: [list(here.reach([root])), here.digest([root], without={"rules"})] for root in roots}
    assert len(roots) == sum(name.endswith(".py") for name in listed.stdout.splitlines())


def test_what_is_running_is_what_is_digested() -> None:
    plain = Code({name: ROOT / name for name in code_digest.PACKAGES})
    assert Path(str(resources.files("corpus"))) == ROOT / "corpus"
    assert code_digest.reach(["jobs.stages.release"]) == plain.reach(["jobs.stages.release"])
    assert code_digest.digest(["jobs.stages.release"]) == plain.digest(["jobs.stages.release"])
    assert code_digest.digest(["filters.repetition"], without={"rules"}) != code_digest.digest(["filters.repetition"])


def _using(found: Callable[[ast.AST], bool]) -> set[str]:
    paths = sorted(path for name in code_digest.PACKAGES for path in (ROOT / name).rglob("*.py"))
    return {str(path.relative_to(ROOT)) for path in paths if any(map(found, ast.walk(ast.parse(path.read_bytes()))))}


def test_modules_that_import_by_a_name_made_at_run_time_are_known() -> None:
    """`reach` does not see these: a stage that reads sources or measures with a filter names those modules as roots."""

    def dynamic(node: ast.AST) -> bool:
        return isinstance(node, ast.Name | ast.Attribute) and syntax._names(node) in (
            "import_module",
            "importlib.import_module",
            "__import__",
        )

    known = {
        "corpus/sources/units.py",
        "filters/__init__.py",
        "filters/pii/national.py",
        "jobs/build.py",
        "jobs/command_line.py",
        "jobs/engine/left_out.py",
    }
    plug_ins = {"filters/plugins.py"}  # digested by `outside`
    assert _using(dynamic) == known | plug_ins


def test_data_files_are_loaded_in_one_way() -> None:
    others = {"__file__", "get_data", "open_text", "open_binary", "read_binary", "get_resource_reader"}

    def another(node: ast.AST) -> bool:
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        return name in others

    assert _using(another) == {"corpus/golden/code_digest.py"}
