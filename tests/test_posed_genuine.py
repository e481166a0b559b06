"""Study A from files to examples: what is wrong with them is said, or refused."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from emolib import EmolibError, UsageError, experiment, labels
from emolib.corpora import index
from emolib.features import audio, regions, store
from emolib.media import write_sound


def fer2013(folder, *rows):
    text = "emotion,pixels,Usage\n" + "\n".join(rows)
    (folder / "fer2013.csv").write_text(text)
    return index("fer2013", folder)


def row(emotion, pixels):
    return f"{emotion},{' '.join(['128'] * pixels)},Training"


def test_rows_of_the_wrong_length_are_left_out_and_named(tmp_path):
    rows = [row(0, 48 * 48), row(1, 48 * 48 - 1), row(2, 48 * 48 + 1), row(6, 1)]
    clips = fer2013(tmp_path, *rows)
    found = store.extract(regions.Regions(), clips, tmp_path / "cache", progress=False)
    assert found.manifest["clip"].tolist() == ["fer2013/00000"]
    assert found.problems[["clip", "problem"]].to_numpy().tolist() == [
        ["fer2013/00001", "truncated"],
        ["fer2013/00002", "too many pixels"],
        ["fer2013/00003", "truncated"],
    ]


def test_a_row_of_an_unknown_class_is_refused_with_its_number(tmp_path):
    with pytest.raises(EmolibError, match="fer2013.csv: row 2 holds no known emotion"):
        fer2013(tmp_path, row(6, 48 * 48), row(7, 48 * 48))


def test_a_class_that_the_fourteen_do_not_hold_is_refused():
    one = {"clip": "a", "path": "", "subject": "1", "sentence": "", "emotion": "pain"}
    clips = pd.DataFrame(
        [one | {"corpus": "mav", "source": "demo", "fourteen": "pain"}]
    )
    with pytest.raises(UsageError, match="'fourteen' has no class pain; it has angry"):
        experiment.examples(
            clips, np.zeros((1, 77, 150)), labels.FOURTEEN, task="fourteen"
        )


def test_a_recording_of_ten_minutes_takes_a_few_times_its_own_memory(tmp_path):
    minutes = np.random.default_rng(0).normal(0, 0.1, 600 * 8000).astype(np.float32)
    write_sound(tmp_path / "long.wav", minutes, 8000)
    tracemalloc.start()
    array = audio.Stack(rate=8000)(tmp_path / "long.wav")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert array.shape == (77, 150) and array.nbytes < 50_000
    assert peak < 6 * minutes.nbytes  # its spectrum alone would be four times that
