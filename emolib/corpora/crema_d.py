"""CREMA-D: twelve sentences by 91 actors in six emotions, in sound and video.

A file is named by actor, sentence, emotion and level, such as
`1001_DFA_ANG_XX.wav`; XX is a level that nobody asked for. The video of a clip
has the same name, so it is told apart by `video/`.
"""

from __future__ import annotations

from pathlib import Path

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus
from emolib.corpora.names import Named

VIDEO_SUFFIXES = (".flv", ".mp4")
named = Named(
    r"(?!1000)(?P<subject>10[0-8]\d|109[01])"
    r"_(?P<sentence>IEO|TIE|IOM|IWW|TAI|MTI|IWL|ITH|DFA|ITS|TSI|WSI)"
    r"_(?P<emotion>ANG|DIS|FEA|HAP|NEU|SAD)_(?P<intensity>LO|MD|HI|XX?)",
    emotions={
        "NEU": ("neutral", "neutral"),
        "HAP": ("happy", "happy"),
        "SAD": ("sad", "sad"),
        "ANG": ("anger", "angry"),
        "FEA": ("fear", "fearful"),
        "DIS": ("disgust", "disgusted"),
    },
    reads={
        "sentence": str.upper,
        # One file ends in a single X: 1040_ITH_SAD_X.
        "intensity": {"LO": "low", "MD": "medium", "HI": "high", "X": "", "XX": ""},
    },
    fixed={"authenticity": "posed", "channel": "speech"},
)


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a CREMA-D name.

    >>> clip = parse(Path("VideoFlash/1001_IEO_ANG_HI.flv"))
    >>> clip["subject"], clip["sentence"], clip["emotion"], clip["intensity"]
    ('1001', 'IEO', 'angry', 'high')
    >>> clip["clip"]
    'video/1001_IEO_ANG_HI'
    """
    columns = named(path)
    if columns and columns["modality"] == "audio-video":
        columns["clip"] = f"video/{path.stem}"
    return columns


CORPUS = Corpus(
    name="crema-d",
    title="Crowd-sourced Emotional Multimodal Actors Dataset",
    space=labels.CREMAD,
    description=(
        "91 actors of many ages and origins say twelve sentences in six emotions, "
        "one of the sentences at three levels. Many raters judged each clip by "
        "sound, by face and by both; the label here is the emotion asked for."
    ),
    access=(
        "open, by hand: `git lfs clone` of its repository, which checks each file; "
        "where that has given out too much, of its makers' mirror, "
        "gitlab.com/cs-cooper-lab/crema-d-mirror (neither tried by us)"
    ),
    licence="Open Database License 1.0",
    citation="cao2014cremad",
    url="https://github.com/CheyneyComputerScience/CREMA-D",
    counts={"neutral": 1087} | dict.fromkeys(labels.CREMAD.classes[1:], 1271),
    subjects=91,
    patterns=(*SOUND_SUFFIXES, *VIDEO_SUFFIXES),
    parse=parse,
    twin=True,
)
