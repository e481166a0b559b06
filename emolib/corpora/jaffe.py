"""JAFFE: ten Japanese women, each posing seven expressions a few times.

A file is named by subject, expression with its repetition, and a running
number, such as `KA.AN1.39.tiff`.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus

NAME = re.compile(
    r"(KA|KL|KM|KR|MK|NA|NM|TM|UY|YM)\.(AN|DI|FE|HA|NE|SA|SU)(\d)\.\d+", re.IGNORECASE
)
# code -> (the corpus' own name, canonical name)
EMOTIONS = {
    "NE": ("neutral", "neutral"),
    "HA": ("happiness", "happy"),
    "SA": ("sadness", "sad"),
    "AN": ("anger", "angry"),
    "FE": ("fear", "fearful"),
    "DI": ("disgust", "disgusted"),
    "SU": ("surprise", "surprised"),
}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a JAFFE name.

    >>> clip = parse(Path("KA.AN1.39.tiff"))
    >>> clip["subject"], clip["emotion"], clip["repetition"]
    ('KA', 'angry', '1')
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
        "repetition": match[3],
        "modality": "image",
    }


CORPUS = Corpus(
    name="jaffe",
    title="Japanese Female Facial Expression Dataset",
    space=labels.FACES,
    description=(
        "Ten women pose seven expressions, mostly three times each, and take their "
        "own pictures; grey, 256 x 256 pixels."
    ),
    access="on request, after agreeing to its terms",
    licence="non-commercial scientific research",
    citation="lyons1998jaffe",
    url="https://doi.org/10.5281/zenodo.3451524",
    counts={
        "neutral": 30,
        "happy": 31,
        "sad": 31,
        "angry": 30,
        "fearful": 32,
        "disgusted": 29,
        "surprised": 30,
    },
    subjects=10,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    twin=True,
)
