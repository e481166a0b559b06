"""What the models say of pictures that come one after the other, from anywhere.

Pictures of a camera or another program arrive on standard input or as an iterator. No
more than one is held: a stream may go on for days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from emolib import UsageError, predict
from emolib.integrity import MOST_PIXELS, MediaError
from emolib.progress import reported
from emolib.shipped.linear import Answer

NAME = Path("-")
"""What rows call a stream, and how the command line names standard input."""

USUAL_RATE = 25.0
_JPEGS_END = b"\xff\xd9"  # without it FFmpeg fills up what is missing


def frames(
    pictures: Iterable[np.ndarray],
    asked: list[Any],
    rate: float = USUAL_RATE,
    every: int = 1,
) -> Iterator[dict]:
    """What the models for faces say of pictures, a row as soon as there is one.

    Args:
        pictures: RGB, uint8 of shape (height, width, 3), such as a camera gives.
        asked: from `predict.models`; those for a voice are not asked.
        rate: pictures a second, to tell times by.
        every: one picture in so many is looked at.

    Yields:
        Rows whose keys are `predict.KEYS`.

    Raises:
        UsageError: if something is no such picture.

    >>> empty = (np.zeros((120, 160, 3), np.uint8) for _ in range(4))
    >>> rows = frames(empty, predict.models(), rate=10, every=2)
    >>> [(row["start"], row["reason"]) for row in rows]
    [(0.0, 'no face'), (0.2, 'no face')]
    """
    predict.check_every(every)
    timed = ((n / rate, _checked(one)) for n, one in enumerate(pictures))
    seen = predict.looked_at(
        NAME, timed, predict.eyes(asked, NAME), every, every / rate
    )
    for _, rows in seen:
        yield from rows


def _checked(picture: np.ndarray) -> np.ndarray:
    shape, kind = np.shape(picture), getattr(picture, "dtype", None)
    if len(shape) != 3 or shape[2] != 3 or kind != np.uint8:
        raise UsageError(
            f"a picture must be uint8 of shape (height, width, 3), RGB; got {kind} "
            f"of {shape}"
        )
    return picture


def stream(
    file: BinaryIO,
    asked: list[Any],
    tell: predict.Tell,
    every: int = 5,
    copy: Path | None = None,
) -> None:
    """Tell what the models for faces say of a film that comes through a pipe.

    Args:
        file: whatever FFmpeg knows by its first bytes: Y4M, MJPEG, Matroska, ...
        asked, tell, every, copy: as in `predict.predict`.

    Raises:
        UsageError: for a copy that cannot be, or a terminal in place of a pipe.
        MediaError: if it is no film, or ends within a picture; what was seen before
            has been told.
    """
    import av

    predict.check_every(every)
    predict.check_copy(NAME, copy, ".mp4")
    sees = predict.eyes(asked, NAME)
    if file.isatty():
        raise UsageError(
            "-: standard input is a terminal; pipe a film into it, such as: "
            "ffmpeg -i FILM -f yuv4mpegpipe - | emolib predict -"
        )
    coming = _Coming(file)
    try:
        container = av.open(coming, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        problem = "not video" if coming.bytes else "empty"
        raise MediaError(NAME, problem) from error
    with container:
        if not container.streams.video:
            raise MediaError(NAME, "no video stream")
        if container.streams.audio:
            tell(predict.entry(NAME, "voice", Answer("", "not heard", {})))
        found = container.streams.video[0]
        rate = float(found.guessed_rate or found.average_rate or USUAL_RATE)
        timed = reported(_timed(container, coming, rate), None, "-", "pictures")
        seen = predict.looked_at(NAME, timed, sees, every, every / rate, bool(copy))
        predict.tell_all(seen, tell, copy, rate)


class _Coming:
    """A pipe that gives what is there, and counts it."""

    def __init__(self, file: BinaryIO) -> None:
        self._read, self.bytes = getattr(file, "read1", file.read), 0

    def read(self, size: int) -> bytes:
        found = self._read(size)
        self.bytes += len(found)
        return found


def _timed(container: Any, coming: _Coming, rate: float) -> Iterator[tuple]:
    """Each picture and when it is shown, in seconds from the first one."""
    import av

    stream = container.streams.video[0]
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    bare = container.format.name in ("mjpeg", "jpeg_pipe")
    first, time, end = None, -1 / rate, 0
    try:
        for packet in container.demux(stream):
            end = packet.pos + packet.size if packet.pos is not None else end
            torn = bare and packet.size and not bytes(packet).endswith(_JPEGS_END)
            for frame in packet.decode():
                if torn or frame.is_corrupt or packet.is_corrupt:
                    raise MediaError(NAME, "damaged")
                first = frame.time if first is None else first
                time = time + 1 / rate if frame.time is None else frame.time - first
                yield time, frame
    except av.FFmpegError as error:
        raise MediaError(NAME, "damaged") from error
    if time < 0:
        raise MediaError(NAME, "zero length")
    if container.format.name == "yuv4mpegpipe" and end != coming.bytes:
        raise MediaError(NAME, "truncated")  # a part of a picture, left out unsaid
