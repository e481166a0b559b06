"""Clips whose cause is set: doses, traces of what is felt, pictures made in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import experiment
from emolib.features import audio, movement
from emolib.labels import AUTHENTICITY, SASEFE, LabelSpace

if TYPE_CHECKING:
    from emolib.experiment import Examples
    from emolib.learners import Learner
    from emolib.protocols import Protocol
    from emolib.records import Run
    from emolib.studio import Causes

from emolib.pieces.answers import refitted
from emolib.pieces.items import summed


def dosed(
    where: str, authenticity: float, setup: float, *,
    people: int, clips: int, stack: audio.Stack, seed: int = 0, **how: Any,
) -> tuple[Examples, Examples]:  # fmt: skip
    """Posed and genuine clips from different rooms: as vectors, and as networks' input.

    Args:
        where: "voice" or "face".
        authenticity: how much of what is genuine is let in, 0 to 1.
        setup: how much the rooms differ, 0 to 1.
        people, clips: how many, and of each how many.
        stack: of sounds.
        seed, how: as `studio.probes.tied` takes them.
    """
    from emolib.studio import probes

    doses = {"authenticity": authenticity, "setup": setup}
    causes = probes.tied(people, clips, doses, seed=seed, **how)
    if where == "face":
        stills = np.stack(probes.each(causes, probes.still))
        flat, field = stills.reshape(len(stills), -1) / 255, ("face", "u1")
        deep = np.zeros(len(stills), [(*field, (*stills.shape[1:], 1))])
        deep["face"] = stills[..., None]
    else:
        deep = np.stack([stack.of(one) for one in probes.each(causes, probes.sound)])
        flat = np.stack([summed(one) for one in deep])
    told = {"where": where, **doses}
    return rendered(causes, flat, **told), rendered(causes, deep, **told)


def dose_controls(
    study: experiment.Study,
    dosed: Callable[..., tuple[Examples, Examples]],
    flat: Examples,
    run: Run,
    linear: Learner,
    protocol: Protocol,
) -> None:
    """Record what stands beside a linear model's answers at some doses.

    With the rooms at full dose, clips that were moved to the other class's rooms, by
    the same models; at no dose or the full one of either, neutral clips alone.

    Args:
        study: whose records these are.
        dosed: the function `dosed` at these doses; `how` is left to be given.
        flat: the vectors that it gives.
        run: of `linear` on these.
        linear, protocol: of `run`.
    """
    doses = [flat.settings[name] for name in ("authenticity", "setup")]
    if doses[1] == 1:
        moved = refitted(linear, flat, protocol, dosed(swapped=True)[0])
        told = flat.settings | {"commit": True}
        study.add_answers("dose-swapped", moved, [run], "linear", **told)
    if set(doses) <= {0.0, 1.0}:
        neutral, _ = dosed(emotions=["neutral"])
        study.run("dose-neutral", neutral, linear, protocol, commit=True)


def over_felt(
    causes: Sequence[Causes],
    felt: Mapping[str, str],
    trace: float,
    by_lot: bool = False,
    seed: int = 0,
) -> Examples:
    """Pictures of clips whose posed displays lie over a trace of what is felt.

    Args:
        causes: of both kinds of clip of each person and emotion.
        felt: what is felt behind each emotion that is shown.
        trace: how much of it still shows, as in `probes.over_felt`; in genuine clips
            nothing does.
        by_lot: what is felt is drawn instead, of all emotions but the one shown.
        seed: of these lots.

    Returns:
        Grey pictures, 0 to 1, each less the mean of those of its person and emotion.
    """
    from emolib.studio import probes

    lots, x = np.random.default_rng(seed), []
    for one in causes:
        drawn = lots.choice([name for name in SASEFE if name != one.emotion])
        below = str(drawn) if by_lot else felt[one.emotion]
        left = 0.0 if one.authenticity else trace
        x.append(probes.over_felt(one, below, left).mean(axis=2).ravel())
    grey = np.stack(x).astype(np.float32) / 255
    who, shown = zip(*((one.identity, one.emotion) for one in causes), strict=True)
    less_mean = movement.within(grey, who, shown)
    return rendered(causes, less_mean, trace=trace, by_lot=by_lot)


def rendered(
    causes: Sequence[Causes],
    x: np.ndarray,
    space: LabelSpace = AUTHENTICITY,
    **settings: float | str,
) -> Examples:
    """Clips that the studio rendered into memory, without files.

    Args:
        causes: of each clip, such as `probes.tied` deals. Clips are named by person
            and repetition: with other doses or rooms the same clip bears the same name.
        x: what was rendered, one row a clip.
        space: the classes, of the task "authenticity"; 1 is genuine, 0 posed.
        settings: what records are to tell of the rendering, such as the doses.
    """
    kinds = {1.0: "genuine", 0.0: "posed"}
    manifest = pd.DataFrame(
        {
            "clip": f"studio/{one.identity:03}-{one.repetition:02}",
            "subject": f"studio-{one.identity:03}",
            "sentence": str(one.sentence),
            "emotion": one.emotion,
            "authenticity": kinds[one.authenticity],
        }
        for one in causes
    ).assign(corpus="studio", source="demo")
    found = experiment.examples(manifest, x, space, task="authenticity")
    return replace(found, settings=settings)
