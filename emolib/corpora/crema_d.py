"""CREMA-D: twelve sentences by 91 actors in six emotions, in sound and video.

A file is named by actor, sentence, emotion and level, such as
`1001_DFA_ANG_XX.wav`; XX is a level that nobody asked for. The video of a clip
has the same name, so it is told apart by `video/`.
"""

from __future__ import annotations

import re
from pathlib import Path

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus

VIDEO_SUFFIXES = (".flv", ".mp4")
# One file ends in a single X: 1040_ITH_SAD_X.
NAME = re.compile(
    r"(10[0-8]\d|109[01])_(IEO|TIE|IOM|IWW|TAI|MTI|IWL|ITH|DFA|ITS|TSI|WSI)"
    r"_(ANG|DIS|FEA|HAP|NEU|SAD)_(LO|MD|HI|XX?)",
    re.IGNORECASE,
)
# code -> (the corpus' own name, canonical name)
EMOTIONS = {
    "NEU": ("neutral", "neutral"),
    "HAP": ("happy", "happy"),
    "SAD": ("sad", "sad"),
    "ANG": ("anger", "angry"),
    "FEA": ("fear", "fearful"),
    "DIS": ("disgust", "disgusted"),
}
LEVELS = {"LO": "low", "MD": "medium", "HI": "high"}


def parse(path: Path) -> dict[str, str] | None:
    """Manifest columns from a file's name; None if it is not a CREMA-D name.

    >>> clip = parse(Path("AudioWAV/1001_IEO_ANG_HI.wav"))
    >>> clip["subject"], clip["sentence"], clip["emotion"], clip["intensity"]
    ('1001', 'IEO', 'angry', 'high')
    """
    match = NAME.fullmatch(path.stem)
    if not match or match[1] == "1000":
        return None
    actor, sentence, emotion, level = match[0].upper().split("_")
    original, canonical = EMOTIONS[emotion]
    video = path.suffix.lower() in VIDEO_SUFFIXES
    return {
        "clip": f"video/{path.stem}" if video else path.stem,
        "subject": actor,
        "original": original,
        "emotion": canonical,
        "authenticity": "posed",
        "intensity": LEVELS.get(level, ""),
        "sentence": sentence,
        "modality": "audio-video" if video else "audio",
    }


CORPUS = Corpus(
    name="crema-d",
    title="Crowd-sourced Emotional Multimodal Actors Dataset",
    space=labels.CREMAD,
    description=(
        "91 actors of many ages and origins say twelve sentences in six emotions, "
        "one of the sentences at three levels. Many raters judged each clip by "
        "sound, by face and by both; the label here is the emotion asked for."
    ),
    access="open, by hand: the repository keeps its files in git-lfs",
    licence="Open Database License 1.0",
    citation="cao2014cremad",
    url="https://github.com/CheyneyComputerScience/CREMA-D",
    counts={"neutral": 1087} | dict.fromkeys(labels.CREMAD.classes[1:], 1271),
    subjects=91,
    patterns=(*SOUND_SUFFIXES, *VIDEO_SUFFIXES),
    parse=parse,
    twin=True,
)
