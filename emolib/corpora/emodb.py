"""EmoDB: ten German sentences by ten actors in seven emotions.

A file is named by speaker, text, emotion and version, such as `03a01Fa.wav`;
the emotion's letter is that of its German name.

>>> clip = parse("wav/03a01Wa.wav")
>>> clip["subject"], clip["sentence"], clip["original"], clip["emotion"]
('03', 'a01', 'anger', 'angry')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus, Download
from emolib.corpora.names import Named

parse = Named(
    r"(?P<subject>03|08|09|1[0-6])(?P<sentence>[ab]\d\d)"
    r"(?P<emotion>[WLEAFTN])(?P<repetition>[a-z])",
    emotions={
        "N": ("neutral", "neutral"),
        "F": ("happiness", "happy"),
        "T": ("sadness", "sad"),
        "W": ("anger", "angry"),
        "A": ("fear", "fearful"),
        "E": ("disgust", "disgusted"),
        "L": ("boredom", "bored"),
    },
    fixed={"authenticity": "posed", "channel": "speech"},
)


CORPUS = Corpus(
    name="emodb",
    title="Berlin Database of Emotional Speech",
    space=labels.EMODB,
    description=(
        "Ten actors speak ten everyday German sentences in seven emotions; only "
        "takes that listeners recognised and found natural were kept."
    ),
    access=(
        "open; by `emolib data fetch emodb` a copy that audEERING keeps at Zenodo, "
        "since the original site has neither https nor checksums (not tried by us)"
    ),
    licence="CC0 1.0",
    citation="burkhardt2005emodb",
    url="http://emodb.bilderbar.info",
    counts={
        "neutral": 79,
        "happy": 71,
        "sad": 62,
        "angry": 127,
        "fearful": 69,
        "disgusted": 46,
        "bored": 81,
    },
    subjects=10,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    downloads=(Download("https://zenodo.org/api/records/7447302", files="*.zip"),),
    twin=True,
)
