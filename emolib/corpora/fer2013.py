"""FER2013: grey faces of 48 x 48 pixels from a web search, in one csv or in folders.

Each row of `fer2013.csv` is a picture: the emotion's number, 48 x 48 grey
values separated by spaces, and the part it belongs to. The other layout is a
folder for each part with one for each emotion in it, such as
`train/angry/Training_3908.jpg`. Nobody knows who is shown.
"""

from __future__ import annotations

from pathlib import Path

from emolib import EmolibError, labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus, emotion_named

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""In the order of the csv's numbers."""

PARTS = {
    "training": "train",
    "publictest": "validation",
    "privatetest": "test",
}
FOLDERS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "validation", "publictest"), "validation"),
    **dict.fromkeys(("test", "privatetest"), "test"),
}
COMMON = {"subject": "", "modality": "image"}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from folders and name; None if the folder is no emotion.

    The part is read off the name where it says so, because some copies put both
    the public and the private test pictures into one folder "test".

    >>> clip = parse(Path("test/angry/PublicTest_88305.jpg"))
    >>> clip["clip"], clip["emotion"], clip["split_hint"]
    ('test/angry/PublicTest_88305', 'angry', 'validation')
    """
    emotion = emotion_named(path.parent.name, labels.FACES)
    if not emotion:
        return None
    folder = path.parent.parent.name.lower()
    hint = FOLDERS.get(folder, "")
    prefix = f"{folder}/" if hint else ""
    return {
        "clip": f"{prefix}{emotion['emotion']}/{path.stem}",
        "split_hint": PARTS.get(path.stem.lower().partition("_")[0], hint),
        **emotion,
        **COMMON,
    }


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """A clip for each row of the csv, numbered as they come.

    Its path is the csv's and the byte at which the row begins; that is how
    `media.read_image` finds it without reading all the rows before.

    Raises:
        EmolibError: if a column is missing, or a row holds an unknown emotion
            or part.
    """
    clips = {}
    with path.open("rb") as file:
        header = file.readline()
        names = header.decode("utf-8-sig", "replace").lower().replace('"', "")
        names = [name.strip() for name in names.split(",")]
        if not {"emotion", "pixels", "usage"} <= set(names):
            raise EmolibError(
                f"{path}: the first line must name the columns emotion, pixels and "
                f"Usage, it is {header[:60]!r}"
            )
        emotion, usage = names.index("emotion"), names.index("usage")
        end = len(header)
        for number, line in enumerate(file):
            start, end = end, end + len(line)
            fields = line.split(b",")
            try:
                word = EMOTIONS[int(fields[emotion].strip(b'" '))]
                part = PARTS[fields[usage].strip(b'" \r\n').decode().lower()]
            except (ValueError, LookupError):
                raise EmolibError(
                    f"{path}: row {number + 1} holds no known emotion and part: "
                    f"{line[:20]!r} ... {line[-20:]!r}"
                ) from None
            clips[f"{number:05}"] = {
                "clip": f"{number:05}",
                "path": f"{path}#{start}",
                "split_hint": part,
                **emotion_named(word, labels.FACES),
                **COMMON,
            }
    return clips


CORPUS = Corpus(
    name="fer2013",
    title="Facial Expression Recognition 2013",
    space=labels.FACES,
    description=(
        "Faces found by a web search for words of emotion, cut out and sorted by "
        "people; published for a contest, in three parts. Labels are noisy, and "
        "whether an expression was felt or posed nobody knows."
    ),
    access="open after registration, by hand from the contest's page (not tried by us)",
    licence="the contest's rules; the pictures have many owners",
    citation="goodfellow2015challenges",
    url=(
        "https://www.kaggle.com/c/challenges-in-representation-learning-"
        "facial-expression-recognition-challenge"
    ),
    counts={
        "neutral": 6198,
        "happy": 8989,
        "sad": 6077,
        "angry": 4953,
        "fearful": 5121,
        "disgusted": 547,
        "surprised": 4002,
    },
    subjects=0,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    tables=("fer2013.csv", "icml_face_data.csv"),
    read_table=read_table,
    twin=True,
)
