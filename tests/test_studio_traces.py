"""Where a cause shows in rendered clips, against where it was built in."""

import numpy as np
import pandas as pd
import pytest

from emolib import UsageError, corpora, experiment, explain, media, pieces, studio
from emolib.features.audio import Stack
from emolib.labels import LabelSpace
from emolib.studio import traces


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """One person who smiles, felt and not, and one who sobs, in a plain studio."""
    out = tmp_path_factory.mktemp("traces")
    asked = {"settings": {"setup": 0}, "subjects": 1, "progress": False}
    studio.render_corpus("fed", out, "smoke", emotions=["happy"], **asked)
    studio.render_corpus("mav", out, "smoke", emotions=["sad"], **asked)
    return out


def test_a_felt_smile_differs_around_the_eyes_and_a_posed_one_nowhere(rendered):
    clips = corpora.index("fed", rendered)
    found = dict(
        zip(
            clips["authenticity"], traces.pairs(clips, "authenticity.eyes"), strict=True
        )
    )
    assert np.array_equal(*found["posed"])
    own, without = (picture.astype(int) for picture in found["genuine"])
    path = clips.set_index("authenticity").loc["genuine", "path"]
    assert np.abs(own - media.read_image(path)).mean() < 4  # but for its JPEG
    change = np.abs(own - without).sum(axis=(1, 2))
    assert change.max() > 0
    high = len(own)  # the head fills the picture, eyes in its middle
    assert change[int(0.35 * high) : int(0.65 * high)].sum() > 0.9 * change.sum()


def test_a_sob_is_the_file_and_another_sound_without_its_emotion(rendered):
    clips = corpora.index("mav", rendered)
    ((own, without),) = traces.pairs(clips, "emotion.voice")
    heard, _ = media.read_sound(clips["path"].item(), 16000)
    assert np.allclose(own, heard, atol=1e-4)  # but for its 16 bits
    assert len(own) != len(without) or not np.allclose(own, without)
    assert np.array_equal(*next(traces.pairs(clips, "authenticity")))  # it is posed


def test_a_posed_sob_rendered_as_genuine_differs_as_authenticity_says(rendered):
    clips = corpora.index("mav", rendered)
    posed, genuine = (next(traces.as_genuine(clips, [share])) for share in (0.0, 1.0))
    assert np.array_equal(posed, next(traces.pairs(clips, "authenticity"))[0])
    assert len(posed) == len(genuine) and not np.allclose(posed, genuine)
    filed = clips.assign(filed="genuine")
    found = pieces.as_filed(filed, Stack())
    assert np.array_equal(found.x[0], pieces.summed(Stack().of(genuine)))
    assert found.settings == {"felt": True}


def test_what_was_not_rendered_has_no_causes(tmp_path):
    (tmp_path / "a.wav").touch()
    clips = pd.DataFrame({"path": [str(tmp_path / "a.wav")]})
    with pytest.raises(UsageError, match="not rendered"):
        next(traces.pairs(clips, "authenticity"))


def asked(rendered, corpus, things, layers=()):
    """A case about a rendered corpus' clips; no network is needed."""
    clips = corpora.index(corpus, rendered)
    x = getattr(things, "x", np.zeros(len(clips)))
    space = LabelSpace("one", tuple(set(clips["emotion"])))
    examples = experiment.examples(clips, x, space)
    return explain.Case(None, None, None, examples, things, dict.fromkeys(layers))


def test_what_changes_in_a_sob_by_parts(rendered):
    clips = corpora.index("mav", rendered)
    heard = [media.read_sound(path, 16000)[0] for path in clips["path"]]
    case = asked(rendered, "mav", explain.Sounds(heard, Stack()))
    (sobbing,), (posed,) = (
        list(case.sound_changes(cause)) for cause in ("emotion.voice", "authenticity")
    )
    assert sobbing.shape == (80,) and sobbing.max() > 10 and not posed.any()


def test_what_changes_in_a_smile_by_cells_of_regions(rendered):
    names = ("face", "eyes", "brows")
    x = np.zeros(2, [(name, "u1", (48, 48, 1)) for name in names])
    case = asked(rendered, "fed", explain.Pictures(x, x[0]), names)
    found = list(case.face_changes("authenticity.eyes"))
    felt = corpora.index("fed", rendered)["authenticity"] == "genuine"
    (genuine,), (posed,) = (
        [one for one, own in zip(found, felt, strict=True) if own == which]
        for which in (True, False)
    )
    face, eyes, _ = genuine.reshape(3, 64)
    assert not posed.any()
    assert (eyes > 0).mean() > (face > 0).mean()


def test_pictures_of_a_film_without_its_cause(tmp_path):
    """They are those of the file, but for its codec; only what is genuine changes."""
    asked = {"settings": {"setup": 0}, "subjects": 1, "progress": False}
    studio.render_corpus("sase-fe", tmp_path, "smoke", emotions=["happy"], **asked)
    clips = corpora.index("sase-fe", tmp_path)
    found = traces.pictures(clips, "authenticity", lambda count: [2, count - 3])
    both = dict(zip(clips["authenticity"], found, strict=True))
    for kind, path in zip(clips["authenticity"], clips["path"], strict=True):
        own, without = both[kind]
        film = [picture for _, picture in media.read_frames(path)]
        for picture, number in zip(own, (2, len(film) - 3), strict=True):
            assert np.abs(picture.astype(int) - film[number]).mean() < 4
        same = all(np.array_equal(*pair) for pair in zip(own, without, strict=True))
        assert same == (kind == "posed")
    with pytest.raises(UsageError, match="neither a sound nor a picture"):
        next(traces.pairs(clips, "authenticity"))
