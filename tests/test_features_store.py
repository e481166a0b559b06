"""The store: warm and fresh, and whole after a kill, a full disk, a bad file."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from emolib import EmolibError, UsageError
from emolib.features.audio import Mfcc
from emolib.features.store import extract, folder_name
from emolib.media import write_sound


@dataclass(frozen=True)
class Bytes:
    """A file's bytes, `times` over. Remembers its calls; can be slow or fail."""

    times: int = 1

    name: ClassVar[str] = "bytes"
    version: ClassVar[int] = 1
    calls: ClassVar[list] = []
    errors: ClassVar[dict] = {}
    delay: ClassVar[float] = 0

    def __call__(self, path):
        self.calls.append(Path(path).stem)
        time.sleep(self.delay)
        if Path(path).stem in self.errors:
            raise self.errors[Path(path).stem]
        content = np.frombuffer(Path(path).read_bytes(), np.uint8)
        return np.tile(content.astype(np.float32), (self.times, 1))


@pytest.fixture(autouse=True)
def fresh_feature():
    Bytes.calls.clear()
    Bytes.errors.clear()


def make_clips(folder: Path, count: int = 12) -> pd.DataFrame:
    """Small files, each with bytes and a length of its own: 1, 2, 3 ... bytes."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:02}.wav" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) * (number + 1))
    return table_of(paths)


def table_of(paths: list[Path]) -> pd.DataFrame:
    return pd.DataFrame({"clip": [p.stem for p in paths], "path": map(str, paths)})


@pytest.fixture
def clips(tmp_path):
    return make_clips(tmp_path / "clips")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def assert_right(features, clips, times=1):
    """Every clip has its own bytes, in the manifest's order."""
    assert features.manifest["clip"].tolist() == clips["clip"].tolist()
    assert len(features) == len(features.arrays) == len(clips)
    for path, array in zip(clips["path"], features.arrays, strict=True):
        content = list(Path(path).read_bytes())
        assert array.tolist() == [content] * times


def start(clips, cache, before: str = "", times: int = 1) -> subprocess.Popen:
    """The same extraction in a process of its own."""
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_features_store import *
{before}
try:
    clips = table_of([Path(p) for p in {clips["path"].tolist()}])
    features = extract(Bytes({times}), clips, {str(cache)!r})
    assert_right(features, clips, {times})
except EmolibError as error:
    sys.exit(str(error))
"""
    return subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True
    )


def test_computed_once_then_read(clips, cache):
    assert_right(extract(Bytes(2), clips, cache), clips, times=2)
    assert sorted(Bytes.calls) == clips["clip"].tolist()
    Bytes.calls.clear()
    backwards = clips.iloc[::-1]
    features = extract(Bytes(2), backwards, cache)
    assert_right(features, backwards, times=2)
    assert features.manifest.index.tolist() == list(range(12))
    assert Bytes.calls == []


def test_arrays_come_from_disk_and_cannot_be_written(clips, cache):
    array = extract(Bytes(), clips, cache).arrays[3]
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1


def test_a_longer_manifest_computes_only_what_is_new(clips, cache):
    extract(Bytes(), clips[:5], cache)
    Bytes.calls.clear()
    assert_right(extract(Bytes(), clips, cache), clips)
    assert sorted(Bytes.calls) == clips["clip"].tolist()[5:]


def test_the_same_file_twice_is_computed_once(clips, cache):
    twice = pd.concat([clips, clips])
    assert_right(extract(Bytes(), twice, cache), twice)
    assert len(Bytes.calls) == 12


@pytest.mark.parametrize("same", ["size", "time"])
def test_a_changed_file_is_computed_again(clips, cache, same):
    extract(Bytes(), clips, cache)
    Bytes.calls.clear()
    path = Path(clips["path"][4])
    before = path.stat()
    path.write_bytes(b"other" if same == "size" else b"longer than before")
    if same == "time":
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    else:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert_right(extract(Bytes(), clips, cache), clips)
    assert Bytes.calls == ["04"]


def test_other_parameters_or_code_get_another_folder(clips, cache, monkeypatch):
    extract(Bytes(1), clips, cache)
    assert_right(extract(Bytes(3), clips, cache), clips, times=3)
    assert len(Bytes.calls) == 24
    first = folder_name(Bytes(1))
    assert {f.name for f in cache.iterdir()} == {first, folder_name(Bytes(3))}
    monkeypatch.setattr(Bytes, "version", 2)
    assert folder_name(Bytes(1)) != first


def test_bad_clips_are_named_and_the_rest_is_computed(tmp_path, cache):
    sound = np.sin(np.arange(16000) / 9).astype(np.float32)
    for name in ("good", "also_good", "cut"):
        write_sound(tmp_path / f"{name}.wav", sound, 16000)
    whole = (tmp_path / "cut.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    write_sound(tmp_path / "silent.wav", 0 * sound, 16000)
    (tmp_path / "text.wav").write_text("this is no sound")
    (tmp_path / "empty.wav").touch()
    names = ["good", "silent", "cut", "text", "empty", "gone", "also_good"]
    clips = table_of([tmp_path / f"{name}.wav" for name in names])
    for _ in range(2):  # computed, then stored
        features = extract(Mfcc(), clips, cache)
        assert features.manifest["clip"].tolist() == ["good", "also_good"]
        assert [a.shape for a in features.arrays] == [(32, 40)] * 2
        assert features.problems[["clip", "problem"]].to_numpy().tolist() == [
            ["silent", "silent"],
            ["cut", "truncated"],
            ["text", "not audio"],
            ["empty", "empty"],
            ["gone", "missing"],
        ]
        assert features.problems["path"][4] == str(tmp_path / "gone.wav")
    write_sound(tmp_path / "silent.wav", sound, 16000)  # mended
    assert "silent" in extract(Mfcc(), clips, cache).manifest["clip"].tolist()


def test_what_the_system_refuses_is_tried_again(clips, cache):
    Bytes.errors["05"] = PermissionError(13, "Permission denied")
    features = extract(Bytes(), clips, cache)
    assert "Permission denied" in features.problems["problem"].item()
    assert len(features) == 11
    Bytes.errors.clear()
    assert_right(extract(Bytes(), clips, cache), clips)


def test_a_fault_in_the_feature_names_the_file_and_keeps_the_others(clips, cache):
    Bytes.errors["07"] = ZeroDivisionError("no frames")
    with pytest.raises(EmolibError, match="07.wav: bytes failed: no frames"):
        extract(Bytes(), clips, cache)
    Bytes.calls.clear()
    Bytes.errors.clear()
    assert_right(extract(Bytes(), clips, cache), clips)
    assert sorted(Bytes.calls) == ["07", "08", "09", "10", "11"]


def test_goes_on_after_a_kill(clips, cache):
    process = start(clips, cache, before="Bytes.delay = 0.1")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lines = sum(f.read_bytes().count(b"\n") for f in cache.rglob("*.index"))
        if lines >= 4:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = sum(f.read_bytes().count(b"\n") for f in cache.rglob("*.index"))
    assert 4 <= kept < 12
    assert_right(extract(Bytes(), clips, cache), clips)
    assert sorted(Bytes.calls) == clips["clip"].tolist()[kept:]


def test_goes_on_after_a_full_disk(clips, cache):
    """Arrays of 400, 800, 1200 ... bytes: the seventh does not fit in 10,000."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10000, -1))"
    process = start(clips, cache, before=limit, times=100)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert str(cache) in error
    assert "6 new features are kept" in error
    assert "run again" in error
    assert_right(extract(Bytes(100), clips, cache), clips, times=100)
    assert sorted(Bytes.calls) == clips["clip"].tolist()[6:]


def test_a_cut_index_or_part_loses_only_what_was_cut(clips, cache):
    extract(Bytes(), clips, cache)
    index = next(cache.rglob("*.index"))
    part, whole = index.with_suffix(".bin"), index.read_bytes()
    for length in range(0, len(whole), len(whole) // 20):
        index.write_bytes(whole[:length])
        Bytes.calls.clear()
        assert_right(extract(Bytes(), clips, cache), clips)
        assert len(Bytes.calls) in (12 - whole[:length].count(b"\n"), 0)
        for other in set(cache.rglob("part-*")) - {index, part}:
            other.unlink()
    index.write_bytes(whole)
    part.write_bytes(part.read_bytes()[: 4 * (1 + 2 + 3 + 4) + 3])
    Bytes.calls.clear()
    assert_right(extract(Bytes(), clips, cache), clips)
    assert sorted(Bytes.calls) == clips["clip"].tolist()[4:]


def test_many_processes_at_once(clips, cache):
    processes = [start(clips, cache, before="Bytes.delay = 0.02") for _ in range(3)]
    for process in processes:
        _, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
    assert_right(extract(Bytes(), clips, cache), clips)
    assert Bytes.calls == []


def test_memory_does_not_grow_with_the_number_of_clips(tmp_path, cache):
    """Arrays of 200 kB each: 4 MB, then 40 MB of them."""
    path = tmp_path / "clip.wav"
    path.write_bytes(bytes(1000))
    peaks = []
    for count in (20, 200):
        links = [tmp_path / f"{count}-{number}.wav" for number in range(count)]
        for link in links:
            link.symlink_to(path)
        tracemalloc.start()
        features = extract(Bytes(50), table_of(links), cache, workers=2)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(features) == count
    assert peaks[1] < peaks[0] + 1e6


def test_wrong_use(clips, cache):
    with pytest.raises(UsageError, match="no column"):
        extract(Bytes(), clips.drop(columns="path"), cache)
    with pytest.raises(UsageError, match="workers=0"):
        extract(Bytes(), clips, cache, workers=0)


def test_an_empty_manifest_gives_nothing(clips, cache):
    features = extract(Bytes(), clips[:0], cache)
    assert (len(features), len(features.problems)) == (0, 0)
