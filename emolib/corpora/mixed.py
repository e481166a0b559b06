"""Several corpora in one manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from emolib import UsageError
from emolib.corpora.manifest import index
from emolib.labels import LabelSpace


def mix(
    names: Iterable[str],
    space: LabelSpace,
    mapping: Mapping[str, str | None] | None = None,
    data: str | Path | None = None,
    modality: str | None = None,
) -> pd.DataFrame:
    """Several corpora in one manifest, all in the classes of one label space.

    Corpora differ in what they hold: CK+48 has contempt and no neutral face,
    JAFFE the other way round. So whatever the space lacks needs a decision, and
    the map says it.

    Args:
        names: as `index`, one a corpus.
        space: the classes that the manifest may hold.
        mapping: an emotion to the class to count it as, or to None to leave its
            clips out. Those that it does not name keep theirs.
        data: as `index`.
        modality: as `index`.

    Returns:
        As `index`, one corpus after the other.

    Raises:
        UsageError: if a corpus is named twice or none is, if some are rendered
            and others recorded, if an emotion is neither in the space nor in the
            map, or the map leads out of the space.
    """
    names = list(names)
    if not names or len(set(names)) < len(names):
        raise UsageError(f"name each corpus once, at least one; got {names}")
    frame = pd.concat([index(name, data, modality) for name in names])
    sources = frame.drop_duplicates("corpus").set_index("corpus")["source"].to_dict()
    if len(set(sources.values())) > 1:
        raise UsageError(
            f"rendered (demo) and recorded (real) clips do not go together: {sources}"
        )
    classes = {emotion: emotion for emotion in space} | dict(mapping or {})
    outside = frame[~frame["emotion"].isin(classes)]
    strangers = [
        f"{name} has {', '.join(sorted(set(part)))}"
        for name, part in outside.groupby("corpus", sort=False)["emotion"]
    ]
    targets = sorted({c for c in classes.values() if c is not None and c not in space})
    if strangers or targets:
        what = "; ".join(strangers) or f"the map leads to {', '.join(targets)}"
        raise UsageError(
            f"{what}, but label space {space.name!r} holds only {', '.join(space)}; "
            "map each of the others to one of these, or to None to leave it out"
        )
    frame["emotion"] = frame["emotion"].map(classes)
    return frame.dropna(subset="emotion").reset_index(drop=True)
