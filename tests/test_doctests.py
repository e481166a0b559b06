"""Examples in docstrings run, and modules are cheap to import."""

import doctest
import importlib.util
import inspect
import pkgutil
import re
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
WITHOUT_EXAMPLE = {
    "trains a network, or records what was trained": """
        Classifier Fitted Learner Network Part TorchNetwork by_task part_of Run Study
        open_run
    """,
    "reads recordings, films or faces": """
        Arrays Feature Features Frames Moments Still check extract extract_together
        fetch folder_name manifest_hash mix
    """,
    "asks records of runs": """
        Committed Recorded Seeds accuracies along answered answers area areas by_claim
        by_person committed_folder comparable compared comparisons confusion confusions
        cross_entropy demo find folders halves history ladder leaks load matching of
        per_class predictions provenance real recompute report rightness runs_folder
        same_seeds table that_learned trained trainings
    """,
    "is given back or raised by others, whose examples show it": """
        Audit Finding LeakError
    """,
    "is shown on the page 'Bring your own data', whose code is run": """
        Corpus Download register
    """,
    "reads a pipe, which tests do": "stream",
}
"""Of what the page on the package lists; each has its reason once."""


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


PAGE = (emolib.ROOT / "book" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```pycon\n(.*?)^```$", PAGE, re.M | re.S)
"""Those of the core stand on the page: its files are to be read in an afternoon."""


def test_examples_on_the_page_on_the_package():
    assert EXAMPLES
    parse, run = doctest.DocTestParser(), doctest.DocTestRunner()
    for number, text in enumerate(EXAMPLES):
        run.run(parse.get_doctest(text, {}, f"api.md, example {number}", None, 0))
    assert run.summarize().failed == 0


def listed() -> dict[str, object]:
    """Functions and classes of the page on the package, as Sphinx lists them."""
    found = {}
    for name, options in re.findall(r"automodule:: (\S+)\n((?: +:.*\n)*)", PAGE):
        module = importlib.import_module(name)
        left_out = re.search(r":exclude-members: (.*)", options)
        names = getattr(module, "__all__", None) or [
            name
            for name, thing in vars(module).items()
            if getattr(thing, "__module__", "") == module.__name__
        ]
        for one in {*names} - {*(left_out[1].split(", ") if left_out else ())}:
            thing = getattr(module, one)
            kinds = inspect.isclass(thing) or inspect.isfunction(thing)
            if kinds and not one.startswith("_"):
                found[f"{name}.{one}"] = thing
    return found


def shows(name: str, thing: object) -> bool:
    """Whether a function, a class or one of its methods has an example."""
    parts = vars(thing).values() if inspect.isclass(thing) else ()
    parts = [p for p in parts if inspect.isfunction(p) or isinstance(p, property)]
    told = any(">>> " in (inspect.getdoc(one) or "") for one in (thing, *parts))
    on_page = re.compile(rf"\b{'.'.join(name.split('.')[-2:])}\b")
    return told or any(map(on_page.search, EXAMPLES))


def test_what_the_page_on_the_package_lists_has_an_example():
    found = listed()
    excused = " ".join(WITHOUT_EXAMPLE.values()).split()
    assert len(excused) == len(set(excused))
    lacking = [name for name, one in found.items() if not shows(name, one)]
    assert {name.rpartition(".")[2] for name in lacking} == set(excused)
    assert len(lacking) < len(found) / 2


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
