"""ShEMO: Persian radio plays in six emotions.

A file is named by gender and number of the speaker, the emotion's letter and a
number, such as `F01A02.wav`. Every utterance is another piece of a play, so
there is no sentence and no repetition.

>>> clip = parse("male/M03W01.wav")
>>> clip["subject"], clip["original"], clip["emotion"]
('M03', 'surprise', 'surprised')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus
from emolib.corpora.names import Named

parse = Named(
    r"(?P<subject>[FM]\d\d)(?P<emotion>[AFHNSW])\d\d",
    emotions={
        "N": ("neutral", "neutral"),
        "H": ("happiness", "happy"),
        "S": ("sadness", "sad"),
        "A": ("anger", "angry"),
        "F": ("fear", "fearful"),
        "W": ("surprise", "surprised"),
    },
    reads={"subject": str.upper},
    fixed={"authenticity": "posed", "channel": "speech"},
)


CORPUS = Corpus(
    name="shemo",
    title="Sharif Emotional Speech Database",
    space=labels.SHEMO,
    description=(
        "3000 utterances of 87 Persian speakers, cut from radio plays and labelled "
        "by the majority of twelve listeners: acted, but not for a laboratory."
    ),
    access=(
        "open, by hand from the links in the repository; no checksum is known here "
        "(not tried by us)"
    ),
    licence="free for academic purposes",
    citation="nezami2019shemo",
    url="https://github.com/mansourehk/ShEMO",
    counts={
        "neutral": 1028,
        "happy": 201,
        "sad": 449,
        "angry": 1059,
        "fearful": 38,
        "surprised": 225,
    },
    subjects=87,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    twin=True,
)
