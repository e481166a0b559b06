"""A headless Chromium, spoken to over a pipe in its DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--remote-debugging-pipe"),
    # What a page asks for elsewhere is seen, not sent.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Browser:
    """One page at a time.

    Attributes:
        requests: every address that the page asked for.
        errors: what it complained of on its console.
    """

    def __init__(self, *more: str) -> None:
        """Start one, with more flags than `FLAGS`."""
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self._out = os.pipe()
        self._in, to_write = os.pipe()

        # Chromium reads from 3 and writes to 4. A shell connects them: code that runs
        # between fork and exec would hang where other threads hold a lock.
        connect = f'exec "$0" "$@" 3</dev/fd/{to_read} 4>/dev/fd/{to_write}'
        profile = f"--user-data-dir={self._profile.name}"
        self._process = subprocess.Popen(
            ["sh", "-c", connect, PROGRAM, *FLAGS, *more, profile],
            pass_fds=(to_read, to_write),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer, self._number, self._loaded = b"", 0, False
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._session = ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self.call("Page.enable")
        self.call("Network.enable")
        self.call("Log.enable")
        self.call("Runtime.enable")

    def call(self, method: str, **parameters) -> dict:
        """One command and its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._number:
            self._note(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, address: str, width: int = 1280, dark: bool = False) -> None:
        """Load a page and wait until it is still."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=844,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.wear(dark)
        self._go("about:blank")  # from a page to a place on it, nothing is loaded
        self.requests.clear()
        self.errors.clear()
        self._go(address)
        time.sleep(0.1)  # what scripts ask for after loading
        self.run("document.readyState")

    def wear(self, dark: bool) -> None:
        """Ask for a dark or a light page, of one that is open, too."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def _go(self, address: str) -> None:
        self._loaded = False
        self.call("Page.navigate", url=address)
        while not self._loaded:
            self._note(self._receive())

    def run(self, script: str):
        """The value of an expression on the page, awaited if it is a promise."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait(self, script: str, seconds: float = 180):
        """The value of an expression once there is one that counts as true."""
        until = time.monotonic() + seconds
        while not (value := self.run(script)):
            if time.monotonic() > until:
                raise TimeoutError(f"after {seconds} s still not: {script}")
            time.sleep(0.1)
        return value

    def write(self, text: str) -> None:
        """Type over all that stands where the cursor is."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind, key="a", code="KeyA", windowsVirtualKeyCode=65,
                modifiers=2, commands=["selectAll"] if kind == "rawKeyDown" else [],
            )  # fmt: skip
        self.call("Input.insertText", text=text)

    def enter(self, shift: bool = False) -> None:
        """Press the Enter key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13,
                modifiers=8 if shift else 0,
            )  # fmt: skip

    def picture(self, path: Path, whole: bool = False) -> None:
        """A screenshot."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def _receive(self, patience: float = 300) -> dict:
        while b"\0" not in self._buffer:
            if not select.select([self._in], [], [], patience)[0]:
                raise TimeoutError("Chromium does not answer")
            received = os.read(self._in, 1 << 20)
            if not received:
                raise RuntimeError("Chromium ended")
            self._buffer += received
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict) -> None:
        if event.get("method") == "Page.loadEventFired":
            self._loaded = True
        elif event.get("method") == "Network.requestWillBeSent":
            self.requests.append(event["params"]["request"]["url"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.errors.append(event["params"]["exceptionDetails"]["text"])
        elif event.get("method") == "Log.entryAdded":
            entry = event["params"]["entry"]
            if entry["level"] == "error":
                self.errors.append(f"{entry['text']} {entry.get('url', '')}")
