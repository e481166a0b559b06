"""Running notebooks: one, all, or a sweep over parameters.

What a notebook is, and what its parameters are, stands in `notebook`; whether an
executed one must run again in `freshness`.
"""

from emolib.runs.comparing import kept, of_sweep
from emolib.runs.execution import execute
from emolib.runs.freshness import is_fresh, sources, why_stale
from emolib.runs.notebook import (
    STUDIES,
    check_fronts,
    check_study,
    declared,
    front,
    notebook_of,
    notebooks,
    read,
    refresh_prose,
    resolve,
    slug,
    sync_notebooks,
)
from emolib.runs.sweeps import Plan, read_plan, sweep

__all__ = [
    "STUDIES",
    "Plan",
    "check_fronts",
    "check_study",
    "declared",
    "execute",
    "front",
    "is_fresh",
    "kept",
    "notebook_of",
    "notebooks",
    "of_sweep",
    "read",
    "read_plan",
    "refresh_prose",
    "resolve",
    "slug",
    "sources",
    "sweep",
    "sync_notebooks",
    "why_stale",
]
