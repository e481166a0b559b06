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
from contextlib import contextmanager
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np

from emolib import EmolibError, UsageError, integrity
from emolib.files import write_atomic

VIDEO_SUFFIXES = (".mp4", ".mov", ".avi", ".flv")

QUIETEST_PEAK = 10 ** (-90 / 20)
"""Below -90 dBFS a 16-bit file holds nothing but its last bit."""

LOUDEST_PEAK = 4.0
"""Floats may go beyond full scale a little; 12 dB above, it was another scale."""

RATES = 1_000, 768_000
"""Lowest and highest sampling rate, in Hz, that a recording can have."""

MOST_CHANNELS = 8

MOST_PIXELS = 2**26
"""A larger picture, or frame, is refused: a small file can claim any size."""

_UNKNOWN_FRAMES = 2**62  # libsndfile's word for a length that no header tells
_WHOLE_NUMBERS = {"PCM_S8": 8, "PCM_16": 16, "PCM_24": 24}
_BLOCK = 2**20  # frames of sound decoded at once, whatever a header promises
_PICTURES = {"max_pixels": str(MOST_PIXELS)}
_SOUND = {"err_detect": "crccheck+explode"}
_ROUNDED = 0.25  # seconds by which a length told in words may be off
_EDGE = 1e-6  # room for floating point
_LONGEST_GAP = 1000  # frames; longer ones are time stamps gone wrong

_SIGNATURES = {
    **dict.fromkeys(("audio", "video"), (b"RIFF", b"FORM", b"fLaC", b"ftyp", b"OggS")),
    "image": (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"BM"),
}
_ROW = re.compile(r"(.+\.csv)#(\d+)", re.IGNORECASE | re.DOTALL)
_ROW_SIZE = 48
_LONGEST_ROW = 2**16  # bytes; a row of pixels takes 10,000

_ADVICE = {
    "missing": "check the path",
    "empty": "the file has no bytes; copy or download it again",
    "truncated": "the file ends early or is damaged; copy or download it again",
    "damaged": "what it says of itself and what it holds differ; copy or download "
    "it again",
    "zero length": "the file holds no samples; leave it out",
    "silent": "every sample is below -90 dBFS; leave it out",
    "not finite": "it holds NaN or infinite samples; leave it out",
    "beyond full scale": "its floats are not between -1 and 1, as those of 16-bit "
    "scale are; divide them by 32768 and write it again",
    "impossible rate": "no recording has such a sampling rate; its header is damaged",
    "too large": f"more than {MOST_PIXELS} pixels; scale it down",
    "no audio stream": "it holds no sound; use the clip's sound file",
    "no video stream": "it holds no picture; use the clip's video file",
}


class MediaError(EmolibError):
    """A file that cannot be used, and why.

    Attributes:
        path: the file.
        problem: a short fixed phrase, such as "truncated", to count by.
        lasting: the file itself is at fault; False where the system refused to
            read it, which may be well tomorrow.
    """

    def __init__(self, path: str | Path, problem: str, lasting: bool = True) -> None:
        self.path = Path(path)
        self.problem = problem
        self.lasting = lasting
        advice = _ADVICE.get(problem, "leave it out or replace it")
        super().__init__(f"{path}: {problem} ({advice})")


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
    path = _existing(path)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        samples, own_rate = _decode_stream(path)
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
    width, height = size or (None, None)
    path = _existing(path)

    def pixels(frame) -> np.ndarray:
        return frame.to_ndarray(
            format="rgb24", width=width, height=height, interpolation="AREA"
        )

    with _opened(path, "video") as container:
        due, before = 0, None
        for number, frame in _numbered(container, path):
            while due < number:
                yield due, pixels(before)
                due += every
            if due == number:
                yield due, pixels(frame)
                due += every
            before = frame
        if before is None:
            raise MediaError(path, "zero length")


def _numbered(container, path: Path) -> Iterator[tuple[int, object]]:
    """A video's frames and their numbers by time stamp, 0 for the first.

    One without a time stamp follows the frame before; of two at one time the
    first counts.
    """
    stream = container.streams.video[0]
    second = 1 / stream.time_base
    rate = _rate_of(stream)
    times_told = "mp4" in container.format.name
    start = None if container.format.name == "avi" else stream.start_time or 0
    shape = before = None
    last = -1
    for frame in _decoded(container, stream, path):
        shape = shape or (frame.width, frame.height)
        start = frame.pts if start is None else start
        number = last + 1
        if frame.pts is not None:
            number = round((frame.pts - start) / second * rate)
            # They come in the order in which they are shown; an avi tells no times.
            back = before is not None and frame.pts <= before and times_told
            before = frame.pts
            if back or number - last > _LONGEST_GAP:
                raise MediaError(path, "damaged")
        late = last < 0 and number > 0
        if late or (frame.width, frame.height) != shape:
            raise MediaError(path, "damaged")
        if number > last:
            yield number, frame
            last = number


def _rate_of(stream) -> Fraction:
    """Frames a second: of the finest grid that fits, unless most of it is empty."""
    mean = stream.average_rate or Fraction(25)
    grid = stream.guessed_rate or mean
    if stream.container.format.name == "avi":
        return 1 / stream.time_base  # it counts its pictures and tells no times
    return grid if grid < 1.5 * mean else mean


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
        return _row_image(Path(path), _existing(table), start)
    path = _existing(path)
    from PIL import Image, ImageOps

    content = path.read_bytes()
    with _decoding(path, "image"), Image.open(BytesIO(content)) as image:
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
        raise MediaError(path, "truncated")
    if grey.min() < 0 or grey.max() > 255:
        raise MediaError(path, "not image")
    square = grey.astype(np.uint8).reshape(_ROW_SIZE, _ROW_SIZE, 1)
    return np.repeat(square, 3, axis=2)


def _existing(path: str | Path) -> Path:
    path = Path(path)
    try:
        if not path.is_file():
            raise MediaError(path, "missing")
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError(path, "empty")
    except ValueError as error:  # a zero byte: no file is named so
        raise MediaError(path, "missing") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(path, f"cannot be read: {reason}", lasting=False) from error
    return path


@contextmanager
def _decoding(path: Path, kind: str) -> Iterator[None]:
    """Whatever a damaged file trips in a decoder becomes the file's own error."""
    try:
        yield
    except EmolibError:
        raise
    except MemoryError as error:  # FFmpeg's too: of what a header claims
        raise MediaError(path, "more than memory holds", lasting=False) from error
    except Exception as error:
        raise _unreadable(path, kind) from error


def _unreadable(path: Path, kind: str) -> MediaError:
    """A known beginning that does not decode was cut; another never was media."""
    with path.open("rb") as file:
        start = file.read(12)
    known = any(signature in start for signature in _SIGNATURES[kind])
    return MediaError(path, "truncated" if known else f"not {kind}")


@contextmanager
def _opened(path: Path, kind: str) -> Iterator:
    """The open container, which is sure to have a stream of this kind."""
    import av

    if fault := integrity.film_fault(path):
        raise MediaError(path, fault)
    with _decoding(path, kind):
        # Titles and comments may be in any encoding, and are not used.
        container = av.open(str(path), metadata_errors="replace")
    with container:
        streams = getattr(container.streams, kind)
        if not streams:
            raise MediaError(path, f"no {kind} stream")
        with _decoding(path, kind):
            codec = streams[0].codec_context
            codec.options = _PICTURES if kind == "video" else _SOUND
            bare = codec.name == "aac" and not codec.extradata
        if bare and container.format.name == "flv":  # it lost how to read its sound
            raise MediaError(path, "damaged")
        yield container


def _decode_file(path: Path) -> tuple[np.ndarray, int]:
    import soundfile

    if fault := integrity.sound_fault(path):
        raise MediaError(path, fault)
    digest = integrity.flac_digest(path)
    with _decoding(path, "audio"):
        file = soundfile.SoundFile(path)
    if file.frames >= _UNKNOWN_FRAMES:
        file.close()
        return _decode_stream(path)
    with _decoding(path, "audio"), file:
        bits = _WHOLE_NUMBERS.get(file.subtype) if digest else None
        kind = "float32" if bits is None else "int16" if bits <= 16 else "int32"
        blocks, missing = [], file.frames
        while missing and len(block := file.read(_BLOCK, kind, always_2d=True)):
            blocks.append(block)
            missing -= len(block)
        if missing:
            raise MediaError(path, "truncated")
        samples = _joined(blocks)
        if bits is not None:
            if integrity.flac_digest_of(samples, bits) != digest:
                raise MediaError(path, "damaged")
            samples = samples * np.float32(0.5 ** (8 * samples.itemsize - 1))
        return samples, file.samplerate


def _joined(blocks: list[np.ndarray]) -> np.ndarray:
    if not blocks:
        return np.empty((0, 1), np.float32)
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def _decode_stream(path: Path) -> tuple[np.ndarray, int]:
    import av

    with _opened(path, "audio") as container:
        stream = container.streams.audio[0]
        to_float = av.AudioResampler(format="fltp")
        blocks, layout = [], None
        for frame in _decoded(container, stream, path):
            layout = layout or frame.layout
            # Damaged AAC may claim dozens of channels: what lies there is no sound.
            if frame.layout != layout or layout.nb_channels > MOST_CHANNELS:
                raise MediaError(path, "damaged")
            with _decoding(path, "audio"):
                blocks += [part.to_ndarray().T for part in to_float.resample(frame)]
        samples = _joined(blocks)
        plain = container.format.name == "avi" and stream.codec.name.startswith("pcm")
        if plain and stream.rate * stream.time_base != 1:
            raise MediaError(path, "damaged")
        if stream.duration:
            # The last block is filled up to the codec's size; the header is exact.
            samples = samples[: round(stream.duration * stream.time_base * stream.rate)]
        return samples, stream.rate


def _decoded(container, stream, path: Path) -> Iterator:
    """A stream's frames; refuses it if frames are missing, at its end or before.

    The end is told by time and not by count, because a sound file's edit list may
    hide packets at both ends; two packets' grace for the same reason. Before it,
    each packet of pictures that is to be shown gives a frame of its time.
    """
    # An flv tells one length for all it holds.
    alone = bool(stream.duration) or not container.duration
    latest = step = 0.0  # in seconds
    due, headless = set(), True
    packets = container.demux(stream if alone else None)
    if container.format.name == "flac":
        packets = _gapless(packets, path)
    with _decoding(path, stream.type):
        for packet in packets:
            if packet.pts is not None:
                step = float((packet.duration or 0) * packet.time_base)
                latest = max(latest, float(packet.pts * packet.time_base) + step)
            if packet.stream.index != stream.index:
                continue
            if packet.size and not packet.is_discard and packet.pts is not None:
                due.add(packet.pts)
            if headless and packet.size:
                if stream.type == "video" and not packet.is_keyframe:
                    raise MediaError(path, "damaged")  # its first picture is lost
                headless = False
            for frame in packet.decode():
                if frame.is_corrupt or packet.is_corrupt:
                    raise MediaError(path, "damaged")
                due.discard(frame.pts)
                yield frame
    promised = float(
        ((stream.start_time or 0) + (stream.duration or 0)) * stream.time_base
    )
    grace = 2 * step
    if not alone:
        promised, grace = container.duration / 10**6, _ROUNDED
    if latest + grace < promised - _EDGE:
        raise MediaError(path, "truncated")
    if due and stream.type == "video":
        raise MediaError(path, "damaged")


def _gapless(packets: Iterable, path: Path) -> Iterator:
    """A flac's packets; FFmpeg leaves out what does not look like one."""
    place = time = None
    for packet in packets:
        if packet.size:
            if place is not None and (packet.pos, packet.pts) != (place, time):
                raise MediaError(path, "damaged")
            place, time = packet.pos + packet.size, packet.pts + packet.duration
        yield packet
    if place is not None and place < path.stat().st_size:
        raise MediaError(path, "damaged")


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
