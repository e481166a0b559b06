"""What the page's own checks know by name: the same lists and patterns as here.

`book/_static/check.js` is written after the modules beside this one, and takes from
here whatever is no code, so that it stands once.
"""

from __future__ import annotations

import json

from emolib.ledger.own import (
    answers,
    facts,
    fitting,
    kinds,
    looking,
    matrices,
    models,
    numbers,
    pasted,
    quantities,
    reports,
)


def script() -> str:
    """A script that sets `emolibWords`."""
    names = {
        pasted: (
            *("FACTS", "SAME", "MOST_ROWS_IN_PAGE", "FACT", "RULE", "PARAMETERS"),
            *("BARE", "NUMBERS", "SENTENCE"),
        ),
        quantities: (
            *("NAMES", "ROWS", "COUNTS", "SIGNED", "DENOMINATORS", "WHY_NOT"),
            *("AVERAGES", "RECALLS", "MEANS", "FILLING", "METRIC", "TESTED"),
        ),
        numbers: (
            *("CELL", "SPREAD", "INTERVAL", "RIGHT", "TIDY", "THOUSANDS", "BLANK"),
            *("WHOLE_NUMBER", "ROUNDING", "MOST_ITEMS"),
        ),
        kinds: (
            *("KINDS", "SCORED", "CLASS_HEADS", "MODEL_HEADS", "FOLD_HEADS", "SIDES"),
            *("EMOTIONS", "PREFIX", "TURNED", "CORPUS_HEADS", "PEOPLE_HEADS"),
            "NO_CLASSES",
        ),
        facts: ("WHOLE", "FOLD"),
        fitting: ("EDGE", "MOST", "MOST_CHANGES", "MOST_LOOKS", "OF_TWO"),
        looking: ("OVER_FOLDS", "NOT_HERE"),
        models: ("WAYS",),
        reports: ("SUPPOSED",),
        matrices: ("PEOPLE",),
        answers: ("LEFT_OUT",),
    }
    words = {
        name: _plain(getattr(module, name))
        for module, some in names.items()
        for name in some
    }
    return f"globalThis.emolibWords = {json.dumps(words)};\n"


def _plain(value: object) -> object:
    """A pattern as its text; anything else as it is."""
    return getattr(value, "pattern", value)
