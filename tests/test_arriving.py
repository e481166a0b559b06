"""`emolib predict -`: pictures that come through a pipe, and from an iterator."""

import io
import json
import os
import subprocess
import sys
import tracemalloc

import cv2
import numpy as np
import pytest
from test_predict import clip, face_of  # noqa: F401

from emolib import ROOT, UsageError, arriving, media, predict
from emolib.integrity import MediaError


@pytest.fixture(scope="module")
def scene(clip):  # noqa: F811
    """A rendered face, 288 x 288."""
    return cv2.resize(face_of(clip), (288, 288), interpolation=cv2.INTER_CUBIC)


def y4m(pictures, rate=10):
    """The bytes of a Y4M film, as other programs pipe it, one picture after another."""
    for number, picture in enumerate(pictures):
        height, width = picture.shape[:2]
        if not number:
            yield f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode()
        planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
        yield b"FRAME\n" + planes.tobytes()


def mjpeg(pictures):
    for picture in pictures:
        yield cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes()


def piped(parts, *arguments):
    """`emolib predict - ...`, a real pipe: status, said, log, most memory in kB."""
    program = "import sys; from emolib.cli import main; main(sys.argv[1:])"
    done = subprocess.Popen(
        [sys.executable, "-c", program, "predict", "-", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        for part in parts:
            done.stdin.write(part)
        done.stdin.close()
    except BrokenPipeError:  # it has read enough
        pass
    said, log = done.stdout.read().decode(), done.stderr.read().decode()
    _, status, used = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    return done.returncode, said, log, used.ru_maxrss


@pytest.mark.parametrize("form", [y4m, mjpeg])
def test_frames_through_a_pipe_are_answered_as_pictures_are(scene, form):
    blank = np.full_like(scene, 90)
    given = [scene, blank, blank, blank, scene, blank, blank]
    status, said, log, _ = piped(form(given), "--every", 2, "--format", "json")
    assert status == 0, log
    rows = json.loads(said)
    rate = 10 if form is y4m else 25  # of bare pictures nobody knows it
    starts = [row["start"] for row in rows]
    assert starts == pytest.approx(np.array([0, 2, 4, 6]) / rate, abs=1e-3)
    assert [bool(row["width"]) for row in rows] == [True, False, True, False]
    assert {row["file"] for row in rows} == {"-"}
    assert list(rows[0])[: len(predict.KEYS)] == [*predict.KEYS]
    alone = predict.row_of(predict.Shipped("face"), scene, arriving.NAME)
    assert rows[0]["p_smile"] == pytest.approx(alone["p_smile"], abs=0.1)
    assert rows[1]["reason"] == "no face"


def test_a_long_stream_needs_no_more_memory_than_a_short_one(scene):
    """Of the whole process, FFmpeg's share with it; 800 pictures are 100 MB."""

    def of(count):
        return piped(y4m(scene for _ in range(count)), "--every", 100)

    short, long = of(100), of(900)
    assert short[0] == long[0] == 0
    assert (short[1].count(" s  "), long[1].count(" s  ")) == (1, 9)
    assert long[3] - short[3] < 30_000


def test_an_iterator_of_pictures_holds_none(scene):
    def peak(count):
        tracemalloc.start()
        given = (scene.copy() for _ in range(count))
        found = sum(1 for _ in arriving.frames(given, predict.models(), 30, every=10))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == count // 10
        return most

    peak(10)
    short, long = peak(10), peak(100)
    assert long < 1.2 * short


def test_rows_come_while_pictures_still_arrive(scene):
    seen = []

    def camera():
        for _ in range(3):
            seen.append("picture")
            yield scene

    for _ in arriving.frames(camera(), predict.models()):
        seen.append("row")
    assert seen == ["picture", "row"] * 3


def test_a_copy_of_a_stream_has_every_picture(scene, tmp_path):
    copy = tmp_path / "copy.mp4"
    given = b"".join(y4m([scene] * 7))
    rows = []
    arriving.stream(io.BytesIO(given), predict.models(), rows.append, 3, copy)
    written = [frame for _, frame in media.read_frames(copy)]
    assert len(written) == 7 and len(rows) == 3
    assert min(np.abs(f[:60].astype(int) - scene[:60]).mean() for f in written) > 1
    assert predict.streams.frame_rate(copy) == 10
    with pytest.raises(UsageError, match="is there already"):
        arriving.stream(io.BytesIO(given), predict.models(), rows.append, 3, copy)


def test_the_sound_of_a_stream_is_not_passed_over_in_silence(clip):  # noqa: F811
    rows = []
    with clip.open("rb") as file:
        arriving.stream(file, predict.models(), rows.append, every=20)
    voices = [row for row in rows if row["part"] == "voice"]
    assert [row["reason"] for row in voices] == ["not heard"] and voices[0]["remedy"]
    assert len(rows) > 1


@pytest.mark.parametrize(
    ("cut", "problem", "told"),
    [
        (lambda film: b"", "empty", 0),
        (lambda film: b"not a film\n" * 999, "not video", 0),
        (lambda film: film[:-1], "truncated", 2),
        (lambda film: film[: len(film) // 2], "truncated", 1),
        (lambda film: film[:60], "zero length", 0),
    ],
)
def test_a_stream_that_ends_early_says_so(scene, cut, problem, told):
    rows, film = [], cut(b"".join(y4m([scene] * 3)))
    with pytest.raises(MediaError) as end:
        arriving.stream(io.BytesIO(film), predict.models(), rows.append, every=1)
    assert (end.value.problem, len(rows)) == (problem, told)


def test_a_sound_through_a_pipe_and_a_torn_jpeg_are_refused(scene, tmp_path):
    media.write_sound(tmp_path / "a.wav", np.full(16000, 0.1, np.float32), 16000)
    torn = b"".join(mjpeg([scene] * 2))[:-200]
    for content, problem in (
        ((tmp_path / "a.wav").read_bytes(), "no video stream"),
        (torn, "damaged"),
    ):
        with pytest.raises(MediaError) as end:
            arriving.stream(io.BytesIO(content), predict.models(), lambda row: None)
        assert end.value.problem == problem
    status, said, log, _ = piped([b"a text\n" * 99])
    assert status == 1 and "-: not video" in log and "Traceback" not in log


@pytest.mark.parametrize(
    "picture",
    [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), [[1, 2, 3]], None],
)
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(UsageError, match="a picture must be uint8"):
        list(arriving.frames([picture], predict.models()))


def test_a_terminal_is_told_what_to_pipe():
    class Terminal(io.BytesIO):
        def isatty(self):
            return True

    with pytest.raises(UsageError, match="pipe a film into it"):
        arriving.stream(Terminal(), predict.models(), lambda row: None)
