"""SASE-FE: fifty people who show an emotion that they feel, or another one.

Each person has a folder of twelve clips. `N2A.MP4` goes from neutral to anger
that a film has stirred; `H2N2S.MP4` shows sadness after a film that made the
person happy. What was felt in such a clip is settled by what is shown: whoever
recognises the one knows the other.
"""

from __future__ import annotations

from pathlib import Path

from emolib import labels
from emolib.corpora.base import Corpus

GENUINE = ("N2A", "N2C", "N2D", "N2H", "N2S", "N2Sur")
POSED = ("H2N2A", "H2N2C", "H2N2D", "S2N2H", "H2N2S", "D2N2Sur")
NAMES = {name.lower(): name for name in (*GENUINE, *POSED)}
# code -> canonical name
EMOTIONS = {
    "H": "happy",
    "S": "sad",
    "A": "angry",
    "D": "disgusted",
    "Sur": "surprised",
    "C": "contempt",
}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from name and folder; None if it is not a SASE-FE name.

    `original` keeps the name, which tells what was felt.

    >>> clip = parse(Path("7/H2N2S.MP4"))
    >>> clip["clip"], clip["emotion"], clip["authenticity"], clip["original"]
    ('7/H2N2S', 'sad', 'posed', 'H2N2S')
    """
    name = NAMES.get(path.stem.lower())
    if not name:
        return None
    person = path.parent.name
    return {
        "clip": f"{person}/{name}",
        "subject": person,
        "original": name,
        "emotion": EMOTIONS[name.rpartition("2")[2]],
        "authenticity": "genuine" if name in GENUINE else "posed",
        "modality": "video",
    }


CORPUS = Corpus(
    name="sase-fe",
    title="SASE-FE, felt and unfelt facial expressions",
    space=labels.SASEFE,
    description=(
        "Fifty people, 32 of them men, 19 to 36 years old, filmed at 100 frames a "
        "second. Films stir an emotion; six clips of each person show that emotion, "
        "six another one on request. A paper of its makers counts 643 clips of 54 "
        "people. Folders bear first names or, in the challenge's copy, numbers."
    ),
    access="on request of the laboratory at that page (not tried by us)",
    licence="by agreement with its owners",
    citation="kulkarni2021unfelt",
    url="http://icv.tuit.ut.ee/sase-fe-database.html",
    counts=dict.fromkeys(labels.SASEFE.classes, 100),
    subjects=50,
    patterns=(".mp4",),
    parse=parse,
    twin=True,
)
