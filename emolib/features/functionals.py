"""openSMILE's functionals: several thousand statistics of a voice, or 88 chosen ones.

openSMILE is not installed with this package: its licence allows research and teaching,
and no commercial use. `pip install "emolib[functionals]"` brings it. In one process
with TensorFlow it crashes, so a process of its own computes; this one is sent numbers
and never loads it.

This file is also what that process runs: `python -m emolib.features.functionals`.
"""

from __future__ import annotations

import atexit
import struct
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import BinaryIO, ClassVar

import numpy as np

from emolib import ROOT, EmolibError, UsageError
from emolib.features.audio import samples_at
from emolib.media import MediaError

SETS = {"egemaps": "eGeMAPSv02", "compare": "ComParE_2016"}
"""Sets of functionals by their short names, and as openSMILE calls them."""

_HEAD = struct.Struct("<16sii")  # what is wanted, sampling rate, count of numbers


def available() -> bool:
    """Whether openSMILE is installed; nothing of it is loaded."""
    return find_spec("opensmile") is not None


@dataclass(frozen=True)
class Functionals:
    """Functionals of a sound file.

    Args:
        kind: one of `SETS`: "egemaps" has 88 numbers, "compare" 6373.
        rate: sampling rate the sound is brought to, in Hz.
        quiet: what is so many decibels below the loudest moment is cut off at both
            ends; 0 cuts nothing.
    """

    kind: str = "egemaps"
    rate: int = 16000
    quiet: float = 0.0

    name: ClassVar[str] = "functionals"

    def __post_init__(self) -> None:
        if self.kind not in SETS:
            raise UsageError(
                f"no functionals {self.kind!r}; there are {', '.join(SETS)}"
            )

    def __call__(self, path: str | Path) -> np.ndarray:
        """The numbers, float32.

        Raises:
            MediaError: if the file cannot be used, was sampled below `rate`, or is
                too short for openSMILE.
            EmolibError: if openSMILE is missing, or failed.
        """
        found = self.of(samples_at(path, self.rate))
        if not np.isfinite(found).all():
            raise MediaError(path, "too short for functionals")
        return found

    def of(self, samples: np.ndarray) -> np.ndarray:
        """The same of samples that were taken at `rate`."""
        return _asked(self.kind, without_silence(samples, self.quiet), self.rate)


@dataclass(frozen=True)
class Sounding:
    """Another feature of a sound file without the silence at both ends.

    Args:
        feature: with a `rate`, and `of` for samples, such as `audio.Mfcc`.
        quiet: as in `Functionals`.
    """

    feature: object
    quiet: float = 35.0

    name: ClassVar[str] = "sounding"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The feature of what is left."""
        samples = samples_at(path, self.feature.rate)
        return self.feature.of(without_silence(samples, self.quiet))


def without_silence(samples: np.ndarray, quiet: float) -> np.ndarray:
    """What lies between the first and last moment that is not so far below the loudest.

    Args:
        samples: mono samples.
        quiet: decibels; 0 cuts nothing.
    """
    if not quiet:
        return samples
    from librosa.effects import trim

    return trim(samples, top_db=quiet)[0]


# -- the other process ------------------------------------------------------------

_running: list[subprocess.Popen] = []
_turn = Lock()


def _asked(kind: str, samples: np.ndarray, rate: int) -> np.ndarray:
    """What the other process answers; it is started when first asked."""
    if not available():
        raise EmolibError(
            "openSMILE is not installed: pip install opensmile (its licence allows "
            "research and teaching only)"
        )
    with _turn:
        if not _running:
            command = [sys.executable, "-m", __name__]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            # In a session of its own: an interrupted cell interrupts nothing here.
            pipes["start_new_session"] = True
            _running.append(subprocess.Popen(command, cwd=ROOT, **pipes))
        other = _running[0]
        try:
            _send(other.stdin, kind, samples, rate)
            _, _, found = _received(other.stdout)
        except (EOFError, OSError) as error:
            _stop()
            raise EmolibError(f"openSMILE's process ended: {error}") from error
    return found


@atexit.register
def _stop() -> None:
    while _running:
        other = _running.pop()
        other.stdin.close()
        other.stdout.close()
        other.wait()


def _send(pipe: BinaryIO, kind: str, numbers: np.ndarray, rate: int = 0) -> None:
    numbers = np.ascontiguousarray(numbers, np.float32)
    pipe.write(_HEAD.pack(kind.encode(), rate, len(numbers)) + numbers.tobytes())
    pipe.flush()


def _received(pipe: BinaryIO) -> tuple[str, int, np.ndarray]:
    kind, rate, count = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    numbers = np.frombuffer(_exactly(pipe, 4 * count), np.float32)
    return kind.rstrip(b"\0").decode(), rate, numbers


def _exactly(pipe: BinaryIO, count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError("nothing more came")
    return content


def _serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    import opensmile

    level = opensmile.FeatureLevel.Functionals
    known = {
        kind: opensmile.Smile(getattr(opensmile.FeatureSet, name), level)
        for kind, name in SETS.items()
    }
    while True:
        try:
            kind, rate, samples = _received(asked)
        except EOFError:
            return
        table = known[kind].process_signal(samples, rate)
        _send(answered, kind, table.to_numpy(np.float32).ravel())


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
