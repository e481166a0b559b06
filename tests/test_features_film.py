"""One pass over a film for several features: the same arrays, decoded once."""

import gc
import weakref

import av
import numpy as np
import pandas as pd
import pytest

from emolib import EmolibError, UsageError
from emolib.features import film, inputs, store
from emolib.features.audio import Mfcc
from emolib.features.faces import Frames
from emolib.features.flow import Flow
from emolib.features.pictures import SoundPicture
from emolib.media import MediaError
from emolib.studio import Causes, face
from emolib.studio.film import write_video

RATE = 16000
FEATURES = (
    Frames(every=1, size=32),
    Frames(every=5, face=True),
    Flow(size=32),
    SoundPicture(),
    SoundPicture("waveform"),
    Mfcc(),
)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A clip, one cut off, one without sound, one whose sound is shorter."""
    folder = tmp_path_factory.mktemp("films")
    frames = list(
        face.frames(Causes(3, "happy"), 20, 10, (160, 160), np.array([0.0, 1.0, 0.0]))
    )
    hum = np.sin(np.arange(2 * RATE) / 9).astype(np.float32) / 3
    write_video(folder / "whole.mp4", frames, 10, hum, RATE)
    write_video(folder / "mute.mp4", frames, 10)
    write_video(folder / "short.mp4", frames, 10, hum[: RATE // 2], RATE)
    write_video(folder / "long.mp4", frames[:4], 10, hum, RATE)
    return folder


def test_each_gives_what_it_gives_alone(films):
    for name in ("whole", "mute", "short", "long"):
        path = str(films / f"{name}.mp4")
        together = film.at_once(path, FEATURES)
        for feature, found in zip(FEATURES, together, strict=True):
            try:
                alone = feature(path)
            except MediaError as error:
                assert str(found) == str(error), (name, feature)
            else:
                np.testing.assert_array_equal(found, alone)
        kinds = [type(found) for found in together[3:]]
        assert kinds == [MediaError if name == "mute" else np.ndarray] * 3


def test_sound_and_picture_of_other_lengths_keep_their_own(films):
    """Nothing is cut or filled up: each spans what it is of."""
    pictures, _, flow, _, wave, mfcc = film.at_once(str(films / "short.mp4"), FEATURES)
    assert len(pictures) == len(flow) == 20 and len(mfcc) == 1 + RATE // 2 // 512
    assert (wave[:, -4:].max(axis=(0, 1)) > 200).all()
    pictures, _, flow, _, _, mfcc = film.at_once(str(films / "long.mp4"), FEATURES)
    assert len(pictures) == len(flow) == 4 and len(mfcc) == 1 + 2 * RATE // 512


def test_what_stops_the_film_stops_everyone_who_looks(films, monkeypatch):
    """Not one of them takes the frames that came for the whole film."""
    whole = film.read_film

    def cut(path):
        for number, frame in whole(path):
            if number == 13:
                raise MediaError(path, "truncated")
            yield number, frame

    monkeypatch.setattr(film, "read_film", cut)
    outcomes = film.at_once(str(films / "whole.mp4"), FEATURES)
    assert [getattr(o, "problem", "") for o in outcomes] == ["truncated"] * 3 + [""] * 3


def test_pictures_and_sound_are_decoded_once(films, monkeypatch):
    opened = []
    really = av.open

    def watched(path, *args, **kwargs):
        opened.append(path)
        return really(path, *args, **kwargs)

    monkeypatch.setattr(av, "open", watched)
    film.at_once(str(films / "whole.mp4"), FEATURES)
    assert len(opened) == 2  # once for its pictures, once for its sound


def test_few_frames_wait_at_a_time(films, monkeypatch):
    """However far one feature looks ahead: as many as it skips, and some."""
    whole, alive, most = film.read_film, weakref.WeakSet(), [0]

    class Frame:
        def __init__(self, frame):
            self.frame = frame

        def to_ndarray(self, **how):
            return self.frame.to_ndarray(**how)

    def watched(path):
        for number, frame in whole(path):
            one = Frame(frame)
            alive.add(one)
            del frame
            most[0] = max(most[0], len(alive))
            yield number, one

    monkeypatch.setattr(film, "read_film", watched)
    some = [Frames(every=1), Frames(every=6), Flow()]
    film.at_once(str(films / "whole.mp4"), some)
    # A tee keeps what waits in links of 57 frames, of which whole ones are let go.
    assert most[0] <= 20


def test_what_a_film_gave_is_let_go_with_it(films):
    """At once, not when Python next looks for what refers to itself in a circle."""
    gave = []

    class Looking:
        def seen(self, frames, path):
            for _ in frames:
                picture = np.zeros(4)
                gave.append(weakref.ref(picture))
                yield picture

    gc.disable()
    try:
        film.at_once(str(films / "whole.mp4"), [Looking(), Looking()])
        assert len(gave) == 40 and not any(picture() is not None for picture in gave)
    finally:
        gc.enable()


def manifest(films, *names):
    paths = [str(films / f"{name}.mp4") for name in names]
    return pd.DataFrame({"clip": names, "path": paths})


def test_the_store_fills_several_features_and_only_what_is_lacking(
    films, tmp_path, monkeypatch
):
    clips = manifest(films, "whole", "mute", "gone")
    alone = store.extract(FEATURES[0], clips, tmp_path)
    asked = []
    really = store.at_once
    monkeypatch.setattr(
        store, "at_once", lambda path, some: asked.append(some) or really(path, some)
    )
    frames, flow, mel = store.extract_together(
        [FEATURES[0], FEATURES[2], FEATURES[3]], clips, tmp_path
    )
    assert [len(some) for some in asked] == [2, 2]  # not the frames again
    assert frames.arrays.checksums == alone.arrays.checksums
    assert flow.manifest["clip"].tolist() == ["whole", "mute"]
    assert mel.problems[["clip", "problem"]].to_numpy().tolist() == [
        ["mute", "no audio stream"],
        ["gone", "missing"],
    ]
    asked.clear()
    store.extract_together([FEATURES[0], FEATURES[2], FEATURES[3]], clips, tmp_path)
    assert not asked

    # What has everything, side by side, read where it is used.
    kept, rows = inputs.shared(frames, flow, mel)
    assert kept["clip"].tolist() == ["whole"]
    (picture,), (motion,), (heard,) = rows
    both = inputs.Together(
        frame=store.Stream(frames.arrays, [(picture, 3), (picture, 9)]),
        flow=store.Stream(flow.arrays, [(motion, 3), (motion, 9)]),
        mel=store.Stream(mel.arrays, [(heard, 0, 64)] * 2, 64),
    )
    assert both.shape == (2,) and both.dtype["mel"].shape == (64, 64, 1)
    np.testing.assert_array_equal(both[[1]]["flow"][0], flow.arrays[motion][9])
    np.testing.assert_array_equal(both[:]["mel"][1], mel.arrays[heard])
    np.testing.assert_array_equal(both.take([1])[:], both[[1]])
    assert both.take([1]).checksum() != both.checksum()
    with pytest.raises(UsageError, match="of one length"):
        inputs.Together(a=store.Stream(mel.arrays, [(heard, 0)]), b=both)


def test_arrays_of_several_features_in_a_chain(films, tmp_path):
    clips = manifest(films, "whole", "short")
    one, two = store.extract_together([FEATURES[3], FEATURES[4]], clips, tmp_path)
    chain = inputs.Chain(one.arrays, two.arrays)
    assert len(chain) == len(chain.checksums) == 4
    stream = store.Stream(chain, [(number, 0, 64) for number in (3, 0)], 64)
    np.testing.assert_array_equal(stream[:][0], two.arrays[1])
    np.testing.assert_array_equal(stream[:][1], one.arrays[0])


def test_a_fault_of_one_feature_is_named_as_its_own(films, tmp_path, monkeypatch):
    def broken(self, samples):
        raise ZeroDivisionError("nothing heard")

    monkeypatch.setattr(SoundPicture, "of", broken)
    clips = manifest(films, "whole")
    with pytest.raises(EmolibError, match="sound-picture failed: nothing heard"):
        store.extract_together([FEATURES[0], FEATURES[3]], clips, tmp_path)


def test_a_feature_within_another_counts_in_its_folder(monkeypatch):
    from emolib.features.augment import Augmented

    names = {
        store.folder_name(Augmented(one, "noise", 20.0))
        for one in (SoundPicture(), SoundPicture("waveform"), Mfcc())
    }
    assert len(names) == 3
