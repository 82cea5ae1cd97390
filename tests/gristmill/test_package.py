"""The installed package: what a wheel holds, and that it works from a wheel and from a zip in an empty folder."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

import gristmill
from corpus.errors import RecipeError
from jobs.version import __version__
from tests.conftest import LINES, ROOT

RECIPE = """extends = "{preset}"
name = "small"

[[sources]]
name = "pages"
path = "pages.jsonl"
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without its dependencies, by the backend that pip would call."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder such as site-packages."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(params=["wheel", "zip"])
def path(request: pytest.FixtureRequest, wheel: Path, installed: Path, tmp_path: Path) -> Path:
    """What stands on the path: the unpacked wheel, or a zip with the same files."""
    if request.param == "wheel":
        return installed
    return shutil.copyfile(wheel, tmp_path / "gristmill.zip")  # Numba caches by what is in a zip, not in a .whl


def python(path: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With nothing of the checkout on the path before `path`, from `folder`."""
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path), "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def script(name: str) -> ModuleType:
    loader = SourceFileLoader(name, str(ROOT / "scripts" / name))
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def held(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}


def small_recipe(folder: Path, preset: str) -> Path:
    (folder / "pages.jsonl").write_text("\n".join(LINES[:-2]) + "\n", "utf-8")
    recipe = folder / "small.toml"
    recipe.write_text(RECIPE.format(preset=preset), "utf-8")
    return recipe


def test_wheel_holds_every_file_of_the_packages_and_every_preset(wheel: Path) -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    folders = ["corpus", "filters", "gristmill", "jobs", "tokenizer", "recipes"]
    listed = subprocess.run([*command, *folders], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = {name for name in listed.splitlines() if (ROOT / name).is_file()}
    assert any(not name.endswith(".py") for name in names)
    presets = {name for name in names if name.startswith("recipes/")} - {"recipes/demo.toml"}
    expected = {name: name for name in names if not name.startswith("recipes/")}
    expected |= {f"gristmill/{name}": name for name in presets}
    files = {name: data for name, data in held(wheel).items() if ".dist-info/" not in name}
    assert set(files) == set(expected)
    assert all(data == (ROOT / expected[name]).read_bytes() for name, data in files.items())


def test_zip_for_spark_submit_holds_what_the_wheel_holds(wheel: Path) -> None:
    files = script("build_zip").contents(ROOT)
    tracked = {name: path.read_bytes() for name, path in files.items()}
    there = {name: data for name, data in held(wheel).items() if ".dist-info/" not in name}
    assert tracked.items() <= there.items()
    assert {name for name in there if name.startswith("gristmill/recipes/")} <= set(tracked)


def test_wheel_takes_its_version_and_its_script_from_the_code(wheel: Path) -> None:
    files = held(wheel)
    folder = f"gristmill-{__version__}.dist-info"
    assert f"\nVersion: {__version__}\n" in files[f"{folder}/METADATA"].decode()
    assert "gristmill = gristmill.__main__:main" in files[f"{folder}/entry_points.txt"].decode()
    assert gristmill.__version__ == __version__


def test_editable_installation_is_the_checkout(tmp_path: Path) -> None:
    code = f"from hatchling.build import build_editable; build_editable({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, timeout=60)
    files = {name: data for name, data in held(next(tmp_path.glob("*.whl"))).items() if ".dist-info/" not in name}
    assert [set(data.decode().split()) for data in files.values()] == [{str(ROOT)}]


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import gristmill; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in eval(done.stdout)} - set(sys.stdlib_module_names)
    assert loaded == {"gristmill", "jobs"}


def test_public_names_are_there_and_no_others() -> None:
    assert dir(gristmill) == sorted(gristmill.__all__)
    assert all(getattr(gristmill, name) for name in gristmill.__all__)
    with pytest.raises(AttributeError, match="no attribute 'grind'"):
        gristmill.grind  # noqa: B018


def test_presets_are_the_recipes_without_sources() -> None:
    files = sorted((ROOT / "recipes").glob("*.toml"), key=lambda file: file.stem)
    found = [file for file in files if "sources" not in tomllib.loads(file.read_text("utf-8"))]
    assert [gristmill.preset(name) for name in gristmill.presets()] == found
    assert {"c4", "fineweb", "gopher", "roots"} <= set(gristmill.presets())
    assert "demo" not in gristmill.presets()
    with pytest.raises(RecipeError, match=r"no preset 'demo'; known: c4, common-pile"):
        gristmill.preset("demo")


def test_presets_are_found_wherever_the_package_is(path: Path, tmp_path: Path) -> None:
    code = "import gristmill; print(gristmill.__file__, *map(gristmill.preset, gristmill.presets()), sep='\\n')"
    for _ in range(2):  # the second time what a zip unpacked is there
        done = python(path, tmp_path, "-c", code)
        assert done.returncode == 0, done.stderr
        module, *files = done.stdout.splitlines()
        assert module.startswith(str(path))
        assert [Path(file).stem for file in files] == list(gristmill.presets())
        for file in files:
            assert not Path(file).is_relative_to(ROOT)
            assert Path(file).read_bytes() == (ROOT / "recipes" / Path(file).name).read_bytes()


def test_version_is_known_in_an_empty_folder(path: Path, tmp_path: Path) -> None:
    done = python(path, tmp_path, "-m", "gristmill", "--version")
    assert done.stdout.startswith(f"gristmill {__version__} (Python "), done.stderr


@pytest.mark.slow  # compiles kernels, whose cache goes by the folder
def test_plan_in_an_empty_folder_is_that_of_the_checkout(path: Path, tmp_path: Path) -> None:
    """Identities have the digest of code that is not as recorded, so a file that is missing would show."""
    code = "import gristmill; print(gristmill.preset('fineweb'))"
    preset = python(path, tmp_path, "-c", code).stdout.strip()
    recipe = small_recipe(tmp_path, preset)
    planned = python(path, tmp_path, "-m", "gristmill", "plan", str(recipe))
    assert planned.returncode == 0, planned.stderr
    assert "signals.lines" in planned.stdout
    assert planned.stdout == python(ROOT, tmp_path, "-m", "gristmill", "plan", str(recipe)).stdout


@pytest.mark.slow
def test_run_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path, str(installed / "gristmill" / "recipes" / "gopher.toml"))
    done = python(installed, tmp_path, "-m", "gristmill", "run", str(recipe), "--until", "decide", "--cores", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((tmp_path / "build" / "small" / "decide").glob("*/manifest.json"))
