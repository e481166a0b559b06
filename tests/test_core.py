"""The core: it imports nothing above it, and can be read in an afternoon."""

import ast
import re
import subprocess
import sys

import pytest

from emolib import ROOT

CORE = (
    *("labels", "files", "code", "inputs", "media", "integrity", "streams"),
    *("progress", "corpora", "features", "protocols", "training", "estimators"),
    *("learners", "rebuilding", "models", "fusion", "evaluation", "experiment"),
    "records",
)
PACKAGE = ROOT / "emolib"
ROOMS = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or p.is_dir()}
ABOVE = sorted(ROOMS - {*CORE, "__init__", "__pycache__"})
ORDER = re.search(r"\n1\. .*?(?=\n\n)", (ROOT / "CONTRIBUTING.md").read_text(), re.S)
TO_READ = [PACKAGE / name for name in re.findall(r"`([\w/]+\.py)`", ORDER[0])]


def imported(code):
    """Rooms of emolib that code imports."""
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (n.split(".")[1] for n in names if n.startswith("emolib."))


def files_of(room):
    place = PACKAGE / room
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def room_of(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("room", CORE)
def test_the_core_imports_nothing_above_it(room):
    """Not even inside a function."""
    assert files_of(room)
    for file in files_of(room):
        assert not set(imported(ast.parse(file.read_text("utf-8")))) & set(ABOVE), file


def test_a_new_room_is_of_the_core_or_above_it():
    assert {"book", "cli", "ledger", "plots", "results", "runs", "studio"} <= set(ABOVE)


def test_importing_all_of_the_core_loads_nothing_above_it():
    names = [f"emolib.{room}" for room in CORE]
    code = f"import sys, {', '.join(names)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert set(names) <= loaded
    assert not {f"emolib.{room}" for room in ABOVE} & loaded
    assert not {"tensorflow", "torch", "librosa", "cv2", "gradio"} & loaded


@pytest.mark.parametrize("room", ["labels", "files", "progress", "code", "integrity"])
def test_the_first_rooms_know_nobody(room):
    known = set(imported(ast.parse((PACKAGE / f"{room}.py").read_text("utf-8"))))
    assert not known & ROOMS


def test_the_core_is_read_in_an_afternoon():
    rooms = list(dict.fromkeys(map(room_of, TO_READ)))
    assert set(rooms) <= set(CORE) and len(TO_READ) > 15
    # Each is read after what it imports outright.
    for file in TO_READ:
        outright = ast.parse(file.read_text("utf-8"))
        kinds = ast.Import | ast.ImportFrom
        outright.body = [node for node in outright.body if isinstance(node, kinds)]
        needed = [room for room in imported(outright) if room in rooms]
        late = [n for n in needed if rooms.index(n) > rooms.index(room_of(file))]
        assert not late, file
    lines = {file.name: len(file.read_text("utf-8").splitlines()) for file in TO_READ}
    assert sum(lines.values()) < 5500, lines
