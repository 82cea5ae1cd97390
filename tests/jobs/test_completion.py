"""What shells complete the command line by holds every verb and option, and works in bash."""

import shutil
import subprocess

import pytest

from jobs.command_line import VERBS, main

BASH = shutil.which("bash")


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["--completion", shell])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.skipif(not BASH, reason="no bash")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gristmill ini", ["init"]),
        ("gristmill --vers", ["--version"]),
        ("gristmill run --co", ["--cores"]),
        ("gristmill run recipe.toml --co", ["--cores"]),
        ("gristmill audit sa", ["sample"]),
        ("gristmill audit sample --annot", ["--annotator"]),
        ("gristmill export build --as par", ["parquet"]),
        ("gristmill java-", ["java-home"]),
        ("gristmill run rec", []),  # files, by the shell
    ],
)
def test_bash_completes(line: str, expected: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    words = line.split(" ")
    asked = (
        f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _gristmill; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(
        [str(BASH), "-c", f"{script('bash', capsys)}\n{asked}"], capture_output=True, text=True, check=True
    )
    assert (done.stdout.split(), done.stderr) == (expected, "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_every_verb_is_in_the_others(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = script(shell, capsys)
    assert all(name.replace("_", "-") in found for name in VERBS)
    assert "--annotator" in found or "-l annotator" in found


def test_shell_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--completion", "tcsh"])
    assert ended.value.code == 2
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err
