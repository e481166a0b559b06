"""RAVDESS: two sentences, spoken and sung by 24 actors, in sound and video.

A file is named by seven numbers: modality, channel, emotion, intensity,
statement, repetition, actor.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus, Download

NAME = re.compile(r"(0[123])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-(\d\d)")
MODALITIES = {"01": "audio-video", "02": "video", "03": "audio"}
CHANNELS = {"01": "speech", "02": "song"}
EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgust",
    "08": "surprised",
}
INTENSITIES = {"01": "normal", "02": "strong"}
SENTENCES = {"01": "kids", "02": "dogs"}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a RAVDESS name.

    >>> clip = parse(Path("03-01-07-02-01-01-12.wav"))
    >>> clip["subject"], clip["original"], clip["emotion"], clip["intensity"]
    ('12', 'disgust', 'disgusted', 'strong')
    >>> parse(Path("03-01-01-02-01-01-12.wav"))  # neutral is never strong
    """
    match = NAME.fullmatch(path.stem)
    if not match:
        return None
    modality, channel, emotion, intensity, sentence, repetition, actor = match.groups()
    impossible = (
        not 1 <= int(actor) <= 24
        or (emotion == "01" and intensity == "02")
        or (modality == "03") != (path.suffix.lower() in SOUND_SUFFIXES)
    )
    if impossible:
        return None
    original = EMOTIONS[emotion]
    return {
        "subject": actor,
        "original": original,
        "emotion": "disgusted" if original == "disgust" else original,
        "authenticity": "posed",
        "intensity": INTENSITIES[intensity],
        "sentence": SENTENCES[sentence],
        "repetition": str(int(repetition)),
        "modality": MODALITIES[modality],
        "channel": CHANNELS[channel],
    }


def performance(clip: str) -> str:
    """A clip's name without its modality.

    The audio-only file is the sound of the audio-visual one, so what was said
    once has two names; this is the one they share.

    >>> performance("ravdess/03-01-05-02-01-01-12")
    'ravdess/01-05-02-01-01-12'
    """
    folder, slash, stem = clip.rpartition("/")
    return folder + slash + stem[3:]


CORPUS = Corpus(
    name="ravdess",
    title="Ryerson Audio-Visual Database of Emotional Speech and Song",
    space=labels.RAVDESS,
    description=(
        "24 professional actors speak two sentences in eight emotions, seven of "
        "them at two intensities, each twice. The counts are those of the speech part."
    ),
    access=(
        "open; the sound of the speech part by `emolib data fetch ravdess`, the "
        "videos (Video_Speech_Actor_01.zip to 24) by hand from the same page"
    ),
    licence="CC BY-NC-SA 4.0",
    citation="livingstone2018ravdess",
    url="https://doi.org/10.5281/zenodo.1188976",
    counts={"neutral": 96} | dict.fromkeys(labels.RAVDESS.classes[1:], 192),
    subjects=24,
    patterns=(*SOUND_SUFFIXES, ".mp4"),
    parse=parse,
    downloads=(
        Download(
            url="https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip",
            checksum="md5:bc696df654c87fed845eb13823edef8a",
            size=208_468_073,
        ),
    ),
    twin=True,
)
