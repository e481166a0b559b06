"""What a rendered clip is caused by, and how much of each cause is let in.

A clip follows from its causes alone: who, which emotion and how strongly, posed
or genuine, which sentence, which take, which recording set-up. Each cause has a
dose between 0 and 1. At dose 0 it leaves no trace, so that an experiment can ask
what a recogniser still finds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from emolib import UsageError
from emolib.labels import DISPLAYS

DOSES = {
    "identity": "how far people differ from the average person; 0: one and the same",
    "identity.shape": "proportions of head, eyes, nose and mouth",
    "identity.skin": "skin tone and colour of the eyes",
    "identity.hair": "cut, colour and beard",
    "identity.brows": "thickness and height of the brows",
    "identity.glasses": "who wears glasses",
    "identity.age": "lines and grey hair",
    "identity.clothes": "what they wear",
    "identity.tract": "length of the vocal tract, hence the formants",
    "identity.pitch": "pitch of the voice",
    "identity.pace": "speaking rate",
    "identity.quality": "brightness, roughness and breath of the voice",
    "identity.style": "how a person shows an emotion, in face and voice",
    "emotion": "how strongly emotions are shown; 0: every clip is neutral",
    "emotion.face": "the emotion of the face",
    "emotion.voice": "the emotion of the voice",
    "authenticity": "what genuine displays have over posed ones; 0: all are posed",
    "authenticity.onset": "how slowly the display rises",
    "authenticity.apex": "how long it stays",
    "authenticity.offset": "how slowly it fades",
    "authenticity.eyes": "how far the muscles around the eyes take part",
    "authenticity.symmetry": "how alike the two halves of the face are",
    "authenticity.attack": "how gradually the voice sets in",
    "authenticity.irregularity": "jitter and shimmer",
    "authenticity.breath": "breath in the voice",
    "sentence": "1: the sentences the names promise; 0: the first one throughout",
    "take": "how far two takes of the same thing differ; 0: not at all",
    "setup": "how far recording set-ups differ from a plain studio; 0: one studio",
    "setup.light": "direction, warmth and strength of the light",
    "setup.background": "colour of the wall",
    "setup.framing": "distance and position before the camera",
    "setup.noise": "noise of the camera",
    "setup.resolution": "detail that the lens and the sensor keep",
    "setup.compression": "traces of image compression",
    "setup.room": "echo of the room",
    "setup.microphone": "response of the microphone",
    "setup.floor": "background noise and hum",
    "setup.level": "recording level",
    "setup.codec": "traces of sound compression",
}
"""The settings of a rendering: each a number from 0 to 1, 1 unless set.

`identity` doses all of its parts, `identity.skin` one; both count.
"""


class Place(NamedTuple):
    """What all set-ups of a corpus share: its wall and its camera.

    `detail` is the share of pixels along a side that survive, `quality` that of the
    JPEG round trip in percent (100: none).
    """

    wall: tuple[float, float, float]
    detail: float
    quality: int


PLACES = {
    "grey": Place((150, 150, 150), 1, 100),
    # As BAUM-1 is described beside RAVDESS: bright green, 250 pixels a side to 420,
    # and a third of the bytes.
    "green": Place((80, 195, 85), 0.6, 85),
}


@dataclass(frozen=True)
class Causes:
    """Everything a clip is rendered from.

    Args:
        identity: number of the person.
        emotion: one of `labels.DISPLAYS`.
        strength: 0 (nothing shows) to 1 (full display).
        authenticity: 1 genuine, 0 posed.
        sentence: position among the corpus' sentences.
        repetition: which repetition of the same performance.
        setup: number of the recording set-up (light, background, room, line).
        place: whose wall and camera all set-ups share, one of `PLACES`.
        take: name of the take; two takes differ by chance only.
        female: from 0 (male) to 1 (female).
        seed: another seed gives other people, rooms and takes.
        doses: how much of each cause in `DOSES` is let in.

    Raises:
        UsageError: for an unknown emotion, place or dose, or a number out of range.

    >>> Causes(identity=1, emotion="happy", strength=2.0)
    Traceback (most recent call last):
    emolib.UsageError: strength is a number from 0 to 1, not 2.0
    """

    identity: int
    emotion: str
    strength: float = 1.0
    authenticity: float = 0.0
    sentence: int = 0
    repetition: int = 0
    setup: int = 0
    take: str = ""
    place: str = "grey"
    female: float = 0.0
    seed: int = 0
    doses: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        DISPLAYS.encode([self.emotion])
        if self.place not in PLACES:
            raise UsageError(
                f"the studio has no place {self.place!r}; it has {', '.join(PLACES)}"
            )
        for name in ("strength", "authenticity", "female"):
            check_unit(name, getattr(self, name))
        object.__setattr__(self, "doses", check_settings(dict(self.doses)))

    def dose(self, cause: str) -> float:
        """How much of a cause is let in; a part's dose times its group's."""
        doses, group = dict(self.doses), cause.partition(".")[0]
        own = doses.get(cause, 1.0) if cause in DOSES else 1.0
        return own if group == cause else own * doses.get(group, 1.0)

    def shown(self, where: str) -> float:
        """How strongly the emotion shows in "face" or "voice"."""
        return self.strength * self.dose(f"emotion.{where}")

    def genuine(self, part: str) -> float:
        """How genuine a part of the display is in the end, such as "onset"."""
        return self.authenticity * self.dose(f"authenticity.{part}")

    def draws(self, cause: str, purpose: str) -> np.random.Generator:
        """Random draws that belong to one cause and do not move with others.

        `cause` is "people" (all of them), "take", or a name in `DOSES` that
        belongs to identity or setup, such as "identity.hair". No stream depends
        on the process or on what was drawn before. At dose 0 all share one.
        """
        key = {
            "people": (),
            "identity": (self.identity,),
            "setup": (self.setup,),
            "take": (self.take, self.repetition),
        }[cause.partition(".")[0]]
        if cause == "identity.style":
            key = (self.identity, self.emotion)
        key = key if self.dose(cause) else ()
        text = repr((self.seed, cause, key, purpose))
        digest = hashlib.sha256(text.encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def check_unit(name: str, value: float) -> float:
    """Let a number from 0 to 1 pass.

    Raises:
        UsageError: for anything else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UsageError(f"{name} is a number from 0 to 1, not {value!r}")
    if not 0 <= value <= 1:
        raise UsageError(f"{name} is a number from 0 to 1, not {value!r}")
    return float(value)


def check_settings(
    settings: Mapping[str, float] | None,
) -> tuple[tuple[str, float], ...]:
    """The doses that differ from 1, in the order of `DOSES`.

    Raises:
        UsageError: for a cause the studio does not have or a dose out of range.

    >>> check_settings({"setup": 0, "emotion": 1})
    (('setup', 0.0),)
    """
    settings = dict(settings or {})
    for name, value in settings.items():
        if name not in DOSES:
            raise UsageError(
                f"the studio has no cause {name!r}; it has {', '.join(DOSES)}"
            )
        settings[name] = check_unit(f"the dose of {name}", value)
    return tuple(
        (name, settings[name]) for name in DOSES if settings.get(name, 1.0) != 1.0
    )
