"""Examples in docstrings run, and modules are cheap to import."""

import doctest
import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import emolib

MODULES = [
    module.name
    for module in pkgutil.walk_packages(emolib.__path__, "emolib.")
    if not module.name.endswith("__main__")
]
# What only the book's builder or a notebook has need not be installed.
NEED_MORE = {name for name in MODULES if name.startswith("emolib.book.")}
NEED_MORE.add("emolib.editions.mending")  # nbgrader
# A network in torch is torch through and through; who names one wants it.
ARE_HEAVY = {name for name in MODULES if name.startswith("emolib.models.backbones.")}
ARE_HEAVY.add("emolib.models.real_or_fake")
# fmt: off
HEAVY = [
    "tensorflow", "keras", "torch", "librosa", "sklearn", "matplotlib", "cv2", "av",
    "soundfile", "papermill", "gradio",
]
# fmt: on


def _source(name: str) -> str:
    return Path(importlib.util.find_spec(name).origin).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [n for n in MODULES if ">>> " in _source(n)])
def test_examples(name):
    if name in NEED_MORE:
        module = pytest.importorskip(name)
    else:
        module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted and not result.failed


def test_no_module_imports_anything_heavy():
    names = sorted(set(MODULES) - NEED_MORE - ARE_HEAVY)
    program = (
        "import importlib, sys\n"
        f"for name in {names}:\n"
        "    importlib.import_module(name)\n"
        f"    heavy = [h for h in {HEAVY} if h in sys.modules]\n"
        "    assert not heavy, f'{name} imports {heavy}'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
