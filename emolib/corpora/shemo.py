"""ShEMO: Persian radio plays in six emotions.

A file is named by gender and number of the speaker, the emotion's letter and a
number, such as `F01A02.wav`.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus

NAME = re.compile(r"([FM]\d\d)([AFHNSW])(\d\d)", re.IGNORECASE)
# letter -> (the corpus' own name, canonical name)
EMOTIONS = {
    "N": ("neutral", "neutral"),
    "H": ("happiness", "happy"),
    "S": ("sadness", "sad"),
    "A": ("anger", "angry"),
    "F": ("fear", "fearful"),
    "W": ("surprise", "surprised"),
}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a ShEMO name.

    Every utterance is another piece of a play, so there is no sentence and no
    repetition.

    >>> clip = parse(Path("male/M03W01.wav"))
    >>> clip["subject"], clip["original"], clip["emotion"]
    ('M03', 'surprise', 'surprised')
    """
    match = NAME.fullmatch(path.stem)
    if not match:
        return None
    original, emotion = EMOTIONS[match[2].upper()]
    return {
        "subject": match[1].upper(),
        "original": original,
        "emotion": emotion,
        "authenticity": "posed",
        "modality": "audio",
    }


CORPUS = Corpus(
    name="shemo",
    title="Sharif Emotional Speech Database",
    space=labels.SHEMO,
    description=(
        "3000 utterances of 87 Persian speakers, cut from radio plays and labelled "
        "by the majority of twelve listeners: acted, but not for a laboratory."
    ),
    access="open, by hand from the links in the repository",
    licence="free for academic purposes",
    citation="nezami2019shemo",
    url="https://github.com/mansourehk/ShEMO",
    counts={
        "neutral": 1028,
        "happy": 201,
        "sad": 449,
        "angry": 1059,
        "fearful": 38,
        "surprised": 225,
    },
    subjects=87,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    twin=True,
)
