"""VIVAE: short vocalisations without words, from low to peak intensity.

A file is named by speaker, affect, intensity and a number, such as
`S01_achievement_low_01.wav`.

>>> clip = parse("full_set/S01_fear_peak_03.wav")
>>> clip["subject"], clip["emotion"], clip["intensity"], clip["repetition"]
('S01', 'fearful', 'peak', '3')
"""

from __future__ import annotations

from emolib import labels
from emolib.corpora.base import SOUND_SUFFIXES, Corpus, Download
from emolib.corpora.names import Named, number

parse = Named(
    r"(?P<subject>S(?:0[1-9]|1[01]))_(?P<emotion>[a-z]+)"
    r"_(?P<intensity>low|moderate|strong|peak)_(?P<repetition>\d\d)",
    emotions=labels.VIVAE,
    reads={"subject": str.upper, "intensity": str.lower, "repetition": number},
    fixed={"authenticity": "posed"},
)


CORPUS = Corpus(
    name="vivae",
    title="Variably Intense Vocalizations of Affect and Emotion",
    space=labels.VIVAE,
    description=(
        "Eleven speakers voice three pleasant and three unpleasant states without "
        "words, at four intensities, on request. The core set repeats a part of the "
        "full one: keep one of the two."
    ),
    access="open; by `emolib data fetch vivae`, as Zenodo lists it (not tried by us)",
    licence="CC BY-NC 4.0",
    citation="holz2022vivae",
    url="https://doi.org/10.5281/zenodo.4066235",
    counts={},
    total=1085,
    subjects=11,
    patterns=SOUND_SUFFIXES,
    parse=parse,
    downloads=(Download("https://zenodo.org/api/records/4066235", files="*.zip"),),
    twin=True,
)
