"""The Montreal Affective Voices: ten actors, one "ah" for each of nine states.

A file is named by actor and state, such as `6_anger.wav`.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus, emotion_named

NAME = re.compile(r"(6|42|45|46|53|55|58|59|60|61)_([a-z]+)", re.IGNORECASE)


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a MAV name.

    >>> clip = parse(Path("46_sadness.wav"))
    >>> clip["subject"], clip["original"], clip["emotion"]
    ('46', 'sadness', 'sad')
    """
    match = NAME.fullmatch(path.stem)
    emotion = match and emotion_named(match[2], labels.MAV)
    if not emotion:
        return None
    return emotion | {
        "subject": match[1],
        "authenticity": "posed",
        "modality": "audio",
    }


CORPUS = Corpus(
    name="mav",
    title="Montreal Affective Voices",
    space=labels.MAV,
    description=(
        "Ten actors, five of them men, voice eight affects and a neutral state on "
        "one vowel, once each."
    ),
    access="open, by hand from the authors' laboratory, which the article names",
    licence="for research; no other terms are known here",
    citation="belin2008mav",
    url="https://doi.org/10.3758/BRM.40.2.531",
    counts=dict.fromkeys(labels.MAV.classes, 10),
    subjects=10,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    twin=True,
)
