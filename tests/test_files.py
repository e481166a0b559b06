"""Files are written whole or not at all."""

import subprocess
import sys

import pytest

from emolib import ROOT
from emolib.files import shown, sweep, write_atomic


def test_a_write_that_fails_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "a.txt"
    write_atomic(path, lambda temporary: temporary.write_text("old"))

    def interrupted(temporary):
        assert temporary.suffix == ".txt" and temporary.parent == tmp_path
        temporary.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, interrupted)
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "old"


def test_what_a_killed_write_left_is_swept_and_nothing_else(tmp_path):
    code = (
        "import os, sys, pathlib; from emolib.files import write_atomic\n"
        "die = lambda temporary: (temporary.write_text('half'), os._exit(9))\n"
        "write_atomic(pathlib.Path(sys.argv[1]), die)"
    )
    for name in ("predictions.parquet", "record.json", "no_suffix"):
        subprocess.run([sys.executable, "-c", code, tmp_path / name], check=False)
    kept = {".hidden", ".a-b.json", "a-01234567.json", ".x-0123456g.json"}
    for name in kept:
        (tmp_path / name).touch()
    assert len(list(tmp_path.iterdir())) == 7
    sweep(tmp_path)  # another process may be at work on these
    assert len(list(tmp_path.iterdir())) == 7
    sweep(tmp_path, older=0)
    assert {path.name for path in tmp_path.iterdir()} == kept
    sweep(tmp_path / "gone")


def test_a_path_is_shown_from_the_root(tmp_path):
    assert shown(ROOT / "data" / "ravdess") == "data/ravdess"
    assert shown(tmp_path / "a.csv") == (tmp_path / "a.csv").as_posix()
