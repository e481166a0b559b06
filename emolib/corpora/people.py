"""What is published of the people in a corpus: their sex, and their age if known.

RAVDESS numbers its actors so that even ones are women and gives ages for all
together only; EmoDB's page lists its ten speakers; TESS names its two actresses by
older and younger.
"""

from __future__ import annotations

import pandas as pd

WOMAN, MAN = "woman", "man"

_EMODB = {
    "03": (MAN, 31),
    "08": (WOMAN, 34),
    "09": (WOMAN, 21),
    "10": (MAN, 32),
    "11": (MAN, 26),
    "12": (MAN, 30),
    "13": (WOMAN, 32),
    "14": (WOMAN, 35),
    "15": (MAN, 25),
    "16": (WOMAN, 31),
}
_PEOPLE = {
    "emodb": _EMODB,
    "ravdess": {f"{n:02}": (MAN if n % 2 else WOMAN, None) for n in range(1, 25)},
    "tess": {"OAF": (WOMAN, 64), "YAF": (WOMAN, 26)},
}


def people(corpus: str) -> pd.DataFrame:
    """The people of a corpus, by their names in manifests and predictions.

    Args:
        corpus: its name; of one of which nothing is known here, the table is empty.

    Returns:
        A row a person: `sex` and `age`, missing where it is not published.

    >>> dict(people("tess")["age"].astype(str))
    {'tess-OAF': '64', 'tess-YAF': '26'}
    """
    known = {f"{corpus}-{name}": told for name, told in _PEOPLE.get(corpus, {}).items()}
    table = pd.DataFrame.from_dict(known, orient="index", columns=["sex", "age"])
    return table.astype({"age": "Int64"})
