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

import numpy as np

from emolib import UsageError
from emolib.labels import EMOTIONS

DOSES = {
    "emotion": "how strongly emotions are shown; 0: every clip is neutral",
    "authenticity": "what genuine displays have over posed ones; 0: all are posed",
    "identity": "how far people differ from the average person; 0: one and the same",
    "setup": "how far recording set-ups differ from a plain studio; 0: one studio",
    "sentence": "1: the sentences the names promise; 0: the first one throughout",
    "take": "how far two takes of the same thing differ; 0: not at all",
}
"""The settings of a rendering: each a number from 0 to 1, 1 unless set."""


@dataclass(frozen=True)
class Causes:
    """Everything a clip is rendered from.

    Args:
        identity: number of the person.
        emotion: canonical name.
        strength: 0 (nothing shows) to 1 (full display).
        authenticity: 1 genuine, 0 posed.
        sentence: position among the corpus' sentences.
        repetition: which repetition of the same performance.
        setup: number of the recording set-up (light, background, room, line).
        take: name of the take; two takes differ by chance only.
        female: from 0 (male) to 1 (female).
        seed: another seed gives other people, rooms and takes.
        doses: how much of each cause in `DOSES` is let in.

    Raises:
        UsageError: for an unknown emotion or dose, or a number out of range.

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
    female: float = 0.0
    seed: int = 0
    doses: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        EMOTIONS.encode([self.emotion])
        for name in ("strength", "authenticity", "female"):
            check_unit(name, getattr(self, name))
        object.__setattr__(self, "doses", check_settings(dict(self.doses)))

    def dose(self, cause: str) -> float:
        """How much of a cause is let in."""
        return dict(self.doses)[cause]

    @property
    def shown(self) -> float:
        """How strongly the emotion shows in the end."""
        return self.strength * self.dose("emotion")

    @property
    def genuine(self) -> float:
        """How genuine the display looks in the end."""
        return self.authenticity * self.dose("authenticity")

    def draws(self, cause: str, purpose: str) -> np.random.Generator:
        """Random draws that belong to one cause and do not move with others.

        `cause` is "people" (all of them), "identity", "style" (how a person shows
        an emotion), "setup" or "take". No stream depends on the process or on
        what was drawn before. At dose 0 everybody shares one stream.
        """
        key = {
            "people": (),
            "identity": (self.identity,),
            "style": (self.identity, self.emotion),
            "setup": (self.setup,),
            "take": (self.take, self.repetition),
        }[cause]
        dosed_by = cause if cause in DOSES else "identity"
        text = repr((self.seed, cause, key if self.dose(dosed_by) else (), purpose))
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
    """All doses in a fixed order, 1 where nothing is set.

    Raises:
        UsageError: for a cause the studio does not have or a dose out of range.

    >>> dict(check_settings({"setup": 0}))["setup"]
    0.0
    """
    settings = dict(settings or {})
    for name in settings:
        if name not in DOSES:
            raise UsageError(
                f"the studio has no cause {name!r}; it has {', '.join(DOSES)}"
            )
    return tuple(
        (name, check_unit(f"the dose of {name}", settings.get(name, 1.0)))
        for name in DOSES
    )
