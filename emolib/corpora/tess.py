"""TESS: 200 words, each in seven emotions, by two actresses.

A file is named by speaker, word and emotion, such as `OAF_back_ps.wav`; "ps"
is pleasant surprise. Folders are named differently from copy to copy, so they
are not looked at.

>>> clip = parse("OAF_Pleasant_surprise/OA_bite_ps.wav")
>>> clip["subject"], clip["sentence"], clip["emotion"]
('OAF', 'bite', 'surprised')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus, Download
from emolib.corpora.names import Named

parse = Named(
    r"(?P<subject>OAF|YAF|OA)_(?P<sentence>[a-z]+)_(?P<emotion>[a-z]+)",
    emotions={
        "neutral": "neutral",
        "happy": "happy",
        "sad": "sad",
        "angry": "angry",
        "fear": "fearful",
        "disgust": "disgusted",
        "ps": ("pleasant surprise", "surprised"),
    },
    reads={
        # One file of the older actress lacks the last letter of her code.
        "subject": {"OAF": "OAF", "OA": "OAF", "YAF": "YAF"},
        "sentence": str.lower,
    },
    fixed={"authenticity": "posed", "channel": "speech"},
)


CORPUS = Corpus(
    name="tess",
    title="Toronto Emotional Speech Set",
    space=labels.TESS,
    description=(
        "Two actresses, one about 26 and one about 64 years old, say 200 words in "
        "one carrier phrase in seven emotions."
    ),
    access=(
        "open; by `emolib data fetch tess`, file by file as Borealis lists them (not "
        "tried by us)"
    ),
    licence="CC BY-NC-ND 4.0",
    citation="pichora2020tess",
    url="https://doi.org/10.5683/SP2/E8H2MF",
    counts=dict.fromkeys(labels.TESS.classes, 400),
    subjects=2,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    downloads=(
        Download(
            "https://borealisdata.ca/api/datasets/:persistentId/"
            "?persistentId=doi:10.5683/SP2/E8H2MF",
            files="*.wav",
        ),
    ),
    twin=True,
)
