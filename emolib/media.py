"""Sound, frames and pictures, in and out.

What cannot be used is refused with a `MediaError` that says why; nothing is
filled with zeros, cut or repaired in silence.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np

from emolib import EmolibError, UsageError
from emolib.files import write_atomic

VIDEO_SUFFIXES = (".mp4", ".mov", ".avi", ".flv")

QUIETEST_PEAK = 10 ** (-90 / 20)
"""Below -90 dBFS a 16-bit file holds nothing but its last bit."""

_SIGNATURES = {
    **dict.fromkeys(("audio", "video"), (b"RIFF", b"FORM", b"fLaC", b"ftyp", b"OggS")),
    "image": (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"BM"),
}
_SAMPLES = {b"RIFF": ("<", b"data"), b"FORM": (">", b"SSND")}
"""By a file's first letters: its byte order, and where it keeps its samples."""

_UNKNOWN_LENGTH = 0xFFFFFFFF

_ROW = re.compile(r"(.+\.csv)#(\d+)", re.IGNORECASE | re.DOTALL)
_ROW_SIZE = 48

_ADVICE = {
    "missing": "check the path",
    "empty": "the file has no bytes; copy or download it again",
    "truncated": "the file ends early or is damaged; copy or download it again",
    "zero length": "the file holds no samples; leave it out",
    "silent": "every sample is below -90 dBFS; leave it out",
    "not finite": "it holds NaN or infinite samples; leave it out",
    "no audio stream": "it holds no sound; use the clip's sound file",
    "no video stream": "it holds no picture; use the clip's video file",
}


class MediaError(EmolibError):
    """A file that cannot be used, and why.

    Attributes:
        path: the file.
        problem: a short fixed phrase, such as "truncated", to count by.
    """

    def __init__(self, path: str | Path, problem: str) -> None:
        self.path = Path(path)
        self.problem = problem
        advice = _ADVICE.get(problem, "leave it out or replace it")
        super().__init__(f"{path}: {problem} ({advice})")


def read_sound(
    path: str | Path, rate: int | None = None, mono: bool = True
) -> tuple[np.ndarray, int]:
    """Samples of a sound file, or of a video's sound, between -1 and 1.

    A file with a higher rate than `rate` is resampled down. One with a lower
    rate is left as it is, because sampling up would only pretend to add
    detail: look at the rate that comes back.

    Args:
        path: wav, flac (or what else libsndfile reads), mp4.
        rate: highest sampling rate to return, in Hz; None keeps the file's.
        mono: average the channels to one; else shape (samples, channels).

    Returns:
        The samples as float32, and their rate in Hz.

    Raises:
        MediaError: if the file is missing, empty, truncated, not audio, has
            no samples, or is silent (peak below -90 dBFS).
    """
    path = _existing(path)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        samples, own_rate = _decode_stream(path)
    else:
        samples, own_rate = _decode_file(path)
    if not len(samples):
        raise MediaError(path, "zero length")
    if not np.isfinite(samples).all():
        raise MediaError(path, "not finite")
    if mono:
        samples = samples.mean(axis=1, dtype=np.float32)
    # After the average: two channels in opposite phase leave nothing either.
    if np.abs(samples).max() < QUIETEST_PEAK:
        raise MediaError(path, "silent")
    if rate is not None and own_rate > rate:
        import soxr

        return soxr.resample(samples, own_rate, rate), rate
    return samples, own_rate


def read_frames(
    path: str | Path, every: int = 1, size: tuple[int, int] | None = None
) -> Iterator[tuple[int, np.ndarray]]:
    """Frames of a video, one at a time.

    Args:
        path: a video file.
        every: keep frames 0, `every`, 2 x `every`, ...
        size: (width, height) to scale to, by averaging areas; None keeps the
            video's.

    Yields:
        The frame's number in the video, and its pixels as RGB uint8 of shape
        (height, width, 3).

    Raises:
        MediaError: if the file is missing, empty, truncated, not video, or
            has no picture. A file cut in the middle is found at its end, after
            the frames it still holds have been given out.
    """
    if every < 1:
        raise UsageError(f"every must be 1 or more, got {every}")
    width, height = size or (None, None)
    path = _existing(path)
    with _opened(path, "video") as container:
        stream = container.streams.video[0]
        number = 0
        for frame in _decoded(container, stream, path):
            if number % every == 0:
                yield (
                    number,
                    frame.to_ndarray(
                        format="rgb24", width=width, height=height, interpolation="AREA"
                    ),
                )
            number += 1
        if number == 0:
            raise MediaError(path, "zero length")


def read_image(path: str | Path) -> np.ndarray:
    """A picture as RGB uint8 of shape (height, width, 3).

    Grey becomes three equal colours, CMYK is converted, 16-bit grey keeps its
    upper byte, what is transparent shows white, and a picture that says it lies
    on its side is turned up.

    Args:
        path: jpg, png, tiff, bmp; or `TABLE.csv#BYTE`, the row of a table of
            pictures that begins at that byte. One of its fields holds 48 x 48
            grey values divided by spaces, as FER2013 is published.

    Raises:
        MediaError: if it is missing, empty, truncated or no such picture.
    """
    table, start = row_of(path)
    if table:
        return _row_image(Path(path), _existing(table), start)
    path = _existing(path)
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I;16"):
                grey = (np.asarray(image) >> 8).astype(np.uint8)
                return np.repeat(grey[:, :, None], 3, axis=2)
            if image.mode in ("I", "F"):
                raise MediaError(path, "more than 16 bits a pixel")
            if image.has_transparency_data:
                white = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(white, image.convert("RGBA"))
            return np.array(image.convert("RGB"))
    except MediaError:
        raise
    except Exception as error:  # a damaged file can trip the decoder anywhere
        raise _unreadable(path, "image") from error


def row_of(path: str | Path) -> tuple[str | None, int]:
    """The table a clip is a row of, if it is, and the byte where the row begins.

    >>> row_of("data/fer2013.csv#1207"), row_of("data/a.wav")
    (('data/fer2013.csv', 1207), (None, 0))
    """
    match = _ROW.fullmatch(str(path))
    return (match[1], int(match[2])) if match else (None, 0)


def _row_image(path: Path, table: Path, start: int) -> np.ndarray:
    with table.open("rb") as file:
        file.seek(start)
        fields = file.readline().split(b",")
    values = max(fields, key=lambda field: field.count(b" ")).strip(b'" \r\n')
    try:
        grey = np.fromstring(values, np.int64, sep=" ")
    except ValueError as error:
        raise MediaError(path, "not image") from error
    if grey.size != _ROW_SIZE**2:
        raise MediaError(path, "truncated")
    if grey.min() < 0 or grey.max() > 255:
        raise MediaError(path, "not image")
    square = grey.astype(np.uint8).reshape(_ROW_SIZE, _ROW_SIZE, 1)
    return np.repeat(square, 3, axis=2)


def video_facts(path: str | Path) -> dict:
    """What a video's header says: frames, rate, width, height, has_audio, seconds."""
    path = _existing(path)
    with _opened(path, "video") as container:
        stream = container.streams.video[0]
        if not stream.frames:
            raise MediaError(path, "zero length")
        rate = float(stream.average_rate)
        return {
            "frames": stream.frames,
            "rate": rate,
            "width": stream.width,
            "height": stream.height,
            "has_audio": bool(container.streams.audio),
            "seconds": stream.frames / rate,
        }


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise MediaError(path, "missing")
    if path.stat().st_size == 0:
        raise MediaError(path, "empty")
    return path


def _unreadable(path: Path, kind: str) -> MediaError:
    """A known beginning that does not decode was cut; another never was media."""
    with path.open("rb") as file:
        start = file.read(12)
    known = any(signature in start for signature in _SIGNATURES[kind])
    return MediaError(path, "truncated" if known else f"not {kind}")


def _opened(path: Path, kind: str):
    """The open container, which is sure to have a stream of this kind."""
    import av

    try:
        container = av.open(str(path))
    except av.FFmpegError as error:
        raise _unreadable(path, kind) from error
    if not getattr(container.streams, kind):
        container.close()
        raise MediaError(path, f"no {kind} stream")
    return container


def _decode_file(path: Path) -> tuple[np.ndarray, int]:
    import soundfile

    if _is_cut(path):
        raise MediaError(path, "truncated")
    try:
        return soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise _unreadable(path, "audio") from error


def _is_cut(path: Path) -> bool:
    """Whether the header of a wav or aiff promises more bytes than there are.

    libsndfile reads such a file up to where it ends, without a word.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        form = file.read(12)[:4]
        if form not in _SAMPLES:
            return False
        order, samples = _SAMPLES[form]
        while len(head := file.read(8)) == 8:
            name, length = struct.unpack(f"{order}4sI", head)
            if name == samples:
                # A writer that could not seek back leaves the length unknown.
                return length != _UNKNOWN_LENGTH and file.tell() + length > size
            file.seek(length + length % 2, os.SEEK_CUR)
    return True


def _decode_stream(path: Path) -> tuple[np.ndarray, int]:
    import av

    with _opened(path, "audio") as container:
        stream = container.streams.audio[0]
        to_float = av.AudioResampler(format="fltp")
        blocks = [
            part.to_ndarray()
            for frame in _decoded(container, stream, path)
            for part in to_float.resample(frame)
        ]
        samples = np.concatenate(blocks, axis=1).T if blocks else np.empty((0, 1))
        if stream.duration:
            # The last block is filled up to the codec's size; the header is exact.
            samples = samples[: round(stream.duration * stream.time_base * stream.rate)]
        return samples, stream.rate


def _decoded(container, stream, path: Path) -> Iterator:
    """A stream's frames; refuses it if it ends before its header says.

    By time and not by count, because a sound file's edit list may hide packets
    at both ends; two packets' grace for the same reason.
    """
    import av

    end = step = 0
    try:
        for packet in container.demux(stream):
            if packet.pts is not None:
                step = packet.duration or 0
                end = max(end, packet.pts + step)
            yield from packet.decode()
    except av.FFmpegError as error:
        raise MediaError(path, "truncated") from error
    promised = (stream.start_time or 0) + (stream.duration or 0)
    if end + 2 * step < promised:
        raise MediaError(path, "truncated")


def write_sound(
    path: str | Path, samples: np.ndarray, rate: int, subtype: str = "PCM_16"
) -> None:
    """Write samples, (n,) or (n, channels) between -1 and 1, to wav or flac."""
    import soundfile

    path = Path(path)
    # Through memory, because libsndfile reports a full disk as a failed assertion.
    buffer = BytesIO()
    kind = path.suffix.lstrip(".").upper()
    soundfile.write(buffer, samples, rate, format=kind, subtype=subtype)
    write_atomic(path, lambda temporary: temporary.write_bytes(buffer.getvalue()))


def extract_sound(video: str | Path, target: str | Path, rate: int = 48000) -> None:
    """Write a video's sound as a mono wav.

    Args:
        video: a file with sound.
        target: the wav; written atomically.
        rate: highest rate in Hz; sound with a lower one keeps its own.

    Raises:
        MediaError: as `read_sound`.
    """
    write_sound(target, *read_sound(video, rate))


def extract_sounds(
    pairs: Iterable[tuple[str | Path, str | Path]],
    workers: int | None = None,
    rate: int = 48000,
) -> list[MediaError]:
    """`extract_sound` of many (video, target) pairs in parallel.

    Args:
        pairs: what to read and where to write.
        workers: threads; None means as many as processors. Decoding releases
            Python's lock, so threads are enough.
        rate: as `extract_sound`.

    Returns:
        The refused files' errors, in the order given; all others are written.
    """

    def attempt(pair: tuple[str | Path, str | Path]) -> MediaError | None:
        try:
            extract_sound(*pair, rate=rate)
        except MediaError as error:
            return error
        return None

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        return [error for error in pool.map(attempt, pairs) if error]
