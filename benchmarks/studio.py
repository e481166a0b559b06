"""How fast the studio renders, and what recognisers find in what it renders.

    python benchmarks/studio.py [speed probes doses information] [--json FILE]

Each part is a table; without a name all parts run. The exit status is 1 if a
bound is missed. Nothing else should run on the machine while speed is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from features import facts
from scipy.stats import binom
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits

from emolib import fusion, protocols
from emolib.evaluation.chance import Found, judged
from emolib.evaluation.comparison import holm
from emolib.evaluation.intervals import interval
from emolib.features import audio
from emolib.features.faces import find_face
from emolib.models.baselines import linear
from emolib.studio import Causes, face, files, render_corpus, twins
from emolib.studio import probes as studio

RENDER = """
import sys
from pathlib import Path
from emolib.studio import render_corpus
corpus, subjects, out = sys.argv[1:]
render_corpus(
    corpus, out, "smoke", subjects=int(subjects), workers=1, progress=False
)
print(Path("/proc/self/status").read_text())
"""

PEOPLE, CLIPS = 24, 32  # clips of each person, for probes and doses
ERROR = 0.05  # of all probes together
WELL_ABOVE = 0.1  # chance: where an interval has to begin at full dose
INFORMATION = {  # bounds of each mean
    "face": (0.55, 0.85),
    "voice": (0.55, 0.85),
    "both": (0, 1),
    "both, more": (0.01, 1),
    "clips apart, face, more": (0.1, 1),
    "clips apart, voice, more": (0.1, 1),
}


def row(what: str, value: float, unit: str, bound: float | None = None) -> dict:
    """A line of the table; a bound is the most that is allowed."""
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "bound": "" if bound is None else f"<= {bound:g}",
        "kept": bound is None or value <= bound,
    }


def speed() -> list[dict]:
    """Frames, sound and stills a second in one process; a twin in all; memory."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        render_corpus("ravdess", folder, "quick", progress=False)
        seconds = time.perf_counter() - start
        rows = [
            row("RAVDESS, quick: 480 films with sound", seconds, "s", 120),
            row("the same, time on processors", processor_time(), "s"),
            row("frames of 160 x 160 drawn", frames_a_second(), "a second"),
            row("sound of 16 kHz", sound_a_second(), "s a second"),
            row("stills of 48 x 48, a person each", stills_a_second(), "a second"),
        ]
        for corpus, people in (("ravdess", 1), ("fer2013", 200)):
            few, many = (
                peak_memory(corpus, n, f"{folder}/{n}") for n in (people, 4 * people)
            )
            rows += [
                row(f"peak memory, {corpus}, {people} people", few, "MB"),
                row("four times as many", many / few, "x", 1.1),
            ]
    return rows


def processor_time() -> float:
    """Of this process and its workers so far, which wait for more to do."""
    here = psutil.Process()
    times = [p.cpu_times() for p in (here, *here.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def frames_a_second(clips: int = 20) -> float:
    form = twins.form("ravdess", "quick")
    count = round(form.seconds * form.frame_rate)

    def draw(clip: twins.Clip) -> int:
        drawn = face.frames(clip.causes, count, form.frame_rate, form.size, np.zeros(2))
        return sum(1 for _ in drawn)

    return a_second(draw, twins.plan("ravdess", "quick")[:clips])


def sound_a_second(clips: int = 20) -> float:
    form = twins.form("ravdess", "quick")

    def speak(clip: twins.Clip) -> float:
        speech = files.sound(clip.causes, form)
        return len(speech.samples) / speech.rate

    return a_second(speak, twins.plan("ravdess", "quick")[:clips])


def stills_a_second(clips: int = 40) -> float:
    form = twins.form("fer2013", "quick")

    def draw(clip: twins.Clip) -> int:
        return len(files.picture(clip.causes, form)) // form.size[1]

    return a_second(draw, twins.plan("fer2013", "quick")[:clips])


def a_second(work, clips: list[twins.Clip]) -> float:
    """What work gives, all clips together, by the time it takes in one process."""
    work(clips[0])  # imports, and what is kept
    start = time.perf_counter()
    given = sum(map(work, clips))
    return given / (time.perf_counter() - start)


def peak_memory(corpus: str, subjects: int, out: str) -> float:
    """Highest resident memory, in MB, of a process that renders alone."""
    command = [sys.executable, "-c", RENDER, corpus, str(subjects), out]
    status = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # Not getrusage: a child starts with its parent's peak there.
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def look(cause: str, dose: float) -> tuple[list[Causes], studio.Rendered]:
    """Clips in which all causes vary, one of them by as much as its dose."""
    deal = studio.dealt(PEOPLE, CLIPS, {cause: dose})
    return deal, drawn(tuple(deal))


@cache
def drawn(deal: tuple[Causes, ...]) -> studio.Rendered:
    return studio.rendered(deal)


def probes() -> list[dict]:
    """What linear models and small networks find of a cause, at no and full dose.

    At dose 0 they find no more than by chance, with an error of 5 % for all of
    them together; at full dose clearly more.
    """
    rows = [
        line
        for dose in (0, 1)
        for cause in studio.CAUSES
        for line in probed(cause, dose)
    ]
    table = pd.DataFrame(rows)
    table["p, Holm"] = table.groupby("dose")["p"].transform(holm)
    none = table["dose"] == 0
    clear = table["low"] >= table["chance"] + WELL_ABOVE
    table["bound"] = np.where(none, f"p > {ERROR}", f"low > +{WELL_ABOVE:g}")
    table["kept"] = np.where(none, table["p, Holm"] > ERROR, clear)
    return table.to_dict("records")


def probed(cause: str, dose: float) -> list[dict]:
    """A line for each probe for a cause; `noticed` is where it would be noticed.

    That is, how often it would have to be right for Holm's strictest step.
    """
    deal, clips = look(cause, dose)
    inputs, rows = network_inputs(clips), []
    tested = len(studio.split(studio.items(deal), cause).test)
    for where, x in studio.vectors(clips).items():
        answers = {
            "linear": studio.probe(x, deal, cause).found,
            "network": network_probe(inputs[where], deal, cause),
        }
        for probe, found in answers.items():
            strictest = ERROR / (4 * len(studio.CAUSES))
            noticed = binom.isf(strictest, tested, found.chance) / tested
            line = {"cause": cause, "where": where, "probe": probe, "dose": dose}
            rows.append(line | found._asdict() | {"noticed": noticed})
    return rows


def network_inputs(clips: studio.Rendered) -> dict[str, np.ndarray]:
    """What networks see: a mean picture and its changes; MFCCs over time."""
    pictures = clips.pictures.astype(np.float32)
    looks = pictures.mean(axis=1, keepdims=True)
    changes = np.log1p(np.abs(np.diff(pictures, axis=1)))
    face = np.concatenate([looks, changes], axis=1)
    return {"face": face.transpose(0, 2, 3, 1), "voice": audio.pad(clips.cepstra)}


def network_probe(inputs: np.ndarray, deal: list[Causes], cause: str) -> Found:
    """As `studio.probe`, with a small convolutional network."""
    from emolib.training import with_keras

    items = studio.items(deal)
    split = studio.split(items, cause)
    train, test = split.train, split.test
    names, codes = np.unique(items[cause], return_inverse=True)
    usual = inputs[train].mean(axis=0), inputs[train].std(axis=0) + 1e-3
    inputs = (inputs - usual[0]) / usual[1]
    with_keras.seed(0)
    model = network(inputs.shape[1:], len(names))
    model.fit(inputs[train], codes[train], batch_size=32, epochs=20, verbose=0)
    guessed = names[model.predict(inputs[test], verbose=0).argmax(axis=1)]
    return judged(names[codes[test]], guessed, items["subject"].iloc[test])


def network(shape: tuple[int, ...], classes: int):
    """Two convolutions, along time or over the picture, and a dense layer."""
    import keras
    from keras import layers

    across = len(shape) - 1
    convolution = {1: layers.Conv1D, 2: layers.Conv2D}[across]
    pooling = {1: layers.MaxPooling1D, 2: layers.MaxPooling2D}[across]
    model = keras.Sequential([keras.Input(shape)])
    for _ in range(2):
        model.add(convolution(32, 5, padding="same", activation="relu"))
        model.add(pooling(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    return model


def doses() -> list[dict]:
    """Accuracy from dose to dose; it may not fall by more than chance explains."""
    rows = []
    for cause, where in product(("emotion", "authenticity"), ("face", "voice")):
        before = None
        for dose in (0, 0.25, 0.5, 0.75, 1):
            deal, clips = look(cause, dose)
            right = recognised(studio.vectors(clips)[where], deal, cause)
            people = np.array([c.identity for c in deal])
            level = interval(right, people)
            rise = interval(right - (right if before is None else before), people)
            before = right
            rows.append(
                {
                    "cause": cause, "where": where, "dose": dose,
                    "accuracy": level.value, "low": level.low, "high": level.high,
                    "rise": rise.value, "rise_low": rise.low, "rise_high": rise.high,
                    "bound": "no fall", "kept": rise.high >= 0,
                }
            )  # fmt: skip
    return rows


def recognised(x: np.ndarray, deal: list[Causes], cause: str) -> np.ndarray:
    """Of each clip, whether a linear model that has not met the person is right."""
    items = studio.items(deal)
    folds = protocols.pairs(protocols.SubjectKFold(4), items, cause)
    with threadpool_limits(1, "blas"):
        guessed = cross_val_predict(linear(), x, items[cause], cv=folds)
    return (guessed == items[cause]).to_numpy(int)


def information() -> list[dict]:
    """What linear models recognise in RAVDESS twins at default strengths.

    Bounds are those of the quick twin. With more people to learn from, knowing
    the very ones that are tested is worth less.
    """
    rows = []
    for people, casts in (
        (8, [twins.plan("ravdess", "quick", seed) for seed in range(3)]),
        (24, [twins.plan("ravdess", "paper")]),
    ):
        found = pd.DataFrame([known([c.causes for c in cast]) for cast in casts])
        for what, (least, most) in INFORMATION.items():
            mean = found[what].mean()
            quick = people == 8
            rows.append(
                {
                    "people": people, "casts": len(casts), "what": what, "mean": mean,
                    "lowest": found[what].min(), "highest": found[what].max(),
                    "bound": f"{least:g} to {most:g}" if quick else "",
                    "kept": least <= mean <= most or not quick,
                }
            )  # fmt: skip
    return rows


def known(causes: list[Causes]) -> dict[str, float]:
    """Accuracies on all emotions; people apart, and single clips apart."""
    import joblib

    described = joblib.Parallel(-1, batch_size=10)(
        joblib.delayed(standard)(clip) for clip in causes
    )
    x = {where: np.stack([d[where] for d in described]) for where in described[0]}
    apart = accuracies(x, causes, protocols.SubjectKFold(8))
    single = accuracies(x, causes, protocols.ClipKFold(8))
    gain = apart["both"] - max(apart["face"], apart["voice"])
    flattery = {f"clips apart, {w}, more": single[w] - apart[w] for w in x}
    return apart | {"both, more": gain} | flattery


def standard(causes: Causes) -> dict[str, np.ndarray]:
    """What is usual before deep learning: means and spreads over time.

    Of the face: histograms of oriented gradients (HOG) of what OpenCV finds, 64
    pixels wide, in 8 frames; of the voice: MFCCs and their changes.
    """
    import cv2

    form = twins.form("ravdess", "quick")
    speech = files.sound(causes, form)
    rate = 8 * speech.rate / len(speech.samples)
    hog = cv2.HOGDescriptor((64, 64), (16, 16), (8, 8), (8, 8), 9)
    box, gradients = (0, 0, *form.size), []
    for picture in face.frames(causes, 8, rate, form.size, speech.opening):
        box = find_face(picture) or box
        left, top, width, height = box
        cut = picture[top : top + height, left : left + width]
        cut = cv2.resize(cut, (64, 64), interpolation=cv2.INTER_AREA)
        gradients.append(hog.compute(cut).ravel())
    return {
        "face": np.concatenate([np.mean(gradients, axis=0), np.std(gradients, axis=0)]),
        "voice": audio.statistics(audio.mfcc(speech.samples, speech.rate)),
    }


def accuracies(
    x: dict[str, np.ndarray], causes: list[Causes], protocol: protocols.Protocol
) -> dict[str, float]:
    """By face, by voice, and by the product of what both say."""
    items = studio.items(causes)
    folds = protocols.pairs(protocol, items)
    with threadpool_limits(1, "blas"):
        chances = {
            where: cross_val_predict(
                linear(), vectors, items["emotion"], cv=folds, method="predict_proba"
            )
            for where, vectors in x.items()
        }
    chances["both"] = fusion.product(list(chances.values()))
    names = np.unique(items["emotion"])
    return {
        where: float(np.mean(names[p.argmax(axis=1)] == items["emotion"]))
        for where, p in chances.items()
    }


PARTS = {
    "speed": speed, "probes": probes, "doses": doses, "information": information
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default all")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    about = facts(None)
    for name, value in about.items():
        print(f"{name}: {value}")
    tables = {part: pd.DataFrame(PARTS[part]()) for part in chosen.parts or PARTS}
    for part, table in tables.items():
        print(f"\n{part}")
        print(table.to_string(index=False, float_format="{:.4g}".format))
    if chosen.json:
        rows = {part: table.to_dict("records") for part, table in tables.items()}
        chosen.json.write_text(json.dumps({**about, **rows}, indent=1) + "\n")
    return 0 if all(table["kept"].all() for table in tables.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
