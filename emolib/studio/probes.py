"""What a recogniser can find of a cause: clips dealt by lot, and linear probes.

Whoever is rendered, in whichever emotion, sentence and set-up, is drawn by lot,
each whatever the others are. So what a probe for one cause finds can come from no
other, and shuffling the classes it was to find shows how often chance alone finds
as much. Takes have no classes to be found: two of them differ by chance only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from emolib import UsageError, protocols
from emolib.evaluation.chance import Found, judged
from emolib.labels import FACES, RAVDESS
from emolib.studio.causes import Causes, check_settings

if TYPE_CHECKING:
    import pandas as pd

SECONDS, RATE = 2.0, 16000
MOMENTS, SIDE = 16, 32  # pictures of a clip that are kept, and their width
CLASSES = {
    "emotion": RAVDESS.classes,
    "authenticity": (0.0, 1.0),
    "sentence": (0, 1),
    "setup": (0, 1, 2, 3),
}
CAUSES = ("identity", *CLASSES)
"""What is probed for; the classes of an identity are the people. A neutral clip, one
in eight, looks and sounds the same genuine or posed: nobody can tell there."""


class Rendered(NamedTuple):
    """Clips as recognisers get them."""

    pictures: np.ndarray  # grey, uint8, (clips, MOMENTS, SIDE, SIDE)
    cepstra: list[np.ndarray]  # MFCCs of each clip, (windows, 40)


def dealt(
    people: int,
    clips: int,
    settings: Mapping[str, float] | None = None,
    seed: int = 0,
) -> list[Causes]:
    """Causes of clips, drawn by lot; the same clips whatever the doses.

    Args:
        people: how many, from 3 on; every other one is a woman.
        clips: of each person, from 3 on.
        settings: doses of causes, such as `{"setup": 0}`.
        seed: of the lots, and of the people and rooms.

    Raises:
        UsageError: for fewer people or clips, or a dose that the studio lacks.

    >>> len(dealt(people=3, clips=4))
    12
    """
    if min(people, clips) < 3:
        raise UsageError(
            f"{people} people with {clips} clips each cannot be divided into two "
            "parts to train on and one to test; 3 are the least of both"
        )
    lots, doses = np.random.default_rng(seed), check_settings(settings)

    def draw(person: int, number: int) -> Causes:
        drawn = {
            cause: classes[lots.integers(len(classes))]
            for cause, classes in CLASSES.items()
        }
        return Causes(
            person, take=str(person), repetition=number, female=float(person % 2 == 0),
            seed=seed, doses=doses, **drawn,
        )  # fmt: skip

    return [draw(p, k) for p in range(1, people + 1) for k in range(1, clips + 1)]


def tied(
    people: int,
    clips: int,
    settings: Mapping[str, float] | None = None,
    emotions: Sequence[str] = FACES.classes[1:],
    swapped: bool = False,
    seed: int = 0,
) -> list[Causes]:
    """Clips of which the posed come from two rooms and the genuine from two others.

    As where posed and genuine displays were recorded by different people at different
    places. Half of each person's clips are genuine; the emotion, the sentence and
    which of the two rooms are drawn by lot, the same whatever the doses.

    Args:
        people: how many; every other one is a woman.
        clips: of each person, an even number.
        settings: doses of causes, such as `{"setup": 0}`.
        emotions: what is shown; by default all of `labels.FACES` but neutral, which
            is the same posed and genuine.
        swapped: the same clips, the posed in the genuine ones' rooms and the other
            way round.
        seed: of the lots, and of the people and rooms.

    Raises:
        UsageError: for an odd number of clips, or a dose that the studio lacks.

    >>> rooms = {(c.authenticity, c.setup // 2) for c in tied(people=2, clips=8)}
    >>> sorted(rooms)
    [(0.0, 0), (1.0, 1)]
    """
    if clips < 2 or clips % 2:
        raise UsageError(f"clips={clips}: half are genuine, so give an even number")
    lots, doses = np.random.default_rng(seed), check_settings(settings)

    def draw(person: int, number: int) -> Causes:
        emotion = emotions[lots.integers(len(emotions))]
        sentence, room = (int(lots.integers(2)) for _ in range(2))
        genuine = number % 2
        return Causes(
            person, emotion, authenticity=float(genuine), sentence=sentence,
            repetition=number, setup=room + 2 * (1 - genuine if swapped else genuine),
            take=str(person), female=float(person % 2 == 0), seed=seed, doses=doses,
        )  # fmt: skip

    return [draw(p, k) for p in range(1, people + 1) for k in range(1, clips + 1)]


CARRIERS = ("posture", "motion", "both")
SPREAD = 0.35  # how far a display's share of a trembling face goes up and down


def carried(
    folder: str | Path,
    by: str,
    people: int,
    clips: int,
    emotions: Sequence[str],
    profile: str = "quick",
    seed: int = 0,
) -> pd.DataFrame:
    """Films in which an emotion shows in how a face stands, in how it moves, or both.

    In "both" it is displayed as ever, in face and voice. In "posture" the display
    stands still from the first frame to the last. In "motion" the face shows a mixture
    of all displays, the share of each at a place of a swing that is drawn by lot; only
    the share of the clip's own emotion swings on. So each single frame is a mixture of
    the same distribution whatever the emotion: nobody can tell it from one, and
    everybody who sees which part of the face moves can. There the voice is neutral,
    and the head is held as in a neutral clip, as in "posture".

    Args:
        folder: where the films are kept; those that are there are not rendered again.
        by: one of `CARRIERS`.
        people, clips: how many, and of each how many; emotions come in turn.
        emotions: the classes.
        profile: how fine the films are, as of demo data.
        seed: of the lots, and of the people and rooms.

    Returns:
        A manifest, as `corpora.index` gives it.
    """
    import joblib
    import pandas as pd

    from emolib import code

    if by not in CARRIERS:
        raise UsageError(f"{by!r} is none of {', '.join(CARRIERS)}")
    version = code.meaning(_carry)
    place = Path(folder) / f"{by}-{profile}-{seed}-{version[:8]}"
    rows, jobs = [], []
    for person in range(1, people + 1):
        for number in range(clips):
            emotion = emotions[(person + number) % len(emotions)]
            file = place / f"{person:03}-{number:02}.mp4"
            causes = Causes(
                person, emotion, sentence=number % 2, repetition=number, setup=person,
                take=str(person), female=float(person % 2 == 0), seed=seed,
            )  # fmt: skip
            told = {"clip": f"studio/{by}/{file.stem}", "path": str(file)}
            told |= {"subject": f"studio-{person:03}", "emotion": emotion}
            rows.append(told | {"sentence": str(causes.sentence), "corpus": "studio"})
            if not file.exists():
                jobs.append((file, causes, by, tuple(emotions), profile))
    joblib.Parallel(-1, batch_size=4)(joblib.delayed(_carry)(*job) for job in jobs)
    return pd.DataFrame(rows).assign(source="demo", authenticity="posed", carrier=by)


def _carry(
    file: Path, causes: Causes, by: str, emotions: Sequence[str], profile: str
) -> None:
    """Render one of these films."""
    from emolib.studio import face, files, film, twins

    form = twins.form("ravdess", profile)
    neutral = replace(causes, emotion="neutral")
    speech = files.sound(causes if by == "both" else neutral, form)
    count = round(len(speech.samples) / speech.rate * form.frame_rate)
    if by == "both":
        how = (count, form.frame_rate, form.size, speech.opening)
        pictures = face.frames(causes, *how)
    else:
        times = np.arange(count) / form.frame_rate
        shares = _swings(causes, by, emotions, times)
        shown = np.stack([_displayed(causes, one) for one in emotions])
        units = np.clip(np.einsum("te,ehu->thu", shares, shown), 0, 1.2)
        place = np.linspace(0, len(speech.opening) - 1, count)
        opening = np.interp(place, np.arange(len(speech.opening)), speech.opening)
        units[..., face.JAW] = opening[:, None]
        pictures = face._pictures(neutral, units, times, form.size, zoom=1.0)
    film.write_video(file, pictures, form.frame_rate, speech.samples, speech.rate)


def _swings(
    causes: Causes, by: str, emotions: Sequence[str], times: np.ndarray
) -> np.ndarray:
    """How much of each display there is at each time, (times, emotions)."""
    own = emotions.index(causes.emotion)
    lots = np.random.default_rng([causes.seed, causes.identity, causes.repetition])
    if by == "posture":
        return np.eye(len(emotions))[[own] * len(times)] * lots.uniform(0.6, 1)
    phases, rate = lots.uniform(0, 2 * np.pi, len(emotions)), lots.uniform(1, 2)
    angles = np.repeat(phases[None], len(times), axis=0)
    angles[:, own] += 2 * np.pi * rate * times
    return SPREAD * (1 + np.sin(angles))


def _displayed(causes: Causes, emotion: str) -> np.ndarray:
    """A person's full display, (halves, units), without chance."""
    from emolib.studio import face

    one = replace(causes, emotion=emotion)
    return face._sides(one) * face._display(one, chance=False)


def each(
    causes: Sequence[Causes],
    of: Callable[[Causes], np.ndarray],
    workers: int | None = None,
) -> list[np.ndarray]:
    """What `of`, such as `sound` or `still`, gives of each clip.

    Args:
        causes: of each clip.
        of: what renders one.
        workers: processes; all processors by default.
    """
    import joblib

    workers = min(workers or joblib.cpu_count(), len(causes))
    pool = joblib.Parallel(workers, batch_size=16)
    return list(pool(joblib.delayed(of)(one) for one in causes))


def sound(causes: Causes) -> np.ndarray:
    """The samples of a clip of 1.5 seconds, at 16 kHz."""
    from emolib.studio import voice

    return voice.speak(causes, 1.5, RATE).samples


def still(causes: Causes) -> np.ndarray:
    """A grey picture of the face at its apex, uint8, 48 pixels high and wide."""
    import cv2

    from emolib.studio import face

    return cv2.cvtColor(face.still(causes, (48, 48), zoom=1.6), cv2.COLOR_RGB2GRAY)


def over_felt(causes: Causes, felt: str, trace: float, side: int = 48) -> np.ndarray:
    """A picture of a display that lies over another one, which the person feels.

    The muscles of what is felt move besides, so far as `trace` says.

    Args:
        causes: of the clip as it would be without.
        felt: the emotion felt.
        trace: how much of its display is left, 0 to 1.
        side: width and height.

    Returns:
        RGB, uint8, (side, side, 3); the face at its apex.
    """
    from emolib.studio import face

    below = replace(causes, emotion=felt, authenticity=1.0)
    # The parts of `face.still`; what is felt comes between two of them.
    units = face._sides(causes) * face._display(causes) + face._restless(causes)
    units = units + trace * face._sides(below) * face._display(below)
    units = np.clip(units, 0, 1.2)[None]
    apex = np.array([1.0])
    return next(face._pictures(causes, units, apex, (side, side), 1.6))


def rendered(
    causes: Sequence[Causes], side: int = 2 * SIDE, workers: int | None = None
) -> Rendered:
    """Render clips straight into arrays, without files or encoding.

    Args:
        causes: of each clip.
        side: width of the pictures when drawn, before they are made small.
        workers: processes; all processors by default.
    """
    import joblib

    workers = min(workers or joblib.cpu_count(), len(causes))
    pool = joblib.Parallel(workers, batch_size=16)
    pictures, cepstra = zip(
        *pool(joblib.delayed(_clip)(c, side) for c in causes), strict=True
    )
    return Rendered(np.stack(pictures), list(cepstra))


def _clip(causes: Causes, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures at evenly spaced moments of a clip, and the MFCCs of its sound."""
    import cv2

    from emolib.features import audio
    from emolib.studio import face, voice

    speech = voice.speak(causes, SECONDS, RATE)
    rate = MOMENTS * RATE / len(speech.samples)
    drawn = face.frames(causes, MOMENTS, rate, (side, side), speech.opening)
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in drawn]
    small = [cv2.resize(g, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for g in grey]
    return np.stack(small), audio.mfcc(speech.samples, RATE)


def vectors(clips: Rendered) -> dict[str, np.ndarray]:
    """A vector of each clip's "face" and one of its "voice".

    Of the face: the mean picture, 16 pixels wide, and how much each of 16 strips
    across it changes from moment to moment. Of the voice: `audio.statistics` of its
    MFCCs, and the means of the first 13 in each eighth of the clip.
    """
    from emolib.features import audio

    pictures = clips.pictures.astype(np.float32)
    looks = _means(pictures.mean(axis=1), 16, 16)
    changes = _means(np.abs(np.diff(pictures, axis=1)), 16, 1)
    face = [looks.reshape(len(looks), -1), np.log1p(changes).reshape(len(looks), -1)]
    eighths = [
        np.concatenate([part.mean(axis=0) for part in np.array_split(c[:, :13], 8)])
        for c in clips.cepstra
    ]
    whole = [audio.statistics(c) for c in clips.cepstra]
    return {"face": np.hstack(face), "voice": np.hstack([whole, eighths])}


def _means(pictures: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Means of the cells of a grid laid over pictures."""
    cells = rows, SIDE // rows, columns, SIDE // columns
    return pictures.reshape(*pictures.shape[:-2], *cells).mean(axis=(-3, -1))


def items(causes: Sequence[Causes]) -> pd.DataFrame:
    """What protocols divide: a row a clip, and a column for each of `CAUSES`.

    >>> items(dealt(people=3, clips=4)).shape
    (12, 7)
    """
    import pandas as pd

    rows = [
        {"clip": str(number), "subject": clip.identity}
        | {cause: getattr(clip, cause) for cause in CAUSES}
        for number, clip in enumerate(causes)
    ]
    return pd.DataFrame(rows)


def protocol(cause: str) -> protocols.Protocol:
    """Who is held out when a cause is looked for; the first fold is all that counts.

    A third of the people, never met in training; for identity, which has to be met,
    a third of each person's clips.

    Raises:
        UsageError: for what is not one of `CAUSES`.
    """
    if cause not in CAUSES:
        raise UsageError(f"no classes of {cause!r} to be found; of {', '.join(CAUSES)}")
    if cause == "identity":
        return protocols.RandomClips(test_size=1 / 3)
    return protocols.SubjectKFold(folds=3)


def split(items: pd.DataFrame, cause: str) -> protocols.Split:
    """Who is trained on and who is tested, by `protocol`.

    It is balanced by people alone and never by what is looked for: else shuffling
    the classes of the clips that are tested would be no fair game.
    """
    return protocols.checked(protocol(cause), items, label="subject")[0]


@dataclass(frozen=True)
class Probe:
    """What was found of a cause, and how it was looked for.

    Attributes:
        found: how often the model was right, and how often chance would be.
        protocol: who was held out, by its name.
        leak: what both sides of the split share; see `protocols.leak_report`.
    """

    found: Found
    protocol: str
    leak: dict[str, int | float | None]


def probe(x: np.ndarray, causes: Sequence[Causes], cause: str) -> Probe:
    """Look for a cause in clips with a linear model.

    Args:
        x: one row a clip, such as `vectors(...)["face"]`.
        causes: of the same clips, from `dealt`.
        cause: one of `CAUSES`.
    """
    from threadpoolctl import threadpool_limits

    from emolib.models.baselines import linear

    table = items(causes)
    sides = split(table, cause)
    classes = table[cause].to_numpy()
    # One thread: for matrices as small as these a second one costs more than it gives.
    with threadpool_limits(1, "blas"):
        model = linear().fit(x[sides.train], classes[sides.train])
        answers = model.predict(x[sides.test])
    tested = table.iloc[sides.test]
    spread = x.std(axis=0)
    leak = protocols.leak_report(table, sides, x / np.where(spread > 0, spread, 1))
    found = judged(tested[cause], answers, tested["subject"])
    return Probe(found, protocol(cause).name, leak)
