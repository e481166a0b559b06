"""How long the live demo takes from a picture to its answer, and to get ready.

    python benchmarks/live.py [--seconds 30] [--first C] [--json FILE]

In process, on rendered faces before a grey wall, 640 x 480 as a camera gives them:
"demo" is all that is done for a live picture, from its pixels to the words of the
panel; "plain loop" is what a script with OpenCV would do, find the largest face with
the same cascade, draw a box, encode the picture. "packed" is the demo with the picture
unpacked first as the page sends it. "voice" is a live stretch of sound, from the end of
its window to the words. "newest" plays 10 pictures a second to a demo that always takes
the newest, and counts from when each was taken. Of each the median and the 95th
percentile in milliseconds; the aim is 150 ms for pictures and 300 ms for sound, on two
processors. With `--first` also the seconds until a study without weights answers, demo
data rendered anew.

The browser's own share (camera, packing, drawing) is not in it.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
from features import facts

from emolib import app, media, predict
from emolib.app import live
from emolib.features import faces
from emolib.studio import Causes, files, twins
from emolib.studio.twins import Clip

AIMS = {"demo": 150, "packed": 150, "newest": 150, "voice": 300}


def scenes(folder: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """Pictures as a camera gives them, of three people, and a voice."""
    form = replace(twins.form("ravdess", "quick"), seconds=2.0)
    found, samples = [], None
    for person, emotion in enumerate(("happy", "angry", "neutral"), 1):
        file = f"{person}.mp4"
        files.render_clip(folder, Clip(Causes(person, emotion), film=file), form)
        for number, frame in media.read_frames(folder / file):
            side = 300 + 4 * (number % 20)  # they come nearer
            scene = np.full((480, 640, 3), 110, np.uint8)
            face = cv2.resize(frame, (side, side), interpolation=cv2.INTER_CUBIC)
            scene[60 : 60 + side, 120 : 120 + side] = face
            found.append(scene)
        samples, _ = media.read_sound(folder / file, predict.voice.RATE)
    return found, samples


def plain(image: np.ndarray) -> bytes:
    """A face found and boxed, as a script does it."""
    box = faces.find_face(image)
    drawn = predict.framed(image, box) if box else image
    return cv2.imencode(".jpg", drawn)[1].tobytes()


def packed(image: np.ndarray) -> str:
    """A picture as the page sends it."""
    _, content = cv2.imencode(
        ".webp", image[:, :, ::-1], [cv2.IMWRITE_WEBP_QUALITY, 80]
    )
    return "data:image/webp;base64," + base64.b64encode(content.tobytes()).decode()


def unpacked(text: str) -> np.ndarray:
    content = np.frombuffer(base64.b64decode(text.partition(",")[2]), np.uint8)
    return cv2.cvtColor(cv2.imdecode(content, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def timed(work: Callable, inputs: list, seconds: float) -> tuple[list[float], float]:
    """Milliseconds of each, again and again until so many seconds have passed.

    Returns:
        Those, and how many the processors worked for one on the average.
    """
    work(inputs[0])  # what is loaded once
    found, end = [], time.perf_counter() + seconds
    begun = time.process_time()
    while time.perf_counter() < end:
        since = time.perf_counter()
        work(inputs[len(found) % len(inputs)])
        found.append(1000 * (time.perf_counter() - since))
    return found, 1000 * (time.process_time() - begun) / len(found)


def newest(work: Callable, inputs: list, seconds: float) -> tuple[list[float], int]:
    """From when a picture was taken to its answer, and how many were passed over."""
    found, over, taken = [], 0, -1
    begin = time.perf_counter()
    while (now := time.perf_counter() - begin) < seconds:
        number = int(now / live.EVERY)
        if number == taken:
            time.sleep(live.EVERY * (number + 1) - now)
            continue
        over += number - taken - 1 if taken >= 0 else 0
        taken = number
        work(inputs[number % len(inputs)])
        after = time.perf_counter() - begin - number * live.EVERY
        found.append(1000 * after)
    return found, over


def row(way: str, found: list[float], worked: float | None, **more: object) -> dict:
    middle, late = np.percentile(found, [50, 95])
    told = {"way": way, "times": len(found), "median ms": round(middle, 1)}
    told |= {"p95 ms": round(late, 1), "aim ms": AIMS.get(way)}
    return told | {"processor ms": worked and round(worked, 1)} | more


def first(study: str) -> dict:
    """Seconds until a study answers that has no weights and no demo data."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EMOLIB_RUNS"] = f"{folder}/runs"
        since, busy = time.perf_counter(), time.process_time()
        for _ in app.Models(f"{folder}/demo-smoke").of(study):
            pass
        return {
            "study": study,
            "seconds": round(time.perf_counter() - since, 1),
            "processor seconds": round(time.process_time() - busy, 1),
            "load": round(os.getloadavg()[0], 1),
        }


def measured(seconds: float) -> dict:
    """How long each way takes, looked at for so many seconds."""
    about = facts(None) | {"opencv": version("opencv-python-headless")}
    models = predict.models()
    with tempfile.TemporaryDirectory() as folder:
        images, samples = scenes(Path(folder))
    sent = [packed(image) for image in images[::5]]

    def answered(image: np.ndarray) -> str:
        return live.face(image, models)

    def heard(start: int) -> str:
        stretch = live.Stretch()
        stretch.add(np.roll(np.tile(samples, 2), start)[: 3 * predict.voice.RATE],
                    predict.voice.RATE)  # fmt: skip
        return live.sound(stretch, models)

    late, over = newest(answered, images, seconds)
    rows = [
        row("plain loop", *timed(plain, images, seconds)),
        row("demo", *timed(answered, images, seconds)),
        row("packed", *timed(lambda text: answered(unpacked(text)), sent, seconds)),
        row("newest", late, None, passed_over=over),
        row("voice", *timed(heard, list(range(0, 16000, 800)), seconds)),
    ]
    return about | {"load_after": round(os.getloadavg()[0], 2), "rows": rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    told = "for each way; 0 leaves what the file of --json has of them"
    parser.add_argument("--seconds", type=float, default=30, help=told)
    parser.add_argument("--first", nargs="*", default=[], help="studies made anew")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    found = (
        measured(chosen.seconds)
        if chosen.seconds
        else json.loads(chosen.json.read_text())
    )
    if chosen.first:
        found["first"] = [first(study) for study in chosen.first]
    print(json.dumps(found, indent=1))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")
    aimed = [one for one in found["rows"] if one["aim ms"]]
    return int(any(one["p95 ms"] >= one["aim ms"] for one in aimed))


if __name__ == "__main__":
    sys.exit(main())
