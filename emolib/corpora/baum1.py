"""BAUM-1: Turkish people on film, acting (BAUM-1a) and speaking freely (BAUM-1s).

A clip is named by subject and number, such as `S001_001.mp4`, in both parts
alike; a folder whose name begins with BAUM1a or BAUM1s tells them apart. The
emotion is in a table for each part, `Annotations_BAUM1a.xlsx` and
`Annotations_BAUM1s.xlsx` (or the same as csv).
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import WORDS, Corpus, emotion_named
from emolib.corpora.sheets import read_csv, read_xlsx

NAME = re.compile(r"(S\d{3})_\d{3}", re.IGNORECASE)
PART = re.compile(r"BAUM1[as]", re.IGNORECASE)
AUTHENTICITY = {"BAUM1a": "posed", "BAUM1s": "genuine"}
GENDERS = {"male", "female", "m", "f"}
SPACES = {"BAUM1a": labels.BAUM1A, "BAUM1s": labels.BAUM1S}
# fmt: off
_NAMES = {
    "BAUM1a": (
        "anger", "boredom", "disgust", "fear", "happiness", "interest", "sadness",
        "surprise", "unsure",
    ),
    "BAUM1s": (
        "anger", "boredom", "bothered", "concentrating", "contempt", "disgust",
        "fear", "happiness", "neutral", "sadness", "surprise", "thinking", "unsure",
    ),
}
# fmt: on
CODES = {
    part: {str(code): WORDS[name] for code, name in enumerate(names, start=1)}
    for part, names in _NAMES.items()
}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from name and folder; None if they are not BAUM-1's.

    >>> clip = parse(Path("BAUM1a_MP4_all/s001/S001_004.mp4"))
    >>> clip["clip"], clip["subject"], clip["authenticity"], "emotion" in clip
    ('BAUM1a/S001_004', 'S001', 'posed', False)
    """
    match = NAME.fullmatch(path.stem)
    parts = [found for f in path.parents if (found := PART.match(f.name))]
    if not match or not parts:
        return None
    part = _spelt(parts[0])
    return {
        "clip": f"{part}/{match[0].upper()}",
        "subject": match[1].upper(),
        "authenticity": AUTHENTICITY[part],
        "modality": "audio-video",
        "channel": "speech",
    }


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """The emotion of each clip of a part.

    The clip and the name of its emotion are found by what they look like, since
    copies differ in their columns. The emotion's code stands after its name;
    where the two disagree the clip gets no emotion. What stands behind the gender is
    no part of the row: in real copies it is a legend of the codes.
    """
    part = _spelt(PART.search(path.name))
    rows = (read_xlsx if path.suffix.lower() == ".xlsx" else read_csv)(path)
    emotions = {}
    for row in rows:
        clip = next((c for c in row if NAME.fullmatch(Path(c).stem)), None)
        emotion = _emotion(row, part)
        if clip and emotion:
            emotions[f"{part}/{Path(clip).stem.upper()}"] = emotion
    return emotions


def _spelt(part: re.Match[str]) -> str:
    return "BAUM1" + part[0][-1].lower()


def _emotion(row: list[str], part: str) -> dict[str, str] | None:
    own = itertools.takewhile(lambda cell: cell.lower() not in GENDERS, row)
    for name, after in itertools.pairwise([*own, ""]):
        if emotion := emotion_named(name, SPACES[part]):
            code = after.removesuffix(".0")
            agreed = not code.isdigit() or CODES[part].get(code) == emotion["emotion"]
            return emotion if agreed else None
    return None


CORPUS = Corpus(
    name="baum-1",
    title="BAUM-1 audio-visual face database",
    space=labels.BAUM1,
    description=(
        "31 Turkish people, 17 of them men, before a green wall. In one part they "
        "act emotions (273 clips), in the other they say in their own words what "
        "pictures and films shown to them stirred (about 1222 clips)."
    ),
    access="on request of the article's authors (not tried by us)",
    licence="academic research, by agreement with its owners",
    citation="zhalehpour2017baum1",
    url="https://doi.org/10.1109/TAFFC.2016.2553038",
    counts={},
    total=1495,
    subjects=31,
    patterns=(".mp4",),
    parse=parse,
    tables=tuple(
        f"annotations_{part.lower()}{suffix}"
        for part in AUTHENTICITY
        for suffix in (".xlsx", ".csv")
    ),
    read_table=read_table,
    twin=True,
)
