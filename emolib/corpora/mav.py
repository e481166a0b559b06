"""The Montreal Affective Voices: ten actors, one "ah" for each of nine states.

A file is named by actor and state, such as `6_anger.wav`.

>>> clip = parse("46_sadness.wav")
>>> clip["subject"], clip["original"], clip["emotion"]
('46', 'sadness', 'sad')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus
from emolib.corpora.names import Named

parse = Named(
    r"(?P<subject>6|42|45|46|53|55|58|59|60|61)_(?P<emotion>[a-z]+)",
    emotions=labels.MAV,
    fixed={"authenticity": "posed"},
)


CORPUS = Corpus(
    name="mav",
    title="Montreal Affective Voices",
    space=labels.MAV,
    description=(
        "Ten actors, five of them men, voice eight affects and a neutral state on "
        "one vowel, once each."
    ),
    access=(
        "open, by hand from the authors' laboratory, which the article names; its "
        "pages at vnl.psy.gla.ac.uk are known here without https only (not tried by us)"
    ),
    licence="for research; no other terms are known here",
    citation="belin2008mav",
    url="https://doi.org/10.3758/BRM.40.2.531",
    counts=dict.fromkeys(labels.MAV.classes, 10),
    subjects=10,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    twin=True,
)
