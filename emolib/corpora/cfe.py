"""CFE, also CFEE: faces in a folder for each emotion.

The documents that use it do not say how its files are named, so only the folder
is read, such as `happy/0012.jpg`. A name that begins with S, a number and an
underscore (`happy/S012_1.jpg`) says who is shown; of any other, nobody knows.

>>> clip = parse("Happiness/S012_1.jpg")
>>> clip["clip"], clip["subject"], clip["emotion"]
('happy/S012_1', 'S012', 'happy')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import IMAGE_SUFFIXES, Corpus
from emolib.corpora.names import Named

parse = Named(
    r"(?P<emotion>[a-z]+)/(?P<subject>S\d+(?=_))?[^/]*",
    emotions=labels.FACES,
    reads={"subject": str.upper},
    fixed={"authenticity": "posed"},
    clip="{emotion}/{stem}",
)


CORPUS = Corpus(
    name="cfe",
    title="Compound Facial Expressions of Emotion",
    space=labels.FACES,
    description=(
        "People photographed in a laboratory while they pose basic and compound "
        "expressions. Here: the basic ones and the neutral face."
    ),
    access=(
        "on request of the article's authors; a project that used it names their page, "
        "cbcsl.ece.ohio-state.edu/compound.html (not tried by us)"
    ),
    licence="by agreement with its owners",
    citation="du2014compound",
    url="https://doi.org/10.1073/pnas.1322355111",
    counts={},
    subjects=0,
    patterns=IMAGE_SUFFIXES,
    parse=parse,
    twin=True,
)
