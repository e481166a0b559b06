"""Sound, frames and pictures, in and out.

What cannot be used is refused with a `MediaError` that says why; nothing is
filled with zeros, cut or repaired in silence.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING

import numpy as np

from emolib import UsageError, integrity
from emolib.files import write_atomic
from emolib.integrity import MOST_PIXELS, MediaError, decoding, existing
from emolib.streams import joined, opened, pictures_of, sound_of

if TYPE_CHECKING:
    import av

VIDEO_SUFFIXES = (".mp4", ".mov", ".avi", ".flv")

QUIETEST_PEAK = 10 ** (-90 / 20)
"""Below -90 dBFS a 16-bit file holds nothing but its last bit."""

LOUDEST_PEAK = 4.0
"""Floats may go beyond full scale a little; 12 dB above, it was another scale."""

RATES = 1_000, 768_000
"""Lowest and highest sampling rate, in Hz, that a recording can have."""

_UNKNOWN_FRAMES = 2**62  # libsndfile's word for a length that no header tells
_WHOLE_NUMBERS = {"PCM_S8": 8, "PCM_16": 16, "PCM_24": 24}
_BLOCK = 2**20  # frames of sound decoded at once, whatever a header promises

_thread = local()  # scalers, which are made once: that takes longer than scaling

_ROW = re.compile(r"(.+\.csv)#(\d+)", re.IGNORECASE | re.DOTALL)
_ROW_SIZE = 48
_LONGEST_ROW = 2**16  # bytes; a row of pixels takes 10,000


def read_sound(
    path: str | Path, rate: int | None = None, mono: bool = True
) -> tuple[np.ndarray, int]:
    """Samples of a sound file, or of a video's sound, between -1 and 1.

    A file with a higher rate than `rate` is resampled down. One with a lower
    rate is left as it is, because sampling up would only pretend to add
    detail: look at the rate that comes back. Whole numbers are divided by the
    largest they could be; floats stand as they are, up to 4 where a mix went
    beyond full scale.

    Args:
        path: wav, flac (or what else libsndfile reads), mp4.
        rate: highest sampling rate to return, in Hz; None keeps the file's.
        mono: average the channels to one; else shape (samples, channels).

    Returns:
        The samples as float32, and their rate in Hz.

    Raises:
        MediaError: if the file is missing, empty, truncated, damaged by its own
            account, not audio, has no samples, is silent (peak below -90 dBFS),
            holds NaN or infinity, or floats in another scale than -1 to 1.
    """
    path = existing(path)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        samples, own_rate = sound_of(path)
    else:
        samples, own_rate = _decode_file(path)
    if not len(samples):
        raise MediaError(path, "zero length")
    if not RATES[0] <= own_rate <= RATES[1]:
        raise MediaError(path, "impossible rate")
    peak = max(samples.max(), -samples.min())
    if not np.isfinite(peak):
        raise MediaError(path, "not finite")
    if peak > LOUDEST_PEAK:
        raise MediaError(path, "beyond full scale")
    if mono:
        samples = samples.mean(axis=1, dtype=np.float32)
    # After the average: two channels in opposite phase leave nothing either.
    if max(samples.max(), -samples.min()) < QUIETEST_PEAK:
        raise MediaError(path, "silent")
    if rate is not None and own_rate > rate:
        return _resampled(samples, own_rate, rate), rate
    return samples, own_rate


def _resampled(samples: np.ndarray, own_rate: int, rate: int) -> np.ndarray:
    """The samples at a lower rate, a last begun one counted, as librosa does.

    soxr drops it if less than half of it is there; a window could be lost for it.
    """
    import soxr

    length = math.ceil(len(samples) * (rate / own_rate))
    samples = soxr.resample(samples, own_rate, rate)[:length]
    missing = [(0, length - len(samples))] + [(0, 0)] * (samples.ndim - 1)
    return np.pad(samples, missing) if missing[0][1] else samples


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
        (height, width, 3). Numbers follow the time stamps: where a video of
        changing rate has no frame of a number, the one before it, which is what
        is seen then, stands for it.

    Raises:
        MediaError: if the file is missing, empty, truncated, damaged, not video,
            or has no picture. A file cut in the middle is found at its end, after
            the frames it still holds have been given out.
    """
    if every < 1:
        raise UsageError(f"every must be 1 or more, got {every}")
    for number, frame in read_film(path):
        if number % every == 0:
            yield number, pixels(frame, size)


def read_film(path: str | Path) -> Iterator[tuple[int, av.VideoFrame]]:
    """All frames of a video as FFmpeg holds them, for `pixels`; see `read_frames`."""
    path = existing(path)
    with opened(path, "video") as container:
        due, before = 0, None
        for number, frame in pictures_of(container, path):
            yield from ((gap, before) for gap in range(due, number))
            yield number, frame
            due, before = number + 1, frame
        if before is None:
            raise MediaError(path, "zero length")


def frame_at(path: str | Path, share: float = 0.5) -> np.ndarray:
    """The frame at a share of a video's length, as `read_frames` gives them."""
    frames = [image for _, image in read_frames(path)]
    return frames[int(share * (len(frames) - 1))]


def pixels(
    frame: av.VideoFrame, size: tuple[int, int] | None = None, colour: bool = True
) -> np.ndarray:
    """A frame's pixels, uint8: RGB of shape (height, width, 3), or grey without 3.

    Args:
        frame: from `read_film`.
        size: (width, height) to scale to, by averaging areas.
        colour: RGB; False takes the film's own brightness.
    """
    kind, scalers = "rgb24" if colour else "gray", vars(_thread)
    if (kind, size) not in scalers:
        from av.video.reformatter import VideoReformatter

        scalers[kind, size] = VideoReformatter()
    scaler = scalers[kind, size]
    return scaler.reformat(
        frame, *(size or ()), format=kind, interpolation="AREA"
    ).to_ndarray()


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
        MediaError: if it is missing, empty, truncated, damaged by its own account
            or no such picture.
    """
    table, start = row_of(path)
    if table:
        return _row_image(Path(path), existing(table), start)
    path = existing(path)
    from PIL import Image, ImageOps

    content = path.read_bytes()
    with decoding(path, "image"), Image.open(BytesIO(content)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise MediaError(path, "too large")
        image.load()
        if fault := integrity.picture_fault(content, image):
            raise MediaError(path, fault)
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
        fields = file.readline(_LONGEST_ROW).split(b",")
    values = max(fields, key=lambda field: field.count(b" ")).strip(b'" \r\n')
    try:
        grey = np.fromstring(values, np.int64, sep=" ")
    except ValueError as error:
        raise MediaError(path, "not image") from error
    if grey.size != _ROW_SIZE**2:
        few = grey.size < _ROW_SIZE**2
        raise MediaError(path, "truncated" if few else "too many pixels")
    if grey.min() < 0 or grey.max() > 255:
        raise MediaError(path, "not image")
    square = grey.astype(np.uint8).reshape(_ROW_SIZE, _ROW_SIZE, 1)
    return np.repeat(square, 3, axis=2)


def _decode_file(path: Path) -> tuple[np.ndarray, int]:
    import soundfile

    if fault := integrity.sound_fault(path):
        raise MediaError(path, fault)
    digest = integrity.flac_digest(path)
    with decoding(path, "audio"):
        file = soundfile.SoundFile(path)
    if file.frames >= _UNKNOWN_FRAMES:
        file.close()
        return sound_of(path)
    with decoding(path, "audio"), file:
        bits = _WHOLE_NUMBERS.get(file.subtype) if digest else None
        kind = "float32" if bits is None else "int16" if bits <= 16 else "int32"
        blocks, missing = [], file.frames
        while missing and len(block := file.read(_BLOCK, kind, always_2d=True)):
            blocks.append(block)
            missing -= len(block)
        if missing:
            raise MediaError(path, "truncated")
        samples = joined(blocks)
        if bits is not None:
            if integrity.flac_digest_of(samples, bits) != digest:
                raise MediaError(path, "damaged")
            samples = samples * np.float32(0.5 ** (8 * samples.itemsize - 1))
        return samples, file.samplerate


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


def extract_sounds(
    pairs: Iterable[tuple[str | Path, str | Path]],
    workers: int | None = None,
    rate: int = 48000,
) -> list[MediaError]:
    """Write the sound of videos as mono wavs, several at a time.

    Args:
        pairs: what to read and where to write; each is written atomically.
        workers: threads; None means as many as processors. Decoding releases
            Python's lock, so threads are enough.
        rate: highest rate in Hz; sound with a lower one keeps its own.

    Returns:
        The refused files' errors, in the order given; all others are written.
    """

    def attempt(pair: tuple[str | Path, str | Path]) -> MediaError | None:
        try:
            write_sound(pair[1], *read_sound(pair[0], rate))
        except MediaError as error:
            return error
        return None

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        return [error for error in pool.map(attempt, pairs) if error]
