"""RAF-DB: faces from the web, labelled by some forty people each.

A picture is named by its part and a number, such as
`train_00001_aligned.jpg`; `list_patition_label.txt` (so spelt) gives its
emotion, in some copies behind its part. Some copies have folders 1 to 7 instead.
Nobody knows who is shown.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import EmolibError, labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus, emotion_named

NAME = re.compile(r"((train|test)_\d+)(?:_aligned)?", re.IGNORECASE)
EMOTIONS = {
    "1": "surprise",
    "2": "fear",
    "3": "disgust",
    "4": "happiness",
    "5": "sadness",
    "6": "anger",
    "7": "neutral",
}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a RAF-DB name.

    >>> clip = parse(Path("Image/aligned/train_00001_aligned.jpg"))
    >>> clip["clip"], clip["split_hint"], "emotion" in clip
    ('train_00001', 'train', False)
    """
    match = NAME.fullmatch(path.stem)
    if not match:
        return None
    word = EMOTIONS.get(path.parent.name, "")
    return {
        "clip": match[1].lower(),
        "subject": "",
        "modality": "image",
        "split_hint": match[2].lower(),
        **(emotion_named(word, labels.FACES) or {}),
    }


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """The emotion of each clip, from lines such as `train_00001.jpg 5`.

    A copy with three columns says `train_00001.jpg train 5`.

    Raises:
        EmolibError: if a picture has a number that is no basic emotion (the list of
            the compound ones has the same name), or what stands between the two is
            not the part that its name says.
    """
    emotions = {}
    for line in path.read_text("utf-8-sig").splitlines():
        name, *part, number = line.replace(",", " ").split() or [""] * 2
        match = NAME.fullmatch(Path(name).stem)
        if not match:
            continue  # a heading
        word = EMOTIONS.get(number)
        if not word:
            raise EmolibError(
                f"{path}: {line.strip()!r} is not a picture with a number from 1 to "
                "7; give the folder of the basic emotions"
            )
        if part and [one.lower() for one in part] != [match[2].lower()]:
            raise EmolibError(
                f"{path}: {line.strip()!r} has {' '.join(part)!r} between picture and "
                f"number; nothing is wanted there, or the picture's part, {match[2]}"
            )
        emotions[match[1].lower()] = emotion_named(word, labels.FACES)
    return emotions


CORPUS = Corpus(
    name="raf-db",
    title="Real-world Affective Faces Database, basic emotions",
    space=labels.FACES,
    description=(
        "Faces of all kinds from the web in two parts, one to train and one to test "
        "on; each label is the verdict of about forty people. Whether an expression "
        "was felt or posed nobody knows."
    ),
    access="on request at that page: a password is sent by mail (not tried by us)",
    licence="non-commercial research",
    citation="li2017rafdb",
    url="http://www.whdeng.cn/RAF/model1.html",
    counts={
        "neutral": 3204,
        "happy": 5957,
        "sad": 2460,
        "angry": 867,
        "fearful": 355,
        "disgusted": 877,
        "surprised": 1619,
    },
    subjects=0,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    tables=(
        *("list_patition_label.txt", "list_partition_label.txt"),
        *("train_labels.csv", "test_labels.csv"),
    ),
    read_table=read_table,
    twin=True,
)
