"""The live demo: three panels in a browser, for a voice, a face, and both.

What is said of a sound or of a picture comes from `predict`; here are the panels, the
limits of what may be given, and how answers are shown. Gradio serves the page, from
this machine and to this machine alone unless told otherwise; nothing that is given
outlives the page that gave it.
"""

from __future__ import annotations

import atexit
import base64
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from html import escape
from pathlib import Path
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

import numpy as np

from emolib import EmolibError, UsageError, integrity, media, predict
from emolib.corpora.base import SOUND_SUFFIXES
from emolib.shipped import voice
from emolib.streams import frame_rate

if TYPE_CHECKING:
    import gradio

HOST, PORT = "127.0.0.1", 7860

MOST_BYTES = 50_000_000
"""Of an upload; a larger one is refused while it arrives."""

LONGEST = 60.0
"""Seconds of a sound or a film."""

PICTURES = 40
"""Of a film that are looked at, at most, evenly spread."""

EVERY, HOP = 0.1, 0.5
"""Seconds from one live picture to the next, and between answers to live sound."""

WINDOW = 3.0
"""Seconds of live sound that are answered; it moves on with each stretch."""

STUDIES = {
    "": "The book's two small models",
    "A": "A: posed or genuine",
    "B": "B: speech and stills",
    "C": "C: confidence fusion",
    "D": "D: voice and frames, each alone (no early fusion)",
    "E": "E: real or fake (faces)",
}

INSTALL = "make extras"
OTHERWISE = 'pip install -e ".[app]"'

NOT = (
    "It reads displays, not feelings: how somebody sounds or looks for a moment, as "
    "actors did on demand. It does not know what anybody feels. Judge nobody by it."
)
CONSENT = (
    "I am the person who is recorded, or that person has agreed. What is recorded or "
    "given is looked at on the machine that runs this program, goes nowhere else, and "
    "is deleted when this page is closed, after five minutes at most."
)
STYLE = """<style>
.gradio-container {--color-accent: #a34700}
.dark .gradio-container, .gradio-container.dark {--color-accent: #ffb27a}
.emo {color: var(--body-text-color); line-height: 1.45}
.emo h1 {font-size: 1.4rem; font-weight: bold; margin: 0 0 .3rem}
.emo h2 {font-size: 1.05rem; font-weight: bold; margin: .9rem 0 .3rem}
.emo p {margin: .4em 0}
.emo table {border-collapse: collapse; width: 100%}
.emo th {text-align: left; font-weight: normal; padding: 1px 10px 1px 0; width: 1%}
.emo td {padding: 1px 0}
.emo td:last-child {width: 4em; text-align: right}
.emo th, .emo td:last-child {white-space: nowrap}
.emo .bar {display: block; height: .85em; background: #1f6fb2; min-width: 1px}
.emo .first .bar {background: #a34700}
.dark .emo .bar {background: #6fb3ea}
.dark .emo .first .bar {background: #ffb27a}
.emo .first th, .emo .first td {font-weight: bold}
.emo figure {display: inline-block; margin: 6px 12px 6px 0; vertical-align: top;
  max-width: 100%}
.emo figure img {display: block; height: 132px; max-width: 100%}
.emo figcaption {width: 0; min-width: 100%; font-size: .85rem}
.emo .word {border-left: 4px solid #a34700; padding-left: .6em; margin: .5em 0}
.emo summary {cursor: pointer}
.emo ul {margin: .2em 0 .2em 1.2em; list-style: disc}
</style>"""


DEVICES = """
const told = element.querySelector(".device"), media = navigator.mediaDevices;
const say = text => { told.textContent = text; told.hidden = !text; };
const why = {
  NotAllowedError: "The camera or the microphone was refused. Allow it for this page "
    + "in the browser's settings, or choose a file.",
  NotFoundError: "There is no camera or no microphone. Plug one in, or choose a file.",
  NotReadableError: "The camera or the microphone is in use by another program.",
};
if (!media) say("This browser gives no camera or microphone to a page from another "
  + "machine without https. Choose a file.");
else {
  const ask = media.getUserMedia.bind(media);
  media.getUserMedia = async wanted => {
    try { const found = await ask(wanted); say(""); return found; }
    catch (error) {
      say(why[error.name] || `No camera or microphone: ${error.message}`);
      throw error;
    }
  };
}
"""
"""In the page: a clear word where a camera or a microphone cannot be had."""


# -- answers -----------------------------------------------------------------


class Models:
    """Those that are asked, loaded once, and a study's made if it has none."""

    def __init__(self, data: str) -> None:
        self.data, self._lock, self._found = data, Lock(), {}
        self.asking = Lock()  # Keras and torch are asked by one at a time

    def of(self, study: str) -> Iterator[str | list[Any]]:
        """Words while something is made, then the models.

        Raises:
            UsageError: for an unknown study.
            EmolibError: if none can be made.
        """
        if study not in STUDIES:
            raise UsageError(f"no study {study!r}")
        if study not in self._found:
            if not self._lock.acquire(blocking=False):
                yield "A study's networks are being made ready; a moment."
                self._lock.acquire()
            try:
                if study not in self._found:
                    yield from self._made(study)
            finally:
                self._lock.release()
        yield self._found[study]

    def _made(self, study: str) -> Iterator[str]:
        if not study:
            self._found[""] = predict.models()
            return
        yield f"Study {study}'s networks are being loaded."
        try:
            found = predict.models(study)
        except EmolibError:
            yield (
                f"No network of study {study} has been trained on this machine. A "
                "small one learns now from a few rendered faces and voices, which "
                "takes about a minute. What it says of a real person means nothing."
            )
            from emolib import starters

            starters.make(study, self.data)
            found = predict.models(study)
        self._found[study] = found


def heard(path: Path, models: list[Any]) -> str:
    """A panel's words about a sound.

    Raises:
        EmolibError: if the file cannot be used.
    """
    ears = _about("voice", models)
    _short_enough(path)
    rows: list[dict] = []
    predict.predict(path, [ears], rows.append)
    (part,) = predict.summed(rows)
    pictures = ""
    if part.probabilities and part.asked == 1:
        ((_, samples),) = predict.windows(path, voice.RATE)
        pictures = _listened(ears, samples)
    return _answer([part], models, pictures)


def seen(image: np.ndarray, models: list[Any], live: bool = False) -> str:
    """A panel's words about a picture.

    Args:
        image: RGB.
        models: from `predict.models`.
        live: fewer words, and no place is covered to see what the answer hangs on.

    Raises:
        EmolibError: if no model is about pictures.
    """
    one, image = _about("face", models), _smaller(image)
    row = predict.row_of(one, image, Path("picture"))
    return _answer(predict.summed([row]), models, _faces(one, image, row, live), live)


def watched(path: Path, models: list[Any]) -> str:
    """A panel's words about a film, or about a sound alone.

    Raises:
        EmolibError: if the file cannot be used.
    """
    if path.suffix.lower() in SOUND_SUFFIXES:
        return heard(path, models)
    seconds = _short_enough(path)
    every = 1
    with suppress(EmolibError):  # without pictures it says so below
        every = max(round(seconds * frame_rate(path) / PICTURES), 1)
    rows: list[dict] = []
    predict.predict(path, models, rows.append, every)
    pictures = ""
    faced = [row for row in rows if row["part"] == "face" and row["width"]]
    if faced:
        surest = max(faced, key=lambda row: (bool(row["answer"]), row["sure"] or 0))
        eyes = _about("face", models)
        number = round(surest["start"] * frame_rate(path))
        frames = (f for n, f in media.read_frames(path) if n >= number)
        pictures = _faces(eyes, next(frames), surest)
    return _answer(predict.summed(rows), models, pictures)


def _about(part: str, models: list[Any]) -> Any:
    """The model of a part."""
    for one in models:
        if one.part == part:
            return one
    raise EmolibError(
        f"this study's networks say nothing of a {part}; choose other models above"
    )


def _short_enough(path: Path) -> float:
    if path.suffix.lower() not in predict.SUFFIXES:
        return 0.0  # `predict` says what it takes
    media.existing(path)
    seconds = predict.seconds(path)
    if seconds > LONGEST:
        raise EmolibError(
            f"{path.name}: {seconds:.0f} seconds long; at most {LONGEST:.0f} here "
            "(emolib predict takes longer ones)"
        )
    return seconds


def _smaller(image: np.ndarray, side: int = 1280) -> np.ndarray:
    import cv2

    share = side / max(image.shape[:2])
    if share >= 1:
        return image
    size = (
        max(round(image.shape[1] * share), 1),
        max(round(image.shape[0] * share), 1),
    )
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


# -- how it is shown ---------------------------------------------------------


def word(text: str) -> str:
    """One sentence in a panel, read out by a screen reader."""
    return f'<div class="emo"><p class="word" role="status">{escape(text)}</p></div>'


def _answer(
    parts: list[predict.Part], models: list[Any], pictures: str, live: bool = False
) -> str:
    """All that a panel says: what was decided, how sure, and what it is worth."""
    if len(parts) > 1:
        label, why = predict.decided(parts)
        head = f"{label}: {why}" if label else f"No joint answer: {why}"
    else:
        head = _alone(parts[0])
    role = "" if live else ' role="status"'  # nobody wants it read ten times a second
    told = [f'<p class="word"{role}><strong>{escape(head)}.</strong></p>']
    told += [_bars(part, _surety(part, models)) for part in parts]
    told += [pictures, f"<p><strong>What it is not.</strong> {escape(NOT)}</p>"]
    told += [_worth(part) for part in parts if part.tested and not live]
    return f'<div class="emo">{"".join(told)}</div>'


def _alone(part: predict.Part) -> str:
    if part.answer:
        return f"{part.answer}: the {part.part} alone was asked"
    return f"No answer: {part.reason}" + (f"; {part.remedy}" if part.remedy else "")


def _surety(part: predict.Part, models: list[Any]) -> str:
    return next((one.surety for one in models if one.name == part.model), "")


def _bars(part: predict.Part, surety: str) -> str:
    title = f"{part.part.capitalize()}: {part.answer or 'no answer'}"
    if part.answer:
        title += f", {_percent(part.sure)} sure"
    elif part.reason:
        title += f" ({escape(part.reason)})"
    told = f"<h2>{title}</h2>"
    if part.asked > 1:
        told += f"<p>{part.answered} of {part.asked} moments answered; their mean.</p>"
    if not part.probabilities:
        return told + (f"<p>{escape(part.remedy)}</p>" if part.remedy else "")
    if not part.answer:
        told += f"<p>{escape(part.remedy)}. It leaned so:</p>"
    first = max(part.probabilities, key=part.probabilities.get)
    rows = "".join(
        f'<tr{" class=first" if name == first else ""}><th scope="row">{escape(name)}'
        f'</th><td><span class="bar" style="width:{100 * share:.1f}%"></span></td>'
        f"<td>{_percent(share)}</td></tr>"
        for name, share in part.probabilities.items()
    )
    label = f"Probabilities by the {part.part}"
    how = f"<p>How sure: {escape(surety)}.</p>" if surety else ""
    return f'{told}<table aria-label="{label}"><tbody>{rows}</tbody></table>{how}'


def _percent(share: float) -> str:
    """
    >>> _percent(0.996), _percent(0.004), _percent(0.5)
    ('&gt;99 %', '&lt;1 %', '50 %')
    """
    if 0.01 <= share <= 0.99:
        return f"{100 * share:.0f} %"
    return "&gt;99 %" if share > 0.5 else "&lt;1 %"


def _worth(part: predict.Part) -> str:
    lines = "".join(f"<li>{escape(one)}</li>" for one in part.tested.split("; "))
    title = f"How often {part.model} was right"
    return f"<details><summary>{escape(title)}</summary><ul>{lines}</ul></details>"


def _faces(one: Any, image: np.ndarray, row: dict, live: bool = False) -> str:
    """The face that was used, what the model was given of it, and where it looked."""
    if not row["width"]:
        return ""
    box = tuple(row[key] for key in ("left", "top", "width", "height"))
    if live:  # without looking for the eyes again
        return _figure(predict.framed(image, box), "The face that was used")
    found = _figure(one.framed(image, box), "The face and the regions used")
    said = one.answer(image)[0]
    if not said.probabilities:
        return found
    looked = one.looked(image, said)
    found += _figure(looked.given, "What the model was given of it")
    if looked.falls.size:
        fell = f"{100 * max(looked.falls.max(), 0):.0f} points at most"
        found += _figure(
            _warmed(looked),
            "What it looked at: a grey square was laid over place after place; where "
            f"it is red, the first choice fell, by {fell}",
        )
    return found


def _warmed(looked: predict.Looked) -> np.ndarray:
    """The picture, reddened where the answer falls if that place is covered."""
    import cv2

    size = looked.given.shape[1], looked.given.shape[0]
    falls = np.maximum(looked.falls, 0) / max(looked.falls.max(), 0.05)
    heat = cv2.resize(falls.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    heat = 0.7 * np.clip(heat, 0, 1)[:, :, None]
    return (looked.given * (1 - heat) + np.array([200, 30, 0]) * heat).astype(np.uint8)


def _figure(image: np.ndarray, caption: str) -> str:
    import cv2

    high, wide = image.shape[:2]
    share = 264 / high
    size = (max(min(round(wide * share), 640), 1), 264)
    method = cv2.INTER_AREA if share < 1 else cv2.INTER_NEAREST
    image = cv2.resize(np.ascontiguousarray(image), size, interpolation=method)
    _, jpg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    code = base64.b64encode(jpg.tobytes()).decode()
    return (
        f'<figure><img alt="{escape(caption)}" src="data:image/jpeg;base64,{code}">'
        f"<figcaption>{escape(caption)}.</figcaption></figure>"
    )


def _listened(one: Any, samples: np.ndarray) -> str:
    """The sound, and by how much the answer falls where a tenth is silenced."""
    said = one.answer(samples)[0]
    if not said.probabilities:
        return ""
    falls = one.looked(samples, said).falls
    loud = [np.abs(p).max(initial=0) for p in np.array_split(samples, 10 * len(falls))]
    bars = "".join(
        f'<rect x="{3 * n}" width="2" y="{30 - 30 * min(v, 1):.1f}" '
        f'height="{60 * min(v, 1):.1f}" fill="currentColor"/>'
        for n, v in enumerate(loud)
    )
    most = max(falls.max(), 0.05)
    marks = "".join(
        f'<rect x="{30 * n}" width="30" y="0" height="60" fill="#c81e00" '
        f'opacity="{0.6 * max(fall, 0) / most:.2f}"/>'
        for n, fall in enumerate(falls)
    )
    n = int(falls.argmax())
    length = len(samples) / voice.RATE / len(falls)
    caption = (
        "What it listened to: each tenth was silenced in turn; where it is red, its "
        f"first choice fell, most ({100 * falls.max():.0f} points) from "
        f"{n * length:.1f} to {(n + 1) * length:.1f} seconds"
    )
    return (
        f'<figure><svg role="img" aria-label="{caption}" viewBox="0 0 300 60" '
        f'width="300" style="max-width:100%">{marks}{bars}</svg>'
        f"<figcaption>{caption}.</figcaption></figure>"
    )


# -- live --------------------------------------------------------------------


class Stretch:
    """The last seconds of a microphone, which come in small pieces.

    Gradio keeps only the newest piece where an answer takes longer than the next one
    takes to come. What is lost so is counted.
    """

    def __init__(self) -> None:
        self.samples = np.empty(0, np.float32)
        self._came: list[tuple[float, float]] = []  # when, and how many seconds
        self._new = 0.0

    def add(self, samples: np.ndarray, rate: int) -> None:
        """Take what was recorded since, and forget what is older than `WINDOW`."""
        import soxr

        if rate != voice.RATE:
            samples = soxr.resample(samples, rate, voice.RATE)
        size = round(WINDOW * voice.RATE)
        self.samples = np.concatenate([self.samples, samples])[-size:]
        now, seconds = time.monotonic(), len(samples) / voice.RATE
        self._came = [one for one in self._came if now - one[0] < WINDOW]
        self._came.append((now, seconds))
        self._new += seconds

    def due(self) -> bool:
        """Whether as much is new as is waited for; it is not new any more."""
        due = self._new >= HOP
        self._new = 0.0 if due else self._new
        return due

    @property
    def heard(self) -> float:
        """The share of the time that was heard since the oldest piece came."""
        passed = self._came[-1][0] - self._came[0][0] if self._came else 0.0
        if passed < 1:
            return 1.0
        return min(sum(seconds for _, seconds in self._came[1:]) / passed, 1.0)


def chunk(path: Path) -> tuple[np.ndarray, int]:
    """A piece of sound as the page writes it: mono samples, and their rate.

    Raises:
        MediaError: if it is no such piece.
    """
    import soundfile

    with integrity.decoding(path, "audio"):  # its header tells no length
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(axis=1), rate


def live_face(image: np.ndarray, models: list[Any]) -> str:
    """What is said of a picture of a camera, in time for the next one."""
    return seen(_smaller(image, 640), models, live=True)


def live_voice(stretch: Stretch, models: list[Any]) -> str:
    """What is said of the last seconds of a microphone.

    Raises:
        EmolibError: if no model is about sounds.
    """
    ears = _about("voice", models)
    row = predict.row_of(ears, stretch.samples, Path("microphone"))
    lost = ""
    if stretch.heard < 0.8:
        lost = (
            f"<p>Only {100 * stretch.heard:.0f} % of the sound was heard: this machine "
            "is too busy to follow it.</p>"
        )
    return _answer(predict.summed([row]), models, lost, live=True)


# -- the page ----------------------------------------------------------------


@cache
def _folder() -> Path:
    """Where Gradio puts what is given, of this process alone and gone with it."""
    folder = Path(tempfile.mkdtemp(prefix="emolib-app-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


class _Given:
    """Files that each open page gave, deleted when it is closed."""

    def __init__(self) -> None:
        self._of: dict[str, set[Path]] = {}
        self._piece = 0  # bytes of a piece of live sound; all are alike

    def by(self, request: Any, path: str) -> Path:
        """A file's path, remembered for the page that gave it."""
        self._of.setdefault(request.session_hash or "", set()).add(Path(path))
        return Path(path)

    def drop(self, piece: Path) -> None:
        """Delete a piece of live sound, and those before it that nobody looked at."""
        with suppress(OSError):
            self._piece = piece.stat().st_size
            piece.unlink()
        self._sweep()

    def forget(self, request: Any) -> None:
        """Delete what a page gave, and soon after it what was still on its way."""
        for path in self._of.pop(request.session_hash or "", ()):
            path.unlink(missing_ok=True)
        later = Timer(2, self._sweep)
        later.daemon = True
        later.start()

    def _sweep(self, older: float = 1.0) -> None:
        for path in _folder().glob("**/*"):
            with suppress(OSError):
                told = path.stat()
                live = told.st_size == self._piece and path.is_file()
                if live and time.time() - told.st_mtime > older:
                    path.unlink()


def gradio_here() -> Any:
    """Gradio, imported.

    Raises:
        UsageError: if it is not installed, with how to install it.
    """
    try:
        import gradio
    except ImportError as error:
        raise UsageError(
            f"the live demo needs Gradio: {INSTALL} (or: {OTHERWISE})"
        ) from error
    return gradio


def demo(data: str = "data/demo-smoke") -> gradio.Blocks:
    """The demo, to be launched: in a notebook `app.demo().launch()`.

    Args:
        data: a folder of demo data, from which a study's first network learns.

    Raises:
        UsageError: if Gradio is not installed.
    """
    _folder()
    gr = gradio_here()
    models, given = Models(data), _Given()

    def pictured(path: Path, asked: list[Any]) -> str:
        return seen(media.read_image(path), asked)

    def asks(what: Callable) -> Callable:
        """Words as they come: what is being made, then the answer."""

        def answer(payload, study, request):
            if not (payload and payload.get("path")):
                yield word("Record something, or choose a file.")
                return
            yield word("Looking at it.")
            path = given.by(request, payload["path"])
            yield from _guarded(models, study, what, path)

        answer.__annotations__["request"] = gr.Request  # how Gradio knows it
        return answer

    def look_live(image, study):
        if image is None:
            return word("The camera gives no picture.")
        return _last(_guarded(models, study, live_face, image))

    def listen_live(piece, study, stretch):
        stretch = stretch or Stretch()
        if not (piece and piece.get("path")):
            return word("The microphone gives no sound."), stretch
        path = Path(piece["path"])
        with suppress(EmolibError):
            stretch.add(*chunk(path))
        given.drop(path)
        if not stretch.due():
            return gr.skip(), stretch
        return _last(_guarded(models, study, live_voice, stretch)), stretch

    def forget(request):
        given.forget(request)

    forget.__annotations__["request"] = gr.Request
    with gr.Blocks(
        title="emolib: try it, and see it fail",
        analytics_enabled=False,
        delete_cache=(60, 300),
    ) as blocks:
        gr.HTML(
            f'{STYLE}<div class="emo"><h1>Try it on yourself, and see it fail</h1>'
            f"<p>{escape(NOT)}</p></div>",
            apply_default_css=False,
        )
        study = gr.Dropdown(
            [(title, key) for key, title in STUDIES.items()],
            value="",
            label="Which models answer",
            filterable=False,
        )
        agreed = gr.Checkbox(label=CONSENT, value=False)
        gr.HTML(
            '<div class="emo"><p class="word device" role="alert" hidden></p></div>',
            js_on_load=DEVICES,
            apply_default_css=False,
        )
        with gr.Column(visible=False) as panels, gr.Tabs():
            with gr.Tab("Voice"):
                _voice_panel(gr, study, asks(heard), listen_live)
            with gr.Tab("Face"):
                _face_panel(gr, study, asks(pictured), look_live)
            with gr.Tab("Both"):
                _film_panel(gr, study, asks(watched))
        agreed.change(
            lambda yes: gr.Column(visible=bool(yes)),
            agreed, panels, show_progress="hidden", api_visibility="private",
        )  # fmt: skip
        blocks.unload(forget)
    blocks.queue(default_concurrency_limit=2, max_size=64)
    blocks.launch = partial(_launch, blocks.launch)
    return blocks


def _words(gr: Any, text: str) -> Any:
    return gr.HTML(word(text), apply_default_css=False)


def _panel(gr: Any, source: Any, study: Any, answer: Callable, name: str) -> Any:
    """What is given on the left, what is said of it on the right.

    Returns:
        The column on the left, for more.
    """
    with gr.Row():
        with gr.Column() as left:
            source.render()
            again = gr.Button("Ask again")
        said = _words(gr, "Nothing was given yet.")
    _only_uploads(gr, source)
    gr.on(
        [source.change, again.click], answer, [source, study], said, preprocess=False,
        api_name=name, show_progress="minimal", trigger_mode="always_last",
    )  # fmt: skip
    return left


def _live(gr: Any, source: Any, answer: Callable, more: list, seconds: float) -> None:
    """What a camera or microphone gives, answered as it comes; the newest wins.

    Args:
        source: the camera or microphone.
        answer: is given it and `more`, gives words and the last of `more` but one.
        more: other inputs; behind the study what is remembered, if anything.
        seconds: from one picture or stretch to the next.
    """
    said = _words(gr, "Not started.")
    source.stream(
        answer, [source, *more], [said, *more[1:]], stream_every=seconds,
        time_limit=600, concurrency_limit=20, show_progress="hidden",
        preprocess=source.get_block_name() == "image", api_visibility="private",
    )  # fmt: skip


def _voice_panel(gr: Any, study: Any, hear: Callable, listen_live: Callable) -> None:
    sound = gr.Audio(
        sources=["microphone", "upload"], type="filepath", buttons=[], render=False,
        label=f"Your voice: record a sentence, or a file of {LONGEST:.0f} s at most",
    )  # fmt: skip
    left = _panel(gr, sound, study, hear, "voice")
    with left, gr.Accordion("Live, while you speak", open=False):
        microphone = gr.Audio(
            sources=["microphone"], streaming=True, type="numpy", buttons=[],
            label=f"Microphone: the last {WINDOW:.0f} seconds are answered",
        )  # fmt: skip
        stretch = gr.State(None, time_to_live=600)
        _live(gr, microphone, listen_live, [study, stretch], EVERY)


def _face_panel(gr: Any, study: Any, look: Callable, look_live: Callable) -> None:
    picture = gr.Image(
        sources=["webcam", "upload"], type="filepath", height=320, buttons=[],
        render=False, label="Your face: take a picture, or choose one",
    )  # fmt: skip
    left = _panel(gr, picture, study, look, "face")
    with left, gr.Accordion("Live, while you move", open=False):
        camera = gr.Image(
            sources=["webcam"], streaming=True, type="numpy", height=320, buttons=[],
            label="Camera: the newest picture is answered",
        )  # fmt: skip
        _live(gr, camera, look_live, [study], EVERY)


def _film_panel(gr: Any, study: Any, watch: Callable) -> None:
    film = gr.Video(
        sources=["webcam", "upload"], height=320, include_audio=True, buttons=[],
        render=False, label=f"Voice and face: a film of {LONGEST:.0f} s at most",
        webcam_options=gr.WebcamOptions(mirror=False),
    )  # fmt: skip
    _panel(gr, film, study, watch, "both")


def _only_uploads(gr: Any, source: Any) -> None:
    """An address in place of a file is refused; Gradio would fetch it."""
    moved = source.async_move_resource_to_block_cache

    async def moving(path: Any) -> Any:
        if "://" in str(path):
            raise gr.Error("Only files that are given here are looked at.")
        return await moved(path)

    source.async_move_resource_to_block_cache = moving


def _guarded(models: Models, study: str, what: Callable, content: Any) -> Iterator[str]:
    """What is said, or why nothing can be."""
    try:
        for found in models.of(study):
            if isinstance(found, str):
                yield word(found)
                continue
            if not study:
                yield what(content, found)
                continue
            with models.asking:
                yield what(content, found)
    except EmolibError as error:
        told = str(error)
        if isinstance(content, Path):  # no places of this machine
            told = told.replace(str(content), content.name)
        yield word(told)


def _last(words: Iterator[str]) -> str:
    return list(words)[-1]


# -- served ------------------------------------------------------------------


def _launch(launch: Callable, **asked: Any) -> Any:
    """Gradio's own launch, kept on this machine."""
    if asked.pop("share", False):
        raise UsageError(
            "share: what people record does not go through another host; on Colab "
            "the page is shown through Colab's own proxy without it"
        )
    fixed = {
        "share": False,
        "max_file_size": MOST_BYTES,
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": [],
        "ssr_mode": False,
        "mcp_server": False,
        "pwa": False,
    }
    return launch(**{"server_name": HOST} | asked | fixed)


def serve(host: str = HOST, port: int = PORT) -> None:
    """Serve the demo until it is stopped.

    Raises:
        UsageError: if Gradio is not installed, or the port is taken.
    """
    blocks = demo()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        asked = {"server_name": host, "server_port": port, "quiet": True}
        _, address, _ = blocks.launch(**asked, prevent_thread_lock=True)
        print(f"{address} (stop with Ctrl+C)", flush=True)
        if host not in (HOST, "localhost", "::1"):
            print("Other machines can reach this page.", flush=True)
        while True:
            time.sleep(1)
    except OSError as error:
        raise UsageError(
            f"port {port} on {host}: {error}; choose another --port"
        ) from error
    except KeyboardInterrupt:
        pass
    finally:
        blocks.close(verbose=False)
