"""What the training text is made of: Debian packages and git repositories, each with its version and digest."""

import csv
import hashlib
import io
import re
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

_MOST_BYTES = 4 << 20  # of a file of a repository: the copies that the list was made from lack larger ones


class Listed(NamedTuple):
    """A row of the list: files of a package or repository, and how they are read."""

    kind: str  # deb, git
    name: str
    version: str  # of the package; the commit, which is the digest of all that the repository holds
    sha256: str  # of the package
    licence: str
    reader: str
    files: str  # a regular expression over paths
    parameter: str


def listed(path: Path) -> list[Listed]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [Listed(*("" if cell == "-" else cell for cell in row)) for row in rows]


def _package(source: Listed, folder: Path) -> Path:
    version = source.version.replace(":", "%3a")
    found = sorted(folder.glob(f"{source.name}_{version}_*.deb"))
    if not found:
        raise SystemExit(
            f"{folder} has no {source.name} {source.version}: apt-get download {source.name}={source.version}"
        )
    digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
    if digest != source.sha256:
        raise SystemExit(f"{found[0]}: its sha256 is {digest}, the list says {source.sha256}; download it again")
    return found[0]


def _packed(source: Listed, folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    command = ["dpkg-deb", "--fsys-tarfile", str(_package(source, folder))]
    content = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if member.isfile() and re.search(source.files, member.name):
                file = archive.extractfile(member)
                found[member.name] = file.read() if file else b""
    return found


def _committed(source: Listed, folder: Path) -> dict[str, bytes]:
    repository = folder / source.name.replace("/", "+") / "repo"
    if not repository.exists():
        raise SystemExit(f"{repository} is missing: clone the repository {source.name} there")
    git = ["git", "-C", str(repository)]
    tree = subprocess.run([*git, "ls-tree", "-rlz", source.version], capture_output=True, check=True).stdout
    wanted = {}
    for row in filter(None, tree.decode("utf-8", "replace").split("\0")):
        described, _, path = row.partition("\t")
        _, kind, blob, size = described.split()
        if kind == "blob" and size.isdigit() and int(size) < _MOST_BYTES and re.search(source.files, path):
            wanted[path] = blob
    names = "\n".join(wanted.values()) + "\n"
    answer = subprocess.run([*git, "cat-file", "--batch"], input=names.encode(), capture_output=True, check=True).stdout
    found, place = {}, 0
    for path in wanted:
        end = answer.index(b"\n", place)
        length = int(answer[place:end].split()[2])
        found[path] = answer[end + 1 : end + 1 + length]
        place = end + length + 2
    return found


def members(source: Listed, packages: Path, repositories: Path) -> list[tuple[str, bytes]]:
    """Paths and contents of the files that the row names, in the order of their paths."""
    found = _packed(source, packages) if source.kind == "deb" else _committed(source, repositories)
    return sorted(found.items())
