"""Twins of the corpora of voices, RAVDESS with its films among them.

All displays are acted, hence posed. Who stands in which room follows what is
known of the corpus; a set-up that goes with the person is as real as the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from emolib.labels import CREMAD, MAV, RAVDESS, TESS
from emolib.studio.twins.base import Build, Clip, dealt, mixed, woman
from emolib.studio.utterances import BY_CODE

# fmt: off
TESS_NAMES = {
    "neutral": "neutral", "happy": "happy", "sad": "sad", "angry": "angry",
    "fearful": "fear", "disgusted": "disgust", "surprised": "ps",
}
EMODB_WOMEN = ("08", "09", "13", "14", "16")
EMODB_SPEAKERS = ("03", "08", "09", "10", "11", "12", "13", "14", "15", "16")
EMODB_LETTERS = {
    "neutral": "N", "happy": "F", "sad": "T", "angry": "W", "fearful": "A",
    "disgusted": "E", "bored": "L",
}
CREMAD_CODES = {
    "neutral": "NEU", "happy": "HAP", "sad": "SAD", "angry": "ANG", "fearful": "FEA",
    "disgusted": "DIS",
}
CREMAD_LEVELS = {"LO": 0.4, "MD": 0.7, "HI": 1.0, "XX": 0.8}
SHEMO_LETTERS = {
    "neutral": "N", "happy": "H", "sad": "S", "angry": "A", "fearful": "F",
    "surprised": "W",
}
VIVAE_LEVELS = {"low": 0.4, "moderate": 0.6, "strong": 0.8, "peak": 1.0}
VIVAE_NAMES = {
    "achievement": "achievement", "angry": "anger", "fearful": "fear", "pain": "pain",
    "pleasure": "pleasure", "surprised": "surprise",
}
MAV_WOMEN, MAV_MEN = ("45", "46", "53", "58", "60"), ("6", "42", "55", "59", "61")
MAV_NAMES = {
    "neutral": "neutral", "happy": "happiness", "sad": "sadness", "angry": "anger",
    "fearful": "fear", "disgusted": "disgust", "surprised": "surprise", "pain": "pain",
    "pleasure": "pleasure",
}
# fmt: on


def ravdess(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """RAVDESS: each performance as sound alone (03-) and as audio-visual file (01-).

    Actors with odd numbers are men. Each was recorded in one session: the set-up
    goes with the person.
    """
    for actor in range(1, 25):
        for emotion in RAVDESS:
            for intensity in (1,) if emotion == "neutral" else (1, 2):
                for sentence in (1, 2):
                    for repetition in (1, 2):
                        name = (
                            f"01-{RAVDESS.classes.index(emotion) + 1:02}-{intensity:02}"
                            f"-{sentence:02}-{repetition:02}-{actor:02}"
                        )
                        causes = build(
                            identity=actor,
                            emotion=emotion,
                            strength={1: 0.65, 2: 1.0}[intensity],
                            sentence=sentence - 1,
                            repetition=repetition,
                            setup=actor,
                            take=name,
                            female=float(actor % 2 == 0),
                        )
                        yield Clip(
                            causes,
                            sound=f"Actor_{actor:02}/03-{name}.wav",
                            film=f"Actor_{actor:02}/01-{name}.mp4",
                        )


def tess(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """TESS: two women, each with every word in every emotion, each in one studio."""
    for number, speaker in enumerate(("OAF", "YAF"), 1):
        for emotion in TESS:
            name = TESS_NAMES[emotion]
            folder = f"{speaker}_{'pleasant_surprised' if name == 'ps' else name}"
            for sentence, word in enumerate(BY_CODE["tess"]):
                take = f"{speaker}_{word}_{name}"
                causes = build(
                    identity=number,
                    emotion=emotion,
                    sentence=sentence,
                    setup=number,
                    take=take,
                    female=1.0,
                )
                yield Clip(causes, sound=f"{folder}/{take}.wav")


def emodb(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """EmoDB: ten actors in one anechoic room; every text in turn, then once more."""
    texts = tuple(BY_CODE["emodb"])
    for person, speaker, emotion, number in dealt(counts, EMODB_SPEAKERS):
        again, sentence = divmod(number, len(texts))
        take = f"{speaker}{texts[sentence]}{EMODB_LETTERS[emotion]}{'abc'[again]}"
        causes = build(
            identity=person,
            emotion=emotion,
            sentence=sentence,
            repetition=again,
            take=take,
            female=float(speaker in EMODB_WOMEN),
        )
        yield Clip(causes, sound=f"wav/{take}.wav")


def crema_d(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """CREMA-D: 91 actors, one studio; one of twelve sentences at three levels.

    The published copy lacks a few takes of each emotion; here they are those of
    the last actors.
    """
    left = dict(counts)
    for actor in range(1, 92):
        for emotion in CREMAD:
            for sentence, code in enumerate(BY_CODE["crema-d"]):
                three = code == "IEO" and emotion != "neutral"
                for level in ("LO", "MD", "HI") if three else ("XX",):
                    if not left[emotion]:
                        continue
                    left[emotion] -= 1
                    take = f"{1000 + actor}_{code}_{CREMAD_CODES[emotion]}_{level}"
                    causes = build(
                        identity=actor,
                        emotion=emotion,
                        strength=CREMAD_LEVELS[level],
                        sentence=sentence,
                        take=take,
                        female=woman(actor, 43, 91),
                    )
                    yield Clip(causes, sound=f"AudioWAV/{take}.wav")


def shemo(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """ShEMO: cut from radio plays, so that each speaker has a sound of their own."""
    women = [f"F{number:02}" for number in range(1, 32)]
    men = [f"M{number:02}" for number in range(1, 57)]
    for person, speaker, emotion, number in dealt(counts, mixed(women, men)):
        take = f"{speaker}{SHEMO_LETTERS[emotion]}{number + 1:02}"
        causes = build(
            identity=person,
            emotion=emotion,
            sentence=person * 7 + number,  # plays, not one list for all
            setup=person,
            take=take,
            female=float(speaker in women),
        )
        folder = "female" if speaker in women else "male"
        yield Clip(causes, sound=f"{folder}/{take}.wav")


def vivae(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """VIVAE: cries of eleven women at four strengths, in one studio."""
    levels = list(VIVAE_LEVELS)
    speakers = [f"S{number:02}" for number in range(1, 12)]
    for person, speaker, emotion, number in dealt(counts, speakers):
        again = number // 4  # each time from another level on
        level, repetition = levels[(number + again) % 4], again + 1
        take = f"{speaker}_{VIVAE_NAMES[emotion]}_{level}_{repetition:02}"
        causes = build(
            identity=person,
            emotion=emotion,
            strength=VIVAE_LEVELS[level],
            repetition=repetition,
            take=take,
            female=1.0,
        )
        yield Clip(causes, sound=f"full_set/{take}.wav")


def mav(build: Build, counts: dict[str, int]) -> Iterator[Clip]:
    """Montreal Affective Voices: ten actors, one cry an emotion, in one studio."""
    for person, actor in enumerate(mixed(MAV_WOMEN, MAV_MEN), 1):
        for emotion in MAV:
            take = f"{actor}_{MAV_NAMES[emotion]}"
            causes = build(
                identity=person,
                emotion=emotion,
                take=take,
                female=float(actor in MAV_WOMEN),
            )
            yield Clip(causes, sound=f"{take}.wav")
