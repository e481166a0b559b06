"""What code means: another result needs another meaning, and only then."""

import ast
import importlib
import sys

import numpy as np
import pytest

from emolib import EmolibError, UsageError, code
from emolib.features import audio
from emolib.models import confidence_fusion as networks

MAIN = '''
from emolib_toy.low import helper as renamed
from emolib_toy import low

LIMIT = 3


def build(x: int) -> int:
    """What it says does not matter."""
    # Nor does this.
    return renamed(x) + low.other(x) + LIMIT


def neighbour():
    return 1
'''
LOW = """
def helper(x):
    return deeper(x)


def deeper(x):
    return x * FACTOR


def other(x):
    return x


FACTOR = 2
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a package of two modules, and say what its `build` means."""
    monkeypatch.setattr(code, "PACKAGE", "emolib_toy")
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "emolib_toy"
    folder.mkdir()
    (folder / "__init__.py").write_text("")

    def meaning(main=MAIN, low=LOW, **more):
        for name, text in {"main": main, "low": low, **more}.items():
            (folder / f"{name}.py").write_text(text)
        for name in [n for n in sys.modules if n.startswith("emolib_toy")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        code.find_spec_of.cache_clear()
        code._module.cache_clear()
        code._reached.cache_clear()
        return code.meaning(importlib.import_module("emolib_toy.main").build)

    yield meaning
    for name in [n for n in sys.modules if n.startswith("emolib_toy")]:
        del sys.modules[name]
    code.find_spec_of.cache_clear()
    code._module.cache_clear()
    code._reached.cache_clear()


def test_what_is_reached_matters_however_far(written):
    before = written()
    assert written(low=LOW.replace("FACTOR = 2", "FACTOR = 3")) != before
    assert written(low=LOW.replace("x * FACTOR", "x + FACTOR")) != before
    assert written(main=MAIN.replace("LIMIT = 3", "LIMIT = 4")) != before


def test_what_is_not_reached_does_not_matter(written):
    before = written()
    told = MAIN.replace("return 1", "return 2").replace("Nor does this.", "Else.")
    assert written(main=told.replace("x: int", "x: float")) == before
    assert written(low=LOW + "\n\ndef added():\n    return 1\n") == before


def test_a_definition_may_move(written):
    before = written()
    deeper = "def deeper(x):\n    return x * FACTOR\n\n\nFACTOR = 2\n"
    low = LOW.replace("def deeper(x):\n    return x * FACTOR\n", "")
    low = "from emolib_toy.deep import deeper\n" + low.replace("FACTOR = 2\n", "")
    assert written(low=low, deep=deeper) == before


def test_a_missing_definition_is_an_error(written):
    with pytest.raises(EmolibError, match="no such definition"):
        written(low=LOW.replace("def other", "def another"))
        # Python finds out when it runs, this before.


def test_definitions_of_this_package_are_found():
    found = code._reached(networks.__name__, "audio_cnn_lstm")
    names = {entry.split()[0] for entry in found}
    assert names >= {"audio_cnn_lstm", "scaled"} and "frame_cnn" not in names
    found = code._reached(audio.__name__, "Mfcc")
    assert {e.split()[0] for e in found} >= {"Mfcc", "mfcc", "_mel_filters"}


def test_the_text_of_a_definition_is_that_of_every_python():
    node = ast.parse("def f(x, *, y=None):\n    return {**x, 'a': [y, 1.5]}[0]").body[0]
    assert code._dump(node) == (
        "FunctionDef(name='f', args=arguments(args=[arg(arg='x')], "
        "kwonlyargs=[arg(arg='y')], kw_defaults=[Constant(value=None)]), "
        "body=[Return(value=Subscript(value=Dict(keys=[None, Constant(value='a')], "
        "values=[Name(id='x'), List(elts=[Name(id='y'), Constant(value=1.5)])]), "
        "slice=Constant(value=0)))])"
    )


def test_a_function_of_a_notebook_counts_with_what_it_closes_over():
    def made(width, spread):
        def build(shape):
            return networks.frame_cnn(shape[0], width=width) if spread.any() else None

        return build

    spread = np.ones(3)
    assert code.meaning(made(1, spread)) == code.meaning(made(1, np.ones(3)))
    assert code.meaning(made(1, spread)) != code.meaning(made(2, spread))
    assert code.meaning(made(1, spread)) != code.meaning(made(1, 2 * spread))
    with pytest.raises(UsageError, match="uses spread, a object from outside"):
        code.meaning(made(1, object()))


def test_a_lambda_is_refused():
    with pytest.raises(UsageError, match="give it a name"):
        code.meaning(lambda shape: None)


CELLS = """
class Scaled:
    factor = 2

    def times(self, x):
        return self.factor * x


def helper(x):
    return x + 1


items = object()


def build(shape, design):
    for name, value in design.items():
        pass

    def inner(x):
        return helper(x)

    return Scaled().times(inner(shape))
"""


@pytest.fixture
def cells(tmp_path):
    """The functions of a text that stands in no package, as a notebook's do."""

    def run(text):
        file = tmp_path / f"cell_{len(list(tmp_path.iterdir()))}.py"
        file.write_text(text)
        space = {"__name__": "a_notebook"}
        exec(compile(text, str(file), "exec"), space)
        return space

    return run


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("factor = 2", "factor = 3"),
        ("self.factor * x", "self.factor + x"),
        ("return x + 1", "return x + 2"),
    ],
)
def test_classes_and_helpers_of_inner_functions_count(cells, before, after):
    first = code.meaning(cells(CELLS)["build"])
    assert code.meaning(cells(CELLS)["build"]) == first
    assert code.meaning(cells(CELLS.replace(before, after))["build"]) != first
