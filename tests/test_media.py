"""Sound, frames and pictures come back as they went in; what is broken is refused."""

import contextlib
import re
import resource
import tracemalloc
import zlib
from fractions import Fraction
from io import BytesIO
from itertools import product
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import soundfile
from PIL import Image

from emolib import EmolibError, UsageError, media
from emolib.media import MediaError, read_frames, read_image, read_sound
from emolib.studio import film

RATE = 16000


def tone(seconds=0.5, rate=RATE, pitch=440.0):
    """A tone that swells and fades, so that a shift in time would show."""
    time = np.arange(int(seconds * rate)) / rate
    swell = np.exp(-(((time - seconds / 2) / (seconds / 8)) ** 2))
    return (0.5 * swell * np.sin(2 * np.pi * pitch * time)).astype(np.float32)


def ramps(count=12, height=48, width=64):
    """Smooth frames that differ: one corner is red, and blue grows with time."""
    down, right = np.mgrid[:height, :width]
    for number in range(count):
        red, green = 255 - 3 * down, 3 * right
        blue = np.full_like(red, 20 * number)
        yield np.stack([red, green, blue], axis=-1).astype(np.uint8)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    film.write_video(path, ramps(), 12, tone(1.0), RATE)
    return path


@pytest.fixture(scope="module")
def silent_video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "pictures.mp4"
    film.write_video(path, ramps(), 12)
    return path


@pytest.fixture(scope="module")
def sound_only_mp4(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone()[None], "fltp", "mono")
        frame.sample_rate = RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return path


def first_moov(path, target):
    """The same mp4 with its index in front, so that its end can be cut off."""
    with (
        av.open(str(path)) as source,
        av.open(str(target), "w", options={"movflags": "faststart"}) as copy,
    ):
        streams = {s.index: copy.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    return target


def problem(read, path):
    with pytest.raises(MediaError) as caught:
        read(path)
    assert str(path) in str(caught.value) and caught.value.path == path
    return caught.value.problem


def all_frames(path, **options):
    return list(read_frames(path, **options))


# ---- sound ----


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8", "FLOAT"])
@pytest.mark.parametrize("rate", [8000, 44100])
def test_wav_of_any_depth_and_rate_is_read_as_floats(tmp_path, subtype, rate):
    path, samples = tmp_path / "a.wav", tone(rate=rate)
    soundfile.write(path, samples, rate, subtype=subtype)

    read, own_rate = read_sound(path)

    assert read.dtype == np.float32 and own_rate == rate
    tolerance = {"PCM_U8": 2**-7, "PCM_16": 2**-15, "PCM_24": 2**-23, "FLOAT": 0}
    np.testing.assert_allclose(read, samples, rtol=0, atol=tolerance[subtype])


def test_flac_and_stereo(tmp_path):
    path, left = tmp_path / "a.flac", tone()
    media.write_sound(path, np.stack([left, 0.5 * left], axis=1), RATE)

    mean, _ = read_sound(path)
    both, _ = read_sound(path, mono=False)

    assert mean.shape == (len(left),) and both.shape == (len(left), 2)
    np.testing.assert_allclose(mean, 0.75 * left, atol=2**-14)


def test_channels_in_opposite_phase_average_to_silence(tmp_path):
    path = tmp_path / "a.wav"
    media.write_sound(path, np.stack([tone(), -tone()], axis=1), RATE)
    assert problem(read_sound, path) == "silent"
    assert read_sound(path, mono=False)[0].shape[1] == 2


def test_rates_go_down_and_never_up(tmp_path):
    path = tmp_path / "a.wav"
    media.write_sound(path, tone(1.0, 48000), 48000)

    down, rate = read_sound(path, RATE)
    same, own_rate = read_sound(path, 96000)

    assert (rate, own_rate) == (RATE, 48000) and len(same) == 48000
    # A tone well below the new limit is the tone sampled anew.
    np.testing.assert_allclose(down, tone(1.0), atol=1e-3)


def test_what_lies_above_the_new_limit_is_filtered_not_folded(tmp_path):
    path = tmp_path / "a.wav"
    media.write_sound(path, tone(1.0, 48000, pitch=12000) + 0.01, 48000)
    down, _ = read_sound(path, RATE)
    assert np.abs(down - 0.01).max() < 1e-2 < 0.5


def test_a_wav_of_unknown_length_is_read_to_its_end(tmp_path):
    path = tmp_path / "a.wav"
    media.write_sound(path, tone(), RATE)
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert len(read_sound(path)[0]) == len(tone())


def test_the_smallest_sound_that_counts(tmp_path):
    path = tmp_path / "a.wav"
    media.write_sound(path, np.array([0, 1.1 * media.QUIETEST_PEAK]), RATE, "FLOAT")
    assert len(read_sound(path)[0]) == 2


BROKEN_SOUNDS = {
    "missing": lambda path, good: None,
    "empty": lambda path, good: path.write_bytes(b""),
    "not audio": lambda path, good: path.write_text("clip;emotion\n03-01;happy\n"),
    "truncated": lambda path, good: path.write_bytes(good[: len(good) // 2]),
    "zero length": lambda path, good: soundfile.write(path, np.zeros(0), RATE),
    "silent": lambda path, good: soundfile.write(path, np.zeros(RATE), RATE),
}


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
@pytest.mark.parametrize("expected", BROKEN_SOUNDS)
def test_broken_sounds_are_refused(tmp_path, expected, suffix):
    path = tmp_path / f"bad{suffix}"
    media.write_sound(tmp_path / f"good{suffix}", tone(), RATE)
    BROKEN_SOUNDS[expected](path, (tmp_path / f"good{suffix}").read_bytes())
    # libsndfile writes nothing at all for a flac without samples.
    no_samples = "empty" if suffix == ".flac" else "zero length"
    expected = no_samples if expected == "zero length" else expected
    assert problem(read_sound, path) == expected


@pytest.mark.parametrize("kept", [20, 44, 46, -1])
def test_a_wav_cut_anywhere_is_truncated(tmp_path, kept):
    path = tmp_path / "a.wav"
    media.write_sound(path, tone(), RATE)
    path.write_bytes(path.read_bytes()[:kept])
    assert problem(read_sound, path) == "truncated"


def test_almost_silent_and_not_finite_are_refused(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full(RATE, 2.0**-15), RATE, subtype="PCM_16")
    assert problem(read_sound, path) == "silent"
    soundfile.write(path, np.array([0.5, np.nan]), RATE, subtype="FLOAT")
    assert problem(read_sound, path) == "not finite"


def test_an_aiff_that_is_called_wav(tmp_path):
    """Some copies of TESS hold such files."""
    path, samples = tmp_path / "OAF_back_sad.wav", tone()
    soundfile.write(path, samples, RATE, format="AIFF", subtype="PCM_16")
    np.testing.assert_allclose(read_sound(path)[0], samples, rtol=0, atol=2**-15)
    for kept in (10_000, 30, 14):
        path.write_bytes(path.read_bytes()[:kept])
        assert problem(read_sound, path) == "truncated"


# ---- sound that contradicts itself ----


def written(path, samples=None, rate=RATE, **options):
    samples = tone(2.0) if samples is None else samples
    soundfile.write(path, samples, rate, **options)
    return bytearray(path.read_bytes())


def with_flac_total(content, total, digest=None):
    """Another number of samples in the header of a flac, and another MD5."""
    content = content.copy()
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = (total & 0xFFFFFFFF).to_bytes(4, "big")
    if digest is not None:
        content[26:42] = digest
    return content


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_flac_of_any_depth_is_held_against_its_own_checksum(
    tmp_path, subtype, channels
):
    path, samples = tmp_path / "a.flac", np.stack([tone()] * channels, axis=1)
    content = written(path, samples, subtype=subtype)
    exact, _ = soundfile.read(path, dtype="float32", always_2d=True)
    np.testing.assert_array_equal(read_sound(path, mono=False)[0], exact)
    content[30] ^= 1
    path.write_bytes(content)
    assert problem(read_sound, path) == "damaged"


def test_a_flac_without_a_length_is_read_to_its_end(tmp_path):
    """As encoders write that cannot go back."""
    path = tmp_path / "a.flac"
    content = written(path)
    exact, _ = read_sound(path)
    path.write_bytes(with_flac_total(content, 0, bytes(16)))
    read, rate = read_sound(path)
    assert rate == RATE
    np.testing.assert_array_equal(read, exact)


def test_a_header_that_claims_too_much_takes_no_memory(tmp_path):
    path = tmp_path / "a.flac"
    path.write_bytes(with_flac_total(written(path), 2**36 - 1))
    tracemalloc.start()
    assert problem(read_sound, path) == "truncated"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


def flac_rate(content):
    content[19] ^= 1  # of the header's 20 bits


def flac_total(content):
    content[:] = with_flac_total(content, 1000)


def wave_length(content):
    content[40:44] = (1000).to_bytes(4, "little")


def wave_rate(content):
    content[24:28] = (8000).to_bytes(4, "little")


def wave_depth(content):
    content[34] = 24


def wave_chopped(content):
    content[40:44] = (int.from_bytes(content[40:44], "little") - 1).to_bytes(
        4, "little"
    )
    content.pop()


def aiff_frames(content):
    place = content.index(b"COMM") + 10
    content[place : place + 4] = (1000).to_bytes(4, "big")


def aiff_length(content):
    place = content.index(b"SSND") + 4
    content[place : place + 4] = (1008).to_bytes(4, "big")


def ogg_flipped(content):
    content[len(content) // 2] ^= 8


def ogg_page_lost(content):
    pages = [m.start() for m in re.finditer(b"OggS", bytes(content))]
    del content[pages[-2] : pages[-1]]


DAMAGED_SOUNDS = {
    "flac": [flac_rate, flac_total],
    "wav": [wave_length, wave_rate, wave_depth, wave_chopped],
    "aiff": [aiff_frames, aiff_length],
    "ogg": [ogg_flipped, ogg_page_lost],
}


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [
        (suffix, damage)
        for suffix in DAMAGED_SOUNDS
        for damage in DAMAGED_SOUNDS[suffix]
    ],
)
def test_sound_that_contradicts_itself_is_damaged(tmp_path, suffix, damage):
    path = tmp_path / f"a.{suffix}"
    content = written(path, np.random.default_rng(0).uniform(-0.5, 0.5, 5 * RATE))
    assert len(read_sound(path)[0]) == 5 * RATE
    damage(content)
    path.write_bytes(content)
    assert problem(read_sound, path) == "damaged"


def test_an_ogg_cut_between_two_pages_is_truncated(tmp_path):
    path = tmp_path / "a.ogg"
    content = written(path, np.random.default_rng(0).uniform(-0.5, 0.5, 5 * RATE))
    path.write_bytes(content[: content.rindex(b"OggS")])
    assert problem(read_sound, path) == "truncated"


@pytest.mark.parametrize(
    "tail", [bytes(300), b"LIST\4\0\0\0INFO", b"id3 \3\0\0\0abc\0", b"\0"]
)
def test_what_writers_put_behind_the_samples_of_a_wav_does_no_harm(tmp_path, tail):
    path = tmp_path / "a.wav"
    path.write_bytes(written(path) + tail)
    assert len(read_sound(path)[0]) == 2 * RATE


def test_floats_may_go_beyond_full_scale_and_not_be_of_another(tmp_path):
    path = tmp_path / "a.wav"
    written(path, 3 * tone(), subtype="FLOAT")
    assert read_sound(path)[0].max() > 1
    for subtype in ("FLOAT", "DOUBLE"):
        written(path, 32767 * tone(), subtype=subtype)
        assert problem(read_sound, path) == "beyond full scale"
    with pytest.raises(MediaError, match="divide them by 32768"):
        read_sound(path)


def test_infinite_samples_are_refused(tmp_path):
    path = tmp_path / "a.wav"
    for value in (np.inf, -np.inf, np.nan):
        for samples in ([0.1, value], [value, 0.1]):
            written(path, np.array(samples), subtype="FLOAT")
            assert problem(read_sound, path) == "not finite"


def test_a_rate_that_no_recording_has_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    for rate in (3, 2**30):
        written(path, rate=rate)
        assert problem(read_sound, path) == "impossible rate"


def test_what_the_system_refuses_says_so_and_may_pass(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    written(path)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    for read in (read_sound, read_image, all_frames):
        with pytest.raises(MediaError, match="cannot be read: Permission") as caught:
            read(path)
        assert not caught.value.lasting


# ---- pictures ----


SPECKLES = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def scene(height=40, width=60):
    return next(ramps(1, height, width))


@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF", ".bmp"])
def test_pictures_come_back_as_they_went_in(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    Image.fromarray(scene()).save(path)
    read = read_image(path)
    assert read.dtype == np.uint8 and read.flags.writeable
    np.testing.assert_array_equal(read, scene())


def test_jpg_is_rgb_not_bgr(tmp_path):
    cv2.imwrite(str(tmp_path / "a.jpg"), scene()[:, :, ::-1])  # OpenCV writes BGR
    read = read_image(tmp_path / "a.jpg")
    assert np.abs(read.astype(int) - scene()).mean() < 6


def test_cmyk_is_converted(tmp_path):
    image = Image.fromarray(scene()).convert("CMYK")
    image.save(tmp_path / "a.jpg", quality=95)
    read = read_image(tmp_path / "a.jpg")
    assert np.abs(read.astype(int) - scene()).mean() < 6


def test_grey_and_16_bit_grey_become_three_equal_colours(tmp_path):
    grey = scene()[:, :, 1]
    Image.fromarray(grey).save(tmp_path / "8.png")
    cv2.imwrite(str(tmp_path / "16.png"), grey.astype(np.uint16) * 256 + 77)
    cv2.imwrite(str(tmp_path / "16.tif"), grey.astype(np.uint16) * 256 + 77)
    cv2.imwrite(str(tmp_path / "rgb16.png"), scene().astype(np.uint16)[..., ::-1] * 257)
    for name in ("8.png", "16.png", "16.tif"):
        np.testing.assert_array_equal(
            read_image(tmp_path / name), np.stack([grey] * 3, axis=-1)
        )
    np.testing.assert_array_equal(read_image(tmp_path / "rgb16.png"), scene())


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_shows_white(tmp_path, mode):
    alpha = np.full((40, 60), 255, np.uint8)
    alpha[:, 30:] = 0
    image = Image.fromarray(np.dstack([scene(), alpha]))
    image.convert(mode).save(tmp_path / "a.png")
    read = read_image(tmp_path / "a.png")
    assert (read[:, 30:] == 255).all() and (read[:, :30] < 250).any()


def test_a_picture_on_its_side_is_turned_up(tmp_path):
    image = Image.fromarray(scene())
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    image.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(
        read_image(tmp_path / "a.png"), np.rot90(scene(), k=-1)
    )


def test_more_than_16_bits_are_refused(tmp_path):
    Image.fromarray(np.ones((8, 8), np.float32)).save(tmp_path / "a.tif")
    assert problem(read_image, tmp_path / "a.tif") == "more than 16 bits a pixel"


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp"])
def test_broken_pictures_are_refused(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    assert problem(read_image, path) == "missing"
    path.write_bytes(b"")
    assert problem(read_image, path) == "empty"
    path.write_text("this is a page that says: please log in to download")
    assert problem(read_image, path) == "not image"
    Image.fromarray(SPECKLES).save(path)
    content = path.read_bytes()
    for kept in (0.9, 0.5, 0.1):
        path.write_bytes(content[: int(kept * len(content))])
        assert problem(read_image, path) == "truncated"


@pytest.mark.filterwarnings("ignore::UserWarning")  # of damaged headers
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp"])
def test_damaged_pictures_are_read_or_refused_never_anything_else(tmp_path, suffix):
    path, noise = tmp_path / f"a{suffix}", np.random.default_rng(0)
    Image.fromarray(SPECKLES).save(path)
    content = bytearray(path.read_bytes())
    for _ in range(100):
        damaged = content.copy()
        for place in noise.integers(0, 300, 3):
            damaged[place] = noise.integers(256)
        path.write_bytes(damaged)
        with contextlib.suppress(MediaError):
            assert read_image(path).shape[2] == 3


def png_pixels(content):
    """A bit that Pillow takes for another picture."""
    whole = np.asarray(Image.open(BytesIO(content)))
    start = content.index(b"IDAT") + 4
    for place, bit in product(range(start, len(content) - 20), range(8)):
        content[place] ^= 1 << bit
        with contextlib.suppress(OSError, SyntaxError):
            if (np.asarray(Image.open(BytesIO(content))) != whole).any():
                return
        content[place] ^= 1 << bit
    raise AssertionError("Pillow finds all")


def jpg_pixels(content):
    """Noise for the last of the pixels."""
    noise = np.random.default_rng(1).integers(0, 255, 100).astype(np.uint8)
    content[-150:-50] = noise.tobytes()


def bmp_width(content):
    content[18] -= 20


def tif_width(content):
    entry = content.index(b"\0\1\4\0\1\0\0\0")  # tag 256, a long, one value
    content[entry + 8] -= 20


@pytest.mark.parametrize("damage", [png_pixels, jpg_pixels, bmp_width, tif_width])
def test_pictures_that_contradict_themselves_are_damaged(tmp_path, damage):
    path = tmp_path / f"a.{damage.__name__[:3]}"
    Image.fromarray(scene()).save(path)
    content = bytearray(path.read_bytes())
    read_image(path)
    damage(content)
    path.write_bytes(content)
    assert problem(read_image, path) == "damaged"


def test_every_kind_of_jpg_that_pillow_writes_is_sound(tmp_path):
    path = tmp_path / "a.jpg"
    for mode in ("L", "RGB", "CMYK", "YCbCr"):
        for options in (
            {"quality": 30},
            {"quality": 100, "subsampling": 0},
            {"progressive": True},
            {"optimize": True, "subsampling": 1},
            {"restart_marker_rows": 1},
        ):
            Image.fromarray(SPECKLES).convert(mode).save(path, **options)
            assert read_image(path).shape == (40, 60, 3)


@pytest.mark.filterwarnings("ignore")  # Pillow's own, of the size
def test_a_picture_that_claims_any_size_is_refused(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(SPECKLES).save(path)
    content = bytearray(path.read_bytes())
    content[16:24] = (9000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    path.write_bytes(content)
    assert problem(read_image, path) == "too large"


# ---- video ----


def test_frames_come_back_in_order_as_rgb(video):
    frames = all_frames(video)

    assert [number for number, _ in frames] == list(range(12))
    for (_, read), written in zip(frames, ramps(), strict=True):
        assert read.dtype == np.uint8 and read.shape == (48, 64, 3)
        assert np.abs(read.astype(int) - written).mean() < 6


def test_every_fifth_frame_and_a_size(video):
    frames = all_frames(video, every=5, size=(32, 16))
    assert [number for number, _ in frames] == [0, 5, 10]
    assert frames[0][1].shape == (16, 32, 3)
    whole = dict(read_frames(video))[5]
    blocks = whole.reshape(16, 3, 32, 2, 3).mean(axis=(1, 3))
    assert np.abs(frames[1][1] - blocks).mean() < 3
    with pytest.raises(UsageError, match="every"):
        all_frames(video, every=0)


def test_sound_of_a_video_is_in_time_and_as_long_as_it_was(video):
    samples, rate = read_sound(video)
    assert rate == RATE and len(samples) == RATE
    np.testing.assert_allclose(samples, tone(1.0), atol=0.01)


def test_one_frame_is_a_video(tmp_path):
    path = tmp_path / "one.mp4"
    film.write_video(path, ramps(1), 30)
    assert [number for number, _ in read_frames(path, every=5)] == [0]


def test_missing_streams_are_named(silent_video, sound_only_mp4):
    assert problem(read_sound, silent_video) == "no audio stream"
    assert problem(all_frames, sound_only_mp4) == "no video stream"


@pytest.mark.parametrize("read", [all_frames, read_sound])
def test_broken_videos_are_refused(tmp_path, video, read):
    path = tmp_path / "a.mp4"
    kind = "not audio" if read is read_sound else "not video"
    assert problem(read, path) == "missing"
    path.write_bytes(b"")
    assert problem(read, path) == "empty"
    path.write_text("this is a page that says: please log in to download")
    assert problem(read, path) == kind
    path.write_bytes(video.read_bytes()[:1000])
    assert problem(read, path) == "truncated"


@pytest.mark.parametrize("read", [all_frames, read_sound])
def test_a_video_that_ends_early_is_truncated(tmp_path, video, read):
    """Its index is whole, so only its length tells."""
    path = first_moov(video, tmp_path / "a.mp4")
    assert len(all_frames(path)) == 12
    content = path.read_bytes()
    path.write_bytes(content[: int(0.7 * len(content))])
    assert problem(read, path) == "truncated"


def timed_video(path, times, rate=10):
    """A video whose frames are shown from these times on, in units of 1 / rate."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 100 * rate)
        for time, pixels in zip(times, ramps(len(times)), strict=True):
            frame = av.VideoFrame.from_ndarray(pixels)
            frame.pts, frame.time_base = round(100 * time), Fraction(1, 100 * rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def blues(frames):
    """Which of the `ramps` each frame is."""
    return [round(image[:, :, 2].mean() / 20) for _, image in frames]


def test_frames_are_placed_by_their_time_stamps(tmp_path):
    even = timed_video(tmp_path / "even.mp4", range(12))
    assert blues(read_frames(even)) == list(range(12))
    gap = timed_video(tmp_path / "gap.mp4", [0, 1, 2, *range(5, 12)])
    frames = all_frames(gap)
    assert [number for number, _ in frames] == list(range(12))
    # No new picture at 3 and 4: the one before is seen then.
    assert blues(frames) == [0, 1, 2, 2, 2, *range(3, 10)]
    some = all_frames(gap, every=4)
    assert [number for number, _ in some] == [0, 4, 8]
    assert blues(some) == [0, 2, 6]


def test_time_stamps_that_are_no_times_are_damaged(tmp_path):
    assert len(all_frames(timed_video(tmp_path / "a.mp4", [0, 1, 2, 3, 999]))) == 1000
    path = timed_video(tmp_path / "b.mp4", [0, 1, 2, 3, 2000])
    assert problem(all_frames, path) == "damaged"


def test_a_changing_rate_is_laid_on_the_mean_of_it(tmp_path):
    times = [0, 0.4, 1.5, 2.1, 3.7, 4, 5.2, 6.1, 6.9, 8.2, 9, 10]
    path = timed_video(tmp_path / "a.mp4", times)
    with av.open(str(path)) as container:
        rate = float(container.streams.video[0].average_rate)
    frames = all_frames(path)
    shown = [number * 10 / rate for number, _ in frames]
    latest = [np.searchsorted(times, time + 0.6 * 10 / rate) - 1 for time in shown]
    assert np.abs(np.subtract(blues(frames), latest)).max() <= 1


def test_a_film_in_which_a_picture_does_not_decode_is_damaged(tmp_path, video):
    content = bytearray(video.read_bytes())
    whole = len(all_frames(video))
    with av.open(str(video)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    refused = 0
    for packet in packets:
        damaged = content.copy()
        damaged[packet.pos + 5 : packet.pos + packet.size] = bytes(packet.size - 5)
        path = tmp_path / "a.mp4"
        path.write_bytes(damaged)
        try:
            assert len(all_frames(path)) == whole
        except MediaError as error:
            assert error.problem in ("damaged", "truncated")
            refused += 1
    assert refused > len(packets) / 2


def test_titles_in_any_encoding_do_no_harm(tmp_path, video):
    path = tmp_path / "a.mp4"
    with (
        av.open(str(video)) as source,
        av.open(str(path), "w") as copy,
    ):
        copy.metadata["title"] = "Gefuehl------"
        streams = {s.index: copy.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    content = path.read_bytes()
    assert b"Gefuehl------" in content
    path.write_bytes(content.replace(b"Gefuehl------", b"Gef\xfchl\xff\xfe\xfd----"))
    assert len(all_frames(path)) == 12 and len(read_sound(path)[0]) == RATE


@pytest.mark.parametrize(
    "error", [UnicodeDecodeError("utf-8", b"", 0, 1, ""), KeyError()]
)
def test_whatever_a_decoder_raises_is_the_files_own_error(video, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(av, "open", fail)
    for read in (all_frames, read_sound):
        assert problem(read, video) == "truncated"


def test_the_same_input_gives_the_same_bytes_every_time(tmp_path):
    contents = set()
    for number in range(30):
        path = tmp_path / f"{number}.mp4"
        film.write_video(path, ramps(), 12, tone(1.0), RATE)
        contents.add(path.read_bytes())
    assert len(contents) == 1


@pytest.mark.parametrize(
    ("frames", "options", "message"),
    [
        (lambda: [], {}, "at least one frame"),
        (lambda: ramps(2, width=63), {}, "even sizes, got 63 x 48"),
        (lambda: [*ramps(1), *ramps(1, 32, 32)], {}, r"got uint8 \(32, 32, 3\)"),
        (lambda: (f / 255 for f in ramps(2)), {}, "got float64"),
        (ramps, {"sound": tone(), "sound_rate": 24414}, "no rate of 24414 Hz"),
    ],
)
def test_unfit_input_is_refused_and_leaves_nothing(tmp_path, frames, options, message):
    with pytest.raises(UsageError, match=message):
        film.write_video(tmp_path / "a.mp4", frames(), 12, **options)
    assert not list(tmp_path.iterdir())


WRITERS = [
    ("mp4", "libx264", "aac", {}, {"movflags": "faststart"}),
    ("mp4", "libx264", "aac", {"bf": "3", "g": "10"}, {"movflags": "frag_keyframe"}),
    ("mp4", "libx264", "mp3", {"bf": "0"}, {}),
    ("mp4", "mpeg4", "aac", {"bf": "2"}, {}),
    ("mp4", "libx265", "aac", {}, {}),
    ("mov", "libx264", "pcm_s16le", {}, {}),
    ("mov", "mjpeg", "alac", {}, {}),
    ("avi", "mpeg4", "pcm_s16le", {}, {}),
    ("avi", "mpeg4", "libmp3lame", {}, {}),
    ("avi", "mjpeg", "pcm_u8", {}, {}),
    ("avi", "libx264", "libmp3lame", {"bf": "0"}, {}),
    ("flv", "libx264", "aac", {}, {}),
    ("flv", "flv1", "libmp3lame", {}, {}),
]


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001)])
@pytest.mark.parametrize(("kind", "codec", "heard", "options", "how"), WRITERS)
def test_films_of_every_writer_are_whole(
    tmp_path, kind, codec, heard, options, how, rate
):
    path = tmp_path / f"a.{kind}"
    try:
        with av.open(str(path), "w", options=how) as container:
            pictures = container.add_stream(codec, rate=rate, options=options)
            pictures.width, pictures.height = 64, 48
            pictures.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            sound = container.add_stream(heard, rate=44100, layout="mono")
            block = av.AudioFrame.from_ndarray(tone(1.5, 44100)[None], "fltp", "mono")
            block.sample_rate = 44100
            block.pts, block.time_base = 0, Fraction(1, 44100)
            to_its = av.AudioResampler(format=sound.format.name)
            for part in to_its.resample(block):
                container.mux(sound.encode(part))
            container.mux(sound.encode(None))
            for pixels in ramps(40):
                container.mux(pictures.encode(av.VideoFrame.from_ndarray(pixels)))
            container.mux(pictures.encode(None))
    except (av.FFmpegError, ValueError) as error:
        pytest.skip(f"this FFmpeg cannot write it: {error}")
    frames = all_frames(path)
    assert [number for number, _ in frames] == list(range(len(frames)))
    held = len(frames) - 40
    assert held in (0, 1)  # FFmpeg leaves one place of an avi empty
    assert np.abs(np.array(blues(frames)[:13]) - np.arange(13)).max() <= 1 + held
    samples, own_rate = read_sound(path)
    assert own_rate == 44100 and abs(len(samples) / 44100 - 1.5) < 0.1


# ---- writing ----


def test_extract_sounds_writes_what_it_can_and_names_the_rest(
    tmp_path, video, silent_video
):
    pairs = [
        (source, tmp_path / "wav" / f"{number}.wav")
        for number, source in enumerate(
            [video, silent_video, video, tmp_path / "no.mp4"]
        )
    ]

    problems = media.extract_sounds(pairs, workers=2)

    assert [(p.path, p.problem) for p in problems] == [
        (silent_video, "no audio stream"),
        (tmp_path / "no.mp4", "missing"),
    ]
    written = sorted(path.name for path in (tmp_path / "wav").iterdir())
    assert written == ["0.wav", "2.wav"]
    samples, rate = read_sound(tmp_path / "wav" / "0.wav")
    assert rate == RATE  # the video's own: sound is never sampled up
    np.testing.assert_allclose(samples, tone(1.0), atol=0.01)


def test_extracted_sound_goes_down_to_the_rate_asked_for(tmp_path, video):
    assert media.extract_sounds([(video, tmp_path / "a.wav")], rate=8000) == []
    assert soundfile.info(tmp_path / "a.wav").samplerate == 8000
    assert soundfile.info(tmp_path / "a.wav").channels == 1


@contextlib.contextmanager
def no_room():
    """No file may grow beyond 2 kB, as on a disk that is almost full.

    Not a fixture: pytest's own report may be going to a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp4"])
def test_a_full_disk_is_said_to_be_one(tmp_path, name):
    path = tmp_path / name
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, RATE)
    message = f"{name}: cannot be written.*make room"
    with no_room(), pytest.raises(EmolibError, match=message):
        if name == "a.mp4":
            film.write_video(path, ramps(), 12, noise, RATE)
        else:
            media.write_sound(path, noise, RATE)
    assert not list(tmp_path.iterdir())
