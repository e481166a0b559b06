"""Files are written whole or not at all."""

import pytest

from emolib import ROOT
from emolib.files import shown, write_atomic


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


def test_a_path_is_shown_from_the_root(tmp_path):
    assert shown(ROOT / "data" / "ravdess") == "data/ravdess"
    assert shown(tmp_path / "a.csv") == (tmp_path / "a.csv").as_posix()
