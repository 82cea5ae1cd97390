"""A headless Chromium, spoken to over a pipe in the DevTools protocol: pages are opened, clicked and dragged as people
do, and whatever the page logs or asks for is kept. No package is needed, only the browser."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_WAIT = 60.0  # seconds: a busy machine is no failure


class Browser:
    """One tab. `said`: errors and warnings of the console; `asked`: addresses that the page loaded."""

    def __init__(self, into: int, out: int) -> None:
        self._into, self._out = into, out
        self._numbers = itertools.count(1)
        self._read = b""
        self.said: list[str] = []
        self.asked: list[str] = []
        self._loaded = False
        target = self._ask("Target.createTarget", {"url": "about:blank"}, "")["targetId"]
        self._session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True}, "")["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._ask(method, parameters, self._session)

    def _ask(self, method: str, parameters: dict[str, Any], session: str) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._into, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + _WAIT
        while time.monotonic() < until:
            found = self._next()
            if found.get("id") == number:
                assert "error" not in found, found["error"]
                result: dict[str, Any] = found["result"]
                return result
        raise AssertionError(f"{method} had no answer")

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            more = os.read(self._out, 1 << 20)
            assert more, "the browser ended"
            self._read += more
        message, self._read = self._read.split(b"\0", 1)
        found: dict[str, Any] = json.loads(message)
        self._note(found.get("method", ""), found.get("params", {}))
        return found

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.said.append(json.dumps(told["args"]))
        elif method == "Runtime.exceptionThrown":
            self.said.append(json.dumps(told["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.said.append(told["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
        elif method == "Page.loadEventFired":
            self._loaded = True

    def size(self, wide: int, high: int = 900, *, dark: bool = False) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=wide, height=high, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", media="screen", features=features)

    def open(self, path: Path, fragment: str = "") -> None:
        """Until it is loaded."""
        self._loaded = False
        self.ask("Page.navigate", url="about:blank")
        while not self._loaded:
            self._next()
        self._loaded = False
        self.ask("Page.navigate", url=path.as_uri() + fragment)
        while not self._loaded:
            self._next()

    def js(self, code: str) -> Any:
        """What an expression gives, awaited. Raises AssertionError for what it throws."""
        found = self.ask("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, code: str) -> None:
        """Until it is true."""
        until = time.monotonic() + _WAIT
        while time.monotonic() < until:
            if self.js(f"Boolean({code})"):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {code}")

    def centre(self, selector: str) -> tuple[float, float]:
        """Of an element, which is scrolled to."""
        chosen = json.dumps(selector)
        self.js(f"document.querySelector({chosen}).scrollIntoView({{block: 'center'}})")
        box = self.js(f"JSON.stringify(document.querySelector({chosen}).getBoundingClientRect())")
        found = json.loads(box)
        return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2

    def mouse(self, kind: str, x: float, y: float) -> None:
        held = {"button": "left", "buttons": 1, "clickCount": 1}
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **held)

    def click(self, selector: str) -> None:
        x, y = self.centre(selector)
        self.mouse("mousePressed", x, y)
        self.mouse("mouseReleased", x, y)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.mouse("mousePressed", *start)
        for step in (0.3, 0.7, 1.0):
            self.mouse("mouseMoved", start[0] + (end[0] - start[0]) * step, start[1] + (end[1] - start[1]) * step)
        self.mouse("mouseReleased", *end)

    def press(self, key: str) -> None:
        text = {"text": "\r"} if key == "Enter" else {}
        code = {"Enter": 13, "ArrowRight": 39, "ArrowLeft": 37, "Escape": 27, "Tab": 9, "Home": 36, "End": 35}.get(
            key, 0
        )
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def shot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))


@contextmanager
def started() -> Iterator[Browser]:
    """For a block. The browser reads descriptor 3 and writes 4, whatever is open here."""
    its_in, into = os.pipe()
    out, its_out = os.pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run"]
        words = " ".join([str(CHROMIUM), *arguments, f"--user-data-dir={profile}"])
        shell = f"exec {words} 3<&{its_in} 4>&{its_out} >/dev/null 2>&1"
        done = subprocess.Popen(["bash", "-c", shell], pass_fds=(its_in, its_out))
        os.close(its_in)
        os.close(its_out)
        try:
            yield Browser(into, out)
        finally:
            done.terminate()
            done.wait(timeout=_WAIT)
            os.close(into)
            os.close(out)
