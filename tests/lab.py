"""A JupyterLab of its own, on this machine alone, driven in Chromium."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import chromium

from emolib import ROOT

_CELLS = """
    app.shell.currentWidget.content.widgets.map(cell => ({
        source: cell.model.sharedModel.source,
        number: cell.model.executionCount ?? null,
        hidden: cell.inputHidden ?? false,
        outputs: cell.model.outputs ? cell.model.outputs.toJSON() : [],
    }))
"""
_QUIET = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells are drawn
}


class Lab:
    """JupyterLab over a folder, with one of its notebooks open in a browser.

    Args:
        folder: where it starts; its own settings lie in `.lab` there.
    """

    def __init__(self, folder: Path) -> None:
        self.token, own = secrets.token_hex(16), folder / ".lab"
        for name, settings in _QUIET.items():
            path = own / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        places = {
            "JUPYTER_CONFIG_DIR": own, "JUPYTER_RUNTIME_DIR": own / "runtime",
            "IPYTHONDIR": own, "JUPYTERLAB_SETTINGS_DIR": own / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": own, "PYTHONPATH": ROOT,
        }  # fmt: skip
        options = (
            *("--no-browser", "--allow-root", f"--ServerApp.port={port}"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}"),
            *(f"--IdentityProvider.token={self.token}", "--expose-app-in-browser"),
            "--ServerApp.port_retries=0",
        )
        self.log = own / "log"
        with self.log.open("wb") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options],
                env=os.environ | {n: str(p) for n, p in places.items()},
                cwd=folder, stdout=log, stderr=log,
            )  # fmt: skip
        self.browser = chromium.Browser()
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.close()
            raise

    def _wait_until_it_answers(self, seconds: float = 180) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._server.poll() is None:
            with suppress(OSError):
                urllib.request.urlopen(f"{self.address}/api?token={self.token}")
                return
            time.sleep(0.2)
        raise RuntimeError(f"JupyterLab did not start: {self.log.read_text()}")

    def open(self, notebook: str) -> None:
        """Open a notebook and wait for its kernel."""
        self.browser.open(f"{self.address}/lab/tree/{notebook}?token={self.token}")
        self.browser.wait("window.jupyterapp && (window.app = jupyterapp) && true")
        kernel = "app.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        self.browser.wait(f"{kernel} === 'idle'")

    def cells(self) -> list[dict]:
        """Source, number, hidden or not, and outputs of each cell."""
        return self.browser.run(_CELLS)

    def run_all(self, seconds: float = 180) -> list[dict]:
        """What the menu's Run All Cells does; gives the cells when the last is done."""
        before = self.cells()[-1]["number"] or 0
        self.browser.run("void app.commands.execute('notebook:run-all-cells')")
        last = "app.shell.currentWidget.content.widgets.at(-1).model.executionCount"
        wrong = "app.shell.currentWidget.content.widgets.some(c => c.hasError)"
        self.browser.wait(f"({last} ?? 0) > {before} || {wrong}", seconds)
        failed = [told(cell) for cell in self.cells() if "error" in kinds(cell)]
        assert not failed, failed
        return self.cells()

    def rewrite(self, place: int, source: str, seconds: float = 180) -> dict:
        """Type another text into a cell, press Shift and Enter, give the cell."""
        self.browser.run(
            f"""{{const book = app.shell.currentWidget.content;
            book.activeCellIndex = {place}; book.mode = "edit";
            book.activeCell.editor.focus()}}"""
        )
        self.browser.write(source)
        before = self.cells()[place]
        assert before["source"] == source
        self.browser.enter(shift=True)
        number = f"app.shell.currentWidget.content.widgets[{place}].model"
        old = before["number"] or 0
        self.browser.wait(f"({number}.executionCount ?? 0) > {old}", seconds)
        return self.cells()[place]

    def close(self) -> None:
        self.browser.close()
        self._server.terminate()  # it ends its kernels, too
        self._server.wait(30)


def told(cell: dict) -> str:
    """What a cell printed and showed, as text, one output a line."""
    parts = []
    for output in cell["outputs"]:
        shown = output.get("data", {}).get("text/plain", "")
        text = output.get("traceback") or output.get("text") or shown
        parts.append(text if isinstance(text, str) else "\n".join(text))
    return "\n".join(parts)


def kinds(cell: dict) -> set[str]:
    """The kinds of a cell's outputs, such as error."""
    return {output["output_type"] for output in cell["outputs"]}


def streams(cell: dict) -> set[str]:
    """The streams that a cell wrote to; stderr is shown in red."""
    return {o["name"] for o in cell["outputs"] if o["output_type"] == "stream"}
