"""Notebooks of the book executed side by side: order, failure, and how it all ends."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from emolib import ROOT
from emolib.book.executing import Executed

SCRIPT = """\
# %% [markdown]
# # A notebook

# %% tags=["parameters"]
profile: str = "quick"  # how much work

# %% tags=["profiles"]
PROFILES = {{"smoke": {{}}}}

# %%
import time
from pathlib import Path
here = Path({folder!r})

# %%
{code}
"""
MEETS = """\
(here / "{own}").touch()
until = time.monotonic() + 120
while not (here / "{other}").exists():
    assert time.monotonic() < until, "it runs alone"
    time.sleep(0.05)
print("met", "{other}")
"""


@pytest.fixture
def written(tmp_path):
    """Writes a notebook's script with a cell of this code."""

    def write(name, code):
        path = tmp_path / f"{name}.py"
        path.write_text(SCRIPT.format(folder=str(tmp_path), code=code))
        return path

    return write


def remembered(place, notebook, seconds):
    """Leave what an execution leaves behind, of other sources."""
    made = {"sources": {}, "seconds": seconds, "profile": "smoke", "parameters": {}}
    made["ran"] = {}
    place.folder.mkdir(exist_ok=True)
    path = place.folder / f"{notebook.stem}.ipynb"
    path.write_text(json.dumps({"metadata": {"emolib": made}}))


def test_two_run_side_by_side_and_one_that_fails_stops_no_other(
    written, tmp_path, capfd
):
    place = Executed(tmp_path / "executed", "smoke", [])
    scripts = [
        written("01_one", MEETS.format(own="one", other="two")),
        written("02_two", MEETS.format(own="two", other="one") + "1 / 0\n"),
        written("03_three", "3"),
    ]
    failed = place.execute(place.outdated(scripts))
    assert list(failed) == [scripts[1]]
    assert (
        "02_two.py: cell 4 (A notebook) failed: ZeroDivisionError" in failed[scripts[1]]
    )
    assert list(place.outdated(scripts)) == [scripts[1]]
    told = capfd.readouterr().err
    assert "01_one: executing (never executed)" in told
    assert "01_one  | met two\n" in told and "02_two  | met one\n" in told
    for line in "02_two: failed, ", "03_three: executed, 3 of 3":
        assert line in told
    page = place.with_todays_prose(scripts[2])
    assert page.cells[-1].outputs[0].data["text/plain"] == "3"


def test_what_takes_long_begins_first_and_how_long_is_said_beforehand(
    written, tmp_path
):
    place = Executed(tmp_path / "executed", "smoke", [])
    short, long = written("01_short", "1"), written("02_long", "1 + 1\n" * 9)
    assert list(place.outdated([short, long])) == [long, short]
    told = place.expected(place.outdated([short, long]), 3)
    assert told.startswith("2 of 3 notebooks to execute, 2 at a time: about 75 s")
    remembered(place, short, [300.0, 120.0])
    outdated = place.outdated([short, long])
    assert list(outdated) == [short, long] and "executed with" in outdated[short]
    told = place.expected(outdated, 3)  # not half of both: one alone takes as long
    assert told.startswith("2 of 3 notebooks to execute, 2 at a time: about 7 min")
    told = place.expected({}, 3)
    assert told == "no notebook to execute; the pages, some minutes"
    with place.pages_timed():
        pass
    told = place.expected({}, 3)
    assert told == "no notebook to execute; the pages, about 0 s"
    place = Executed(place.folder, "smoke", [tmp_path / "tess"])
    assert place.expected({}, 3).startswith("1 corpora to render, a minute or two; no")


def test_what_was_rendered_anew_is_executed_anew(written, tmp_path):
    place = Executed(tmp_path / "executed", "smoke", [tmp_path / "tess"])
    rendered = tmp_path / "tess" / "RENDERED.json"
    rendered.parent.mkdir()
    rendered.touch()
    script = written("01_one", "1")
    assert place.execute(place.outdated([script])) == {}
    assert place.outdated([script]) == {}
    rendered.unlink()
    assert place.outdated([script]) == {script: "tess is not rendered yet"}
    rendered.touch()
    later = time.time() + 60
    os.utime(rendered, (later, later))
    assert place.outdated([script]) == {script: "tess was rendered anew"}


@pytest.mark.skipif(sys.platform != "linux", reason="kernels see it on Linux alone")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_with_whoever_builds_end_its_notebooks(written, tmp_path, sent):
    """Pressed keys reach a whole group; this signal reaches the one process alone."""
    scripts = [written(f"0{n}_endless", "time.sleep(600)") for n in (1, 2, 3)]
    code = (
        "import pathlib, signal, sys; from emolib.book.executing import Executed\n"
        "if __name__ == '__main__':\n"
        # What is started in the background may have learned not to hear it.
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    place, *scripts = map(pathlib.Path, sys.argv[1:])\n"
        "    Executed(place, 'smoke', []).execute(dict.fromkeys(scripts, 'asked'))\n"
    )
    program = tmp_path / "program.py"
    program.write_text(code)
    builder = subprocess.Popen(
        [sys.executable, program, tmp_path / "executed", *scripts],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        until, kernels = time.monotonic() + 300, []
        while len(kernels) < 2:
            assert time.monotonic() < until and builder.poll() is None
            below = psutil.Process(builder.pid).children(recursive=True)
            kernels = [one for one in below if kernel(one)]
            time.sleep(0.2)
        builder.send_signal(sent)
        assert builder.wait(120) != 0
        _, alive = psutil.wait_procs(below, 30)
        assert not alive
    finally:
        builder.kill()


def kernel(process):
    try:
        return "ipykernel_launcher" in " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return False
