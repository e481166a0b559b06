"""`emolib predict`: studio clips, and files that nobody should have given it."""

import json
import tracemalloc
from dataclasses import replace

import cv2
import numpy as np
import pytest

from emolib import cli, media, predict
from emolib.features import audio
from emolib.studio import Causes, files, twins
from emolib.studio.twins import Clip

RATE = 16000


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A rendered film with a face and a voice."""
    folder = tmp_path_factory.mktemp("clip")
    form = replace(twins.form("ravdess", "smoke"), seconds=2.0)
    files.render_clip(folder, Clip(Causes(1, "happy"), film="clip.mp4"), form)
    return folder / "clip.mp4"


@pytest.fixture
def ask(capsys):
    """`emolib predict ...`: status, what was said, errors."""

    def call(*arguments):
        status = 0
        try:
            cli.main(["predict", *map(str, arguments)])
        except SystemExit as end:
            status = end.code or 0
        return (status, *capsys.readouterr())

    return call


def rows(said):
    return json.loads(said)


def test_a_film_is_answered_by_voice_and_face(ask, clip):
    status, said, _ = ask(clip, "--format", "json", "--every", 10)
    assert status == 0
    found = rows(said)
    assert {row["part"] for row in found} == {"voice", "face"}
    for row in found:
        shares = {key: row[key] for key in row if key.startswith("p_")}
        assert list(row) == [*predict.KEYS, *shares]
        assert not shares or sum(shares.values()) == pytest.approx(1, abs=1e-3)
        assert bool(row["answer"]) != bool(row["reason"])
        assert bool(row["reason"]) == bool(row["remedy"])
        assert "calibration error" in row["tested"]
    starts = [row["start"] for row in found if row["part"] == "face"]
    rate = predict.streams.frame_rate(clip)
    assert np.diff(starts) == pytest.approx(10 / rate, abs=1e-3)


def test_the_table_says_what_the_models_are_worth(ask, clip):
    status, said, _ = ask(clip, "--every", 20)
    assert status == 0 and "RAVDESS" in said and "London faces" in said
    assert "displays, not feelings" in said


def test_a_copy_has_every_picture_and_the_answers(ask, clip, tmp_path):
    copy = tmp_path / "copy.mp4"
    status, said, _ = ask(clip, "--copy", copy, "--format", "json")
    assert status == 0 and {row["part"] for row in rows(said)} == {"voice", "face"}
    before = [frame for _, frame in media.read_frames(clip)]
    after = [frame for _, frame in media.read_frames(copy)]
    assert len(before) == len(after)
    top = slice(0, before[0].shape[0] // 4)
    pairs = zip(before, after, strict=True)
    change = [np.abs(a[top].astype(int) - b[top]).mean() for a, b in pairs]
    assert min(change) > 1  # words above each of them
    status, _, log = ask(clip, "--copy", copy)
    assert status == 2 and "is there already" in log


def face_of(clip):
    return next(frame for n, frame in media.read_frames(clip) if n == 8)


def written(path, image):
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return path


def test_a_picture_and_its_copy(ask, clip, tmp_path):
    path = written(tmp_path / "face.png", face_of(clip))
    status, said, _ = ask(path, "--format", "json", "--copy", tmp_path / "copy.png")
    (row,) = rows(said)
    assert status == 0 and row["width"] > 20 and row["start"] is None
    assert (media.read_image(tmp_path / "copy.png") != face_of(clip)).any()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda face: np.hstack([face, face]), "two faces"),
        (lambda face: np.full_like(face, 90), "no face"),
    ],
)
def test_faces_that_are_not_answered(ask, clip, tmp_path, change, reason):
    path = written(tmp_path / "face.png", change(face_of(clip)))
    status, said, _ = ask(path, "--format", "json")
    (row,) = rows(said)
    assert (status, row["answer"], row["reason"]) == (0, "", reason)
    assert row["remedy"] == predict.REMEDIES[reason]


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ((1, 40, 100, 100), "face at the edge"),
        ((120, 99, 100, 100), "face at the edge"),
        ((50, 40, 100, 100), ""),
        ((50, 40, 30, 30), "face too small"),
    ],
)
def test_where_a_face_must_be(box, reason):
    image, eyes = np.zeros((200, 300, 3), np.uint8), np.array([[60, 70], [90, 70]])
    found = predict.smile.Face(box, eyes, others=0)
    assert predict.smile.reason(image, found) == reason


def test_a_film_without_sound_says_so_and_shows_its_faces(ask, clip, tmp_path):
    from emolib.studio.film import write_video

    path, frames = tmp_path / "mute.mp4", (f for _, f in media.read_frames(clip))
    write_video(path, frames, predict.streams.frame_rate(clip))
    for more in ((), ("--copy", tmp_path / "copy.mp4")):
        status, said, _ = ask(path, "--format", "json", "--every", 15, *more)
        found = rows(said)
        voices = [row for row in found if row["part"] == "voice"]
        assert status == 0 and len(found) > 1
        assert [row["reason"] for row in voices] == ["no audio stream"]


def sound(path, samples, rate=RATE):
    media.write_sound(path, samples.astype(np.float32), rate)
    return path


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda at: at / "gone.wav", "missing"),
        (lambda at: _text(at / "text.wav"), "not audio"),
        (lambda at: _text(at / "notes.txt"), "must end in one of"),
        (lambda at: _text(at / "empty.png", ""), "empty"),
        (lambda at: _large(at / "large.png"), "too large"),
        (lambda at: sound(at / "low.wav", np.ones(9000) / 9, 8000), "below 16000 Hz"),
        (lambda at: at, "no file in it ends in"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(ask, tmp_path, make, told):
    path = make(tmp_path)
    status, said, log = ask(path)
    assert status in (1, 2) and str(path) in log and told in log
    assert "Traceback" not in log and not said


def _text(path, text="not a recording\n"):
    path.write_text(text)
    return path


def _large(path):
    """A picture of 10,000 x 10,000 pixels in a few thousand bytes."""
    from PIL import Image

    Image.new("1", (10_000, 10_000)).save(path)
    return path


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros(2 * RATE), "silent"),
        (np.sign(np.sin(np.arange(2 * RATE) / 30)), "clipped"),
        (np.random.default_rng(0).normal(0, 0.1, 2 * RATE), "no voice"),
    ],
)
def test_a_sound_that_is_not_answered(ask, tmp_path, samples, reason):
    status, said, _ = ask(sound(tmp_path / "a.wav", samples), "--format", "json")
    (row,) = rows(said)
    assert (status, row["reason"], row["answer"]) == (0, reason, "")
    assert row["remedy"]


def test_one_bad_file_of_a_folder_does_not_stop_the_others(ask, tmp_path):
    sound(tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, RATE))
    _text(tmp_path / "b.wav")
    sound(tmp_path / "c.wav", np.zeros(RATE))
    status, said, log = ask(tmp_path, "--format", "json")
    assert status == 1 and "1 files could not be used" in log
    reasons = [row["reason"] for row in rows(said)]
    assert reasons == ["no voice", "not audio", "silent"]


@pytest.mark.parametrize("rate", [RATE, 44100])
def test_windows_are_the_sound_cut_in_pieces(tmp_path, rate):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (23 * rate, 2))
    path = sound(tmp_path / "long.wav", samples, rate)
    found = list(predict.windows(path, RATE))
    assert [start for start, _ in found] == [0, 5, 10, 15, 20]
    whole = audio.samples_at(path, RATE)
    joined = np.concatenate([part for _, part in found])
    assert abs(len(joined) - len(whole)) <= 1
    size = min(len(joined), len(whole))
    np.testing.assert_allclose(joined[:size], whole[:size], atol=1e-3)


def test_a_long_sound_needs_no_more_memory_than_a_short_one(tmp_path):
    peaks = []
    for minutes in (1, 6):
        path = sound(tmp_path / f"{minutes}.wav", np.zeros(minutes * 60 * RATE) + 0.01)
        tracemalloc.start()
        for _ in predict.windows(path, RATE):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] and peaks[1] < 5_000_000


def test_without_kept_weights_a_study_says_how_to_make_some(ask, clip, monkeypatch):
    monkeypatch.setenv("EMOLIB_RUNS", str(clip.parent / "runs"))
    status, _, log = ask(clip, "--study", "C")
    assert status == 1 and "emolib run confidence-fusion --profile smoke" in log
    status, _, log = ask(clip, "--study", "Q")
    assert status == 2 and "no study 'Q'" in log


def test_a_voice_and_a_face_become_one_answer_by_the_surer():
    def row(part, reason="", **shares):
        label = "" if reason else max(shares, key=shares.get)
        row = dict.fromkeys(predict.KEYS, "") | {"part": part, "model": part}
        found = {f"p_{name}": share for name, share in shares.items()}
        return row | {"answer": label, "reason": reason} | found

    rows = [
        row("face", sad=0.9, happy=0.1),
        row("voice", sad=0.4, happy=0.6),
        row("face", sad=0.5, happy=0.5),
        row("face", "no face"),
    ]
    voice, face = sorted(predict.summed(rows), key=lambda one: one.part != "voice")
    assert face.probabilities == pytest.approx({"sad": 0.7, "happy": 0.3})
    assert (face.asked, face.answered) == (3, 2)
    label, why = predict.decided([voice, face])
    assert label == "sad" and "the face decides" in why and "70 % against 60 %" in why
    (silent,) = predict.summed([row("voice", "unsure", sad=0.4, happy=0.6)])
    assert (silent.answer, silent.reason, silent.sure) == ("", "unsure", 0.6)
    assert predict.decided([silent, face])[0] == "sad"
    assert predict.decided([silent]) == ("", "the voice gives no answer: unsure")


def test_what_the_smile_hangs_on_is_the_mouth(clip):
    face, image = predict.Shipped("face"), face_of(clip)
    said, box = face.answer(image)
    looked = face.looked(image, said)
    assert looked.given.shape == (256, 256, 3)
    assert np.argmax(looked.falls) // 7 >= 3  # in the lower half
    drawn = face.framed(image, box)
    assert drawn.shape == image.shape and (drawn != image).any()


def test_a_film_as_a_page_records_it_tells_its_length(clip, tmp_path):
    """No length in its head, VP8, and a name of its own."""
    import av

    path = tmp_path / "page.webm"
    frames = [frame for _, frame in media.read_frames(clip)]
    with path.open("wb") as file:

        class Pipe:  # nobody can go back in it
            write = file.write

        with av.open(Pipe(), "w", format="webm") as container:
            stream = container.add_stream("libvpx", rate=10)
            stream.height, stream.width = frames[0].shape[:2]
            for frame in frames:
                shown = av.VideoFrame.from_ndarray(frame, "rgb24")
                container.mux(stream.encode(shown))
            container.mux(stream.encode())
    assert predict.seconds(path) == pytest.approx((len(frames) - 1) / 10, abs=0.05)
    found = []
    predict.predict(path, predict.models(), found.append)
    assert {row["part"] for row in found} == {"voice", "face"}
