"""What executed notebooks show and play, made light for the pages.

A large picture is kept in a few colours. Sounds and films leave the page for files of
their own, so that it opens before they are asked for; sounds lose nothing in that.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from functools import cache

LARGE = 60_000
"""Bytes from which on a picture is kept in few colours."""
COLOURS = 256

FOLDER = "_static/media"
"""Where sounds and films lie, from the book's pages."""

_EMBEDDED = re.compile(r"data:(?:audio|video)/([\w.+-]+);base64,([\w+/=\s]+)")


def picture(told: str) -> str:
    """A PNG as an output holds it, in base64; a large opaque one in few colours."""
    from PIL import Image

    content = base64.b64decode(told)
    if len(content) < LARGE:
        return told
    image, out = Image.open(io.BytesIO(content)), io.BytesIO()
    if image.convert("RGBA").getextrema()[3][0] < 255:
        return told
    image.convert("RGB").quantize(COLOURS).save(out, "png", optimize=True)
    small = base64.b64encode(out.getvalue()).decode()
    return min(small, told, key=len)


def players(html: str) -> tuple[str, dict[str, bytes]]:
    """HTML whose sounds and films lie in files, and these by their names."""
    files = {}

    def elsewhere(found: re.Match) -> str:
        name, content = _file(*found.groups())
        files[name] = content
        return f"../{FOLDER}/{name}"

    html = _EMBEDDED.sub(elsewhere, html)
    return html.replace('type="audio/wav"', 'type="audio/flac"'), files


@cache
def _file(kind: str, told: str) -> tuple[str, bytes]:
    """A name by its content, and the content: sound of PCM as FLAC."""
    import soundfile

    content = base64.b64decode(told)
    if kind == "wav":
        samples, rate = soundfile.read(io.BytesIO(content), dtype="int16")
        out = io.BytesIO()
        soundfile.write(out, samples, rate, format="FLAC")
        kind, content = "flac", out.getvalue()
    return f"{hashlib.sha256(content).hexdigest()[:16]}.{kind}", content
