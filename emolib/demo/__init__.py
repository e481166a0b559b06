"""The studio: renders stand-ins for corpora from causes that are known.

No published corpus may be passed on, so the project renders its own: faces and
voices that are plainly synthetic, in files named and laid out like the published
ones, so that the same code reads both. What every clip was rendered from is
written to `causes.csv`, which no loader looks at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from emolib import UsageError, data_folder
from emolib.demo import twins
from emolib.demo.causes import DOSES, Causes, check_settings
from emolib.progress import reported

__all__ = ["DOSES", "Causes", "render_corpus"]

RECORD, TRUTH = "RENDERED.json", "causes.csv"


def render_corpus(
    corpus: str = "ravdess",
    out: str | Path | None = None,
    profile: str = "quick",
    settings: Mapping[str, float] | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: bool = True,
) -> Path:
    """Render the twin of a corpus.

    Files appear whole or not at all. Called again after an interruption, it goes
    on where it stopped; after a change of the studio itself it renders anew.

    Args:
        corpus: whose twin.
        out: data folder to put the corpus' folder in; by default
            `demo-PROFILE` in the data folder.
        profile: smoke, quick or paper.
        settings: doses of causes from 0 to 1, such as `{"setup": 0}`; see `DOSES`.
        seed: other seeds give other people, rooms and takes.
        workers: processes; all processors by default.
        progress: tell on standard error how far it is.

    Returns:
        The data folder, to be given to `corpora.index`.

    Raises:
        UsageError: for an unknown corpus, profile or setting, a dose out of
            range, or a folder that holds anything but this rendering.
        EmolibError: if a file cannot be written (disk full, no permission).
    """
    doses = check_settings(settings)
    clips = twins.plan(corpus, profile, seed, doses)
    out = data_folder(out) if out else data_folder() / f"demo-{profile}"
    folder = out / corpus
    request = {
        "corpus": corpus,
        "profile": profile,
        "seed": seed,
        "settings": dict(doses),
    }
    if workers is not None and workers < 1:
        raise UsageError(f"workers is a number from 1 on, not {workers}")
    _prepare(folder, request, clips)
    _write_truth(folder, clips)
    missing = [
        clip
        for clip in clips
        if not ((folder / clip.sound).exists() and (folder / clip.video).exists())
    ]
    _render_all(folder, missing, twins.PROFILES[profile], workers, progress)
    return out


def render_clip(folder: Path, clip: twins.Clip, profile: twins.Profile) -> None:
    """Write a clip's two files; both hold the same sound."""
    from emolib.demo import face, voice
    from emolib.media import write_sound, write_video

    speech = voice.speak(clip.causes, profile.seconds, profile.sound_rate)
    seconds = len(speech.samples) / speech.rate
    pictures = face.frames(
        clip.causes,
        round(seconds * profile.frame_rate),
        profile.frame_rate,
        profile.size,
        speech.opening,
    )
    write_video(
        folder / clip.video, pictures, profile.frame_rate, speech.samples, speech.rate
    )
    write_sound(folder / clip.sound, speech.samples, speech.rate)


def _prepare(folder: Path, request: dict, clips: list[twins.Clip]) -> None:
    """Make sure the folder holds whole files of this rendering, or nothing.

    The record is written before the first clip, so that nothing rendered can
    ever be taken for real.
    """
    record = folder / RECORD
    ours = {record, folder / TRUTH}
    ours.update(folder / name for clip in clips for name in (clip.sound, clip.video))
    found = {path for path in folder.rglob("*") if not path.is_dir()}
    leftover = {path for path in found if _whole(path) in ours}
    foreign = sorted(found - ours - leftover)
    if foreign or (found - leftover and record not in found):
        raise UsageError(
            f"{folder} holds files that are not of this rendering, such as "
            f"{(foreign or sorted(found))[0].relative_to(folder)}; choose another "
            "folder with --out, or empty this one"
        )
    stated = _read(record) if record in found else {}
    differing = [
        f"{key} {stated.get(key)!r} instead of {wanted!r}"
        for key, wanted in request.items()
        if stated and stated.get(key) != wanted
    ]
    if differing:
        raise UsageError(
            f"{folder} holds another rendering ({'; '.join(differing)}); choose "
            "another folder with --out, or remove this one"
        )
    request = request | {"studio": _studio_version()}
    if stated != request:  # nothing there, or clips of an older studio
        leftover |= found - {record}
    for path in leftover:
        path.unlink(missing_ok=True)
    if stated != request:
        _write_text(record, json.dumps(request, indent=1) + "\n")


def _whole(path: Path) -> Path | None:
    """What `.STEM-RANDOM.SUFFIX`, left by a killed process, was to become."""
    stem = path.stem.removeprefix(".").rpartition("-")[0]
    return path.with_name(stem + path.suffix) if path.name.startswith(".") else None


def _read(record: Path) -> dict:
    try:
        return json.loads(record.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(
            f"{record} is damaged ({error}); remove the folder and render it again"
        ) from error


def _studio_version() -> str:
    """A hash of the studio's own source."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    text = b"".join(path.read_bytes() for path in sources)
    return hashlib.sha256(text).hexdigest()[:12]


def _write_truth(folder: Path, clips: list[twins.Clip]) -> None:
    """The causes of each clip as a table: truth to compare findings with."""
    import pandas as pd

    files = [{"sound": clip.sound, "video": clip.video} for clip in clips]
    rows = [file | vars(clip.causes) for file, clip in zip(files, clips, strict=True)]
    table = pd.DataFrame(rows).drop(columns="doses")
    _write_text(folder / TRUTH, table.to_csv(index=False))


def _write_text(path: Path, text: str) -> None:
    from emolib.media import write_atomic

    write_atomic(path, lambda temporary: temporary.write_text(text, "utf-8"))


def _render_all(
    folder: Path,
    clips: list[twins.Clip],
    profile: twins.Profile,
    workers: int | None,
    progress: bool,
) -> None:
    """Render in parallel; clips of one person go together and share a canvas."""
    import joblib

    workers = min(workers or joblib.cpu_count(), max(len(clips), 1))
    # Processes, not threads: drawing holds Python's lock much of the time.
    jobs = (joblib.delayed(_render_quietly)(folder, clip, profile) for clip in clips)
    pool = joblib.Parallel(workers, batch_size=4, return_as="generator_unordered")
    done = pool(jobs)
    for _ in reported(done, len(clips), str(folder)) if progress else done:
        pass


def _render_quietly(folder: Path, clip: twins.Clip, profile: twins.Profile) -> None:
    """Render in a worker that leaves the other processors to the other workers."""
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        render_clip(folder, clip, profile)
    finally:
        cv2.setNumThreads(threads)
