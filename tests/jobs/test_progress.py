"""Progress is drawn on a terminal for what takes long, is gone afterwards, and a pipe sees none of it."""

import io
import sys
import threading

import pytest

from jobs.engine import progress
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


def test_pipe_sees_nothing_and_nothing_is_counted_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, work = screen(monkeypatch, terminal=False, quiet=0), Work(1)
    with Progress("measure", 20, work.done):
        assert not work.seen.wait(0.05)
    assert (shown.getvalue(), work.asked) == ("", 0)


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
