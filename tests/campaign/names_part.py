"""Names that no one should give a file: each listed, read or refused, none raw."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from common import Judged, Outcome, Task, TryAgain

NAMES: list[bytes] = [
    *(b"OAF_<script>alert(1)<script>_sad", b"OAF_a b_sad", b"OAF_a\nb_sad"),
    *(b"OAF_'; drop table--_sad", b'OAF_"_sad', b"OAF_`x`_sad", b"OAF_$(x)_sad"),
    *(b"OAF_%s%n_sad", b"OAF_{0}_sad", b"OAF_\\x_sad", b"OAF_\x1b[31m_sad"),
    *(b"OAF_\xe4_sad", b"OAF_\xff\xfe_sad", "OAF_ä_sad".encode(), b"-rf", b"--help"),
    *("OAF_\u202ebad_sad".encode(), "OAF_\U0001f600_sad".encode(), b"."),
    *(
        b"OAF_" + b"x" * 240 + b"_sad",
        b"OAF_back_sad",
        b"oaf_back_SAD",
        b"OAF_back_glad",
    ),
    *(b"OAF_#12_sad", b"OAF_a.csv#7_sad", b"OAF_\t_sad", b"\x01", b"con", b"OAF__sad"),
    *(b"_ _sad", b"OAF_back_sad.wav", b".OAF_back_sad", b"OAF_back_sad ", b"~", b"NUL"),
    *(
        "OAF_e\u0301_sad".encode(),
        "OAF_é_sad".encode(),
        b"YAF_back_ps",
        b"OAF_=1+1_sad",
    ),
]
ODD_FILES = ["a folder", "a pipe", "a loop", "nowhere", "unreadable", "a folder's loop"]


def place(kind: str, folder: Path) -> None:
    """A corpus folder with one good clip, and one thing that is odd."""
    import soundfile

    sounds = folder / "tess" / "OAF_Sad"
    sounds.mkdir(parents=True)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 4000)
    good = sounds / "OAF_good_sad.wav"
    soundfile.write(good, noise, 16000)
    odd = sounds / "OAF_odd_sad.wav"
    if kind == "a folder":
        odd.mkdir()
    elif kind == "a pipe":
        os.mkfifo(odd)
    elif kind == "a loop":
        odd.symlink_to(odd)
    elif kind == "nowhere":
        odd.symlink_to(sounds / "gone.wav")
    elif kind == "a folder's loop":
        (sounds / "again").symlink_to(folder / "tess")
    elif kind == "unreadable":
        soundfile.write(odd, noise * 0.9, 16000)
        odd.chmod(0)
    else:
        name = bytes.fromhex(kind) + b".wav"
        with suppress(OSError):  # some systems do not take them all
            os.link(good, os.fsencode(sounds) + b"/" + name)


def work(task: Task) -> str:
    folder = Path(task.path)
    folder.mkdir()
    place(task.kind, folder)
    told = []
    for form in ("table", "csv", "json"):
        command = ("data", "check", "tess", "--data", str(folder), "--format", form)
        done = subprocess.run(
            [sys.executable, "-m", "emolib.cli", *command],
            capture_output=True,
            timeout=25,
            check=False,
            env=os.environ | {"PYTHONIOENCODING": "", "LC_ALL": "C.UTF-8"},
        )
        error = done.stderr.decode(errors="replace")
        if (
            done.returncode not in (0, 1, 2)
            or "Traceback" in error
            or "--debug" in error
        ):
            told.append(f"{form}: status {done.returncode}, {error[-600:]}")
    return "\n".join(told)


def tasks(share: float, seed: int, folder: Path) -> Iterator[Task]:
    kinds = [*ODD_FILES, *(name.hex() for name in NAMES)]
    random = np.random.default_rng(seed)
    some = random.permutation(len(kinds))[: max(2, round(len(kinds) * share))]
    for number in sorted(some):
        row = "odd file" if kinds[number] in ODD_FILES else "hostile name"
        yield Task(row, kinds[number], str(folder / f"{number}"))


def judged(
    all_tasks: list[Task], outcomes: dict[str, Outcome], _: TryAgain
) -> Iterator[Judged]:
    for task in all_tasks:
        found = outcomes[task.path]
        if found.kind != "value":
            yield Judged(task, found.kind, found.detail)
        else:
            yield Judged(task, "raw" if found.detail else "refused", found.detail)
