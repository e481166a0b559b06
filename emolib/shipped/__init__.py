"""Two small models of real people that come with the book, and what they are worth.

`voice` names seven emotions in a voice, learned from EmoDB; `smile` tells whether a
face smiles, learned from the London faces. Each is a file of weights without any
training item, and a card: what it was made of and what it did with people, and with
corpora, that it had not learned from. Both are made again by

    python -m emolib.shipped --data DIR

They stand here to be tried and to be seen failing; no result of the book rests on them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = ("voice", "smile")


@cache
def card(name: str) -> dict:
    """What is known of a shipped model, `NAMES`.

    >>> card("voice")["licence"], card("smile")["licence"]
    ('CC0 1.0', 'CC BY 4.0')
    """
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def told(name: str) -> str:
    """In a line, how often a shipped model is right, and how often it answers."""
    rows = [row for row in card(name)["rows"] if row["beside"]]
    return "; ".join(
        f"{row['tested']}: {_share(row['accuracy'])} right if all are answered, "
        f"{_share(row['answered'])} answered, {_share(row['right'])} of those right, "
        f"calibration error {row['ece']:.2f}"
        for row in rows
    )


def _share(metric: dict) -> str:
    value = metric["value"]
    return "none" if value is None else f"{100 * value:.0f} %"
