"""FED, also FFER: faces whose expression is felt ("real") or put on ("fake").

No published layout is known. Taken to be a folder for each of the two with one
for each emotion in it, such as `fake/happy/0012.jpg`; who is shown is read as
in CFE.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus, emotion_named

AUTHENTICITY = {"real": "genuine", "fake": "posed"}
PERSON = re.compile(r"S\d+(?=_)", re.IGNORECASE)


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from the two nearest folders; None if they do not fit.

    >>> clip = parse(Path("fake/happy/0012.jpg"))
    >>> clip["clip"], clip["authenticity"], clip["emotion"]
    ('fake/happy/0012', 'posed', 'happy')
    """
    kind = path.parent.parent.name.lower()
    emotion = emotion_named(path.parent.name, labels.FACES)
    if not emotion or kind not in AUTHENTICITY:
        return None
    person = PERSON.match(path.stem)
    return emotion | {
        "clip": f"{kind}/{emotion['emotion']}/{path.stem}",
        "subject": person[0].upper() if person else "",
        "authenticity": AUTHENTICITY[kind],
        "modality": "image",
    }


CORPUS = Corpus(
    name="fed",
    title="Real and fake facial expressions",
    space=labels.FACES,
    description=(
        "Pictures of real and fake expressions. Documents A and E name such a set; "
        "neither says how many pictures it has or where it can be had."
    ),
    access=(
        "no public place is known; ask the authors of documents A and E, who name it "
        "(not tried by us)"
    ),
    licence="unknown",
    citation="gagatsis2023",
    url="",
    counts={},
    subjects=0,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    twin=True,
)
