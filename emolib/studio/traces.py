"""Where a cause shows: clips rendered again, with it and without it.

Every draw belongs to one cause, so two renderings that differ in one dose differ
nowhere but where that cause acts: what a recogniser should look at to find it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.studio import RECORD, files, twins
from emolib.studio.causes import Causes, check_settings


def pairs(
    manifest: pd.DataFrame, cause: str, rate: int = 16000
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each clip's picture or samples, as they are and without a cause.

    Args:
        manifest: clips of rendered corpora, from `corpora.index`.
        cause: a name in `DOSES`, such as "authenticity.eyes".
        rate: that sounds are brought to, in Hz.

    Yields:
        Both. Sounds may differ in length where the cause changes the pace.

    Raises:
        UsageError: for recordings that were not rendered, rows of a table, films, or
            an unknown cause.
    """
    plans: dict[Path, tuple[twins.Form, dict[str, Causes]]] = {}
    for path in map(Path, manifest["path"]):
        folder = next((p for p in path.parents if (p / RECORD).exists()), None)
        if folder is None:
            raise UsageError(f"{path}: not rendered, so nobody knows its causes")
        if folder not in plans:
            plans[folder] = _plan(folder)
        form, known = plans[folder]
        name = path.relative_to(folder).as_posix()
        if name not in known:
            raise UsageError(f"{path}: neither a sound nor a picture of its own")
        clip = known[name]
        doses = dict(clip.doses) | {cause: 0.0}
        without = replace(clip, doses=tuple(doses.items()))
        yield _rendered(clip, form, rate), _rendered(without, form, rate)


def _plan(folder: Path) -> tuple[twins.Form, dict[str, Causes]]:
    """How a corpus was rendered, and the causes of its files."""
    asked = json.loads((folder / RECORD).read_text("utf-8"))
    clips = twins.plan(
        asked["corpus"], asked["profile"], asked["seed"],
        check_settings(asked["settings"]), asked["subjects"], asked["emotions"],
    )  # fmt: skip
    form = twins.form(asked["corpus"], asked["profile"])
    return form, {c.sound or c.still: c.causes for c in clips if c.sound or c.still}


def _rendered(causes: Causes, form: twins.Form, rate: int) -> np.ndarray:
    import soxr

    speech = files.sound(causes, form)
    if speech is None:
        return files.picture(causes, form)
    return soxr.resample(speech.samples, speech.rate, rate)
