"""Films out: frames and sound to mp4."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np

from emolib import UsageError
from emolib.files import write_atomic

# fmt: off
AAC_RATES = (
    8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
)
# fmt: on


def write_video(
    path: str | Path,
    frames: Iterable[np.ndarray],
    rate: float,
    sound: np.ndarray | None = None,
    sound_rate: int | None = None,
) -> None:
    """Write an mp4 with H.264 pictures and, if there is sound, AAC.

    The same input gives the same bytes.

    Args:
        path: where to; written atomically.
        frames: RGB uint8 (height, width, 3), all of one even size. They are
            taken one at a time, so a generator keeps memory flat.
        rate: frames a second.
        sound: mono samples between -1 and 1.
        sound_rate: its rate in Hz, one that AAC has (8000 to 96000).

    Raises:
        UsageError: if there is no frame, a frame's shape, type or an odd size
            does not fit, or AAC does not have the sound's rate.
    """
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise UsageError(f"{path}: a video needs at least one frame")
    height, width = first.shape[:2]
    if height % 2 or width % 2:
        raise UsageError(f"{path}: H.264 wants even sizes, got {width} x {height}")
    if sound is not None and sound_rate not in AAC_RATES:
        raise UsageError(
            f"{path}: AAC has no rate of {sound_rate} Hz; resample to one of "
            f"{', '.join(map(str, AAC_RATES))}"
        )

    def write(temporary: Path) -> None:
        import av

        with av.open(str(temporary), "w", format="mp4") as container:
            video = container.add_stream(
                "libx264", rate=Fraction(rate).limit_denominator(1001)
            )
            video.width, video.height, video.pix_fmt = width, height, "yuv420p"
            video.options = {
                "crf": "20",
                "preset": "veryfast",
                # Threads and x264's macroblock tree both let bytes differ by chance.
                "threads": "1",
                "x264-params": "mbtree=0",
            }
            if sound is not None:
                audio = container.add_stream("aac", rate=sound_rate, layout="mono")
                block = av.AudioFrame.from_ndarray(
                    np.asarray(sound, np.float32)[None], "fltp", "mono"
                )
                block.sample_rate = sound_rate
                # With a start time the header tells readers to skip AAC's run-in,
                # so that sound and picture stay together.
                block.pts, block.time_base = 0, Fraction(1, sound_rate)
                container.mux(audio.encode(block))
                container.mux(audio.encode(None))
            for pixels in chain([first], frames):
                if pixels.shape != first.shape or pixels.dtype != np.uint8:
                    raise UsageError(
                        f"{path}: frames must be uint8 {first.shape}, got "
                        f"{pixels.dtype} {pixels.shape}"
                    )
                container.mux(video.encode(av.VideoFrame.from_ndarray(pixels)))
            container.mux(video.encode(None))

    write_atomic(path, write)
