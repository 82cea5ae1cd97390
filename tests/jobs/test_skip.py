"""`skip` in a recipe: another identity, a reject that is counted, and an error for a name that fits nothing."""

import json
from pathlib import Path

from tests.conftest import Gristmill

LINES = [json.dumps({"text": f"The mill number {n} grinds its grain all day."}) + "\n" for n in range(5)]
SECOND = len(LINES[0])


def recipe(folder: Path, skip: str) -> Path:
    (folder / "a.jsonl").write_text("".join(LINES), "utf-8")
    path = folder / "r.toml"
    path.write_text(f'[[sources]]\nname = "a"\npath = "{folder}/a.jsonl"\n{skip}\n', "utf-8")
    return path


def ingested(root: Path) -> dict[str, dict[str, object]]:
    found = [json.loads(path.read_bytes()) for path in root.glob("ingest/*/manifest.json")]
    return {one["fingerprint"]: one["counts"] for one in found}


def test_skip_is_another_identity_and_counted_and_must_fit(tmp_path: Path, gristmill: Gristmill) -> None:
    root = tmp_path / "out"
    gristmill("run", recipe(tmp_path, ""), "--root", root, "--until", "ingest")
    whole = ingested(root)
    assert [(c["documents"], c["rejects"]) for c in whole.values()] == [(5, 0)]
    gristmill("run", recipe(tmp_path, f'skip = ["a.jsonl#{SECOND}"]'), "--root", root, "--until", "ingest")
    own = {mark: counts for mark, counts in ingested(root).items() if mark not in whole}
    assert [(c["documents"], c["rejects"], c["records"]) for c in own.values()] == [(4, 1, 5)]
    wrong = gristmill("run", recipe(tmp_path, 'skip = ["a.jsonl#3"]'), "--root", root)
    assert wrong.returncode == 2
    assert "no record is 'a.jsonl#3', which skip names" in wrong.stderr
    missing = gristmill("plan", recipe(tmp_path, 'skip = ["b.jsonl#0"]'), "--root", root)
    assert missing.returncode == 2
    assert "skip names the file 'b.jsonl'" in missing.stderr
