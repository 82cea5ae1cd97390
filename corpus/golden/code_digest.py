"""What the code of a stage is: every module that its roots reach by import, and the data files that these load.

Read from the source through the import system, so from a checkout, a wheel or a zip alike, and never by running it.
What is imported by a name made at run time (`corpus.sources`, `filters.load`) is not followed: whoever asks names
those modules as roots too. Of a plug-in the package that it is in is digested as ours are; a compiled module counts by
its bytes, and imports nothing that can be read.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.resources.abc import Traversable, TraversableResources
from importlib.util import find_spec
from typing import Any

from corpus.golden import baseline, syntax
from corpus.golden.syntax import Facts

PACKAGES = ("corpus", "filters", "jobs", "tokenizer")
_RECORD = f"corpus/golden/{baseline.NAME}"  # holds digests of code, so no digest can be of it


class Code:
    """The source of some packages, each module read once."""

    def __init__(self, packages: Mapping[str, Traversable], recorded: Mapping[str, Facts] | None = None) -> None:
        """`packages`: folders by name. `recorded`: what a module's source says, believed for the very same bytes."""
        self._tops = frozenset(packages)
        self._files = {path: file for top in sorted(packages) for path, file in _listed(packages[top], top)}
        self._modules = {
            _module(path): path
            for path in sorted(self._files, key=lambda path: (_is_package(path), path.endswith(".py"), path))
            if path.endswith(".py") or _is_compiled(path)
        }  # packages win over modules, and source over what is compiled from it
        self._recorded = recorded or {}
        self._facts: dict[str, Facts] = {}
        self._trees: dict[tuple[str, Sequence[str]], str] = {}
        self._next: dict[str, tuple[str, ...]] = {}
        self._data: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}

    def reach(self, roots: Iterable[str]) -> tuple[str, ...]:
        """Sorted names of the modules that these import, at any remove, themselves among them; and their packages.

        Raises ValueError for a root that is not there.
        """
        found: set[str] = set()
        waiting = [self._known(root, "the roots") for root in roots]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self._imported(name))
        return tuple(sorted(found))

    def digest(self, roots: Iterable[str], *, without: Collection[str] = ()) -> str:
        """16 hex digits that change with any statement or data file that these modules reach.

        `without`: class attributes that do not count. Raises ValueError for a root or a data file that is not there.
        """
        whole = hashlib.sha256()
        for name in self.reach(roots):
            whole.update(self._line(name, without))
        return whole.hexdigest()[:16]

    def digests(self, root: str, *, without: Collection[str] = ()) -> dict[str, str]:
        """The same for each package that a module reaches, by its name."""
        found: dict[str, Any] = {}
        for name in self.reach([root]):
            whole = found.setdefault(_top(name), hashlib.sha256())
            whole.update(self._line(name, without))
        return {top: whole.hexdigest()[:16] for top, whole in sorted(found.items())}

    def facts(self, *withouts: Sequence[str]) -> dict[str, Facts]:
        """Of all modules: what `recorded` takes. `withouts`: sorted values of `without` that it is to answer too."""
        return {name: self._own(syntax.facts(self._source(name), [(), *withouts])) for name in sorted(self._modules)}

    def _own(self, facts: Facts) -> Facts:
        """Less the imports of other packages, which are not followed."""
        return replace(facts, imports=tuple(i for i in facts.imports if i.startswith(".") or _top(i) in self._tops))

    def _line(self, name: str, without: Collection[str]) -> bytes:
        """Of a module: its name and tree, and a line for each data file that it loads."""
        return f"{name} {self._tree(name, without)}\n".encode() + self._loaded(name)

    def _known(self, name: str, where: str) -> str:
        if name not in self._modules:
            raise ValueError(f"{where}: no module {name!r} in {', '.join(sorted(self._tops))}; check its name")
        return name

    def _source(self, name: str) -> bytes:
        return self._files[self._modules[name]].read_bytes()

    def _of(self, name: str) -> Facts:
        if name not in self._facts:
            source, recorded = self._source(name), self._recorded.get(name)
            if recorded is None or recorded.source != hashlib.sha256(source).hexdigest():
                try:
                    recorded = syntax.facts(source) if self._modules[name].endswith(".py") else _compiled(source)
                except (SyntaxError, ValueError) as error:
                    raise ValueError(f"{self._modules[name]}: {error}") from error
            self._facts[name] = recorded
        return self._facts[name]

    def _tree(self, name: str, without: Collection[str]) -> str:
        key = tuple(sorted(set(without)))
        recorded = self._of(name).trees.get(",".join(key))
        if recorded is not None:
            return recorded
        if not self._modules[name].endswith(".py"):
            return self._of(name).source
        if (name, key) not in self._trees:
            self._trees[name, key] = syntax.facts(self._source(name), [key]).trees[",".join(key)]
        return self._trees[name, key]

    def _imported(self, name: str) -> tuple[str, ...]:
        if name not in self._next:
            found = set(_packages_of(name))
            for relative in self._of(name).imports:
                spelled = self._absolute(relative, name)
                module, _, attribute = spelled.partition(":")
                if _top(spelled) in self._tops:
                    inner = f"{module}.{attribute}"
                    found.add(inner if inner in self._modules else self._known(module, self._modules[name]))
            self._next[name] = tuple(sorted(found & self._modules.keys()))
        return self._next[name]

    def _absolute(self, spelled: str, name: str) -> str:
        """`..a:b` in a module as `package.a:b`."""
        module, colon, attribute = spelled.partition(":")
        inner = module.lstrip(".")
        if inner == module:
            return spelled
        steps = name.split(".")
        up = len(module) - len(inner) - _is_package(self._modules[name])
        return ".".join(filter(None, [*steps[: len(steps) - up], inner])) + colon + attribute

    def _loaded(self, name: str) -> bytes:
        """A line for each data file of a module: path and sha256."""
        if name not in self._data:
            paths = {path for pattern in self._of(name).data for path in self._matching(pattern, name)}
            self._data[name] = "".join(f"{path} {self._sha256(path)}\n" for path in sorted(paths - {_RECORD})).encode()
        return self._data[name]

    def _matching(self, pattern: str, name: str) -> Sequence[str]:
        package, _, inner = pattern.partition(":")
        if _top(pattern) not in self._tops:
            return ()  # data of other packages are theirs to version
        named = re.escape("/".join(filter(None, [package.replace(".", "/"), inner.removesuffix("**").rstrip("/")])))
        expression = re.compile(f"({named.replace(re.escape('*'), '[^/]*')})(/.*)?")
        found = []
        for path in self._files:
            match = expression.fullmatch(path)
            if match and not path.endswith(".py") and not self._in_other_package(match[1], path):
                found.append(path)
        if not found:
            raise ValueError(f"{self._modules[name]}: no data file {pattern}; mend the name, or add the file")
        return found

    def _in_other_package(self, folder: str, path: str) -> bool:
        """Whether a package lies between a folder and a file below it."""
        while (path := path.rpartition("/")[0]) != folder and len(path) > len(folder):
            if f"{path}/__init__.py" in self._files:
                return True
        return False

    def _sha256(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(self._files[path].read_bytes()).hexdigest()
        return self._digests[path]


@lru_cache
def installed(*others: str) -> Code:
    """The code that is running, and that of `others`: packages of plug-ins.

    Raises DataError if the record of modules is damaged.
    """
    packages = {name: _folder(name) for name in (*PACKAGES, *others)}
    recorded = baseline.load().modules
    written_by = recorded.get(syntax.__name__)
    form = hashlib.sha256(packages["corpus"].joinpath("golden", "syntax.py").read_bytes()).hexdigest()
    if written_by is None or written_by.source != form:  # by another canonical form: every digest would be another
        recorded = {}
    return Code(packages, recorded)


def of(builder: str, modules: Sequence[str] = (), without: Sequence[str] = ()) -> str:
    """The digest of a stage's code: the declaration and the job of that name, and the modules that the stage names
    beside them."""
    return digest((f"corpus.stages.{builder}", f"jobs.stages.{builder}", *modules), without=without)


def reach(roots: Iterable[str]) -> tuple[str, ...]:
    """`Code.reach` in the code that is running."""
    return installed().reach(roots)


def digest(roots: Iterable[str], *, without: Collection[str] = ()) -> str:
    """`Code.digest` of the code that is running."""
    return installed().digest(roots, without=without)


def outside(module: str, without: Sequence[str] = ()) -> dict[str, str]:
    """Of a plug-in's module: a digest for its own outermost package and for each of ours, of what it reaches there.

    Raises ValueError for code that cannot be read.
    """
    return installed(_top(module)).digests(module, without=without)


def _folder(package: str) -> Traversable:
    spec = find_spec(package)  # which loads nothing of it: importing filters would load NumPy, Arrow and Numba
    if spec is None or spec.loader is None:
        raise ValueError(f"no package {package!r}; install the program again")
    reader: TraversableResources = spec.loader.get_resource_reader(package)  # type: ignore[attr-defined]
    return reader.files()


def _listed(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    """Files below a folder by path, less what Python and editors leave there."""
    for entry in folder.iterdir():
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _listed(entry, f"{path}/{entry.name}")
        elif not entry.name.endswith(".pyc"):
            yield f"{path}/{entry.name}", entry


def _module(path: str) -> str:
    """The name of the module in a file."""
    folder, _, file = path.rpartition("/")
    stem = file.partition(".")[0]
    return (folder if stem == "__init__" else f"{folder}/{stem}").replace("/", ".")


def _is_package(path: str) -> bool:
    return path.rpartition("/")[2].partition(".")[0] == "__init__"


def _is_compiled(path: str) -> bool:
    return path.endswith(tuple(EXTENSION_SUFFIXES))


def _compiled(source: bytes) -> Facts:
    return Facts(source=hashlib.sha256(source).hexdigest(), trees={}, imports=(), data=())


def _top(name: str) -> str:
    """The outermost package of `a.b`, of `a.b:c` and of `a:b`."""
    return name.partition(":")[0].partition(".")[0]


def _packages_of(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name
