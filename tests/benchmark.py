"""A script of `benchmarks/`, to try a slice of what it measures."""

import importlib.util
import sys
from types import ModuleType

from emolib import ROOT


def load(name: str) -> ModuleType:
    """The script of this name as a module, under a name that no other module has."""
    path = ROOT / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_bench", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its processes find it there
    spec.loader.exec_module(module)
    return module
