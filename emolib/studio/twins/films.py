"""Twins of the corpora of films that hold felt and acted displays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from emolib.labels import BAUM1A, BAUM1S
from emolib.studio.twins.base import Build, Clip, dealt, shares, woman

# fmt: off
SASE_CLIPS = {  # file -> (emotion shown, authenticity); the first letter is felt
    "N2A": ("angry", 1.0), "N2C": ("contempt", 1.0), "N2D": ("disgusted", 1.0),
    "N2H": ("happy", 1.0), "N2S": ("sad", 1.0), "N2Sur": ("surprised", 1.0),
    "H2N2A": ("angry", 0.0), "H2N2C": ("contempt", 0.0), "H2N2D": ("disgusted", 0.0),
    "S2N2H": ("happy", 0.0), "H2N2S": ("sad", 0.0), "D2N2Sur": ("surprised", 0.0),
}
BAUM_NAMES = {
    "neutral": "Neutral", "happy": "Happiness", "sad": "Sadness", "angry": "Anger",
    "fearful": "Fear", "disgusted": "Disgust", "surprised": "Surprise",
    "contempt": "Contempt", "bored": "Boredom", "interested": "Interest",
    "unsure": "Unsure", "bothered": "Bothered", "concentrating": "Concentrating",
    "thinking": "Thinking",
}
BAUM_SPACES = {"BAUM1a": BAUM1A, "BAUM1s": BAUM1S}
BAUM_CLIPS = {  # of the first by the legend in a copy of its sheet
    "BAUM1a": {
        "happy": 27, "sad": 38, "angry": 43, "fearful": 36, "disgusted": 35,
        "surprised": 0, "bored": 27, "interested": 29, "unsure": 38,
    },
    "BAUM1s": shares(1222, dict.fromkeys(BAUM1S, 1)),
}
# fmt: on


def baum1(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """BAUM-1: 31 people act (1a), and speak freely of what they have just seen (1s).

    A person's two parts come from one set-up: the same room and cameras, before a
    green wall. How many clips each class has is told of the acted part alone; of the
    other, here as many as any.
    """
    people = [f"S{number:03}" for number in range(1, 32)]
    for part, counts in BAUM_CLIPS.items():
        running: dict[str, int] = {}
        for person, name, emotion, number in dealt(counts, people):
            running[name] = running.get(name, 0) + 1
            take = f"{name}_{running[name]:03}"
            causes = build(
                identity=person,
                emotion=emotion,
                strength=1.0 if part == "BAUM1a" else 0.75,
                authenticity=float(part == "BAUM1s"),
                sentence=running[name],
                repetition=number,
                setup=person,
                take=f"{part}/{take}",
                place="green",
                female=woman(person, 14, 31),
            )
            folder = f"{part}_MP4_all/s{person:03}"
            yield Clip(causes, film=f"{folder}/{take}.mp4", part=part)


def baum1_annotations(part: str, clips: Sequence[Clip], path: Path) -> None:
    """Write the table of one part's labels."""
    from emolib.corpora.sheets import write_xlsx

    codes = sorted(BAUM_NAMES[emotion] for emotion in BAUM_SPACES[part])
    rows = [("No", "Subject", "Clip", "Clip Name", "Emotion", "Emotion Code", "Gender")]
    for clip in clips:
        if clip.part == part:
            name = Path(clip.film).stem
            emotion = BAUM_NAMES[clip.causes.emotion]
            code = codes.index(emotion) + 1
            gender = "Female" if clip.causes.female else "Male"
            place = len(rows), int(name[1:4]), int(name[5:])
            rows.append((*place, name, emotion, code, gender))
    write_xlsx(path, rows)


def sase_fe(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """SASE-FE: what is felt (N2...) and what is only shown, six of each a person.

    What is felt behind a display that is not meant follows from the display: sad
    behind happy, disgusted behind surprised, happy behind the others. 18 of 50
    are women.
    """
    for person in range(1, 51):
        for name, (emotion, authenticity) in SASE_CLIPS.items():
            causes = build(
                identity=person,
                emotion=emotion,
                authenticity=authenticity,
                setup=person,
                take=f"{person}/{name}",
                female=woman(person, 18, 50),
            )
            yield Clip(causes, film=f"{person}/{name}.MP4")
