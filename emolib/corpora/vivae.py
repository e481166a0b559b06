"""VIVAE: short vocalisations without words, from low to peak intensity.

A file is named by speaker, affect, intensity and a number, such as
`S01_achievement_low_01.wav`.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus, emotion_named

NAME = re.compile(
    r"(S(?:0[1-9]|1[01]))_([a-z]+)_(low|moderate|strong|peak)_(\d\d)", re.IGNORECASE
)


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a VIVAE name.

    >>> clip = parse(Path("full_set/S01_fear_peak_03.wav"))
    >>> clip["subject"], clip["emotion"], clip["intensity"], clip["repetition"]
    ('S01', 'fearful', 'peak', '3')
    """
    match = NAME.fullmatch(path.stem)
    emotion = match and emotion_named(match[2], labels.VIVAE)
    if not emotion:
        return None
    return emotion | {
        "subject": match[1].upper(),
        "authenticity": "posed",
        "intensity": match[3].lower(),
        "repetition": str(int(match[4])),
        "modality": "audio",
    }


CORPUS = Corpus(
    name="vivae",
    title="Variably Intense Vocalizations of Affect and Emotion",
    space=labels.VIVAE,
    description=(
        "Eleven speakers voice three pleasant and three unpleasant states without "
        "words, at four intensities, on request. The core set repeats a part of the "
        "full one: keep one of the two."
    ),
    access="open, by hand",
    licence="stated on its page",
    citation="holz2022vivae",
    url="https://doi.org/10.5281/zenodo.4066235",
    counts={},
    total=1085,
    subjects=11,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    twin=True,
)
