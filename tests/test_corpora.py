"""Corpora: names read by hand and by emolib agree; what is amiss is said."""

import contextlib
import cProfile
import json
import os
import pstats
import random
import shlex
import shutil
import ssl
import subprocess
import sys
import threading
import tracemalloc
import zipfile
from dataclasses import replace
from hashlib import md5, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from emolib import ROOT, EmolibError, UsageError, corpora, media
from emolib.corpora import CORPORA, Download, check, fetch, index, ravdess
from emolib.corpora.download import BLOCK, download, unpack
from emolib.studio import film

NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 800)


def make(folder, *names):
    """Files without content: an index never opens one."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def sounds(folder, *names, rate=16000):
    for name in names:
        media.write_sound(folder / name, NOISE, rate)
    return folder


def row(frame, clip):
    return frame.set_index("clip").loc[clip].drop("path").to_dict()


# ---- names ----


def test_ravdess_row_by_hand(tmp_path):
    make(tmp_path, "Actor_12/03-01-07-02-02-01-12.wav")

    frame = index("ravdess", tmp_path)

    assert tuple(frame.columns) == corpora.COLUMNS
    assert frame["path"][0] == str(tmp_path / "Actor_12/03-01-07-02-02-01-12.wav")
    assert row(frame, "ravdess/03-01-07-02-02-01-12") == {
        "corpus": "ravdess",
        "source": "real",
        "subject": "ravdess-12",
        "emotion": "disgusted",
        "authenticity": "posed",
        "intensity": "strong",
        "sentence": "dogs",
        "repetition": "1",
        "modality": "audio",
        "channel": "speech",
        "split_hint": "",
        "original": "disgust",
    }


def test_tess_row_by_hand(tmp_path):
    make(tmp_path, "OAF_Pleasant_surprise/OA_bite_ps.wav")
    assert row(index("tess", tmp_path), "tess/OA_bite_ps") == {
        "corpus": "tess",
        "source": "real",
        "subject": "tess-OAF",
        "emotion": "surprised",
        "authenticity": "posed",
        "intensity": "",
        "sentence": "bite",
        "repetition": "",
        "modality": "audio",
        "channel": "speech",
        "split_hint": "",
        "original": "pleasant surprise",
    }


def test_emodb_row_by_hand(tmp_path):
    make(tmp_path, "wav/16b10Lb.wav")
    assert row(index("emodb", tmp_path), "emodb/16b10Lb") == {
        "corpus": "emodb",
        "source": "real",
        "subject": "emodb-16",
        "emotion": "bored",
        "authenticity": "posed",
        "intensity": "",
        "sentence": "b10",
        "repetition": "b",
        "modality": "audio",
        "channel": "speech",
        "split_hint": "",
        "original": "boredom",
    }


EMOTIONS = {
    "ravdess": {
        "03-01-01-01-01-01-01": "neutral",
        "03-01-02-01-01-01-01": "calm",
        "03-01-03-01-01-01-01": "happy",
        "03-01-04-01-01-01-01": "sad",
        "03-01-05-01-01-01-01": "angry",
        "03-01-06-01-01-01-01": "fearful",
        "03-01-07-01-01-01-01": "disgusted",
        "03-01-08-01-01-01-01": "surprised",
    },
    "tess": {
        "OAF_back_angry": "angry",
        "OAF_back_disgust": "disgusted",
        "OAF_back_fear": "fearful",
        "YAF_back_happy": "happy",
        "YAF_back_neutral": "neutral",
        "YAF_back_ps": "surprised",
        "yaf_back_Sad": "sad",
    },
    "emodb": {
        "03a01Wa": "angry",
        "03a01La": "bored",
        "08a02Ea": "disgusted",
        "09a04Ac": "fearful",
        "10b01Fa": "happy",
        "11b02Td": "sad",
        "16b03Na": "neutral",
    },
}


@pytest.mark.parametrize("name", EMOTIONS)
def test_every_emotion(tmp_path, name):
    make(tmp_path, *(f"{stem}.flac" for stem in EMOTIONS[name]))
    frame = index(name, tmp_path).set_index("clip")["emotion"]
    assert frame.to_dict() == {f"{name}/{s}": e for s, e in EMOTIONS[name].items()}
    assert set(frame) == set(CORPORA[name].space)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("ravdess", "03-01-09-01-01-01-01.wav"),  # no such emotion
        ("ravdess", "03-01-01-02-01-01-01.wav"),  # neutral is never strong
        ("ravdess", "03-01-03-01-01-01-25.wav"),  # no such actor
        ("ravdess", "03-01-03-01-01-01-00.wav"),
        ("ravdess", "03-01-03-01-01-01.wav"),
        ("ravdess", "03-01-03-01-01-01-01 (1).wav"),
        ("ravdess", "01-01-03-01-01-01-01.wav"),  # audio-visual, says the name
        ("ravdess", "03-01-03-01-01-01-01.mp4"),  # audio-only, says the name
        ("tess", "OAF_back_calm.wav"),
        ("tess", "XAF_back_sad.wav"),
        ("emodb", "04a01Fa.wav"),  # no such speaker
        ("emodb", "03a01Xa.wav"),
    ],
)
def test_names_that_are_not_the_corpus_own(tmp_path, name, file):
    good = next(iter(EMOTIONS[name])) + ".wav"
    sounds(tmp_path, good)
    make(tmp_path, file)

    assert len(index(name, tmp_path)) == 1

    report = check(name, tmp_path)
    faults = report.table().query("verdict == 'fault'")
    assert faults[["check", "item"]].values.tolist() == [["name", str(tmp_path / file)]]
    assert not report.ok


@pytest.mark.parametrize(
    ("name", "total", "subjects"),
    [("ravdess", 1440, 24), ("tess", 2800, 2), ("emodb", 535, 10)],
)
def test_documented_counts(name, total, subjects):
    corpus = CORPORA[name]
    assert set(corpus.counts) == set(corpus.space)
    assert (sum(corpus.counts.values()), corpus.subjects) == (total, subjects)


# ---- index ----


def test_rows_do_not_depend_on_the_layout(tmp_path):
    names = [
        f"03-01-0{e}-01-0{s}-01-0{a}" for e in (8, 1, 5) for s in "21" for a in "31"
    ]
    flat = make(tmp_path / "flat" / "ravdess", *(f"{n}.WAV" for n in names))
    deep = make(tmp_path / "b", *(f"x/Actor_{n[-2:]}/{n}.flac" for n in names))

    first, second = index("ravdess", flat.parent), index("ravdess", deep)

    assert first["clip"].tolist() == sorted(f"ravdess/{n}" for n in names)
    assert first.drop(columns="path").equals(second.drop(columns="path"))
    assert first.equals(index("ravdess", flat))


def test_relative_folders_give_absolute_paths(tmp_path, monkeypatch):
    make(tmp_path / "emodb", "wav/03a01Wa.wav")
    monkeypatch.setenv("EMOLIB_DATA", os.path.relpath(tmp_path, ROOT))
    path = Path(index("emodb")["path"][0])
    assert path.is_absolute() and path.exists()


def test_one_performance_in_two_modalities(tmp_path):
    make(tmp_path, "a/01-01-05-01-01-01-01.mp4", "03-01-05-01-01-01-01.wav")
    make(tmp_path, "02-01-05-01-01-01-01.mp4")

    both = index("ravdess", tmp_path)
    audio = index("ravdess", tmp_path, modality="audio")

    assert both["modality"].tolist() == ["audio-video", "video", "audio"]
    assert audio["clip"].tolist() == ["ravdess/03-01-05-01-01-01-01"]
    assert set(map(ravdess.performance, both["clip"])) == {"ravdess/01-05-01-01-01-01"}


def test_song_is_left_out_unless_asked_for(tmp_path):
    make(tmp_path, "03-01-05-01-01-01-01.wav", "03-02-05-01-01-01-01.wav")

    def clips(**options):
        return index("ravdess", tmp_path, **options)["clip"].str[8:13].tolist()

    assert clips() == ["03-01"]
    assert clips(channel="song") == ["03-02"]
    assert clips(channel="both") == ["03-01", "03-02"]


def test_rendered_clips_are_never_called_real(tmp_path):
    names = "Actor_01/03-01-05-01-01-01-01.wav", "Actor_02/03-01-05-01-01-01-02.wav"
    demo = make(tmp_path / "demo" / "ravdess", *names, "RENDERED.json", "causes.csv")

    for folder in (demo.parent, demo, demo / "Actor_01"):
        assert set(index("ravdess", folder)["source"]) == {"demo"}

    make(tmp_path / "mixed", names[0], f"demo/{names[1]}", "demo/RENDERED.json")
    for folder in (tmp_path, tmp_path / "mixed"):
        with pytest.raises(UsageError, match="is a rendering among other files"):
            index("ravdess", folder)


def test_the_data_folder_itself_is_no_corpus(tmp_path, monkeypatch):
    make(tmp_path / "demo-quick" / "ravdess", "03-01-05-01-01-01-01.wav")
    monkeypatch.setenv("EMOLIB_DATA", str(tmp_path))
    with pytest.raises(UsageError, match=f"{tmp_path}/ravdess: no such folder"):
        index("ravdess")


def test_the_studio_renders_what_is_said_to_have_a_twin():
    from emolib.studio.twins import TWINS

    assert set(TWINS) == {name for name, corpus in CORPORA.items() if corpus.twin}


def test_hidden_and_other_files_are_ignored(tmp_path):
    sounds(tmp_path, "03a01Wa.wav")
    make(tmp_path, "._03a01Wa.wav", ".cache/03a01Wa.wav", "readme.txt", "03a01Wa.txt")
    assert len(index("emodb", tmp_path)) == 1
    assert check("emodb", tmp_path).ok


def test_a_clip_that_is_there_twice_is_refused_naming_both(tmp_path):
    one, two = "all/Actor_01/03-01-05-01-01-01-01.wav", "03-01-05-01-01-01-01.flac"
    sounds(tmp_path, one, two, "03-01-05-01-01-02-01.wav")
    with pytest.raises(UsageError) as caught:
        index("ravdess", tmp_path)
    assert str(tmp_path / one) in str(caught.value)
    assert str(tmp_path / two) in str(caught.value)
    copies = check("ravdess", tmp_path).table().query("check == 'copy'")
    assert len(copies) == 1 and copies["verdict"].tolist() == ["fault"]


def test_a_folder_that_is_not_there(tmp_path):
    for data in (tmp_path / "no", make(tmp_path, "tess/OAF_back_sad.wav")):
        with pytest.raises(UsageError) as caught:
            index("ravdess", data)
        message = str(caught.value)
        assert message.startswith(f"{data / 'ravdess'}: no such folder")
        assert "emolib data demo --corpus ravdess" in message and "--data" in message
        # among the recordings of tess nothing should be rendered
        assert (f"ravdess --out {data}`" in message) == (data.name == "no")


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (None, ""),
        ("", ""),
        ("ravdess", ""),
        ("demo-smoke", " --profile smoke"),
        ("far/demo-smoke", " --profile smoke --out {}/far/demo-smoke"),
        ("demo-mine", " --out {}/demo-mine"),
    ],
)
def test_what_is_missing_is_rendered_where_it_is_looked_for(
    tmp_path, monkeypatch, data, options
):
    monkeypatch.setenv("EMOLIB_DATA", str(tmp_path))
    with pytest.raises(UsageError) as caught:
        index("ravdess", data if data is None else tmp_path / data)
    wanted = f"`emolib data demo --corpus ravdess{options.format(tmp_path)}`"
    assert wanted in str(caught.value)


def test_an_empty_folder(tmp_path):
    with pytest.raises(UsageError, match=f"{tmp_path}: the folder is empty; put"):
        index("emodb", tmp_path)


@pytest.mark.parametrize(("asked", "held"), [("emodb", "tess"), ("tess", "ravdess")])
def test_a_folder_of_another_corpus_is_recognised(tmp_path, asked, held):
    make(tmp_path, *(f"{stem}.wav" for stem in EMOTIONS[held]))
    number = len(EMOTIONS[held])
    message = rf"no clip of {asked} here: its files look like {held} \({number}\)"
    for call in (index, check):
        with pytest.raises(UsageError, match=message):
            call(asked, tmp_path)


def test_a_folder_of_something_else(tmp_path):
    make(tmp_path, "corpus.zip", "z/holiday.wav")
    with pytest.raises(UsageError, match=r"it has 2 other file\(s\), such as holiday"):
        index("ravdess", tmp_path)


def test_no_clip_of_that_modality(tmp_path):
    make(tmp_path, "01-01-05-01-01-01-01.mp4")
    with pytest.raises(UsageError, match=r"found audio-video speech \(1\)"):
        index("ravdess", tmp_path, modality="audio")


def test_an_unknown_corpus():
    for call in (index, check, fetch):
        with pytest.raises(UsageError, match="no corpus 'revdess'; there are ravdess"):
            call("revdess")


def test_indexing_twice_the_files_is_twice_the_work(tmp_path):
    """Counted in calls of functions, which no other process changes."""

    def calls(people):
        files = (
            f"Actor_{a:02}/03-01-{e:02}-01-{s:02}-{r:02}-{a:02}.wav"
            for a in range(1, people + 1)
            for e in range(1, 9)
            for s in (1, 2)
            for r in (1, 2)
        )
        make(tmp_path, *files)
        index("ravdess", tmp_path)  # imports
        with cProfile.Profile() as profile:
            assert len(index("ravdess", tmp_path)) == 32 * people
        return pstats.Stats(profile).total_calls

    half, whole = calls(12), calls(24)
    assert whole < 2.1 * half and whole < 400 * 768


# ---- check ----


def test_a_part_of_a_corpus_is_noted_and_fine(tmp_path):
    sounds(tmp_path, *(f"wav/{stem}.wav" for stem in EMOTIONS["emodb"]))

    report = check("emodb", tmp_path, progress=True)

    table = report.table().set_index("item")
    assert report.ok and report.folder == tmp_path
    assert table.loc["audio angry"].tolist() == ["clips", "1", "127", "note"]
    assert table.loc["audio"].tolist() == ["subjects", "6", "10", "note"]
    assert table.loc["most files"].tolist() == ["rate", "16000 Hz", "", "ok"]


def test_counts_are_held_against_the_documents_modality_by_modality(
    tmp_path, monkeypatch
):
    one_each = replace(
        CORPORA["ravdess"],
        counts=dict.fromkeys(ravdess.CORPUS.space, 1),
        channels={"song": {"happy": 1, "sad": 1}},
        subjects=1,
    )
    monkeypatch.setitem(CORPORA, "ravdess", one_each)
    names = list(EMOTIONS["ravdess"])
    sounds(tmp_path, *(f"{name}.wav" for name in names), "03-02-03-01-01-01-02.wav")
    for name in names[1:]:
        frames = [np.full((16, 16, 3), 99, np.uint8)]
        film.write_video(tmp_path / f"01{name[2:]}.mp4", frames, 10, NOISE, 16000)

    table = check("ravdess", tmp_path).table().query("check != 'rate'")

    notes = table.query("verdict != 'ok'")
    assert len(table) == 2 * 9 + 3
    assert notes.values.tolist() == [
        ["clips", "audio-video neutral", "0", "1", "note"],
        ["clips", "audio song sad", "0", "1", "note"],
    ]


def test_what_index_refuses_is_a_fault(tmp_path):
    """Songs alone: they are counted, and speech is missed."""
    sounds(tmp_path, "03-02-05-01-01-01-01.wav", "03-02-01-01-01-01-02.wav")
    with pytest.raises(UsageError, match=r"found audio song \(2\)"):
        index("ravdess", tmp_path)

    report = check("ravdess", tmp_path)

    table = report.table().set_index("item")
    assert table.loc["speech", ["found", "verdict"]].tolist() == [
        *("none, but song", "fault")
    ]
    assert not report.ok
    assert table.loc["audio song angry", ["found", "expected"]].tolist() == ["1", "184"]
    assert table.loc["audio song", "found"] == "2"  # people


def test_the_documented_songs():
    songs = CORPORA["ravdess"].channels["song"]
    assert sum(songs.values()) == 23 * 44


def test_clips_without_a_channel_are_kept(tmp_path):
    make(tmp_path, "46_sadness.wav")
    for channel in ("speech", "song", "both"):
        assert index("mav", tmp_path, channel=channel)["channel"].tolist() == [""]


def test_files_that_cannot_be_used_are_faults_and_odd_rates_are_notes(tmp_path):
    sounds(tmp_path, "03a01Wa.wav", "03a02Wa.wav", "03a04Wa.wav")
    sounds(tmp_path, "03b01Wa.wav", rate=48000)
    whole = (tmp_path / "03a01Wa.wav").read_bytes()
    (tmp_path / "03a05Wa.wav").write_bytes(whole[:500])
    (tmp_path / "03a07Wa.wav").write_text("not a sound")
    (tmp_path / "03b02Wa.wav").touch()
    media.write_sound(tmp_path / "03b03Wa.wav", np.zeros(800), 16000)

    report = check("emodb", tmp_path)

    table = report.table().query("check == 'file' or verdict == 'note'")
    table = table[table["item"].str.endswith(".wav")]
    found = {
        Path(item).stem: (what, found, verdict)
        for what, item, found, _, verdict in table.values.tolist()
    }
    assert found == {
        "03a05Wa": ("file", "truncated", "fault"),
        "03a07Wa": ("file", "not audio", "fault"),
        "03b02Wa": ("file", "empty", "fault"),
        "03b03Wa": ("file", "silent", "fault"),
        "03b01Wa": ("rate", "48000 Hz", "note"),
    }
    assert not report.ok


def test_one_odd_file_is_named_and_the_report_goes_on(tmp_path, monkeypatch):
    names = [f"01-01-0{n}-01-01-01-01.mp4" for n in (1, 2, 3)]
    for name in names:
        frames = np.zeros((3, 32, 32, 3), np.uint8)
        film.write_video(tmp_path / "ravdess" / name, frames, 10, NOISE, 8000)
    opened = av.open

    def fail(path, *arguments, **options):
        if names[1] in path:
            raise UnicodeDecodeError("utf-8", b"", 0, 1, "invalid start byte")
        if names[2] in path:
            raise MemoryError
        return opened(path, *arguments, **options)

    monkeypatch.setattr(av, "open", fail)
    report = check("ravdess", tmp_path / "ravdess")
    faults = [row for row in report.rows if row[-1] == "fault"]
    assert [Path(item).name for _, item, *_ in faults] == names[1:]
    assert faults[0][2] == "truncated" and faults[1][2] == "more than memory holds"


def test_links_in_circles_are_not_followed(tmp_path):
    sounds(tmp_path / "ravdess", "03-01-05-01-01-01-01.wav")
    (tmp_path / "ravdess" / "again").symlink_to(tmp_path / "ravdess")
    itself = tmp_path / "ravdess" / "03-01-05-01-01-01-02.wav"
    itself.symlink_to(itself)
    report = check("ravdess", tmp_path / "ravdess")
    faults = [row[1:3] for row in report.rows if row[-1] == "fault"]
    assert faults == [(str(itself), "missing")]


# ---- fetch ----


class Server(BaseHTTPRequestHandler):
    """Serves one file; may break off once, and may not know ranges."""

    content = b""
    break_after = None
    knows_ranges = True
    ranges: list = []
    paths: list = []
    told = b""
    leads_to: list = []
    surplus = 0

    def do_GET(self):
        cls = type(self)
        if cls.leads_to:
            self.send_response(302)
            self.send_header("Location", cls.leads_to.pop(0))
            self.end_headers()
            return
        cls.paths.append(self.path)
        if self.path == "/told":  # a repository's answer about a record
            self.send_response(200)
            self.end_headers()
            self.wfile.write(cls.told)
            return
        asked = self.headers.get("Range")
        cls.ranges.append(asked)
        start = int(asked[6:-1]) if asked and cls.knows_ranges else 0
        self.send_response(206 if start else 200)
        length = len(cls.content) - start + cls.surplus
        self.send_header("Content-Length", str(length))
        self.end_headers()
        stop, cls.break_after = cls.break_after, None
        with contextlib.suppress(OSError):  # whoever asked may have heard enough
            self.wfile.write(cls.content[start:stop])
            for _ in range(cls.surplus // BLOCK):
                self.wfile.write(bytes(BLOCK))

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A key and certificate for 127.0.0.1, made for this run only."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("certificate")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test "
        "-addext subjectAltName=IP:127.0.0.1 -keyout key -out crt"
    )
    subprocess.run(
        shlex.split(command),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def published(tmp_path, certificate, monkeypatch):
    """An archive of two clips on an https server, and its `Download`."""
    archive = tmp_path / "published.zip"
    sounds(tmp_path / "p", "03-01-05-01-01-01-01.wav", "03-01-05-01-02-01-01.wav")
    with zipfile.ZipFile(archive, "w") as bundle:
        for path in sorted((tmp_path / "p").iterdir()):
            bundle.write(path, f"Actor_01/{path.name}")
        bundle.writestr("more.bin", bytes(2 * BLOCK))
    content = archive.read_bytes()
    fresh = {"content": content, "ranges": [], "paths": [], "leads_to": []}
    handler = type("Handler", (Server,), fresh)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "crt", certificate / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "crt"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield (
        handler,
        Download(
            f"https://127.0.0.1:{server.server_port}/clips.zip?download=1",
            f"sha256:{sha256(content).hexdigest()}",
            len(content),
        ),
    )
    server.shutdown()
    server.server_close()


def offer(monkeypatch, *downloads):
    corpus = replace(CORPORA["ravdess"], downloads=downloads)
    monkeypatch.setitem(CORPORA, "ravdess", corpus)


def test_fetch_downloads_unpacks_and_does_nothing_the_second_time(
    tmp_path, published, monkeypatch
):
    handler, archive = published
    offer(monkeypatch, archive)

    folder = fetch("ravdess", tmp_path / "data", accept_licence=True)

    assert folder == tmp_path / "data" / "ravdess"
    assert len(index("ravdess", tmp_path / "data")) == 2
    assert check("ravdess", folder).ok
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.wav")}
    next(iter(before)).unlink()
    fetch("ravdess", tmp_path / "data", accept_licence=True)
    assert handler.ranges == [None]
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*.wav")}
    assert after.keys() == before.keys()
    assert len(after.items() & before.items()) == 1


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_broken_download_goes_on_where_it_stopped(tmp_path, published, knows_ranges):
    handler, archive = published
    handler.break_after, handler.knows_ranges = BLOCK + 1000, knows_ranges

    with pytest.raises(EmolibError, match=r"clips\.zip.*ask again to go on"):
        download(archive, tmp_path / "a")
    path = download(archive, tmp_path / "a")

    assert handler.ranges == [None, f"bytes={BLOCK}-"]
    assert path.read_bytes() == handler.content
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["clips.zip"]


def test_a_file_that_is_not_the_published_one_is_refused(tmp_path, published):
    handler, archive = published
    handler.content = handler.content[:-1] + b"!"
    with pytest.raises(EmolibError, match="not the published file, its checksum"):
        download(archive, tmp_path / "a")
    assert not list((tmp_path / "a").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="files have no limit there")
def test_a_full_disk_is_told_and_the_download_goes_on_once_there_is_room(
    tmp_path, published
):
    import resource

    handler, archive = published
    room = BLOCK + 1000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(EmolibError, match=r"clips\.zip\.part: cannot .* make room"):
            download(archive, tmp_path / "a")
        with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr("small.wav", b"1")
            noise = random.Random(0).randbytes(room // 2)
            bundle.writestr("large.wav", noise + bytes(room))
        with pytest.raises(EmolibError, match=r"large\.wav: cannot be .* make room"):
            unpack(tmp_path / "b.zip", tmp_path / "b")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["small.wav"]
    path = download(archive, tmp_path / "a")
    assert handler.ranges == [None, f"bytes={room}-"]
    assert path.read_bytes() == handler.content


def test_fetch_asks_for_the_licence_and_refuses_http_and_demo_folders(
    tmp_path, monkeypatch, capsys
):
    with pytest.raises(UsageError, match="CC BY-NC-SA 4.0.*ask again with --acc"):
        fetch("ravdess", tmp_path)
    for name in CORPORA:
        if CORPORA[name].downloads:
            continue
        with pytest.raises(UsageError, match="cannot be fetched; its folder") as told:
            fetch(name, tmp_path, accept_licence=True)
        for word in (tmp_path / name, CORPORA[name].access, CORPORA[name].url):
            assert str(word) in str(told.value)
    assert not capsys.readouterr().err
    offer(monkeypatch, Download("http://example.org/a.zip", "md5:0", 1))
    with pytest.raises(EmolibError, match="http://example.org/a.zip: refused"):
        fetch("ravdess", tmp_path, accept_licence=True)
    shown = capsys.readouterr().err  # before the first byte is asked for
    assert "CC BY-NC-SA 4.0; https://doi.org/10.5281/zenodo.1188976\n" in shown
    assert "from http://example.org/a.zip\n" in shown
    assert not list(tmp_path.iterdir())
    make(tmp_path / "ravdess", "RENDERED.json")
    with pytest.raises(UsageError, match="holds rendered clips"):
        fetch("ravdess", tmp_path, accept_licence=True)


@pytest.mark.parametrize("kind", ["zenodo", "dataverse", "figshare"])
def test_a_repository_is_asked_where_its_files_lie_and_what_they_must_be(
    tmp_path, published, monkeypatch, kind
):
    handler, archive = published
    place = archive.url.partition("/clips.zip")[0]
    content, size = handler.content, len(handler.content)
    digest = md5(content).hexdigest()
    other = {"size": 1, "checksum": "md5:0", "links": {"self": f"{place}/x"}}
    answer = {
        "zenodo": {
            "files": [
                {"key": "read.me", **other},
                {
                    "key": "clips.zip",
                    "size": size,
                    "checksum": f"md5:{digest}",
                    "links": {"self": f"{place}/content"},
                },
            ]
        },
        "dataverse": {
            "data": {
                "latestVersion": {
                    "files": [
                        {
                            "dataFile": {
                                "id": 7,
                                "filename": "clips.zip",
                                "filesize": size,
                                "md5": digest,
                            }
                        }
                    ]
                }
            }
        },
        "figshare": {
            "files": [
                {
                    "name": "clips.zip",
                    "size": size,
                    "computed_md5": digest,
                    "download_url": f"{place}/download/7",
                }
            ]
        },
    }[kind]
    handler.told = json.dumps(answer).encode()
    offer(monkeypatch, Download(f"{place}/told", files="*.zip"))

    folder = fetch("ravdess", tmp_path / "data", accept_licence=True)

    assert len(index("ravdess", tmp_path / "data")) == 2
    assert [p.name for p in (folder / ".archives").iterdir()] == ["clips.zip"]
    assert (
        handler.paths[1]
        == {
            "zenodo": "/content",
            "dataverse": "/api/access/datafile/7",
            "figshare": "/download/7",
        }[kind]
    )
    handler.content = content[:-1] + b"!"
    (folder / ".archives" / "clips.zip").unlink()
    with pytest.raises(EmolibError, match="not the published file"):
        fetch("ravdess", tmp_path / "data", accept_licence=True)


def test_single_sounds_land_in_the_folder_and_odd_answers_are_refused(
    tmp_path, published, monkeypatch
):
    handler, archive = published
    place = archive.url.partition("/clips.zip")[0]
    name = "03-01-05-01-01-01-01.wav"
    handler.content = (tmp_path / "p" / name).read_bytes()
    entry = {
        "key": name,
        "size": len(handler.content),
        "checksum": f"md5:{md5(handler.content).hexdigest()}",
        "links": {"self": f"{place}/content"},
    }
    handler.told = json.dumps({"files": [entry]}).encode()
    offer(monkeypatch, Download(f"{place}/told", files="*.wav"))
    fetch("ravdess", tmp_path / "data", accept_licence=True)
    assert index("ravdess", tmp_path / "data")["clip"].tolist() == [
        f"ravdess/{name[:-4]}"
    ]
    for odd, told in {
        "it names no file like": {"files": [{**entry, "key": "read.me"}]},
        "is no file's name": {"files": [{**entry, "key": "../../x.wav"}]},
        "not a list of files": {"files": [{"key": name}]},
        "not a list of files as": ["nothing"],
    }.items():
        handler.told = json.dumps(told).encode()
        with pytest.raises(EmolibError, match=odd):
            fetch("ravdess", tmp_path / "other", accept_licence=True)
    handler.told = b"<html>"
    with pytest.raises(EmolibError, match="ask again later"):
        fetch("ravdess", tmp_path / "other", accept_licence=True)
    assert not (tmp_path / "other").exists()


def test_every_published_archive_is_https_with_a_checksum():
    for corpus in CORPORA.values():
        for archive in corpus.downloads:
            assert archive.url.startswith("https://")
            if archive.files:  # the repository says the rest
                continue
            assert archive.size > 0
            kind, _, digest = archive.checksum.partition(":")
            assert len(digest) == {"md5": 32, "sha256": 64}[kind]


@pytest.mark.parametrize("name", ["../out.wav", "/tmp/out.wav", "a/../../out.wav"])
def test_an_archive_that_would_leave_the_folder_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bundle:
        bundle.writestr("good.wav", "1")
        bundle.writestr(name, "2")
    with pytest.raises(EmolibError, match=f"refused, {name} would be written outside"):
        unpack(tmp_path / "a.zip", tmp_path / "in")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_more_bytes_than_declared_are_cut_off(tmp_path, published):
    handler, archive = published
    handler.surplus = 500 * BLOCK
    path = download(archive, tmp_path / "a")
    assert path.read_bytes() == handler.content
    path.unlink()
    short = replace(archive, size=archive.size - BLOCK)
    with pytest.raises(EmolibError, match="not the published file"):
        download(short, tmp_path / "a")
    assert not list((tmp_path / "a").iterdir())


def test_every_redirect_is_https(tmp_path, published):
    handler, archive = published
    handler.leads_to = ["/elsewhere.zip", archive.url]
    assert download(archive, tmp_path / "a").read_bytes() == handler.content
    handler.leads_to = [f"{archive.url}&1", "http://127.0.0.1:9/", archive.url]
    with pytest.raises(EmolibError, match=r"leads to http://127.0.0.1:9/, which is no"):
        download(archive, tmp_path / "b")
    handler.leads_to = [archive.url] * 20
    with pytest.raises(EmolibError, match="more than 10 redirects"):
        download(archive, tmp_path / "c")


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in members.items():
            bundle.writestr(name, content)
    return bytearray(path.read_bytes())


def test_bad_encrypted_and_swollen_archives_are_refused_in_words(tmp_path, monkeypatch):
    path, into = tmp_path / "a.zip", tmp_path / "in"
    noise = random.Random(0).randbytes(3000)

    def refused(content, match):
        path.write_bytes(content)
        with pytest.raises(EmolibError, match=rf"a\.zip: {match}"):
            unpack(path, into)

    refused(b"<html>please log in</html>", "cannot be unpacked")
    whole = zipped(path, good=noise)
    refused(whole[:-30], "cannot be unpacked")
    for place in (35, 500):  # of the first member's header, of its bytes
        damaged = whole.copy()
        damaged[place] ^= 255
        refused(damaged, "cannot be unpacked")
    locked = whole.copy()
    locked[6] |= 1
    locked[whole.index(b"PK\1\2") + 8] |= 1
    refused(locked, "refused, good is encrypted")
    odd = whole.copy()
    odd[8] = odd[whole.index(b"PK\1\2") + 10] = 99
    refused(odd, "cannot be unpacked .*compression")
    hollow = whole.copy()  # its directory says that nothing is stored of it
    entry = hollow.index(b"PK\1\2")
    hollow[entry + 10 : entry + 24] = bytes(14)
    refused(hollow, "cannot be unpacked .*0 of 3000 bytes|cannot be unpacked")
    none = whole.copy()
    none[none.index(b"PK\5\6") + 8 : -2] = bytes(12)
    refused(none, "cannot be unpacked .*0 members found")
    refused(zipped(path, bomb=bytes(30_000_000)), "refused, its members take 30000000")
    refused(zipped(path, **{"a": b"1", "a/b": b"2"}), "cannot be unpacked|a: cannot be")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=100))
    refused(whole, "its members take 3000 bytes .* room for 100")
    assert {p.name for p in into.rglob("*")} <= {"a"}


def test_members_are_streamed_and_leftovers_swept(tmp_path):
    path, into = tmp_path / "a.zip", tmp_path / "in"
    content = random.Random(0).randbytes(40_000_000)
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("x/large.bin", content)
    left = into / "x" / ".large-0123abcd.bin"
    left.parent.mkdir(parents=True)
    left.touch()
    os.utime(left, (5, 5))
    tracemalloc.start()
    unpack(path, into)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    assert (into / "x" / "large.bin").read_bytes() == content
    assert [p.name for p in (into / "x").iterdir()] == ["large.bin"]
