"""Glasovi: how its files are named, and what is known of it."""

from emolib.corpora import Corpus, Named
from emolib.labels import LabelSpace

CLASSES = ("neutral", "happy", "sad", "angry", "fearful", "surprised")

CORPUS = Corpus(
    name="glasovi",
    title="Glasovi, made up for the page that shows it",
    space=LabelSpace("glasovi", CLASSES),
    description="Nine speakers of Slovene say two sentences in six emotions.",
    patterns=(".wav",),
    # G3/G3-žalost-1.wav: speaker, emotion, sentence
    parse=Named(
        r"(?P<subject>G[1-9])-(?P<emotion>\w+)-(?P<sentence>[12])",
        emotions={
            "nevtralno": "neutral",
            "veselje": "happy",
            "žalost": "sad",
            "jeza": "angry",
            "strah": "fearful",
            "presenečenje": "surprised",
        },
        fixed={"authenticity": "posed", "channel": "speech"},
    ),
    counts=dict.fromkeys(CLASSES, 18),
    subjects=9,
    access="nobody but its owner has it",
    licence="all rights reserved",
)
