"""What others published about RAVDESS' speech videos: faces and test answers.

Luna-Jimenez and colleagues give, for each of the 1440 audio-visual speech
clips, the means of 35 facial action units, and the test answers of three
models in five folds that keep actors apart. With them fusion can be studied
on real answers without training anything. Files of `ravdess_visual/`:

    action_units_mean.csv                 35 means and the clip's name
    posteriors/MODEL/test_fold{0..4}.csv  8 numbers and the clip's name

Rows are named by performance, as `ravdess.performance` names it, so that they
join with the sound of the same performances.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from emolib import EmolibError, UsageError, data_folder
from emolib.corpora.ravdess import parse, performance
from emolib.labels import RAVDESS

MODELS = {
    "wav2vec2": "audio_wav2vec2",
    "bilstm": "face_au_bilstm",
    "mlp": "face_au_mlp",
}
"""The models with published answers, and the folder each one's lie in."""


def action_units(
    data: str | Path | None = None,
) -> tuple[list[str], np.ndarray, list[str]]:
    """Means of the facial action units of each performance.

    Args:
        data: the folder that holds `ravdess_visual`; see `emolib.data_folder`.

    Returns:
        Performances in sorted order, the matrix (performances, 35), and the
        names of its columns.
    """
    path = _folder(data) / "action_units_mean.csv"
    table = _read(path, sep=";")
    table.index = [_facts(path, name)["performance"] for name in table["name"]]
    table = table.sort_index()
    units = [name for name in table if name.startswith("AU")]
    return list(table.index), table[units].to_numpy(np.float32), units


def posteriors(data: str | Path | None, model: str) -> pd.DataFrame:
    """Published test answers of one model, all folds, as probabilities.

    The files do not say which column is which class. The order is found, file
    by file, as the one that agrees with most labels. That is a choice made
    among 8! orders with test labels, and to be stated wherever these answers
    are used. It could flatter a model that guesses; in models far above chance
    the order is not in doubt. The published files bear this out: all five of
    a model give one order, the alphabetical one or RAVDESS' own.

    Args:
        data: the folder that holds `ravdess_visual`; see `emolib.data_folder`.
        model: "wav2vec2" (sound), "bilstm" or "mlp" (action units).

    Returns:
        A row a clip, sorted: `performance`, `subject`, `fold`, `label`, and a
        probability column for each class of the RAVDESS label space.

    Raises:
        UsageError: if the model or the folder is not there.
        EmolibError: if a file cannot be read or a clip is answered twice.
    """
    if model not in MODELS:
        raise UsageError(
            f"no answers of model {model!r}; there are {', '.join(MODELS)}"
        )
    folder = _folder(data) / "posteriors" / MODELS[model]
    tables = [_read_fold(folder / f"test_fold{fold}.csv", fold) for fold in range(5)]
    table = pd.concat(tables).sort_values("performance", ignore_index=True)
    twice = table["performance"][table["performance"].duplicated()]
    if len(twice):
        raise EmolibError(f"{folder}: {twice.iloc[0]} is answered more than once")
    return table


def _folder(data: str | Path | None) -> Path:
    folder = data_folder(data) / "ravdess_visual"
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is not a folder; name the one that holds ravdess_visual "
            "with --data or EMOLIB_DATA"
        )
    return folder


def _read(path: Path, **options: object) -> pd.DataFrame:
    try:
        return pd.read_csv(path, **options)
    except (OSError, ValueError) as problem:
        raise EmolibError(f"{path}: cannot be read as a table: {problem}") from problem


def _facts(path: Path, name: str) -> dict[str, str]:
    """Performance, subject and label of a clip named in a file."""
    clip = Path(name).stem
    parsed = parse(Path(f"{clip}.mp4"))
    if parsed is None:
        raise EmolibError(f"{path}: {name!r} is not the name of a RAVDESS video")
    return {
        "performance": performance(f"ravdess/{clip}"),
        "subject": f"ravdess-{parsed['subject']}",
        "label": parsed["emotion"],
    }


def _read_fold(path: Path, fold: int) -> pd.DataFrame:
    names, numbers = _names_and_numbers(path)
    if numbers.shape[1] != len(RAVDESS) or not np.isfinite(numbers).all():
        raise EmolibError(f"{path}: expected {len(RAVDESS)} finite numbers a clip")
    table = pd.DataFrame([_facts(path, name) for name in names])
    table.insert(2, "fold", fold)
    probabilities = _as_probabilities(numbers)
    order = _column_order(probabilities, RAVDESS.encode(table["label"]))
    table[list(RAVDESS)] = probabilities[:, order]
    return table


def _names_and_numbers(path: Path) -> tuple[list[str], np.ndarray]:
    """Two layouts are published: eight columns, or one that holds a list."""
    table = _read(path, sep=";")
    columns = [name for name in table if name.startswith("embs")]
    if columns:
        name = "name" if "name" in table else "video_name"
        return list(table[name]), table[columns].to_numpy(np.float64)
    table = _read(path, header=None, names=["name", "list"])
    rows = [[float(x) for x in row.strip("[]").split(",")] for row in table["list"]]
    return list(table["name"]), pd.DataFrame(rows).to_numpy(np.float64)


def _as_probabilities(numbers: np.ndarray) -> np.ndarray:
    """Softmax of logits; probabilities stay as they are."""
    from scipy.special import softmax

    already = (numbers >= 0).all() and np.allclose(numbers.sum(axis=1), 1, atol=1e-3)
    return numbers if already else softmax(numbers, axis=1)


def _column_order(probabilities: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The column of each class: the order with the most correct answers."""
    from scipy.optimize import linear_sum_assignment

    agreement = np.zeros((len(RAVDESS), len(RAVDESS)))
    np.add.at(agreement, (truth, probabilities.argmax(axis=1)), 1)
    return linear_sum_assignment(agreement, maximize=True)[1]
