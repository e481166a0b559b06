"""The studio's faces: what each cause does to them, and what OpenCV finds in them."""

import cv2
import numpy as np
import pytest

from emolib.labels import DISPLAYS, RAVDESS
from emolib.studio import Causes, face
from emolib.studio.causes import DOSES

IDENTITY = ["shape", "skin", "hair", "brows", "glasses", "age", "clothes", "style"]
AUTHENTICITY = ["onset", "apex", "offset", "eyes", "symmetry"]
SETUP = ["light", "background", "framing", "noise", "resolution", "compression"]
PARTS = [
    *(f"identity.{part}" for part in IDENTITY),
    *(f"authenticity.{part}" for part in AUTHENTICITY),
    *(f"setup.{part}" for part in SETUP),
]
# As published: Du, Tao & Martinez (2014), table 1, with the optional units; Ekman &
# Friesen (1986); Prkachin & Solomon (2008). Written down here once more.
PUBLISHED = {
    "happy": {"6", "12", "25"},
    "sad": {"1", "4", "6", "15", "17"},
    "fearful": {"1", "2", "4", "5", "20", "25", "26"},
    "angry": {"4", "7", "10", "17", "23", "24"},
    "surprised": {"1", "2", "5", "25", "26"},
    "disgusted": {"4", "9", "10", "17", "24"},
    "contempt": {"14"},
    "pain": {"4", "6", "7", "9", "10", "43"},
}
SAME = {"identity": 5, "take": "one", "setup": 2}
AVERAGE = {"identity": 0.0, "setup": 0.0, "take": 0.0}


def causes(doses=None, **changes):
    settings = SAME | {"emotion": "happy"} | changes
    return Causes(**settings, doses=tuple((doses or {}).items()))


def still(doses=None, size=(64, 64), **changes):
    return face.still(causes(doses, **changes), size)


def draw(doses=None, opening=(0.0, 0.0), size=(64, 64), **changes):
    drawn = face.frames(causes(doses, **changes), 12, 10, size, np.array(opening))
    return np.stack(list(drawn))


def only(part):
    """Doses at which a part is the only one of its group that acts."""
    group = part.partition(".")[0]
    return {name: 0.0 for name in PARTS if name.startswith(group) and name != part}


# What each cause does.


@pytest.mark.parametrize("part", PARTS)
def test_each_part_acts_and_leaves_no_trace_at_dose_0(part):
    def pictures(doses):
        if part.startswith("authenticity"):
            ways = [{"authenticity": value} for value in (0.0, 1.0)]
            return {draw(doses, **way).tobytes() for way in ways}
        if part.startswith("setup"):
            ways = [{"setup": number} for number in range(4)]
        else:  # of eight people in a row some wear glasses
            people = range(1, 9)
            ways = [{"identity": k, "female": float(k % 2)} for k in people]
        return {still(doses, **way).tobytes() for way in ways}

    assert len(pictures(only(part))) > 1
    assert len(pictures(only(part) | {part: 0.0})) == 1


@pytest.mark.parametrize("part", PARTS)
def test_switching_a_part_off_moves_nothing_else(part):
    person = {"identity": 6, "authenticity": 1.0, "female": 1.0}
    usual, off = (face.facts(causes(d, **person)) for d in ({}, {part: 0.0}))
    moved = {name for name in usual if usual[name] != off[name]}
    follow = {"emotion.unit"} if part.endswith(("style", "eyes")) else set()
    assert all(name.startswith((part, *follow)) for name in moved)


@pytest.mark.parametrize(
    ("cause", "change"),
    [
        ("identity", {"identity": 6, "female": 1.0}),
        ("setup", {"setup": 3}),
        ("take", {"take": "two"}),
        ("take", {"repetition": 1}),
        ("authenticity", {"authenticity": 1.0}),
    ],
)
def test_each_cause_acts_and_leaves_no_trace_at_dose_0(cause, change):
    off = {cause: 0.0}
    assert draw().tobytes() != draw(**change).tobytes()
    assert draw(off).tobytes() == draw(off, **change).tobytes()
    assert still().tobytes() != still(**change).tobytes()
    assert still(off).tobytes() == still(off, **change).tobytes()


@pytest.mark.parametrize("cause", ["emotion", "emotion.face"])
def test_without_emotion_no_emotion_shows(cause):
    shown = {still(emotion=emotion).tobytes() for emotion in DISPLAYS}
    assert len(shown) == len(DISPLAYS)
    hidden = [draw({cause: 0.0}, emotion=emotion) for emotion in DISPLAYS]
    assert len({pictures.tobytes() for pictures in hidden}) == 1


def test_half_a_dose_is_between():
    full, half, none = (
        face.facts(causes({"setup.light": dose}))["setup.light.side"]
        for dose in (1.0, 0.5, 0.0)
    )
    assert none == 0 and np.isclose(half, full / 2) and full != 0


def test_the_voice_opens_the_mouth_and_nothing_else():
    shut = draw(emotion="neutral")[6].astype(int)
    wide = draw(emotion="neutral", opening=(1.0, 1.0))[6].astype(int)
    changed = np.abs(wide - shut).sum(axis=2) > 60
    rows = np.flatnonzero(changed.any(axis=1))
    assert len(rows) and rows.min() > 32  # below the eyes


def test_a_picture_does_not_depend_on_those_before():
    first = draw(identity=3)
    draw(identity=4, emotion="sad")
    assert np.array_equal(draw(identity=3), first)


def test_facts_tell_of_every_part_in_numbers():
    facts = face.facts(causes())
    for part in PARTS:
        assert any(name.startswith(part) for name in facts), part
        assert part in DOSES
    texts = {name for name, value in facts.items() if isinstance(value, str)}
    assert texts == {"identity.hair.cut", "identity.clothes.neckline"}
    assert np.isfinite([facts[name] for name in set(facts) - texts]).all()


# Displays.


@pytest.mark.parametrize("emotion", PUBLISHED)
def test_displays_are_of_the_published_units(emotion):
    average = causes(AVERAGE, emotion=emotion, authenticity=1.0)
    times = np.linspace(0.8, 1.1, 9)
    units = face.action_units(average, times, 2.0).min(axis=0)  # between blinks
    moved = {unit for unit, amount in zip(face.UNITS, units, strict=True) if amount}
    assert moved == PUBLISHED[emotion]


def test_every_display_has_its_units():
    assert {*face.PROTOTYPES, *face.OURS} == set(DISPLAYS)
    assert not face.PROTOTYPES["neutral"]


def test_people_differ_in_the_optional_units():
    chins = [  # in 67 % of sad faces
        face.facts(causes(emotion="sad", identity=k))["emotion.unit.17"]
        for k in range(40)
    ]
    assert 0.45 < np.mean(np.array(chins) > 0) < 0.9


def course(part=None, unit="12", **changes):
    """How a unit moves in a genuine display; of one part only, if it is named."""
    times, doses = np.arange(0, 2, 0.02), only(part) if part else {}
    units = face.action_units(causes(doses, **changes), times, 2.0)
    return units[:, face.UNITS.index(unit)]


def test_genuine_displays_rise_and_fade_slowly_and_stay_briefly():
    posed = course(authenticity=0.0)

    def changed(part):
        """Steepest rise and fall, and time near the apex: genuine over posed."""
        genuine = course(f"authenticity.{part}", authenticity=1.0)
        return [
            measure(genuine) / measure(posed)
            for measure in (
                lambda amounts: np.diff(amounts).max(),
                lambda amounts: np.diff(amounts).min(),
                lambda amounts: (amounts > 0.9 * amounts.max()).sum(),
            )
        ]

    rise, fall, stay = changed("onset")
    assert rise < 0.6 and fall > 0.9
    rise, fall, _ = changed("offset")
    assert fall < 0.6 and rise > 0.9
    rise, fall, stay = changed("apex")
    assert stay < 0.85 and rise > 0.9 and fall > 0.9


def test_genuine_smiles_take_the_eyes_along():
    part = "authenticity.eyes"
    posed, genuine = (course(part, "6", authenticity=a).max() for a in (0.0, 1.0))
    assert genuine > 1.5 * posed
    assert np.allclose(course(part, authenticity=1.0), course(part, authenticity=0.0))


@pytest.fixture
def sides(monkeypatch):
    """How much more one side of the mouth changes than the other, in a display.

    Of the average person, who holds the head still: nothing else is one-sided.
    """
    monkeypatch.setattr(face, "HEAD", {})

    def mouth(emotion, authenticity):
        picture = still(AVERAGE, (160, 160), emotion=emotion, authenticity=authenticity)
        return picture[98:126, 40:120].astype(float)

    def ratio(emotion, authenticity):
        moved = np.abs(mouth(emotion, authenticity) - mouth("neutral", authenticity))
        left, right = moved[:, :36].mean(), moved[:, -36:].mean()
        return max(left, right) / min(left, right)

    return ratio


def test_posed_smiles_lean_to_one_side(sides):
    assert sides("happy", 0.0) > 1.2
    assert sides("happy", 1.0) < 1.1


def test_contempt_is_on_one_side(sides):
    assert sides("contempt", 1.0) > 3


# What OpenCV finds.


def cascade(name):
    return cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_{name}.xml")


@pytest.fixture(scope="module")
def finders():
    return cascade("frontalface_default"), cascade("eye")


def found(finders, picture):
    """Whether the face is found, and in its upper part an eye on each side."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    boxes = finders[0].detectMultiScale(grey, scaleFactor=1.1, minNeighbors=3)
    if not len(boxes):
        return False, False
    left, top, width, height = max(boxes, key=lambda box: box[2] * box[3])
    upper = grey[top : top + 6 * height // 10, left : left + width]
    eyes = finders[1].detectMultiScale(upper, scaleFactor=1.1, minNeighbors=3)
    sides = {x + wide / 2 < width / 2 for x, _, wide, _ in eyes}
    return True, len(sides) == 2


def by_skin(people):
    """Without glasses, by band of skin tone, light (0) to dark (5)."""
    bands = {}
    for number in people:
        facts = face.facts(Causes(number, "neutral"))
        if not facts["identity.glasses.worn"]:
            band = int(6 * facts["identity.skin.tone"])
            bands.setdefault(band, []).append(number)
    return bands


def test_opencv_finds_faces_and_eyes_of_every_skin_in_every_setup(finders):
    bands, seen = by_skin(range(1, 33)), []
    assert set(bands) == set(range(6))
    for setup in range(12):
        for band, people in bands.items():
            number = people[setup % len(people)]
            place = len(seen)
            clip = Causes(
                number, RAVDESS.classes[place % 8], setup=setup, take=str(place),
                female=float(number % 2 == 0),
            )  # fmt: skip
            moments = np.array([0.5, 1.0])
            lids = face.action_units(clip, moments, 1.5)
            drawn = face.frames(clip, 3, 2, (160, 160), np.array([0, 0.9, 0.3]))
            for picture, units in zip(list(drawn)[1:], lids, strict=True):
                open_eyed = units[face.UNITS.index("43")] < 1 / 3
                seen.append((band, setup, open_eyed, *found(finders, picture)))
    _, _, open_eyed, faces, eyes = np.array(seen).T
    assert faces.mean() >= 0.98
    assert eyes[open_eyed > 0].mean() >= 0.95


def test_opencv_finds_faces_in_close_stills(finders):
    stills = [
        face.still(Causes(k, emotion, setup=k), (96, 96), zoom=1.5)
        for k, emotion in enumerate(DISPLAYS)
    ]
    assert np.mean([found(finders, picture)[0] for picture in stills]) >= 0.9


@pytest.mark.parametrize("size", [(48, 48), (100, 100), (1280, 720)])
def test_stills_have_the_size_asked_for(size):
    picture = still(size=size)
    assert picture.shape == (*size[::-1], 3) and picture.dtype == np.uint8
    assert picture.std() > 20
