"""Posed photographs: what a program read off them, what people said, and some small.

Three published sets of portraits, RaFD, ADFES and WSEFEP, as scores of a program
that reads faces (Stoeckli and colleagues, 2018). No picture is needed to read them,
and none comes with them. Files of `stoeckli2018_faces/`, below the data folder:

    stills_affdex_facet.csv    a row a photograph: AFFDEX' scores, FACET's evidence
    wsefep_facs_ratings.csv    WSEFEP: how many people named what was meant

And the London faces (DeBruine and Jones, 2017), pictures themselves: of each person
`london_faces/neutral/NNN.jpg` and `london_faces/smiling/NNN.jpg`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from emolib import EmolibError, data_folder
from emolib.corpora.ratings import file_in, read_table
from emolib.labels import FACES, LabelSpace
from emolib.media import read_image

FOLDER, LONDON = "stoeckli2018_faces", "london_faces"
SCORES, RATED = "stills_affdex_facet.csv", "wsefep_facs_ratings.csv"
NAMED = LabelSpace("named", ("as meant", "otherwise"))
"""What a rater may have said of a photograph, as far as it was published."""

_WORDS = {
    "happiness": "happy", "joy": "happy", "sadness": "sad", "anger": "angry",
    "fear": "fearful", "disgust": "disgusted", "surprise": "surprised",
    "neutral": "neutral",
}  # fmt: skip
_FIRST, _LAST = "affdex_brow_furrow", "affdex_jaw_drop"


def given(data: str | Path | None, folder: str = FOLDER) -> bool:
    """Whether the photographs' numbers, or those of another folder, are there."""
    return (data_folder(data) / folder).is_dir()


def smiles(
    data: str | Path | None = None, side: int = 48
) -> tuple[pd.DataFrame, np.ndarray]:
    """The London faces, neutral and smiling, grey and small.

    Args:
        data: the folder that holds `london_faces`; see `emolib.data_folder`.
        side: of the pictures, in pixels.

    Returns:
        A manifest, a row a photograph, and the pictures, (photographs, side, side).
    """
    import cv2

    shown = {"neutral": "neutral", "smiling": "happy"}
    folder = data_folder(data) / LONDON
    files = sorted(file for name in shown for file in (folder / name).glob("*.jpg"))
    grey = [cv2.cvtColor(read_image(file), cv2.COLOR_RGB2GRAY) for file in files]
    small = [cv2.resize(one, (side, side), None, 0, 0, cv2.INTER_AREA) for one in grey]
    told = pd.DataFrame({"path": map(str, files)})
    told["clip"] = [f"london/{file.parent.name}/{file.stem}" for file in files]
    told["subject"] = [f"london-{file.stem}" for file in files]
    told["emotion"] = [shown[file.parent.name] for file in files]
    told = told.assign(corpus="london", source="real", sentence="")
    return told, np.stack(small)


def expressions(data: str | Path | None = None) -> tuple[pd.DataFrame, np.ndarray]:
    """What AFFDEX read off each photograph: twenty movements of the face, 0 to 100.

    Photographs in which it found no face are left out, and so are displays that not
    all three sets have: contempt, embarrassment, pride.

    Args:
        data: the folder that holds `stoeckli2018_faces`; see `emolib.data_folder`.

    Returns:
        A manifest, a row a photograph, and the scores, (photographs, 20).

    Raises:
        UsageError: if the folder is not there.
        EmolibError: if the table cannot be read, or lacks what it should hold.
    """
    table = _stills(data)
    scores = table.loc[:, _FIRST:_LAST]
    found = scores.notna().all(axis=1)
    told = _manifest(table[found])
    return told, scores[found].to_numpy(np.float32)


def evidence(data: str | Path | None = None) -> pd.DataFrame:
    """What FACET, another program, answers about each photograph: a share a class.

    Its evidence for each of seven emotions as probabilities; what it learned from,
    and whether these very photographs were among it, is not known.

    Returns:
        A row a photograph: its manifest, and one column for each of `labels.FACES`.
    """
    table = _stills(data)
    words = {name: word for word, name in _WORDS.items()}  # FACET says joy
    shares = 10.0 ** table[[f"facet_{words[n]}_evidence" for n in FACES]].to_numpy()
    shares = pd.DataFrame(shares / shares.sum(axis=1, keepdims=True), columns=[*FACES])
    return _manifest(table).join(shares)


def wsefep_votes(data: str | Path | None = None) -> pd.DataFrame:
    """WSEFEP: what raters named, for those of its photographs that were scored.

    Published is which share of its raters named what was meant, not what the others
    said. So an answer is one of `NAMED`, and what is meant is always right.

    Returns:
        As `ratings.crema_d_votes`: a row a photograph.
    """
    clips = expressions(data)[0]
    clips = clips[clips["corpus"] == "wsefep"]
    columns = ("person", "emotion", "agreement_pct", "n_raters")
    rated = read_table(file_in(data, FOLDER, RATED), columns)
    rated["emotion"] = rated["emotion"].map(_WORDS)
    rated["subject"] = "wsefep-" + rated["person"].astype(str)
    both = clips.merge(rated, on=["subject", "emotion"], validate="one_to_one")
    votes, share = both["n_raters"].astype(int), both["agreement_pct"] / 100
    told = both[["clip", "path", "subject", "corpus", "source"]]
    told = told.assign(label="as meant", votes=votes)
    return told.assign(**{"as meant": share, "otherwise": 1 - share})


def _stills(data: str | Path | None) -> pd.DataFrame:
    path = file_in(data, FOLDER, SCORES)
    columns = ("set", "person", "picture", "emotion", _FIRST, _LAST)
    table = read_table(path, columns)
    table = table[table["emotion"].isin(_WORDS)].assign(path=str(path))
    if table["picture"].duplicated().any():
        twice = table.loc[table["picture"].duplicated(), "picture"].iloc[0]
        raise EmolibError(f"{path}: {twice} is scored more than once")
    return table.reset_index(drop=True)


def _manifest(table: pd.DataFrame) -> pd.DataFrame:
    corpus = table["set"].str.lower()
    stems = [Path(name).stem for name in table["picture"]]
    told = pd.DataFrame({"clip": corpus + "/" + stems, "path": table["path"]})
    told = told.assign(corpus=corpus, source="real", sentence="")
    told["subject"] = corpus + "-" + table["person"].astype(str)
    told["emotion"] = table["emotion"].map(_WORDS)
    return told.reset_index(drop=True)
