"""A filter of another package: measured and judged as ours are, told by its code, and refused in one line."""

import re
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.store import current
from corpus.store.versions import NONE, Versions
from jobs.engine import tasks
from jobs.engine.session import Session
from tests import plugins
from tests.conftest import Gristmill, tree, write_recipe
from tests.plugins import MODULE, PACKAGE

NAME = "emoji.share"
STAGE = f"signals.{NAME}"
SMILES = {"text": "\N{GRINNING FACE} " * 40 + "it is fine weather at the mill today and all of us smile at the grain"}


def recipe(folder: Path, tables: str) -> Path:
    """The small recipe with these tables, and a document that is emoji for the most part."""
    path = write_recipe(folder)
    with (folder / "broken.jsonl").open("ab") as file:
        file.write(orjson.dumps(SMILES) + b"\n")
    path.write_text(path.read_text("utf-8") + tables, "utf-8")
    return path


def steps(process: Gristmill, path: Path, site: Path) -> dict[str, tuple[str, str]]:
    """State and reason of every stage that is planned, by name."""
    done = process("plan", path, "--root", path.parent / "out", PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    rows = re.findall(r"^(reuse|resume|build) +(\S+) +[0-9a-f]{16}  (.*)$", done.stdout, re.MULTILINE)
    return {name: (state, why) for state, name, why in rows}


def built(process: Gristmill, path: Path, site: Path) -> dict[str, str]:
    """Stages up to decide that are not reused, with the reason."""
    found = steps(process, path, site)
    upto = list(found)[: list(found).index("decide") + 1]
    return {name: found[name][1] for name in upto if found[name][0] != "reuse"}


def test_filter_from_outside_is_measured_judged_and_built_again_when_its_code_changes(
    tmp_path: Path, process: Gristmill
) -> None:
    site = plugins.install(tmp_path / "site")
    path = recipe(tmp_path, plugins.in_recipe())
    arguments = ("run", path, "--root", tmp_path / "out", "--cores", "2", "--until", "decide")
    done = process(*arguments, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    line = f"plug-in {NAME}: gristmill-emoji 0.1.0, {site / MODULE}"
    assert done.stdout.count(line) == 1
    planned = process("plan", path, "--root", tmp_path / "out", PYTHONPATH=str(site))
    assert planned.stdout.splitlines()[0] == line

    verdicts = pq.read_table(next((tmp_path / "out").glob("decide/*/verdicts"))).to_pylist()
    rules = [[reason["rule"] for reason in row["reasons"]] for row in verdicts]
    assert sum(f"{NAME}.many_emoji" in fired for fired in rules) == 1
    [manifest] = (tmp_path / "out").glob(f"{STAGE}/*/manifest.json")
    identity = orjson.loads(manifest.read_bytes())["identity"]
    assert identity["libraries"] == {"gristmill-emoji": "0.1.0"}
    assert identity["params"] == {"signs": True}
    assert set(identity["code"]) == {"filters", PACKAGE}

    assert built(process, path, site) == {}
    text = plugins.example()[MODULE]
    plugins.install(site, {MODULE: text.replace("Share of emoji in the code points", "Another docstring")})
    assert built(process, path, site) == {}
    before = tree(tmp_path / "out")
    assert process(*arguments, PYTHONPATH=str(site)).returncode == 0
    assert tree(tmp_path / "out") == before

    # A run that ends before its report leaves no word of what it built last, which reasons are told against.
    marks = {name: folder.name for name in (STAGE, "decide") for folder in (tmp_path / "out" / name).iterdir()}
    current.write(str(tmp_path / "out"), marks)
    plugins.install(site, {MODULE: text.replace("max(len(text), 1)", "max(len(text), 2)")})
    found = built(process, path, site)
    assert (set(found), found[STAGE]) == ({STAGE, "decide"}, f"code of {STAGE} changed")
    ranges = plugins.example()[f"{PACKAGE}/ranges.py"].replace("0x27BF", "0x27BE")
    plugins.install(site, {f"{PACKAGE}/ranges.py": ranges})
    assert built(process, path, site) == found
    project = plugins.example()["pyproject.toml"].replace("0.1.0", "0.2.0")
    other = plugins.install(tmp_path / "other", {"pyproject.toml": project})
    assert built(process, path, other) == found | {STAGE: "library gristmill-emoji 0.1.0 -> 0.2.0"}
    plugins.install(site)
    assert built(process, path, site) == {}


def test_module_names_a_filter_with_or_without_a_record(tmp_path: Path, process: Gristmill) -> None:
    path = recipe(tmp_path, f'[[filters]]\nuse = "{PACKAGE}.emoji"\n')
    for record in (True, False):
        site = plugins.install(tmp_path / f"site-{record}", record=record)
        assert f"signals.{PACKAGE}.emoji" in steps(process, path, site)


BROKEN = {
    "no version": ("    version: ClassVar[int] = 1\n", "", "needs version"),
    "no rules": ("    rules: ClassVar", "    laws: ClassVar", "needs rules"),
    "no signals": ("    signals: ClassVar", "    signs_of: ClassVar", "needs signals"),
    "no measure": ("def measure", "def measures", "needs measure"),
    "version of a text": ("version: ClassVar[int] = 1", 'version: ClassVar[Any] = "1"', "needs version: ClassVar[int]"),
    "nullable": (", nullable=False", "", "signal 'ratio' may be null"),
    "threshold of no field": ('threshold="max_ratio"', 'threshold="max_share"', "'max_share', which is no field"),
    "rule of no signal": ('signal="ratio"', 'signal="share"', "the signal 'share', which Filter does not declare"),
    "label of a number": ("max_ratio", "keep_ratio", "'keep_ratio' cannot judge 'ratio' of type double"),
    "not frozen": ("frozen=True, ", "", "frozen=True"),
    "no class": ("class Filter:", "class Emoji:", "holds no class Filter"),
    "error of its own": ("import pyarrow as pa", "import pyarrow as pa\n1 / 0", "ZeroDivisionError: division by zero"),
    "lacks a package": ("import pyarrow as pa", "import no_such_package\nimport pyarrow as pa", "No module named"),
    "no syntax": ("class Filter:", "class Filter", "SyntaxError"),
    "parameter without a form": ("signs: bool = True", "signs: frozenset[str] = frozenset()", "no form to be told by"),
}


def refused(process: Gristmill, tmp_path: Path, use: str, expected: str) -> None:
    """That a plan says it in one line, and exits by 2."""
    path = recipe(tmp_path, f'[[filters]]\nuse = "{use}"\n')
    done = process("plan", path, "--root", tmp_path / "out", PYTHONPATH=str(tmp_path / "site"))
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert expected in done.stderr


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN.values(), ids=BROKEN)
def test_filter_that_breaks_the_contract_is_refused(
    tmp_path: Path, process: Gristmill, old: str, new: str, expected: str
) -> None:
    text = plugins.example()[MODULE]
    assert old in text
    plugins.install(tmp_path / "site", {MODULE: text.replace(old, new)})
    refused(process, tmp_path, NAME, expected)
    refused(process, tmp_path, NAME, MODULE if "form" not in expected else NAME)


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("no_such_package.emoji", "package no_such_package is not installed: pip install"),
        ("emojy", "unknown filter 'emojy'; known: agreed, code, content"),
        (f"{PACKAGE}.emojy", f"the installed package {PACKAGE} has no module {PACKAGE}.emojy"),
        (f"{PACKAGE}.ranges", "holds no class Filter"),
        (f"{PACKAGE}.again", f"stands in {PACKAGE}.emoji"),
        (PACKAGE, "unknown filter"),
        (f"{PACKAGE}/emoji.py", "is a path"),
        ("emoji.py", "is a path"),
        (".emoji", "is a path"),
        ("README.md", "is a file"),
        ("loose.emoji", "is of no installed distribution"),
        ("filters.length", "is Gristmill's own"),
        ("os.path", "no"),
        ("__main__.x", "no"),
        (f"{PACKAGE}.emoji.", "unknown filter"),
    ],
)
def test_name_of_nothing_that_is_installed_is_refused(
    tmp_path: Path, process: Gristmill, use: str, expected: str
) -> None:
    plugins.install(tmp_path / "site", {f"{PACKAGE}/again.py": f"from {PACKAGE}.emoji import Filter\n"})
    (tmp_path / "site" / "loose").mkdir(parents=True, exist_ok=True)
    (tmp_path / "site" / "loose" / "emoji.py").write_text("class Filter: ...\n")
    refused(process, tmp_path, use, expected)


@pytest.mark.parametrize(
    ("entries", "use", "expected"),
    [
        ({NAME: f"{PACKAGE}.emoji"}, NAME, "is an entry point of a-twin 3 and gristmill-emoji 0.1.0: uninstall one"),
        ({"length": f"{PACKAGE}.emoji"}, NAME, "'length' is Gristmill's own, and a-twin 3 has an entry point"),
        ({"em/oji": f"{PACKAGE}.emoji"}, "em/oji", "is a path"),
        ({"em oji": f"{PACKAGE}.emoji"}, "em oji", "letters, digits, _"),
        ({"whole": f"{PACKAGE}.emoji:Emoji"}, "whole", "must name a module"),
        ({"alone": "single_module"}, "alone", "is no module in a package"),
    ],
)
def test_entry_point_that_cannot_be_told_is_refused(
    tmp_path: Path, process: Gristmill, entries: dict[str, str], use: str, expected: str
) -> None:
    plugins.install(tmp_path / "site")
    plugins.describe(tmp_path / "site", "a-twin", "3", entries, ["single_module.py"])
    refused(process, tmp_path, use, expected)


def test_one_filter_under_two_names_is_refused(tmp_path: Path, process: Gristmill) -> None:
    plugins.install(tmp_path / "site")
    both = f'{PACKAGE}.emoji"\n[[filters]]\nuse = "{NAME}'
    refused(process, tmp_path, both, f"'{PACKAGE}.emoji' and '{NAME}' are one plug-in")


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        ('("emojy",)', "filter 'emoji.share' reads 'emojy': unknown filter"),
        ('("emoji.share",)', "read each other in a circle: emoji.share"),
    ],
)
def test_filter_that_reads_what_cannot_be_is_refused(
    tmp_path: Path, process: Gristmill, reads: str, expected: str
) -> None:
    line = "reads: ClassVar[tuple[str, ...]] = "
    text = plugins.example()[MODULE].replace(f"{line}()", line + reads)
    plugins.install(tmp_path / "site", {MODULE: text})
    refused(process, tmp_path, NAME, expected)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            Versions(libraries={"gristmill-emoji": "0.1.0"}, format={}),
            r"^host \S+ has no gristmill-emoji under \S+, the plan was made with gristmill-emoji 0\.1\.0: give all",
        ),
        (NONE, rf"^host \S+ cannot load what it is to run under \S+ \(No module named '{PACKAGE}'\): give all"),
    ],
)
def test_worker_without_the_package_says_what_it_lacks(
    spark: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Versions, expected: str
) -> None:
    """Python's path of this process is not that of Spark's workers."""
    monkeypatch.syspath_prepend(str(plugins.install(tmp_path / "site")))
    from gristmill_emoji.emoji import Filter  # type: ignore[import-not-found]

    with pytest.raises(RecipeError, match=expected) as caught:
        tasks.run(spark, "x", [str(tmp_path)], 1, Filter().measure, versions=wanted)
    assert "\n" not in str(caught.value)
