"""Twins of published corpora: which clips one holds, and how they are named.

A twin has the published names, folders, formats and proportions of classes; the
profile says how many people and clips, and how fine. What a corpus leaves open
(who looks how, in which room) is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from emolib import UsageError
from emolib.studio.causes import Causes
from emolib.studio.twins import films, speech, stills
from emolib.studio.twins.base import Clip, Form, Twin, shares, thinned

__all__ = ["PROFILES", "SIZES", "TWINS", "Clip", "Form", "form", "plan"]


class Size(NamedTuple):
    """How much is rendered; people 0: each picture has a person of its own."""

    people: int
    clips: int


class Fineness(NamedTuple):
    """How finely, at most; large pictures become squares."""

    seconds: float
    sound_rate: int
    frame_rate: int
    side: int


PROFILES = {
    "smoke": Fineness(1.0, 16000, 10, 96),
    "quick": Fineness(2.0, 16000, 15, 160),
    "paper": None,  # as published
}
# fmt: off
SIZES = {  # in the order of PROFILES; the last is the published corpus
    "ravdess": (Size(4, 120), Size(8, 480), Size(24, 1440)),
    "tess": (Size(2, 56), Size(2, 280), Size(2, 2800)),
    "emodb": (Size(5, 100), Size(10, 268), Size(10, 535)),
    "crema-d": (Size(4, 82), Size(12, 492), Size(91, 7442)),
    "shemo": (Size(12, 120), Size(30, 600), Size(87, 3000)),
    "vivae": (Size(4, 96), Size(11, 432), Size(11, 1085)),
    "mav": (Size(4, 36), Size(10, 90), Size(10, 90)),
    "ck+48": (Size(16, 120), Size(40, 300), Size(118, 981)),
    "jaffe": (Size(5, 70), Size(10, 213), Size(10, 213)),
    "cfe": (Size(12, 84), Size(40, 280), Size(230, 1610)),
    "fer2013": (Size(0, 140), Size(0, 718), Size(0, 35887)),
    "raf-db": (Size(0, 140), Size(0, 600), Size(0, 15339)),
    "fed": (Size(6, 84), Size(30, 420), Size(50, 700)),
    "baum-1": (Size(4, 44), Size(10, 120), Size(31, 1495)),
    "sase-fe": (Size(3, 36), Size(10, 120), Size(50, 600)),
}
TWINS = {
    "ravdess": Twin(speech.ravdess, Form(3.7, 48000, 30, (1280, 720), says="ravdess")),
    "tess": Twin(speech.tess, Form(2.1, 24414, says="tess")),
    "emodb": Twin(speech.emodb, Form(4.0, 16000, says="emodb")),
    "crema-d": Twin(speech.crema_d, Form(2.5, 16000, says="crema-d")),
    "shemo": Twin(speech.shemo, Form(2.6, 44100, says="shemo")),
    "vivae": Twin(speech.vivae, Form(1.0, 44100)),
    "mav": Twin(speech.mav, Form(1.3, 44100)),
    "ck+48": Twin(stills.ck48, Form(size=(48, 48), zoom=1.6, grey=True)),
    "jaffe": Twin(stills.jaffe, Form(size=(256, 256), zoom=1.25, grey=True)),
    "cfe": Twin(stills.cfe, Form(size=(640, 640))),
    "fer2013": Twin(
        stills.fer2013, Form(size=(48, 48), zoom=1.5, grey=True), album="fer2013.csv"
    ),
    "raf-db": Twin(
        stills.raf_db, Form(size=(100, 100), zoom=1.5),
        tables={stills.RAF_LIST: stills.raf_labels},
    ),
    "fed": Twin(stills.fed, Form(size=(224, 224), zoom=1.2)),
    "baum-1": Twin(
        films.baum1, Form(3.0, 48000, 30, (854, 480), says="baum-1"),
        tables={
            f"Annotations_{part}.xlsx": partial(films.baum1_annotations, part)
            for part in films.BAUM_SPACES
        },
    ),
    "sase-fe": Twin(films.sase_fe, Form(3.5, 0, 100, (1280, 720))),
}
# fmt: on
"""All twins. Lengths, and sizes nobody states, are near the published ones."""


def plan(
    corpus: str,
    profile: str = "quick",
    seed: int = 0,
    doses: tuple[tuple[str, float], ...] = (),
    subjects: int | None = None,
    emotions: Sequence[str] | None = None,
) -> list[Clip]:
    """All clips of a twin, its classes in their published proportions.

    Args:
        corpus: whose twin.
        profile: smoke, quick or paper.
        seed: other seeds give other people, rooms and takes.
        doses: how much of each cause is let in.
        subjects: another number of people than the profile's, with as many clips
            each.
        emotions: these classes only.

    Raises:
        UsageError: for a corpus or profile the studio does not know, more
            people than the corpus has or none, a class it does not have.

    >>> len(plan("ravdess", "quick"))
    480
    """
    size = _known(SIZES, "twin", corpus)[_place(profile)]
    counts = _counts(corpus)
    if unknown := [emotion for emotion in emotions or () if emotion not in counts]:
        raise UsageError(
            f"{corpus} has no class {', '.join(unknown)}; it has {', '.join(counts)}"
        )
    clips = list(TWINS[corpus].clips(_builder(corpus, seed, doses), counts))
    published = Counter(clip.causes.emotion for clip in clips)
    people = list(dict.fromkeys(clip.causes.identity for clip in clips))
    wanted = (size.people or size.clips) if subjects is None else subjects
    if not 1 <= wanted <= len(people):
        raise UsageError(
            f"a twin of {corpus} shows 1 to {len(people)} people, not {wanted}"
        )
    if size.people:
        chosen = set(people[:wanted])
        clips = [clip for clip in clips if clip.causes.identity in chosen]
    total = round(size.clips * wanted / (size.people or size.clips))
    clips = thinned(clips, total, published)
    return [c for c in clips if not emotions or c.causes.emotion in emotions]


def form(corpus: str, profile: str) -> Form:
    """How a twin's files are made: as published, or less finely.

    Small pictures keep the size that recognisers rely on; sounds without a film
    keep their length.

    >>> form("fer2013", "smoke").size, form("sase-fe", "smoke").size
    ((48, 48), (96, 96))
    """
    published, most = TWINS[corpus].form, list(PROFILES.values())[_place(profile)]
    if most is None:
        return published
    small, film = max(published.size) <= 256, published.frame_rate
    return replace(
        published,
        seconds=min(published.seconds, most.seconds) if film else published.seconds,
        sound_rate=min(published.sound_rate, most.sound_rate),
        frame_rate=min(published.frame_rate, most.frame_rate),
        size=published.size if small else (most.side, most.side),
    )


def _place(profile: str) -> int:
    _known(PROFILES, "profile", profile)
    return list(PROFILES).index(profile)


def _known(table, what: str, name: str):
    if name not in table:
        raise UsageError(
            f"the studio has no {what} {name!r}; it has {', '.join(table)}"
        )
    return table[name]


def _counts(corpus: str) -> dict[str, int]:
    """How many clips of each class were published; as many of each if unknown."""
    from emolib import corpora

    card = corpora.corpus(corpus)
    return card.counts or shares(SIZES[corpus][-1].clips, dict.fromkeys(card.space, 1))


def _builder(corpus: str, seed: int, doses: tuple[tuple[str, float], ...]):
    """What makes causes of people and rooms that no other corpus shares."""
    first = 100_000 * list(TWINS).index(corpus)

    def build(identity: int, setup: int = 0, **others) -> Causes:
        return Causes(
            first + identity, setup=first + setup, seed=seed, doses=doses, **others
        )

    return build
