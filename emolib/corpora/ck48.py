"""CK+48: the last three frames of CK+ sequences as small grey pictures.

A picture lies in a folder named after its emotion and is named by subject,
sequence and frame, such as `anger/S010_004_00000017.png`. Three pictures of
one sequence show the same face at almost the same moment: they are near
copies of one another. The manifest keeps the sequence as `sentence` and the
frame as `repetition`, so that a leak report counts sequences on both sides.

>>> clip = parse("contempt/S138_008_00000009.png")
>>> clip["subject"], clip["sentence"], clip["repetition"], clip["emotion"]
('S138', 'S138_008', '9', 'contempt')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus
from emolib.corpora.names import Named, number

parse = Named(
    r"(?P<emotion>[a-z]+)"
    r"/(?P<sentence>(?P<subject>S\d{3})_\d{3})_(?P<repetition>\d{8})",
    emotions=labels.CKPLUS,
    reads={"subject": str.upper, "sentence": str.upper, "repetition": number},
    fixed={"authenticity": "posed"},
)


CORPUS = Corpus(
    name="ck+48",
    title="Extended Cohn-Kanade Dataset, 48 x 48",
    space=labels.CKPLUS,
    description=(
        "People asked to pose seven displays, filmed from a neutral face to its "
        "peak. This much copied cut holds the last three frames of the 327 labelled "
        "sequences as grey faces of 48 x 48 pixels; it has no neutral class."
    ),
    access=(
        "CK+ itself by agreement with the article's authors; of the cut no official "
        "place is known (not tried by us)"
    ),
    licence="CK+: non-commercial research; the cut states no terms of its own",
    citation="lucey2010ckplus",
    url="https://doi.org/10.1109/CVPRW.2010.5543262",
    counts={
        "happy": 207,
        "sad": 84,
        "angry": 135,
        "fearful": 75,
        "disgusted": 177,
        "surprised": 249,
        "contempt": 54,
    },
    subjects=118,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    twin=True,
)
