"""From clips to files: sounds, films, pictures, tables, and the truth about them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from emolib.files import write_atomic
from emolib.media import write_sound
from emolib.progress import reported
from emolib.studio import face, voice
from emolib.studio.causes import Causes
from emolib.studio.film import write_video
from emolib.studio.twins import Clip, Form, stills


def render_clip(folder: Path, clip: Clip, form: Form) -> None:
    """Write a clip's files; sound and film hold the same sound."""
    if clip.still:
        _write_picture(folder / clip.still, picture(clip.causes, form))
        return
    speech = sound(clip.causes, form)
    if clip.film:
        seconds = len(speech.samples) / speech.rate if speech else form.seconds
        frames = face.frames(
            clip.causes,
            round(seconds * form.frame_rate),
            form.frame_rate,
            form.size,
            speech.opening if speech else np.zeros(2),
        )
        heard = (speech.samples, speech.rate) if speech else ()
        write_video(folder / clip.film, frames, form.frame_rate, *heard)
    if clip.sound:
        write_sound(folder / clip.sound, speech.samples, speech.rate)


def sound(causes: Causes, form: Form) -> voice.Speech | None:
    """What is heard: a sentence, a cry, or nothing."""
    if not form.sound_rate:
        return None
    if not form.says:
        return voice.burst(causes, form.seconds, form.sound_rate)
    texts = voice.UTTERANCES[form.says]
    text = texts[causes.sentence % len(texts)]
    return voice.speak(causes, form.seconds, form.sound_rate, text)


def picture(causes: Causes, form: Form) -> np.ndarray:
    """A still: RGB, or grey with one number a pixel."""
    import cv2

    drawn = face.still(causes, form.size, form.zoom)
    return cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY) if form.grey else drawn


def _write_picture(path: Path, drawn: np.ndarray) -> None:
    import cv2

    if drawn.ndim == 3:
        drawn = cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR)
    code = cv2.imencode(path.suffix, drawn)[1].tobytes()
    write_atomic(path, lambda temporary: temporary.write_bytes(code))


def render_all(
    folder: Path, clips: Sequence[Clip], form: Form, workers: int | None, progress: bool
) -> None:
    """Write the files of all clips in parallel."""
    jobs = ((render_clip, folder, clip, form) for clip in clips)
    for _ in _done(jobs, len(clips), folder, workers, progress):
        pass


def render_album(
    path: Path, clips: Sequence[Clip], form: Form, workers: int | None, progress: bool
) -> None:
    """Write all stills as rows of one table, drawn in parallel, in their order."""
    jobs = ((_row, clip, form) for clip in clips)

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(stills.FER_HEADER)
            file.writelines(_done(jobs, len(clips), path, workers, progress, True))

    write_atomic(path, write)


def _row(clip: Clip, form: Form) -> str:
    return stills.fer_row(clip, picture(clip.causes, form))


def _done(
    jobs: Iterator[tuple],
    count: int,
    what: Path,
    workers: int | None,
    progress: bool,
    ordered: bool = False,
) -> Iterator:
    """What jobs give, as it comes; clips of one person go together."""
    import joblib

    workers = min(workers or joblib.cpu_count(), max(count, 1))
    kind = "generator" if ordered else "generator_unordered"
    # Processes, not threads: drawing holds Python's lock much of the time.
    pool = joblib.Parallel(workers, batch_size=4, return_as=kind)
    results = pool(joblib.delayed(_alone)(*job) for job in jobs)
    return reported(results, count, str(what)) if progress else results


def _alone(work, *arguments):
    """Work in a process that leaves the other processors to the other ones."""
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return work(*arguments)
    finally:
        cv2.setNumThreads(threads)


def write_truth(path: Path, clips: Sequence[Clip], form: Form, album: str) -> None:
    """The causes of each clip, and what it was made of, as a table.

    In an album's table a still is named by its row, counted from 0.
    """

    def facts() -> Iterator[dict]:
        for number, clip in enumerate(clips):
            files = {"sound": clip.sound, "film": clip.film, "still": clip.still}
            if album:
                files["still"] = f"{album}#{number}"
            row = {name: file for name, file in files.items() if file}
            row |= {name: v for name, v in vars(clip.causes).items() if name != "doses"}
            row |= face.facts(clip.causes) if form.size[0] else {}
            row |= voice.facts(clip.causes, bool(form.says)) if form.sound_rate else {}
            yield row

    def write(temporary: Path) -> None:
        rows = facts()
        first = next(rows)
        with temporary.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, first, lineterminator="\n")
            table.writeheader()
            table.writerow(first)
            table.writerows(rows)

    write_atomic(path, write)
