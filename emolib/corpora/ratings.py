"""What people said of clips that they saw or heard: published ratings.

No recording is needed to read them, and none comes with them. Below the data folder:

    pedfe_ratings/pedfe_ratings_pyfeat.csv    PEDFE: posed and genuine faces
    cremad_ratings/tabulatedVotes.csv.gz      CREMA-D: votes by voice, face, both

Both are read as they were published; PEDFE's is its authors' supplement with the
means of a face reader joined to it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from emolib import EmolibError, UsageError, data_folder
from emolib.corpora import crema_d
from emolib.labels import AUTHENTICITY, CREMAD, LabelSpace

PEDFE, VOTES = "pedfe_ratings_pyfeat.csv", "tabulatedVotes.csv.gz"
ASKED = ("voice", "face", "both")
"""What voters of CREMA-D were given."""

_PEDFE_COLUMNS = ("subject", "clip", "type", "emotion", "genuineness_mean")
_WORDS = {
    "Anger": "angry", "Disgust": "disgusted", "Fear": "fearful", "Happiness": "happy",
    "Sadness": "sad", "Surprise": "surprised",
}  # fmt: skip


def pedfe(data: str | Path | None = None) -> pd.DataFrame:
    """PEDFE: how genuine people found 1,458 short films of faces.

    56 people were filmed while something moved them, and again while they posed the
    same emotions. Others rated each film from -7 (not genuine) to 7.

    Args:
        data: the folder that holds `pedfe_ratings`; see `emolib.data_folder`.

    Returns:
        A row a film, as a manifest has them: `clip`, `path` (the table), `corpus`,
        `source`, `subject`, `sentence`, `emotion`, `authenticity` ("genuine" or
        "posed"); `rating`, the mean; and the face reader's seven means, by columns
        that begin with `pyfeat_`, missing where it found no face.

    Raises:
        UsageError: if the folder is not there.
        EmolibError: if the table cannot be read, lacks a column, or holds an
            emotion, a kind or a clip that it should not.
    """
    path = file_in(data, "pedfe_ratings", PEDFE)
    table = read_table(path, _PEDFE_COLUMNS)
    kind = table["type"].str.lower()
    if unknown := sorted(set(kind) - {"genuine", "posed"}):
        raise EmolibError(f"{path}: type {unknown[0]!r} is neither Genuine nor Posed")
    if unknown := sorted(set(table["emotion"]) - set(_WORDS)):
        raise EmolibError(f"{path}: no emotion {unknown[0]!r} is known of PEDFE")
    if table["clip"].duplicated().any():
        twice = table.loc[table["clip"].duplicated(), "clip"].iloc[0]
        raise EmolibError(f"{path}: {twice} is rated more than once")
    told = pd.DataFrame({"clip": "pedfe/" + table["clip"], "path": str(path)})
    told = told.assign(corpus="pedfe", source="real", sentence="")
    told["subject"] = "pedfe-" + table["subject"].astype(str)
    told["emotion"] = table["emotion"].map(_WORDS)
    told["authenticity"], told["rating"] = kind, table["genuineness_mean"]
    read = [name for name in table if name.startswith("pyfeat_")]
    return told.join(table[read]).sort_values("clip", ignore_index=True)


def judged(films: pd.DataFrame) -> pd.DataFrame:
    """Ratings as answers: films are called genuine the rather, the higher they rank.

    The upper half of these films by their mean rating is called genuine.

    Args:
        films: as `pedfe` gives them, or some of these.

    Returns:
        Columns clip, subject, label, fold, genuine and posed, a row a film.

    >>> told = {"clip": ["a", "b"], "subject": ["p", "p"], "rating": [3.0, -1.0]}
    >>> told["authenticity"] = ["genuine", "posed"]
    >>> judged(pd.DataFrame(told))["genuine"].tolist()
    [1.0, 0.5]
    """
    found = films[["clip", "subject"]].assign(label=films["authenticity"], fold=0)
    rank = films["rating"].rank(pct=True)
    return found.assign(genuine=rank, posed=1 - rank)


def pedfe_votes(data: str | Path | None = None) -> pd.DataFrame:
    """PEDFE: which share of its raters took a film for genuine, and which for posed.

    Of each film it is published how many per cent of its raters were right. How many
    raters that were is not: `votes` is a large number, so that some who are drawn from
    them are drawn as from a crowd.

    Args:
        data: as `pedfe`.

    Returns:
        A row a film, as of `crema_d_votes`, with a share for each of
        `labels.AUTHENTICITY`.
    """
    path = file_in(data, "pedfe_ratings", PEDFE)
    right = read_table(path, (*_PEDFE_COLUMNS, "hit_rate_type_pct"))
    right = right.set_index("pedfe/" + right["clip"])["hit_rate_type_pct"] / 100
    films = pedfe(data)
    told = films[["clip", "path", "subject", "corpus", "source"]]
    told = told.assign(label=films["authenticity"], votes=1_000_000)
    hit = films["clip"].map(right)
    shares = {n: hit.where(told["label"] == n, 1 - hit) for n in AUTHENTICITY}
    return told.assign(**shares)


def of_several(
    votes: pd.DataFrame, classes: LabelSpace, several: int, draws: int = 1
) -> pd.DataFrame:
    """What most of so many raters name, drawn by lot from those that a clip had.

    Nobody is drawn twice; where several classes were named equally often, one of them
    by lot. Clips that fewer rated are left out.

    Args:
        votes: as `crema_d_votes` gives them: of each clip how many, and shares.
        classes: their columns.
        several: how many raters.
        draws: how often they are drawn; a row each.

    Returns:
        Columns clip, subject, label, fold and one a class, 1 for what was named.

    Raises:
        UsageError: if no clip had so many.

    >>> shares = {name: [0.0] for name in CREMAD} | {"sad": [0.75], "angry": [0.25]}
    >>> told = {"clip": ["c"], "subject": ["s"], "label": ["sad"], "votes": [4]}
    >>> of_several(pd.DataFrame(told | shares), CREMAD, 3)["sad"].tolist()
    [1.0]
    """
    lots, names = np.random.default_rng(0), list(classes)
    rated = votes[votes["votes"] >= several].sort_values("clip")
    if rated.empty:
        raise UsageError(f"no clip has {several} raters, but {votes['votes'].max()}")
    rated = rated.loc[rated.index.repeat(draws)].reset_index(drop=True)
    counts = rated[names].mul(rated["votes"], axis=0).round().astype(int)
    drawn = np.array(
        [
            lots.multivariate_hypergeometric(row, several, method="marginals")
            for row in counts.to_numpy()
        ]
    )
    named = (drawn + lots.random(drawn.shape) / 2).argmax(axis=1)
    shares = pd.DataFrame(np.eye(len(names))[named], columns=names)
    return rated[["clip", "subject", "label"]].assign(fold=0).join(shares)


def given(data: str | Path | None, name: str) -> bool:
    """Whether ratings of "pedfe" or "cremad" are among the data."""
    return (data_folder(data) / f"{name}_ratings").is_dir()


def crema_d_votes(data: str | Path | None, asked: str) -> pd.DataFrame:
    """CREMA-D: how many listeners or viewers of a clip named each emotion.

    Args:
        data: the folder that holds `cremad_ratings`; see `emolib.data_folder`.
        asked: "voice", "face" or "both".

    Returns:
        A row a clip, sorted: `clip`, `subject`, `label` (what the actor was asked
        for), `votes`, their number, a share of them for each class of
        `labels.CREMAD`, `corpus` and `source`.

    Raises:
        UsageError: if `asked` is none of the three or the folder is not there.
        EmolibError: if the table cannot be read or names a clip that is none.
    """
    if asked not in ASKED:
        raise UsageError(f"nobody was asked by {asked!r}; there is {', '.join(ASKED)}")
    letters = {emotion: emotion[0].upper() for emotion in CREMAD}
    path = file_in(data, "cremad_ratings", VOTES)
    table = read_table(path, ("fileName", *letters.values()), index_col=0)
    table = table[table.index // 100_000 == 1 + ASKED.index(asked)]
    read = [crema_d.parse(Path(f"{name}.wav")) for name in table["fileName"]]
    if not read or None in read:
        name = table["fileName"].iloc[read.index(None)] if read else "no clip"
        raise EmolibError(f"{path}: {name} is no name of a CREMA-D clip")
    told = pd.DataFrame(
        {
            "clip": [f"crema-d/{name}" for name in table["fileName"]],
            "subject": [f"crema-d-{one['subject']}" for one in read],
            "label": [one["emotion"] for one in read],
        }
    )
    counts = table[list(letters.values())].to_numpy(float)
    told["votes"] = counts.sum(axis=1).astype(int)
    shares = pd.DataFrame(counts / counts.sum(axis=1, keepdims=True), columns=[*CREMAD])
    told = told.join(shares).assign(corpus="crema-d", source="real")
    return told.sort_values("clip", ignore_index=True)


def one_by_one(votes: pd.DataFrame) -> pd.DataFrame:
    """Votes as answers, a row a vote: 1 for the class that was named.

    Args:
        votes: as `crema_d_votes` gives them.

    Returns:
        Columns clip, subject, label, fold and one a class.

    >>> one = {name: [0.0] for name in CREMAD} | {"sad": [0.75], "angry": [0.25]}
    >>> told = {"clip": ["c"], "subject": ["s"], "label": ["sad"], "votes": [4]}
    >>> one_by_one(pd.DataFrame(told | one))["sad"].tolist()
    [1.0, 1.0, 1.0, 0.0]
    """
    counts = votes[[*CREMAD]].mul(votes["votes"], axis=0).round().astype(int)
    rows = votes[["clip", "subject", "label"]].assign(fold=0)
    parts = [
        rows.loc[rows.index.repeat(counts[name])].assign(
            **{other: float(other == name) for other in CREMAD}
        )
        for name in CREMAD
    ]
    return pd.concat(parts).sort_values("clip", kind="stable", ignore_index=True)


def file_in(data: str | Path | None, folder: str, name: str) -> Path:
    """A file of a folder of the data, which must be there."""
    place = data_folder(data) / folder
    if not place.is_dir():
        raise UsageError(
            f"{place} is not a folder; name the one that holds {folder} with --data "
            "or EMOLIB_DATA"
        )
    return place / name


def read_table(path: Path, wanted: tuple[str, ...], **options: object) -> pd.DataFrame:
    """A CSV file with at least these columns."""
    try:
        table = pd.read_csv(path, **options)
    except (OSError, ValueError) as problem:
        raise EmolibError(f"{path}: cannot be read as a table: {problem}") from problem
    if missing := [name for name in wanted if name not in table]:
        raise EmolibError(f"{path}: no column {', '.join(missing)}")
    return table
