"""The live demo: three panels in a browser, for a voice, a face, and both.

What is said of a sound or of a picture comes from `predict` by way of `answers`, of a
camera or a microphone by way of `live`; `shown` makes words and pictures of it. Here
are the panels, and what may be given. Gradio serves the page, from this machine and to
this machine alone unless told otherwise; nothing that is given outlives the page that
gave it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from html import escape
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from emolib import EmolibError, UsageError, media, predict
from emolib.app import answers, live
from emolib.app.answers import LONGEST, Models
from emolib.app.shown import NOT, STYLE, word

if TYPE_CHECKING:
    import gradio

HOST, PORT = "127.0.0.1", 7860

MOST_BYTES = 50_000_000
"""Of an upload; a larger one is refused while it arrives."""

INSTALL = "make extras"
OTHERWISE = 'pip install -e ".[app]"'

CONSENT = (
    "I am the person who is recorded, or that person has agreed. What is recorded or "
    "given is looked at on the machine that runs this program, goes nowhere else, and "
    "is deleted when this page is closed, after five minutes at most."
)

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


def demo(
    data: str = "data/demo-smoke",
    weights: Sequence[Path] = (),
    checksums: Sequence[str] = (),
) -> gradio.Blocks:
    """The demo, to be launched: in a notebook `app.demo().launch()`.

    Args:
        data: a folder of demo data, from which a study's first network learns.
        weights, checksums: of networks that can be chosen besides, as in
            `further.models`.

    Raises:
        UsageError: if Gradio is not installed, or weights cannot be used.
    """
    _folder()
    gr = gradio_here()
    further = predict.models(None, weights, checksums) if weights or checksums else []
    models, given = Models(data, further), _Given()

    def pictured(path: Path, asked: list[Any]) -> str:
        return answers.seen(media.read_image(path), asked)

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
        return _last(_guarded(models, study, live.face, image))

    def listen_live(piece, study, stretch):
        stretch = stretch or live.Stretch()
        if not (piece and piece.get("path")):
            return word("The microphone gives no sound."), stretch
        path = Path(piece["path"])
        with suppress(EmolibError):
            stretch.add(*live.chunk(path))
        given.drop(path)
        if not stretch.due():
            return gr.skip(), stretch
        return _last(_guarded(models, study, live.sound, stretch)), stretch

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
            [(title, key) for key, title in models.titles.items()],
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
                _voice_panel(gr, study, asks(answers.heard), listen_live)
            with gr.Tab("Face"):
                _face_panel(gr, study, asks(pictured), look_live)
            with gr.Tab("Both"):
                _film_panel(gr, study, asks(answers.watched))
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
            label=f"Microphone: the last {live.WINDOW:.0f} seconds are answered",
        )  # fmt: skip
        stretch = gr.State(None, time_to_live=600)
        _live(gr, microphone, listen_live, [study, stretch], live.EVERY)


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
        _live(gr, camera, look_live, [study], live.EVERY)


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


def serve(
    host: str = HOST,
    port: int = PORT,
    weights: Sequence[Path] = (),
    checksums: Sequence[str] = (),
) -> None:
    """Serve the demo until it is stopped.

    Raises:
        UsageError: as `demo`, or if the port is taken.
    """
    blocks = demo(weights=weights, checksums=checksums)
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
