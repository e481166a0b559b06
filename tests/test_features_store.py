"""The store: warm and fresh, and whole after a kill, a full disk, a bad file."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from emolib import EmolibError, UsageError
from emolib.features import store
from emolib.features.audio import Mfcc
from emolib.features.store import extract, folder_name
from emolib.media import MediaError, read_image, write_sound


@dataclass(frozen=True)
class Bytes:
    """A file's bytes, `times` over. Remembers its calls; can be slow or fail."""

    times: int = 1

    name: ClassVar[str] = "bytes"
    calls: ClassVar[list] = []
    errors: ClassVar[dict] = {}
    knobs: ClassVar[dict] = {"delay": 0, "plus": 0}

    def __call__(self, path):
        self.calls.append(Path(path).stem)
        time.sleep(self.knobs["delay"])
        if Path(path).stem in self.errors:
            raise self.errors[Path(path).stem]
        content = np.frombuffer(Path(path).read_bytes(), np.uint8)
        return np.tile(content.astype(np.float32), (self.times, 1)) + self.knobs["plus"]


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


CHANGES = {
    "other time": (b"other", 1),
    "other size": (b"longer than before", 0),
    "other bytes, same size and time": (b"other", 0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_computed_again(clips, cache, change):
    extract(Bytes(), clips, cache)
    Bytes.calls.clear()
    path = Path(clips["path"][4])
    before = path.stat()
    content, later = CHANGES[change]
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + later))
    assert_right(extract(Bytes(), clips, cache), clips)
    assert Bytes.calls == ["04"]


@pytest.mark.parametrize("place", [0, 0.4, 0.7, 1])
def test_another_recording_of_the_same_size_and_time_is_noticed(tmp_path, cache, place):
    """Of a larger file four places are looked at; two recordings differ in most."""
    path = tmp_path / "a.wav"
    content = bytearray(300_000)
    path.write_bytes(content)
    os.utime(path, ns=(5, 5))
    clips = table_of([path])
    extract(Bytes(), clips, cache)
    start = int(place * (len(content) - 60_000))
    content[start : start + 60_000] = b"x" * 60_000
    path.write_bytes(content)
    os.utime(path, ns=(5, 5))
    assert_right(extract(Bytes(), clips, cache), clips)


@dataclass(frozen=True)
class Grey:
    """The first grey value of a table's row."""

    name: ClassVar[str] = "grey"

    def __call__(self, path):
        return read_image(path)[0, 0, 0]


def test_a_changed_row_of_a_table_is_computed_again(tmp_path, cache):
    table = tmp_path / "faces.csv"
    rows = [" ".join([str(value)] * 48**2) + "\n" for value in (111, 222)]
    table.write_text("".join(rows))
    os.utime(table, ns=(5, 5))
    paths = [f"{table}#0", f"{table}#{len(rows[0])}"]
    clips = pd.DataFrame({"clip": ["a", "b"], "path": paths})
    assert list(extract(Grey(), clips, cache).arrays) == [111, 222]
    table.write_text(rows[0] + rows[0])
    os.utime(table, ns=(5, 5))
    assert list(extract(Grey(), clips, cache).arrays) == [111, 111]


def test_other_parameters_or_code_get_another_folder(clips, cache, monkeypatch):
    extract(Bytes(1), clips, cache)
    assert_right(extract(Bytes(3), clips, cache), clips, times=3)
    assert len(Bytes.calls) == 24
    first = folder_name(Bytes(1))
    assert {f.name for f in cache.iterdir()} == {first, folder_name(Bytes(3))}
    called = Bytes.__call__

    def __call__(self, path):
        return called(self, path) + 1

    monkeypatch.setattr(Bytes, "__call__", __call__)
    assert folder_name(Bytes(1)) != first


def test_the_code_that_a_feature_reaches_names_its_folder(monkeypatch):
    first = folder_name(Mfcc())
    monkeypatch.setattr(store, "_meaning", lambda *objects: "of other code")
    assert folder_name(Mfcc()) != first


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


@dataclass(frozen=True)
class Under:
    """Remembers how many files are under way when it begins, and how many are done."""

    name: ClassVar[str] = "under"
    now: ClassVar[set] = set()
    seen: ClassVar[list] = []

    def __call__(self, path):
        self.now.add(path)
        time.sleep(0.01)
        self.seen.append(len(self.now))
        time.sleep(0.01)
        self.now.remove(path)
        if Path(path).stem == "00":
            raise MediaError(path, "not audio")
        return np.ones(1, np.float32)


def test_the_first_that_succeeds_goes_alone(clips, cache):
    """What it imports is then there for all threads. Clip 00 is refused."""
    extract(Under(), clips, cache, workers=4)
    assert Under.seen[:2] == [1, 1] and max(Under.seen) > 1


def test_goes_on_after_a_kill(clips, cache):
    process = start(clips, cache, before="Bytes.knobs['delay'] = 0.1")
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


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 4
    file.write_bytes(content)


def test_checksums_are_of_the_arrays_bytes(clips, cache):
    features = extract(Bytes(2), clips, cache)
    assert features.arrays.checksums == [
        blake2b(array.tobytes(), digest_size=8).hexdigest() for array in features.arrays
    ]
    assert features.feature == Bytes(2)
    again = extract(Bytes(2), clips[3:5], cache)
    assert again.arrays.checksums == features.arrays.checksums[3:5]


def test_flipped_bits_of_an_array_are_found_and_put_right(clips, cache):
    extract(Bytes(), clips, cache)
    part = next(cache.rglob("part-*.bin"))
    whole = part.read_bytes()
    for place in range(0, len(whole), 5):
        flip(part, place)
        Bytes.calls.clear()
        assert_right(extract(Bytes(), clips, cache), clips)
        assert len(Bytes.calls) == 1
        assert part.read_bytes() == whole


def test_a_damaged_array_that_comes_out_otherwise_is_refused(clips, cache, monkeypatch):
    extract(Bytes(), clips, cache)
    part = next(cache.rglob("part-*.bin"))
    flip(part, 0)
    damaged = part.read_bytes()
    monkeypatch.setitem(Bytes.knobs, "plus", 1)
    for _ in range(2):
        with pytest.raises(EmolibError, match=rf"{part}.*delete {part.parent}"):
            extract(Bytes(), clips, cache).arrays[0]
        Bytes.errors["00"] = ZeroDivisionError("no frames")
    assert part.read_bytes() == damaged


def test_flipped_bits_of_an_index_lose_a_line_and_nothing_else(clips, cache):
    extract(Bytes(), clips, cache)
    index = next(cache.rglob("*.index"))
    whole = index.read_bytes()
    for place in range(0, len(whole), 13):
        flip(index, place)
        Bytes.calls.clear()
        assert_right(extract(Bytes(), clips, cache), clips)
        assert 1 <= len(Bytes.calls) <= 2  # two lines, if what ends one is hit
        for other in set(cache.rglob("part-*")) - {index, index.with_suffix(".bin")}:
            other.unlink()
        index.write_bytes(whole)


ODD_LINES = [b"7", b"{}", b"[]", b'"a"', b"null", b"[1,2,3,4,5,6,7]", b"\xff\xfe"]
ODD_LINES += [b"[" * 100_000, b"\0" * 50, b"a\tb\tc", b"\t", b"[]\t0123456789abcdef"]


def test_odd_index_lines_count_as_not_there(clips, cache):
    extract(Bytes(), clips, cache)
    index = next(cache.rglob("*.index"))
    whole = index.read_bytes()
    index.write_bytes(b"\n".join([*ODD_LINES, whole, *ODD_LINES]))
    Bytes.calls.clear()
    assert_right(extract(Bytes(), clips, cache), clips)
    assert Bytes.calls == []
    index.write_bytes(b"\n".join(ODD_LINES))
    assert_right(extract(Bytes(), clips, cache), clips)


def test_an_index_may_be_thrown_away(clips, cache):
    extract(Bytes(), clips, cache)
    next(cache.rglob("*.index")).unlink()
    Bytes.calls.clear()
    assert_right(extract(Bytes(), clips, cache), clips)
    assert len(Bytes.calls) == 12
    assert len(list(cache.rglob("part-*"))) == 2  # the bytes it named went too


def test_an_index_that_cannot_be_read_is_refused_in_words(clips, cache):
    extract(Bytes(), clips, cache)
    index = next(cache.rglob("*.index"))
    index.unlink()
    index.mkdir()
    with pytest.raises(EmolibError, match=rf"{index}: cannot be read.*delete"):
        extract(Bytes(), clips, cache)


@dataclass(frozen=True)
class Odd:
    """Something that is no number."""

    what: str

    name: ClassVar[str] = "odd"

    def __call__(self, path):
        return {
            "nan": np.array([1, np.nan]),
            "infinite": np.float32([np.inf]),
            "object": np.array([None]),
            "text": np.array(["a"]),
        }[self.what]


def test_nothing_that_is_not_finite_is_stored(clips, cache):
    for what in ("nan", "infinite"):
        features = extract(Odd(what), clips, cache)
        assert len(features) == 0
        assert set(features.problems["problem"]) == {"feature not finite"}
    for what in ("object", "text"):
        with pytest.raises(EmolibError, match=r"00.wav: odd failed.*not numbers"):
            extract(Odd(what), clips, cache)
    assert all(part.stat().st_size == 0 for part in cache.rglob("part-*.bin"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_file_is_missing_and_hangs_nothing(tmp_path, cache):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    names = ["pipe.wav", "folder.wav", "loop.wav", "zero\0.wav"]
    paths = [f"{tmp_path}/{name}" for name in names]
    clips = pd.DataFrame({"clip": names, "path": paths})
    assert set(extract(Bytes(), clips, cache).problems["problem"]) == {"missing"}


def test_many_processes_at_once(clips, cache):
    processes = [
        start(clips, cache, before="Bytes.knobs['delay'] = 0.02") for _ in range(3)
    ]
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


# -- streams ----------------------------------------------------------------


class InMemory(list):
    """Arrays with a checksum each, as the store gives them."""

    checksums = ("a", "b")


ARRAYS = InMemory([np.arange(10.0).reshape(5, 2), np.arange(10.0, 16).reshape(3, 2)])


def test_a_stream_reads_rows_where_they_are_used():
    windows = store.Stream(ARRAYS, [(0, 0, 2), (1, 1, 3), (1, 2, 3)], 2)
    assert windows.shape == (3, 2, 2) and len(windows) == 3
    assert windows[[2, 0]].tolist() == [[[14, 15], [0, 0]], [[0, 1], [2, 3]]]
    places = store.Stream(ARRAYS, [(0, 4), (1, 0)])
    assert places[:].tolist() == [[8, 9], [10, 11]]


def test_some_rows_of_a_stream_are_a_stream():
    windows = store.Stream(ARRAYS, [(0, 0, 2), (1, 1, 3), (1, 2, 3)], 2)
    some = windows.take(np.array([2, 1]))
    assert isinstance(some, store.Stream) and some.shape == (2, 2, 2)
    np.testing.assert_array_equal(some[:], windows[[2, 1]])
    assert some.checksum() != windows.checksum()
    assert windows.take(range(3)).checksum() == windows.checksum()


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8])
def test_a_stream_s_checksum_does_not_depend_on_the_kind_of_number(kind):
    take = [(0, 0, 2), (1, 1, 3)]
    other = [tuple(map(kind, one)) for one in take]
    checksum = store.Stream(ARRAYS, take, 2).checksum()
    assert store.Stream(ARRAYS, other, 2).checksum() == checksum
    assert store.Stream(ARRAYS, np.array(take, kind), 2).checksum() == checksum
    assert checksum == blake2b(b"a [0, 2];b [1, 3];", digest_size=8).hexdigest()


def test_a_stream_of_what_cannot_be_taken_is_refused():
    for take, length, reason in (
        ([], None, "no rows"),
        ([(0, 0, 2), (0, 0, 5)], 2, r"row 1 takes \[0, 5\] .* not 1 to 2 steps"),
        ([(0, 3, 3)], 2, "row 0 .* not 1 to 2 steps"),
        ([(0, 1)], 2, "row 0 .* not 1 to 2 steps"),
        ([(0, 0, 2)], None, "row 0 .* not one place"),
    ):
        with pytest.raises(UsageError, match=reason):
            store.Stream(ARRAYS, take, length)


def test_a_stream_can_be_looped_over_and_have_a_channel(tmp_path):
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3) + n for n in range(3)]

    class Held(list):
        checksums = ("a", "b", "c")

    plain = store.Stream(Held(arrays), [(n, 0, 2) for n in (2, 0)], 2)
    deep = store.Stream(Held(arrays), [(n, 0, 2) for n in (2, 0)], 2, channel=True)
    assert plain.shape == (2, 2, 3) and deep.shape == (2, 2, 3, 1)
    np.testing.assert_array_equal(np.asarray(plain), [arrays[2], arrays[0]])
    np.testing.assert_array_equal(np.asarray(deep)[..., 0], np.asarray(plain))
    assert [one.shape for one in deep] == [(2, 3, 1)] * 2
    np.testing.assert_array_equal(deep.take([1])[0][..., 0], arrays[0])
