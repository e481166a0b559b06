"""Recognising emotion from voice and face, with people kept apart.

Importing this package imports nothing heavy: every module loads tensorflow,
torch, librosa or OpenCV where it uses them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import util
from pathlib import Path
from typing import Any

__version__ = "0.1.0"

# TensorFlow tells of its drivers and threads at each start; only errors matter.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


class _TensorFlowWithoutLog:
    """Imports TensorFlow; of what it writes to stderr meanwhile, only what ends it is
    passed on.

    It begins to log before it reads the level that is set above. Its builds for GPUs
    call it an error that one library was registered twice; what hinders an import
    raises.
    """

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        found = util.find_spec(name)
        if found and found.loader:
            found.loader.exec_module = partial(self._run, found.loader.exec_module)
        return found

    def _run(self, execute: Callable, module: Any) -> None:
        import re
        import tempfile

        with tempfile.TemporaryFile() as told:
            stderr = os.dup(2)
            os.dup2(told.fileno(), 2)
            try:
                execute(module)
            finally:
                os.dup2(stderr, 2)
                os.close(stderr)
                told.seek(0)
                for line in re.findall(rb"^F\d{4} .*\n", told.read(), re.MULTILINE):
                    os.write(2, line)


if "tensorflow" not in sys.modules:
    sys.meta_path.insert(0, _TensorFlowWithoutLog())

THREADS = 2
"""How many threads share one training step of TensorFlow. The sums of a step depend on
how it is divided, so a number that followed the machine would make the results follow
it too."""

# Read when TensorFlow computes for the first time, whoever asks it to.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(THREADS))
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

# TensorFlow 2.20 and later crash the process when Triton is loaded after them
# (both bring an LLVM). torch loads it, where it is installed, though nothing here
# compiles with it: let it find none.
sys.modules.setdefault("triton", None)


class EmolibError(Exception):
    """Work that failed for a reason the reader can act on (exit status 1)."""


class UsageError(EmolibError):
    """A request that makes no sense as it was put (exit status 2)."""


_HOME = Path(__file__).resolve().parent
_CHECKOUT = (_HOME.parent / "_toc.yml").exists()

ROOT = _HOME.parent if _CHECKOUT else Path.cwd()
"""The checkout this package belongs to, else the working directory."""

PUBLISHED = ROOT if _CHECKOUT else _HOME / "published"
"""Where the records and tables lie that come with the book: in the checkout, else in
the installed package (setup.py puts them there)."""


def data_folder(chosen: str | Path | None = None) -> Path:
    """Where corpora lie: `chosen`, else `EMOLIB_DATA`, else `data` in the project.

    A relative path counts from the project's root, so that a notebook finds
    the same files wherever it is started.
    """
    return ROOT / Path(chosen or os.environ.get("EMOLIB_DATA") or "data").expanduser()
