"""TESS: 200 words, each in seven emotions, by two actresses.

A file is named by speaker, word and emotion, such as `OAF_back_ps.wav`; "ps"
is pleasant surprise. Folders are named differently from copy to copy, so they
are not looked at.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus

NAME = re.compile(r"(OAF|YAF|OA)_([a-z]+)_([a-z]+)", re.IGNORECASE)
# name in the file -> (the corpus' own name, canonical name)
EMOTIONS = {
    "neutral": ("neutral", "neutral"),
    "happy": ("happy", "happy"),
    "sad": ("sad", "sad"),
    "angry": ("angry", "angry"),
    "fear": ("fear", "fearful"),
    "disgust": ("disgust", "disgusted"),
    "ps": ("pleasant surprise", "surprised"),
}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a TESS name.

    >>> clip = parse(Path("OAF_Pleasant_surprise/OA_bite_ps.wav"))
    >>> clip["subject"], clip["sentence"], clip["emotion"]
    ('OAF', 'bite', 'surprised')
    """
    match = NAME.fullmatch(path.stem)
    if not match or match[3].lower() not in EMOTIONS:
        return None
    original, emotion = EMOTIONS[match[3].lower()]
    return {
        # One file of the older actress lacks the last letter of her code.
        "subject": "YAF" if match[1].upper() == "YAF" else "OAF",
        "original": original,
        "emotion": emotion,
        "authenticity": "posed",
        "sentence": match[2].lower(),
        "modality": "audio",
    }


CORPUS = Corpus(
    name="tess",
    title="Toronto Emotional Speech Set",
    space=labels.TESS,
    description=(
        "Two actresses, one about 26 and one about 64 years old, say 200 words in "
        "one carrier phrase in seven emotions."
    ),
    access=(
        "open, by hand: the archive's site packs the files anew for each download, "
        "so there is no checksum to hold a copy against"
    ),
    licence="CC BY-NC-ND 4.0",
    citation="pichora2020tess",
    url="https://doi.org/10.5683/SP2/E8H2MF",
    counts=dict.fromkeys(labels.TESS.classes, 400),
    subjects=2,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    twin=True,
)
