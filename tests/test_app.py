"""The live demo: served, asked over HTTP, and looked at in Chromium."""

import importlib.util
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import chromium
import cv2
import numpy as np
import pytest

from emolib import ROOT, UsageError, app, cli, media, predict
from emolib.app import answers, live
from emolib.studio import Causes, files, twins
from emolib.studio.film import write_video
from emolib.studio.twins import Clip

HERE = importlib.util.find_spec("gradio") is not None
served_only = pytest.mark.skipif(not HERE, reason="needs Gradio: make extras")
RATE = 16000
LIMIT = 3_000_000  # bytes of an upload, in these tests
AXE = ROOT / ".venv" / "axe" / "axe_playwright_python" / "axe.min.js"
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


# -- without Gradio ----------------------------------------------------------


def test_the_command_line_imports_no_gradio():
    code = "import sys, emolib.cli, emolib.app; print('gradio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_without_gradio_it_names_the_one_command(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(SystemExit) as end:
        cli.main(["app"])
    told = capsys.readouterr().err
    assert end.value.code == 2 and "make extras" in told and len(told.splitlines()) == 1


def test_every_study_can_be_chosen_and_begun():
    from emolib import runs, starters

    letters = [letter for letter in answers.STUDIES if letter]
    assert {runs.slug(letter) for letter in letters} == {*starters.MAKERS}
    assert len(letters) == 5
    with pytest.raises(UsageError, match="no study 'Q'"):
        list(app.Models("data").of("Q"))


def test_live_sound_is_joined_and_what_is_lost_is_told(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, 8 * RATE).astype(np.float32)
    whole, halves = live.Stretch(), live.Stretch()
    due = []
    for start in range(0, len(samples), RATE // 10):
        now[0] += 0.1
        whole.add(samples[start : start + RATE // 10], RATE)
        due.append(whole.due())
        if start % (RATE // 5) == 0:
            halves.add(samples[start : start + RATE // 10], RATE)
    size = round(live.WINDOW * RATE)
    np.testing.assert_array_equal(whole.samples, samples[-size:])
    assert sum(due) == len(samples) / RATE / live.HOP
    assert whole.heard == pytest.approx(1, abs=0.01)
    assert halves.heard == pytest.approx(0.5, abs=0.05)
    assert "too busy" in live.sound(halves, predict.models())
    assert "too busy" not in live.sound(whole, predict.models())


def test_a_share_that_is_asked_for_is_refused():
    with pytest.raises(UsageError, match="Colab's own proxy"):
        app._launch(lambda **_: None, share=True)
    found = {}
    app._launch(found.update, share=False, server_name="0.0.0.0", run_history=True)
    assert found["share"] is False and found["run_history"] is False
    assert found["server_name"] == "0.0.0.0"
    app._launch(found.update)
    assert found["server_name"] == "127.0.0.1"


# -- clips -------------------------------------------------------------------


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Studio clips, and what nobody should have given."""
    at = tmp_path_factory.mktemp("given")
    form = replace(twins.form("ravdess", "smoke"), seconds=2.0)
    files.render_clip(at, Clip(Causes(1, "happy"), film="film.mp4"), form)
    frames = [frame for _, frame in media.read_frames(at / "film.mp4")]
    face = cv2.resize(frames[8], (320, 320), interpolation=cv2.INTER_CUBIC)
    samples, rate = media.read_sound(at / "film.mp4", RATE)
    write_video(at / "mute.mp4", frames, predict.streams.frame_rate(at / "film.mp4"))
    rng = np.random.default_rng(0)
    for name, sound in {
        "voice": samples,
        "silent": np.zeros(2 * RATE),
        "clipped": np.sign(np.sin(np.arange(2 * RATE) / 30)),
        "noise": rng.normal(0, 0.1, 2 * RATE),
        "short": samples[:1000],
        "long": np.full(61 * RATE, 0.01),
    }.items():
        media.write_sound(at / f"{name}.wav", sound.astype(np.float32), rate)
    for name, image in {
        "face": face,
        "other": face // 2 + 60,
        "two": np.hstack([face, face]),
        "none": np.full((240, 320, 3), 90, np.uint8),
        "edge": face[:, 81:],
    }.items():
        cv2.imwrite(str(at / f"{name}.png"), image[:, :, ::-1])
    from PIL import Image

    Image.new("1", (10_000, 10_000)).save(at / "large.png")
    (at / "text.wav").write_text("not a recording\n")
    (at / "text.png").write_text("not a picture\n")
    (at / "text.mp4").write_text("not a film\n")
    (at / "notes.txt").write_text("notes\n")
    (at / "empty.wav").touch()
    return at


# -- served ------------------------------------------------------------------


def launched(port):
    blocks = app.demo()
    blocks.launch(server_port=port, prevent_thread_lock=True, quiet=True)
    return blocks


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def left():
    """Files that the app holds."""
    return [path for path in app._folder().rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def served():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "MOST_BYTES", LIMIT)
        patch.setenv("GRADIO_SHARE", "True")  # nothing follows from it
        blocks = launched(free_port())
    yield blocks
    blocks.close(verbose=False)


@pytest.fixture(scope="module")
def ask(served):
    """A panel's last words about a file, as from a page of its own."""
    return lambda panel, path: asked(served.local_url, panel, path)


def asked(address, panel, path):
    kind = "multipart/form-data; boundary=x"
    head = 'Content-Disposition: form-data; name="files"; filename='
    body = f'--x\r\n{head}"{path.name}"\r\n\r\n'.encode() + path.read_bytes()
    there = posted(f"{address}gradio_api/upload", body + b"\r\n--x--\r\n", kind)
    return told_of(address, panel, json.loads(there)[0])


def told_of(address, panel, path):
    given = {"path": path, "meta": {"_type": "gradio.FileData"}}
    body = json.dumps({"data": [given, ""]}).encode()
    url = f"{address}gradio_api/call/{panel}"
    event = json.loads(posted(url, body, "application/json"))["event_id"]
    with urllib.request.urlopen(f"{url}/{event}", timeout=60) as answer:
        *_, last = re.findall(r"event: (\w+)\ndata: (.*)\n", answer.read().decode())
    return json.loads(last[1])[0] if last[0] == "complete" else last[0]


def posted(url, content, kind):
    request = urllib.request.Request(url, content, {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def words(page):
    return re.search(r'class="word"[^>]*>(.*?)</p>', page)[1]


@served_only
def test_it_is_shared_with_nobody_and_listens_here_alone(served):
    assert served.share is False and served.share_url is None
    assert served.local_url.startswith("http://127.0.0.1:")
    with pytest.raises(ConnectionRefusedError), socket.socket() as other:
        other.connect(("127.0.0.2", served.server_port))
    assert served.analytics_enabled is False and served.run_history is False


@served_only
def test_panels_answer_studio_clips(ask, clips):
    heard = ask("voice", clips / "voice.wav")
    assert "EmoDB" in heard and "RAVDESS" in heard and "What it listened to" in heard
    seen = ask("face", clips / "face.png")
    assert "London faces" in seen and seen.count("<img") == 3 and "red" in seen
    both = ask("both", clips / "film.mp4")
    assert "Probabilities by the voice" in both and "Probabilities by the face" in both
    assert "neither decides for the other" in words(both)
    for page in (heard, seen, both):
        assert "calibrated" in page and "displays, not feelings" in page
        assert all(re.findall(r'<img alt="([^"]*)"', page))


@served_only
@pytest.mark.parametrize(
    ("panel", "name", "told"),
    [
        ("voice", "silent.wav", "silent; nothing but silence; look at the microphone"),
        ("voice", "clipped.wav", "clipped; louder than the recording can hold"),
        ("voice", "noise.wav", "no voice"),
        ("voice", "short.wav", "too short"),
        ("voice", "long.wav", "61 seconds long; at most 60"),
        ("voice", "text.wav", "text.wav: not audio"),
        ("voice", "empty.wav", "empty.wav: empty"),
        ("voice", "notes.txt", "must end in one of"),
        ("face", "two.png", "two faces; cut the picture"),
        ("face", "none.png", "no face; look into the camera"),
        ("face", "edge.png", "face at the edge; move the face"),
        ("face", "large.png", "large.png: too large"),
        ("face", "text.png", "text.png: not image"),
        ("both", "text.mp4", "text.mp4: not"),
        ("both", "mute.mp4", "the face alone decides; the voice gives no answer"),
    ],
)
def test_a_clear_word_for_what_cannot_be_used(ask, clips, panel, name, told):
    page = ask(panel, clips / name)
    assert told in words(page) and str(app._folder()) not in page


@served_only
def test_a_file_over_the_limit_is_refused_and_not_kept(served):
    before = left()
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.wav"\r\n'
    body = head + b"\r\n" + bytes(LIMIT + 100_000) + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    with pytest.raises(urllib.error.HTTPError) as refused:
        posted(served.local_url + "gradio_api/upload", body, kind)
    assert refused.value.code == 413
    assert left() == before


@served_only
def test_only_uploads_are_looked_at(served, clips):
    """Neither files of this machine nor what lies at an address."""
    refused = []
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.5)
    elsewhere = f"http://127.0.0.1:{listening.getsockname()[1]}/a.wav"
    for path in (str(clips / "voice.wav"), "/etc/passwd", elsewhere):
        refused.append(told_of(served.local_url, "voice", path))
    assert refused == ["error"] * 3
    with pytest.raises(TimeoutError):
        listening.accept()
    listening.close()
    for path in ("/etc/passwd", str(ROOT / "pyproject.toml")):
        with pytest.raises(urllib.error.HTTPError) as kept:
            urllib.request.urlopen(f"{served.local_url}gradio_api/file={path}")
        assert kept.value.code == 403


@served_only
def test_ten_people_at_once_get_each_their_own_answer(ask, clips):
    samples, _ = media.read_sound(clips / "voice.wav")
    paths = []
    for n in range(10):
        paths.append(clips / f"own-{n}.wav")
        part = samples[800 * n : len(samples) - 800 * (9 - n)]
        media.write_sound(paths[n], part * (1 - 0.05 * n), RATE)
    alone = [answers.heard(path, predict.models()) for path in paths]
    assert len(set(alone)) == 10
    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(lambda path: ask("voice", path), paths)) == alone


@served_only
def test_nothing_is_left_when_it_is_closed(clips):
    blocks = launched(free_port())
    before = set(left())
    assert "smile" in asked(blocks.local_url, "face", clips / "other.png")
    kept = set(left()) - before
    assert [path.name for path in kept] == ["other.png"]
    blocks.close(verbose=False)
    until(lambda: not kept & set(left()))
    code = "from emolib import app; print(app._folder()); (app._folder()/'a').touch()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not Path(done.stdout.strip()).exists()


def until(held, patience=90):  # where the machine is busy
    end = time.monotonic() + patience
    while not (found := held()):
        assert time.monotonic() < end, held
        time.sleep(0.05)
    return found


# -- in Chromium -------------------------------------------------------------

in_chromium = pytest.mark.skipif(
    not (HERE and chromium.PROGRAM), reason="needs Gradio and Chromium: make extras"
)
SHOWN = """[...document.querySelectorAll("button")].filter(one => one.offsetParent
  && (one.textContent.trim().startsWith("%s") || one.ariaLabel === "%s"))"""
FAKE = "--use-fake-device-for-media-stream"
UNNAMED = """[...document.querySelectorAll("button, input, select")]
  .filter(one => one.offsetParent && !(one.textContent.trim() || one.ariaLabel
    || one.title || one.labels?.length)).map(one => one.outerHTML.slice(0, 200))"""
FILMING = """[...document.querySelectorAll("video")].some(one => one.videoWidth
  && one.readyState > 2)"""
SAID = """[...document.querySelectorAll(".word")].filter(one => one.offsetParent)
  .map(one => one.textContent)"""


class Page:
    """The demo in a browser, by what stands on its buttons."""

    def __init__(self, address, *flags, width=1280):
        self.browser = chromium.Browser(ONLY_HERE, *flags)
        self.browser.open(address, width=width)
        self.there('document.querySelector("input[type=checkbox]")')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.close()

    def there(self, script):
        until(lambda: self.browser.run(f"!!({script})"))

    def agree(self):
        self.browser.run('document.querySelector("input[type=checkbox]").click()')
        self.there(SHOWN % ("Record", "Record") + ".length")

    def press(self, name):
        """The last button that bears this name; to stop, all of them."""
        found = SHOWN % (name, name)
        self.there(f"{found}.length")
        which = "" if name == "Stop" else ".slice(-1)"
        self.browser.run(f"{found}{which}.forEach(one => one.click())")

    def tab(self, name):
        tabs = f"""[...document.querySelectorAll("[role=tab]")].filter(
          one => one.textContent.trim() === "{name}")"""
        self.browser.run(f"{tabs}.forEach(one => one.click())")
        self.there(f'{tabs}.some(one => one.ariaSelected === "true")')

    def said(self, *some):
        """Wait until a panel says one of these."""

        def heard():
            self.last = self.browser.run(SAID)
            return any(one in told for told in self.last for one in some)

        try:
            until(heard)
        except AssertionError as error:
            raise AssertionError(f"{some} in {self.last}") from error


@pytest.fixture(scope="module")
def devices(clips):
    """A camera that shows a studio face, a microphone that a studio voice speaks in."""
    face = media.read_image(clips / "face.png")
    scene = np.full((480, 640, 3), 120, np.uint8)
    scene[80:400, 160:480] = face
    _, jpg = cv2.imencode(".jpg", scene[:, :, ::-1])
    (clips / "camera.mjpeg").write_bytes(jpg.tobytes() * 10)
    samples, _ = media.read_sound(clips / "voice.wav")
    media.write_sound(clips / "microphone.wav", np.tile(samples, 4), RATE)
    return (
        FAKE,
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={clips / 'camera.mjpeg'}",
        f"--use-file-for-fake-audio-capture={clips / 'microphone.wav'}",
    )


@in_chromium
def test_a_visitor_records_and_is_answered(served, devices):
    import test_browser

    before = set(left())
    with Page(served.local_url, *devices) as page:
        browser = page.browser
        recording = SHOWN % ("Record", "Record")
        assert browser.run(recording + ".length") == 0  # consent first
        page.agree()
        page.press("Record")
        time.sleep(1.5)  # speak
        page.press("Stop")
        page.said("the voice alone", "No answer")
        page.tab("Face")
        page.press("Click to Access")
        page.there(FILMING)  # else a busy machine takes a picture of nothing
        page.press("capture photo")
        page.said("the face alone", "No answer")
        assert browser.run(UNNAMED) == []
        browser.run(AXE.read_text("utf-8") + ";0") if AXE.exists() else None
        assert not AXE.exists() or browser.run(test_browser.BARRIERS) == "[]"
        page.press("Live")
        page.press("Click to Access")
        page.press("Record")
        page.there("document.querySelectorAll('.emo figure img').length > 3")
        page.press("Stop")
        page.tab("Both")
        for seconds in (1.5, 6, 20):  # a busy machine records nothing at first
            page.press("Click to Access")
            page.press("start recording")
            time.sleep(seconds)
            page.press("Stop")
            page.said("oint answer", "alone decides", ".webm:")
            if not any(".webm:" in told for told in page.last):
                break
            page.press("Clear")
        else:
            raise AssertionError(page.last)
        assert set(left()) - before
        own = (served.local_url, "data:", f"blob:{served.local_url}")
        assert [one for one in browser.requests if not one.startswith(own)] == []
        faults = [one for one in browser.errors if "416" not in one]
        assert faults == []  # but for a player that was given an empty film
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            **{"width": test_browser.PHONE, "height": 844},
            **{"deviceScaleFactor": 1, "mobile": True},
        )
        for name in ("Both", "Face", "Voice"):
            page.tab(name)
            assert browser.run(test_browser.TOO_WIDE) == []
        page.press("Live")
        page.press("Record")
        time.sleep(1)
    until(lambda: not set(left()) - before)  # closed in mid-stream


@in_chromium
@pytest.mark.parametrize(
    ("flags", "told"),
    [((), "There is no camera"), ((FAKE, "--deny-permission-prompts"), "was refused")],
)
def test_a_clear_word_without_a_camera(served, flags, told):
    with Page(served.local_url, *flags) as page:
        page.agree()
        page.tab("Face")
        page.press("Click to Access")
        page.said(told)
