"""RAVDESS: two sentences, spoken and sung by 24 actors, in sound and video.

A file is named by seven numbers: modality, channel, emotion, intensity,
statement, repetition, actor. Neutral is never strong.

>>> clip = parse("03-01-07-02-01-01-12.wav")
>>> clip["subject"], clip["original"], clip["emotion"], clip["intensity"]
('12', 'disgust', 'disgusted', 'strong')
>>> parse("03-01-01-02-01-01-12.wav")
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus, Download
from emolib.corpora.names import Named, number

parse = Named(
    r"(?P<modality>0[123])-(?P<channel>0[12])-(?!01-02)(?P<emotion>0[1-8])"
    r"-(?P<intensity>0[12])-(?P<sentence>0[12])-(?P<repetition>0[12])"
    r"-(?P<subject>0[1-9]|1\d|2[0-4])",
    emotions={
        "01": ("neutral", "neutral"),
        "02": ("calm", "calm"),
        "03": ("happy", "happy"),
        "04": ("sad", "sad"),
        "05": ("angry", "angry"),
        "06": ("fearful", "fearful"),
        "07": ("disgust", "disgusted"),
        "08": ("surprised", "surprised"),
    },
    reads={
        "modality": {"01": "audio-video", "02": "video", "03": "audio"},
        "channel": {"01": "speech", "02": "song"},
        "intensity": {"01": "normal", "02": "strong"},
        "sentence": {"01": "kids", "02": "dogs"},
        "repetition": number,
    },
    fixed={"authenticity": "posed"},
)


def performance(clip: str) -> str:
    """A clip's name without its modality.

    The audio-only file is the sound of the audio-visual one, so what was said
    once has two names; this is the one they share.

    >>> performance("ravdess/03-01-05-02-01-01-12")
    'ravdess/01-05-02-01-01-12'
    """
    folder, slash, stem = clip.rpartition("/")
    return folder + slash + stem[3:]


CORPUS = Corpus(
    name="ravdess",
    title="Ryerson Audio-Visual Database of Emotional Speech and Song",
    space=labels.RAVDESS,
    description=(
        "24 professional actors speak two sentences in eight emotions, seven of "
        "them at two intensities, each twice. The counts are those of the speech part."
    ),
    access=(
        "open; the sound of the speech part by `emolib data fetch ravdess`, the "
        "videos (Video_Speech_Actor_01.zip to 24) by hand from the same page (neither "
        "tried by us; size and checksum as others found them at Zenodo)"
    ),
    licence="CC BY-NC-SA 4.0",
    citation="livingstone2018ravdess",
    url="https://doi.org/10.5281/zenodo.1188976",
    counts={"neutral": 96} | dict.fromkeys(labels.RAVDESS.classes[1:], 192),
    # 23 of the actors sing, in six of the emotions.
    channels={
        "song": {"neutral": 92} | dict.fromkeys(labels.RAVDESS.classes[1:6], 184)
    },
    subjects=24,
    patterns=(*SOUND_SUFFIXES, ".mp4"),
    parse=parse,
    downloads=(
        Download(
            url="https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip",
            checksum="md5:bc696df654c87fed845eb13823edef8a",
            size=208_468_073,
        ),
    ),
    twin=True,
)
