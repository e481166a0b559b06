"""How fast features are extracted, beside librosa and beside a plain script.

    python benchmarks/features.py [--data DIR] [--clips 60] [--json FILE]

Each way gets the same clips. Files are read once before, so that none pays for
the disk, and ways take turns; the best round of each counts. The exit status is
1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from emolib import ROOT
from emolib.features import audio, store
from emolib.media import write_sound

RATE = 16000
ROUNDS = 3
SCRIPTED_CLIPS = 30  # a plain script needs so long that a few tell


def serial_librosa(paths: list[str]) -> list[np.ndarray]:
    """One clip after the other, nothing kept on disk."""
    import librosa

    arrays = []
    for path in paths:
        samples, _ = librosa.load(path, sr=RATE)
        arrays.append(librosa.feature.mfcc(y=samples, sr=RATE, n_mfcc=40).T)
    return arrays


def scripted(paths: list[str], folder: Path) -> None:
    """As document C tells it: write a wav, load it, save the array, save a picture."""
    import librosa
    import matplotlib.pyplot as plt
    import soundfile

    for number, path in enumerate(paths):
        target = folder / f"{number}.wav"
        soundfile.write(target, *soundfile.read(path))
        samples, rate = librosa.load(target, sr=None)
        coefficients = librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=40)
        np.save(target.with_suffix(".npy"), coefficients)
        plt.figure(figsize=(10, 4))
        librosa.display.specshow(coefficients, sr=rate, x_axis="time")
        plt.colorbar()
        plt.tight_layout()
        plt.savefig(target.with_suffix(".png"))
        plt.close()


def extract(paths: list[str], cache: Path) -> store.Features:
    clips = pd.DataFrame({"clip": paths, "path": paths})
    return store.extract(audio.Mfcc(rate=RATE), clips, cache, progress=False)


def cold(paths: list[str], cache: Path) -> store.Features:
    shutil.rmtree(cache, ignore_errors=True)
    return extract(paths, cache)


def cold_with_pictures(paths: list[str], cache: Path) -> None:
    for number, array in enumerate(cold(paths, cache).arrays):
        audio.picture(array, cache / f"{number}.png")


def best(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of each way's best round; ways take turns."""
    seconds = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return seconds


def peak_memory(paths: list[str], cache: Path) -> float:
    """Highest resident memory, in MB, of a process that does nothing else."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import features, pathlib\n"
        "features.cold(sys.stdin.read().split(chr(10)), pathlib.Path(sys.argv[2]))\n"
        "print(pathlib.Path('/proc/self/status').read_text())"
    )
    status = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent), str(cache)],
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    # Not getrusage: a child starts with its parent's peak there.
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def ten_times(paths: list[str], folder: Path) -> list[str]:
    """The clips under ten names each."""
    folder.mkdir()
    links = []
    for number, path in enumerate(paths):
        for copy in range(10):
            link = folder / f"{number}-{copy}{Path(path).suffix}"
            link.symlink_to(path)
            links.append(str(link))
    return links


def clips_in(data: Path | None, count: int | None, folder: Path) -> list[str]:
    """Sound files of a folder, spread over it, or rendered voices."""
    if data is None:
        return rendered(count or 1440, folder)
    files = [p for p in sorted(data.resolve().rglob("*")) if is_sound(p)]
    if not files:
        sys.exit(f"{data}: no .wav or .flac in it")
    count = min(count or len(files), len(files))
    return [str(files[i]) for i in np.linspace(0, len(files) - 1, count).astype(int)]


def is_sound(path: Path) -> bool:
    return path.suffix.lower() in (".wav", ".flac")


def rendered(count: int, folder: Path) -> list[str]:
    from emolib.studio import twins, voice

    paths = []
    for clip in twins.plan("ravdess", "paper", seed=0, doses=())[:count]:
        path = folder / clip.sound
        write_sound(path, voice.speak(clip.causes, 3.7, RATE).samples, RATE)
        paths.append(str(path))
    return paths


def measure(paths: list[str], folder: Path) -> list[dict]:
    """All rows of the table."""
    cache = folder / "cache"
    few = paths[:SCRIPTED_CLIPS]
    (folder / "scripted").mkdir()
    # Imports, librosa's compiling and the first read of each file come before.
    difference = max(
        float(np.abs(ours - theirs).max())
        for ours, theirs in zip(
            cold(paths, cache).arrays, serial_librosa(paths), strict=True
        )
    )
    scripted(few[:1], folder / "scripted")
    cold_with_pictures(few[:1], cache)

    whole = best(
        {
            "librosa": lambda: serial_librosa(paths),
            "cold": lambda: cold(paths, cache),
            "warm": lambda: extract(paths, cache),
        },
        ROUNDS,
    )
    part = best(
        {
            "scripted": lambda: scripted(few, folder / "scripted"),
            "pictures": lambda: cold_with_pictures(few, cache),
        },
        rounds=2,
    )
    memory = peak_memory(paths, cache)
    memory_ten = peak_memory(ten_times(paths, folder / "ten"), cache)

    def row(what, clips, value, unit, bound=None, at_most=False) -> dict:
        kept = bound is None or (value <= bound if at_most else value >= bound)
        sign = "" if bound is None else "<= " if at_most else ">= "
        bound = "" if bound is None else f"{sign}{bound:g}"
        return dict(
            what=what, clips=clips, value=value, unit=unit, bound=bound, kept=kept
        )

    n, k = len(paths), len(few)
    return [
        row("librosa, one after the other", n, whole["librosa"] / n * 1e3, "ms a clip"),
        row("store, cold", n, whole["cold"] / n * 1e3, "ms a clip"),
        row("store, warm, all clips", n, whole["warm"] * 1e3, "ms"),
        row("the document's script", k, part["scripted"] / k * 1e3, "ms a clip"),
        row("store, cold, and pictures", k, part["pictures"] / k * 1e3, "ms a clip"),
        row("cold over librosa", n, whole["librosa"] / whole["cold"], "x", 1.6),
        row("warm over librosa", n, whole["librosa"] / whole["warm"], "x", 50),
        row("pictures over script", k, part["scripted"] / part["pictures"], "x", 10),
        row("largest difference", n, difference, "", 1e-4, at_most=True),
        row("peak memory", n, memory, "MB", 1500, at_most=True),
        row("peak memory", 10 * n, memory_ten, "MB", 1500, at_most=True),
        # What may grow is the list of clips: some hundred bytes for each.
        row(
            "memory for ten times", 10 * n, memory_ten / memory, "x", 1.2, at_most=True
        ),
    ]


def facts(data: Path | None) -> dict:
    """What the numbers hold for."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "scipy", "librosa")},
        "clips": "rendered" if data is None else data.name,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with .wav or .flac files")
    parser.add_argument("--clips", type=int, help="how many; default all, or 1440")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    about = facts(chosen.data)
    with tempfile.TemporaryDirectory() as temporary:
        paths = clips_in(chosen.data, chosen.clips, Path(temporary) / "clips")
        table = pd.DataFrame(measure(paths, Path(temporary)))
    for name, value in about.items():
        print(f"{name}: {value}")
    print(table.to_string(index=False, float_format="{:.4g}".format))
    if chosen.json:
        chosen.json.write_text(
            json.dumps({**about, "rows": table.to_dict("records")}, indent=1) + "\n"
        )
    return 0 if table["kept"].all() else 1


if __name__ == "__main__":
    sys.exit(main())
