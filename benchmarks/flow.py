"""How fast films become pictures, beside plain loops; flow beside true motion.

    python benchmarks/flow.py [speed truth] [--method dis] [--clips 24] [--json FILE]

`speed`: each way makes the same of the same rendered films, all frames, the flow of
each and a mel spectrogram, 64 pixels wide, with the same flow method on pictures of
the same size. The plain way is a loop by OpenCV and one by librosa, a clip after the
other, its pictures saved with matplotlib and read back; the second plain way keeps
them in memory. Ways take turns, and the best round of each counts. `truth`: how far
each method's flow is from where the studio knows the points of a face to be, in
films as they come out of the codec. The exit status is 1 if a bound is missed.

Flow is most of the work ("flow alone" beside "cold, processor"), the same for all
ways: about three quarters of the store's processor time by Farneback's method, which
chapter D takes, more than half by dense inverse search. On one processor, therefore, a
way that did all the rest for nothing would not be 1.6 times as fast as the second plain
way. What the store gains is the processor that a loop by Farneback's method leaves
idle: how many times as fast it must be cold is asked where there are two. Dense inverse
search is divided among the processors by OpenCV itself, so that a plain loop leaves
little of them idle: of it 1.6 is not asked. The rows in processor time leave out what
stood idle, and what other programs took. Those take of the second processor, too, and
1.6 is missed beside them; `flow.json` was made with nothing beside.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from features import best, facts, ten_times

from emolib.features import flow, inputs, store
from emolib.features.faces import Frames
from emolib.features.pictures import SoundPicture
from emolib.media import pixels, read_film
from emolib.studio import files, places, twins

ROUNDS = 3
WARM = 5  # rounds of what takes milliseconds
TRUE_CLIPS = 24  # films in which flow is held to the truth
DENSE = {"size": 64, "measured": 160, "scale": 0.01}


def features(method: str) -> list[store.Feature]:
    return [Frames(every=1, size=64), flow.Flow(method=method, **DENSE), SoundPicture()]


def ours(paths: list[str], cache: Path, method: str) -> list[store.Features]:
    clips = pd.DataFrame({"clip": paths, "path": paths})
    return store.extract_together(features(method), clips, cache, progress=False)


def cold(paths: list[str], cache: Path, method: str) -> list[store.Features]:
    shutil.rmtree(cache, ignore_errors=True)
    return ours(paths, cache, method)


# -- the plain ways ---------------------------------------------------------


def looked(path: str, method: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """A film's frames and flow pictures, as many a script has it."""
    measure, side = flow.METHODS[method](), DENSE["measured"]
    film, frames, flows, before = cv2.VideoCapture(path), [], [], None
    while True:
        there, frame = film.read()
        if not there:
            return frames, flows[:1] + flows
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        grey = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA)
        frames.append(frame)
        if before is not None:
            length, angle = cv2.cartToPolar(
                *np.moveaxis(measure(before, grey) / side, -1, 0)
            )
            hsv = np.full((side, side, 3), 255, np.uint8)
            hsv[..., 0] = angle * 180 / np.pi / 2
            hsv[..., 2] = 255 * np.minimum(length / DENSE["scale"], 1)
            flows.append(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR))
        before = grey


def heard(path: str) -> np.ndarray:
    import librosa

    samples, rate = librosa.load(Path(path).with_suffix(".wav"), sr=16000)
    bands = librosa.feature.melspectrogram(y=samples, sr=rate)
    return librosa.power_to_db(bands, ref=np.max)


def small(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA)


def plain(paths: list[str], method: str) -> list[list[np.ndarray]]:
    """In memory all the way."""
    found = []
    for path in paths:
        for pictures in looked(path, method):
            found.append([small(picture) for picture in pictures])
    for path in paths:
        found.append([small(heard(path)[::-1])])
    return found


def scripted(paths: list[str], folder: Path, method: str) -> list[np.ndarray]:
    """Each picture saved with matplotlib and read back, as a folder of pictures is."""
    import librosa.display
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in paths:
        for kind, pictures in zip("fo", looked(path, method), strict=True):
            for number, picture in enumerate(pictures):
                name = f"{Path(path).stem}-{kind}{number:03}.png"
                plt.imsave(folder / name, picture[:, :, ::-1])
    for path in paths:
        plt.figure(figsize=(4, 4))
        librosa.display.specshow(heard(path), sr=16000, x_axis="time", y_axis="mel")
        plt.axis("off")
        plt.savefig(folder / f"{Path(path).stem}-mel.png", bbox_inches="tight")
        plt.close()
    return [small(cv2.imread(str(file))) for file in sorted(folder.iterdir())]


# -- speed ------------------------------------------------------------------


def rendered(count: int, folder: Path, profile: str = "quick") -> list[str]:
    """Films with their sound beside them."""
    form = twins.form("ravdess", profile)
    clips = [clip for clip in twins.plan("ravdess", profile) if clip.film]
    paths = []
    for clip in twins.base.every(clips, count):
        files.render_clip(folder, clip, form)
        path = folder / clip.film
        sound = files.sound(clip.causes, form)
        files.write_sound(path.with_suffix(".wav"), sound.samples, sound.rate)
        paths.append(str(path))
    return paths


def measuring(paths: list[str], method: str) -> Callable[[], None]:
    """What measures flow and does nothing else: the pictures are there already."""
    square = (DENSE["measured"],) * 2
    films = [
        [pixels(frame, square, colour=False) for _, frame in read_film(path)]
        for path in paths
    ]

    def measured() -> None:
        for film in films:
            measure = flow.METHODS[method]()
            for before, after in itertools.pairwise(film):
                measure(before, after)

    return measured


def processor(way: Callable[[], object]) -> float:
    """Seconds of processor time, all threads together: what else runs counts less."""
    start = time.process_time()
    way()
    return time.process_time() - start


def peak_memory(paths: list[str], cache: Path, method: str) -> float:
    """Highest resident memory, in MB, of a process that does nothing else."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import flow, pathlib\n"
        "paths, cache = sys.stdin.read().split(chr(10)), pathlib.Path(sys.argv[2])\n"
        "flow.cold(paths, cache, sys.argv[3])\n"
        "print(pathlib.Path('/proc/self/status').read_text())"
    )
    here = str(Path(__file__).parent)
    status = subprocess.run(
        [sys.executable, "-c", code, here, str(cache), method],
        input="\n".join(paths), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def speed(count: int, method: str, profile: str) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        paths = rendered(count, folder / "clips", profile)
        cache, pictures = folder / "cache", folder / "pictures"
        # Imports, librosa's compiling and the first read of each file come before.
        few = paths[:2]
        for way in (plain, lambda *how: scripted(few, pictures, how[1])):
            way(few, method)
        found = cold(paths, cache, method)
        differences = unlike(paths, found, plain(paths, method))
        ways = {
            "plain": lambda: plain(paths, method),
            "scripted": lambda: scripted(paths, pictures, method),
            "cold": lambda: cold(paths, cache, method),
        }
        took = best(ways, ROUNDS)
        took |= best({"warm": lambda: ours(paths, cache, method)}, WARM)
        each = {name: way for name, way in ways.items() if name != "warm"}
        each["flow alone"] = measuring(paths, method)
        busy = {name: processor(way) / count for name, way in each.items()}
        idle = waiting(min(count, 16), method)
        memory = peak_memory(paths, cache, method)
        memory_ten = peak_memory(ten_times(paths, folder / "ten"), cache, method)

    # Two scalers round differently; on walls without texture, flow follows that.
    bounds = {"frames": 4, "mel": 4}
    two = len(os.sched_getaffinity(0)) > 1
    least = 1.6 if two and method == "farneback" else None

    def row(what, value, unit, bound=None, at_most=False) -> dict:
        kept = bound is None or (value <= bound if at_most else value >= bound)
        sign = "" if bound is None else ("<= " if at_most else ">= ") + f"{bound:g}"
        return {"what": what, "value": value, "unit": unit, "bound": sign, "kept": kept}

    return pd.DataFrame(
        [
            *(row(f"{name}", count / s, "clips/s") for name, s in took.items()),
            row(
                "cold over scripted",
                took["scripted"] / took["cold"],
                "x",
                5 if two else None,
            ),
            row("cold over plain", took["plain"] / took["cold"], "x", least),
            row("warm over scripted", took["scripted"] / took["warm"], "x", 100),
            *(
                row(f"difference of {kind}", off, "of 255", bounds.get(kind), True)
                for kind, off in differences.items()
            ),
            *(row(f"{name}, processor", s, "s a clip") for name, s in busy.items()),
            row("cold over scripted, processor", busy["scripted"] / busy["cold"], "x"),
            row("cold over plain, processor", busy["plain"] / busy["cold"], "x"),
            row("training waits for data", 100 * idle, "%", 5, at_most=True),
            row(f"peak memory, {count} clips", memory, "MB", 1500, at_most=True),
            row("memory for ten times", memory_ten / memory, "x", 1.2, at_most=True),
        ]
    )


def unlike(
    paths: list[str], ours: list[store.Features], plains: list[list[np.ndarray]]
) -> dict[str, float]:
    """Mean difference of the pictures, that of the worst clip of each kind.

    Of flow brightness only: the hue of what hardly moves is noise. Of sound from the
    same file: a film's has been through its codec.
    """
    frames, flows, _ = (found.arrays for found in ours)
    worst = dict.fromkeys(("frames", "flow", "mel"), 0.0)
    for number, path in enumerate(paths):
        theirs = [np.stack(one) for one in plains[2 * number : 2 * number + 2]]
        mel = 255 * (1 + plains[2 * len(paths) + number][0] / 80)
        heard_so = SoundPicture()(Path(path).with_suffix(".wav"))[..., 0]
        for kind, mine, other in (
            ("frames", frames[number], theirs[0][..., ::-1]),
            ("flow", flows[number].max(axis=-1), theirs[1].max(axis=-1)),
            ("mel", heard_so, mel),
        ):
            off = float(np.abs(mine.astype(float) - other.astype(float)).mean())
            worst[kind] = max(worst[kind], off)
    return worst


def waiting(count: int, method: str, width: float = 0.25, batch: int = 32) -> float:
    """What share of training the three-input network waits for its pictures."""
    from emolib import training
    from emolib.models.early_fusion import early_fusion

    seconds = [0.0]

    class Timed(inputs.Together):
        def __getitem__(self, rows):
            start = time.perf_counter()
            found = super().__getitem__(rows)
            seconds[0] += time.perf_counter() - start
            return found

    with tempfile.TemporaryDirectory() as folder:
        paths = rendered(count, Path(folder) / "clips")
        frames, flows, mels = ours(paths, Path(folder) / "cache", method)
        places = [
            (k, i) for k, one in enumerate(frames.arrays) for i in range(len(one))
        ]
        x = Timed(
            frame=store.Stream(frames.arrays, places),
            flow=store.Stream(flows.arrays, places),
            mel=store.Stream(mels.arrays, [(k, 0, 64) for k, _ in places], 64),
        )
        y = np.eye(5, dtype=np.float32)[np.arange(len(x)) % 5]
        shape = {name: x.dtype[name].shape for name in x.dtype.names}
        training.with_keras.seed(0)
        model = early_fusion(shape, 5, width=width)
        how = {"epochs": 1, "batch": batch, "seed": 0, "progress": False}
        training.fit_keras(model, x, y, **how)  # traces, and checks what was stored
        seconds[0], start = 0.0, time.perf_counter()
        training.fit_keras(model, x, y, **how)
        return seconds[0] / (time.perf_counter() - start)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", default=["speed", "truth"])
    parser.add_argument("--method", action="append", choices=list(flow.METHODS))
    parser.add_argument("--profile", default="quick", choices=list(twins.PROFILES))
    parser.add_argument("--clips", type=int, default=24)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--note", help="what else ran, to stand with the figures")
    chosen = parser.parse_args()
    told = facts(None) | {"opencv": version("opencv-python-headless")}
    told |= {"processors used": len(os.sched_getaffinity(0))}
    told |= {"threads": cv2.getNumThreads(), "films": chosen.profile} | DENSE
    told |= {"note": chosen.note} if chosen.note else {}
    for name, value in told.items():
        print(f"{name}: {value}")
    tables = {}
    if "speed" in chosen.parts:
        for method in chosen.method or flow.METHODS:
            tables[f"speed, {method}"] = speed(chosen.clips, method, chosen.profile)
    if "truth" in chosen.parts:
        tables["truth"] = places.motion_missed(TRUE_CLIPS)
    for name, table in tables.items():
        print(
            name, table.to_string(index=False, float_format="{:.4g}".format), sep="\n"
        )
    if chosen.json:
        rows = {part: table.to_dict("records") for part, table in tables.items()}
        chosen.json.write_text(json.dumps({**told, **rows}, indent=1) + "\n")
    return 0 if all(t["kept"].all() for n, t in tables.items() if n != "truth") else 1


if __name__ == "__main__":
    sys.exit(main())
