"""What was asked about the people tested, beside what was planned to be asked.

A plan says by corpus what may be asked, each as EXPERIMENT/MODEL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from emolib.records import Recorded, Seeds
    from emolib.results import Committed

Plan = Mapping[str, Sequence[str]]


def runs(
    known: Committed, plan: Plan, without: str = ""
) -> dict[tuple[str, str, str], Recorded | Seeds]:
    """All runs by corpus, experiment and model, in the order of the plan.

    What was not planned stands behind.

    Args:
        known: the study's records.
        plan: as the module says.
        without: an experiment that is not meant.
    """
    found = {
        tuple(run.record[name] for name in ("corpus", "experiment", "model")): run
        for run in known.all().values()
        if run.record["experiment"] != without
    }
    wanted = [(name, *one.split("/")) for name, of in plan.items() for one in of]
    places = {key: number for number, key in enumerate(wanted)}
    last = len(places)
    return dict(sorted(found.items(), key=lambda one: places.get(one[0], last)))


def counted(
    asked: Mapping[tuple[str, str, str], Recorded | Seeds], plan: Plan
) -> pd.DataFrame:
    """How many systems were planned by corpus, and how many were asked about.

    >>> key = "ravdess", "fixed", "mfcc"
    >>> counted({key: None}, {"ravdess": ["fixed/units"]}).to_numpy().tolist()
    [[1, 1, 1, 1]]
    """
    import pandas as pd

    rows = {}
    for name, planned in plan.items():
        told = ["/".join(which) for corpus, *which in asked if corpus == name]
        rows[name] = {
            "planned": len(planned),
            "asked": len(told),
            "not planned": len(set(told) - set(planned)),
            "not asked": len(set(planned) - set(told)),
        }
    return pd.DataFrame(rows).T
