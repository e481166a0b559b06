"""CFE, also CFEE: faces in a folder for each emotion.

The documents that use it do not say how its files are named, so only the folder
is read, such as `happy/0012.jpg`. A name that begins with S, a number and an
underscore (`happy/S012_1.jpg`) says who is shown; of any other, nobody knows.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus, emotion_named

PERSON = re.compile(r"S\d+(?=_)", re.IGNORECASE)


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from name and folder; None if the folder is no emotion.

    >>> clip = parse(Path("Happiness/S012_1.jpg"))
    >>> clip["clip"], clip["subject"], clip["emotion"]
    ('happy/S012_1', 'S012', 'happy')
    """
    emotion = emotion_named(path.parent.name, labels.FACES)
    if not emotion:
        return None
    return emotion | {
        "clip": f"{emotion['emotion']}/{path.stem}",
        "subject": person(path),
        "authenticity": "posed",
        "modality": "image",
    }


def person(path: Path) -> str:
    """Who is shown, if the file's name says so, else ""."""
    match = PERSON.match(path.stem)
    return match[0].upper() if match else ""


CORPUS = Corpus(
    name="cfe",
    title="Compound Facial Expressions of Emotion",
    space=labels.FACES,
    description=(
        "People photographed in a laboratory while they pose basic and compound "
        "expressions. Here: the basic ones and the neutral face."
    ),
    access="on request",
    licence="by agreement with its owners",
    citation="du2014compound",
    url="https://doi.org/10.1073/pnas.1322355111",
    counts={},
    subjects=0,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    twin=True,
)
