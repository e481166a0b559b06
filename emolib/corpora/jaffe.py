"""JAFFE: ten Japanese women, each posing seven expressions a few times.

A file is named by subject, expression with its repetition, and a running
number, such as `KA.AN1.39.tiff`.

>>> clip = parse("KA.AN1.39.tiff")
>>> clip["subject"], clip["emotion"], clip["repetition"]
('KA', 'angry', '1')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus
from emolib.corpora.names import Named

parse = Named(
    r"(?P<subject>KA|KL|KM|KR|MK|NA|NM|TM|UY|YM)"
    r"\.(?P<emotion>AN|DI|FE|HA|NE|SA|SU)(?P<repetition>\d)\.\d+",
    emotions={
        "NE": ("neutral", "neutral"),
        "HA": ("happiness", "happy"),
        "SA": ("sadness", "sad"),
        "AN": ("anger", "angry"),
        "FE": ("fear", "fearful"),
        "DI": ("disgust", "disgusted"),
        "SU": ("surprise", "surprised"),
    },
    reads={"subject": str.upper},
    fixed={"authenticity": "posed"},
)


CORPUS = Corpus(
    name="jaffe",
    title="Japanese Female Facial Expression Dataset",
    space=labels.FACES,
    description=(
        "Ten women pose seven expressions, mostly three times each, and take their "
        "own pictures; grey, 256 x 256 pixels."
    ),
    access="on request at that page, after agreeing to its terms (not tried by us)",
    licence="non-commercial scientific research",
    citation="lyons1998jaffe",
    url="https://doi.org/10.5281/zenodo.3451524",
    counts={
        "neutral": 30,
        "happy": 31,
        "sad": 31,
        "angry": 30,
        "fearful": 32,
        "disgusted": 29,
        "surprised": 30,
    },
    subjects=10,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    twin=True,
)
