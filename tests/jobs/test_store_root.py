"""A run whose inputs and root lie in a store with options writes what a run on a disk writes."""

from pathlib import Path

from tests.conftest import LINES, Gristmill, tree, write_recipe
from tests.corpus.object_store import ObjectStore, serving


def test_run_in_a_store_with_options_gives_the_bytes_of_one_on_a_disk(
    finished: Path, tmp_path: Path, gristmill: Gristmill
) -> None:
    recipe = write_recipe(tmp_path)
    with serving(ObjectStore()) as store:
        broken = store.address("b/in/broken.jsonl", "&anonymous=true")
        store.objects["b/in/broken.jsonl"] = ("\n".join(LINES) + "\n").encode()
        recipe.write_text(recipe.read_text("utf-8").replace(f"{tmp_path}/broken.jsonl", broken), "utf-8")
        root = store.address("b/out", "&anonymous=true")
        done = gristmill("run", recipe, "--root", root, "--until", "decide", "--cores", "2")
        assert done.returncode == 0, done.stderr
        plan = gristmill("plan", recipe, "--root", root)
        assert plan.returncode == 0, plan.stderr
        states = {line.split()[1]: line.split()[0] for line in plan.stdout.splitlines() if len(line.split()) > 2}
        assert states["ingest"] == states["decide"] == "reuse"
        wanted = {f"b/out/{name}": data for name, data in tree(finished / "out").items()}
        built = [name for name in wanted if name.split("/")[2] in ("ingest", "decide") or "/signals." in name]
        assert built
        assert [name for name in built if store.objects.get(name) != wanted[name]] == []
        assert set(store.asked) == {""}
