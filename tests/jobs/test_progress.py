"""Progress is drawn on a terminal for what takes long and is gone afterwards; a pipe and a log see a line at times."""

import io
import json
import sys
import threading
from pathlib import Path

import pytest

from jobs.engine import console, progress
from jobs.engine.progress import Progress


class Screen(io.StringIO):
    """What stderr is set to."""

    encoding = "utf-8"

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


class Work:
    """A count that is asked for, and tells when it has been asked so often that the one before was drawn."""

    def __init__(self, *counts: int) -> None:
        self.counts, self.asked = counts, 0
        self.seen = threading.Event()

    def done(self) -> int:
        self.asked += 1
        if self.asked > len(self.counts):
            self.seen.set()
        return self.counts[min(self.asked, len(self.counts)) - 1]


def screen(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, quiet: float) -> Screen:
    shown = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr(progress, "_QUIET_SECONDS", quiet)
    monkeypatch.setattr(progress, "_EVERY_SECONDS", 0.001)
    return shown


def test_bar_has_label_count_rate_and_time_left_and_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, work = screen(monkeypatch, terminal=True, quiet=0), Work(0, 5, 10, 99)
    with Progress("measure", 20, work.done):
        assert work.seen.wait(60)
    drawn = [line.split() for line in shown.getvalue().split("\r") if line.strip()]
    counts = [next(word for word in words if word.endswith("/20")) for words in drawn]
    assert list(dict.fromkeys(counts)) == ["0/20", "5/20", "10/20", "20/20"]
    assert all(words[0] == "measure" and words[-1] == "left" for words in drawn)
    half = next(words for words in drawn if "10/20" in words)
    assert half[1] == "█" * 12
    assert half[-3].endswith("/s")
    last = shown.getvalue().split("\r")
    assert last[-1] == "" == last[-2].strip()  # overwritten by blanks


def test_bar_of_what_is_quick_is_never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, work = screen(monkeypatch, terminal=True, quiet=3600), Work(1, 2)
    with Progress("measure", 20, work.done):
        assert work.seen.wait(60)
    assert shown.getvalue() == ""


def test_pipe_sees_lines_with_share_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, work = screen(monkeypatch, terminal=False, quiet=0), Work(0, 10, 99)
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.001)
    with Progress("measure", 20, work.done):
        assert work.seen.wait(60)
    none, half, whole = [line.split() for line in shown.getvalue().splitlines()[:3]]
    assert none == ["measure", "0%", "0/20", "0.00/s", "time", "left", "unknown"]
    assert half[:3] == ["measure", "50%", "10/20"]
    assert half[3].endswith("/s")
    assert half[-1] == "left"
    assert whole[1:3] == ["100%", "20/20"]


def test_pipe_sees_nothing_of_what_takes_less_than_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, work = screen(monkeypatch, terminal=False, quiet=0), Work(1)
    with Progress("measure", 20, work.done):
        assert not work.seen.wait(0.05)
    assert (shown.getvalue(), work.asked) == ("", 0)


def test_quiet_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, work = screen(monkeypatch, terminal=True, quiet=0), Work(1)
    with console.opened(quiet=True), Progress("measure", 20, work.done):
        assert not work.seen.wait(0.05)
    assert (shown.getvalue(), work.asked) == ("", 0)


def test_log_sees_progress_beside_a_bar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown, work = screen(monkeypatch, terminal=True, quiet=0), Work(5, 10, 99)
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.0)
    with console.opened(form="json", file=str(tmp_path / "log")), Progress("measure", 20, work.done):
        assert work.seen.wait(60)
    first = json.loads((tmp_path / "log").read_text("utf-8").splitlines()[0])
    assert (first["event"], first["stage"], first["done"], first["share"]) == ("progress", "measure", 5, 0.25)
    assert first["seconds_left"] >= 0
    assert "5/20" in shown.getvalue()


def test_bar_of_nothing_to_do_and_of_an_error_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, work = screen(monkeypatch, terminal=True, quiet=0), Work(0)
    before = threading.active_count()

    def fail() -> None:
        with Progress("measure", 0, work.done):
            assert work.seen.wait(60)
            raise KeyError("stop")

    with pytest.raises(KeyError, match="stop"):
        fail()
    assert "0/1" in shown.getvalue()
    assert threading.active_count() <= before + 1  # tqdm has one of its own for all bars
