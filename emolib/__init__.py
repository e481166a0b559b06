"""Recognising emotion from voice and face, with people kept apart.

Importing this package imports nothing heavy: every module loads tensorflow,
torch, librosa or OpenCV where it uses them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__version__ = "0.1.0"

# TensorFlow tells of its drivers and threads at each start; only errors matter.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

THREADS = 2
"""How many threads share one training step. The sums of a step depend on how it is
divided, so a number that followed the machine would make the results follow it too."""

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


def _find_root() -> Path:
    """The checkout this package belongs to, else the working directory."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "_toc.yml").exists() else Path.cwd()


ROOT = _find_root()


def data_folder(chosen: str | Path | None = None) -> Path:
    """Where corpora lie: `chosen`, else `EMOLIB_DATA`, else `data` in the project.

    A relative path counts from the project's root, so that a notebook finds
    the same files wherever it is started.
    """
    return ROOT / Path(chosen or os.environ.get("EMOLIB_DATA") or "data").expanduser()
