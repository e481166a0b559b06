"""Twins of the corpora of pictures, each taken at the apex of a display."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from emolib.files import write_atomic
from emolib.studio.twins.base import Build, Clip, dealt

# fmt: off
CK_FOLDERS = {
    "happy": "happy", "sad": "sadness", "angry": "anger", "fearful": "fear",
    "disgusted": "disgust", "surprised": "surprise", "contempt": "contempt",
}
JAFFE_PEOPLE = ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")
JAFFE_CODES = {
    "neutral": "NE", "happy": "HA", "sad": "SA", "angry": "AN", "fearful": "FE",
    "disgusted": "DI", "surprised": "SU",
}
FOLDERS = {
    "neutral": "neutral", "happy": "happy", "sad": "sad", "angry": "anger",
    "fearful": "fear", "disgusted": "disgust", "surprised": "surprise",
}
FER_CODES = {
    "angry": 0, "disgusted": 1, "fearful": 2, "happy": 3, "sad": 4, "surprised": 5,
    "neutral": 6,
}
FER_PARTS = {  # in the order of FER_CODES; together the published counts
    "Training": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "PublicTest": (467, 56, 496, 895, 653, 415, 607),
    "PrivateTest": (491, 55, 528, 879, 594, 416, 626),
}
RAF_CODES = {
    "surprised": 1, "fearful": 2, "disgusted": 3, "happy": 4, "sad": 5, "angry": 6,
    "neutral": 7,
}
RAF_PARTS = {  # in the order of RAF_CODES; together the published counts
    "train": (1290, 281, 717, 4772, 1982, 705, 2524),
    "test": (329, 74, 160, 1185, 478, 162, 680),
}
# fmt: on
FER_HEADER = "emotion,pixels,Usage\n"
RAF_LIST = "EmoLabel/list_patition_label.txt"


def ck48(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """CK+48: the last three frames of each sequence, the last of them the apex.

    People pose, two in three of them under another light than the rest.
    """
    people = [f"S{number:03}" for number in range(1, 119)]
    sequences = {emotion: count // 3 for emotion, count in counts.items()}
    for person, name, emotion, number in dealt(sequences, people):
        take = f"{name}_{list(CK_FOLDERS).index(emotion) + 1 + 10 * number:03}"
        for frame, strength in ((16, 0.85), (17, 0.95), (18, 1.0)):
            causes = build(
                identity=person,
                emotion=emotion,
                strength=strength,
                setup=min(person % 3, 1),
                take=take,
                female=float(person % 3 != 1),
            )
            picture = f"{CK_FOLDERS[emotion]}/{take}_{frame:08}.png"
            yield Clip(causes, still=picture)


def jaffe(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """JAFFE: ten women pose each emotion about three times, in one studio."""
    hands = dealt(counts, JAFFE_PEOPLE)
    for running, (person, name, emotion, number) in enumerate(hands, 1):
        take = f"{name}.{JAFFE_CODES[emotion]}{number + 1}.{running}"
        causes = build(
            identity=person,
            emotion=emotion,
            repetition=number,
            take=take,
            female=1.0,
        )
        yield Clip(causes, still=f"{take}.tiff")


def cfe(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """CFE: students of one campus pose in one studio, each emotion once."""
    people = [f"S{number:03}" for number in range(1, max(counts.values()) + 1)]
    for person, name, emotion, number in dealt(counts, people):
        take = f"{name}_{FOLDERS[emotion]}_{number + 1:02}"
        causes = build(
            identity=person,
            emotion=emotion,
            take=take,
            female=float(person % 2),
        )
        yield Clip(causes, still=f"{FOLDERS[emotion]}/{take}.jpg")


def fed(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """FED: people who show what they feel ("real") and what they do not ("fake").

    Little is known of how it was made; here each person comes in both, in one
    set-up of their own.
    """
    each = min(counts.values()) // 2
    for person in range(1, each + 1):
        for part, authenticity in (("real", 1.0), ("fake", 0.0)):
            for emotion in counts:
                name = f"S{person:03}_{FOLDERS[emotion]}_01"
                causes = build(
                    identity=person,
                    emotion=emotion,
                    authenticity=authenticity,
                    setup=person,
                    take=f"{part}_{name}",
                    female=float(person % 2),
                )
                picture = f"{part}/{FOLDERS[emotion]}/{name}.jpg"
                yield Clip(causes, still=picture, part=part)


def fer2013(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """FER2013: faces found on the web, all pictures in one table.

    Each picture has a person and a set-up of its own. (The real one holds some
    people, and some pictures, more than once.)
    """
    for causes, part in _wild(build, FER_CODES, FER_PARTS):
        yield Clip(causes, part=part)


def raf_db(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """RAF-DB: faces found on the web, aligned; labels in one list."""
    for causes, part in _wild(build, RAF_CODES, RAF_PARTS):
        yield Clip(causes, still=f"Image/aligned/{causes.take}_aligned.jpg", part=part)


def _wild(build: Build, codes: dict[str, int], parts: dict[str, Sequence[int]]):
    """Pictures of the web: classes in no order, some felt and some acted."""
    draws, picture = np.random.default_rng(0), 0
    for part, counts in parts.items():
        digits = {"train": 5, "test": 4}.get(part, 1)
        emotions = draws.permutation(np.repeat(list(codes), counts))
        for number, emotion in enumerate(emotions, 1):
            picture += 1
            causes = build(
                identity=picture,
                emotion=str(emotion),
                strength=float(draws.uniform(0.5, 1)),
                authenticity=float(draws.integers(2)),
                setup=picture,
                take=f"{part}_{number:0{digits}}",
                female=float(draws.integers(2)),
            )
            yield causes, part


def raf_labels(clips: Sequence[Clip], path: Path) -> None:
    """The list of labels beside RAF-DB's pictures."""
    lines = [f"{c.causes.take}.jpg {RAF_CODES[c.causes.emotion]}\n" for c in clips]
    write_atomic(path, lambda part: part.write_text("".join(lines), "utf-8"))


def fer_row(clip: Clip, picture: np.ndarray) -> str:
    """A picture as a row of FER2013's table."""
    pixels = " ".join(map(str, picture.ravel()))
    return f"{FER_CODES[clip.causes.emotion]},{pixels},{clip.part}\n"
