"""A painted face that moves by action units.

A person's head, hair and clothes are shaded once from a relief of soft bumps and
kept; each frame then bends that picture where muscles pull (jaw, cheeks, nose)
and draws what moves: brows, eyes, mouth, folds. Which action units (AU) belong to
which emotion, and what share of people use the optional ones, follows Du, Tao &
Martinez (2014, table 1); smoother and slower genuine displays, with the eyes
taking part, follow Ekman, Davidson & Friesen (1990) and Cohn & Schmidt (2004).

Lengths are in units of half a head: the chin is at y = 1, the skull's top at -1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emolib.demo.causes import Causes

# fmt: off
PROTOTYPES: dict[str, dict[str, float]] = {
    "neutral":   {},
    "happy":     {"12": 1, "25": 1, "6": .51},
    "sad":       {"4": 1, "15": 1, "1": .60, "6": .50, "17": .67},
    "fearful":   {"1": 1, "4": 1, "20": 1, "25": 1, "2": .57, "5": .63, "26": .33},
    "angry":     {"4": 1, "7": 1, "24": 1, "10": .26, "17": .52, "23": .29},
    "surprised": {"1": 1, "2": 1, "25": 1, "26": 1, "5": .66},
    "disgusted": {"9": 1, "10": 1, "17": 1, "4": .31, "24": .26},
    # Not in that table: contempt after Ekman & Friesen (1986), the rest ours.
    "contempt":  {"14": 1},
    "bored":     {"43": .5, "17": .4},
    "calm":      {"12": .25, "43": .3},
}
HEAD = {  # nod (+ down), tilt and turn of a full display, in degrees
    "happy": (-2, 3, 2), "sad": (6, 4, 2), "angry": (3, 0, 0), "fearful": (-3, 2, 4),
    "disgusted": (0, 3, 6), "surprised": (-4, 0, 0), "contempt": (-3, 3, 4),
    "bored": (2, 6, 3),
}
UNITS = ("1", "2", "4", "5", "6", "7", "9", "10", "12", "14", "15", "17", "20", "23",
         "24", "25", "26", "43", "jaw")
# Where an action unit pulls the skin: centre x (both sides), y; reach x, y; pull
# away from the middle, downwards.
PULLS = {
    "1": [(.16, -.42, .16, .16, 0, -.07)],
    "2": [(.48, -.42, .16, .16, 0, -.07)],
    "4": [(.14, -.34, .14, .12, -.05, .05)],
    "6": [(.44, .14, .17, .13, 0, -.06)],
    "9": [(.12, .18, .12, .15, .01, -.07)],
    "10": [(.20, .36, .15, .12, .01, -.05)],
    "12": [(.38, .42, .17, .18, .07, -.07)],
    "15": [(.32, .62, .14, .13, .01, .06)],
    "17": [(.0, .86, .22, .14, 0, -.06)],
    "20": [(.42, .58, .16, .16, .06, .02)],
    "26": [(.0, 1.0, .50, .32, 0, .14)],
    "jaw": [(.0, .98, .46, .30, 0, .07)],
}
BAG = [(-0.12, 0.03), (0.0, 0.07), (0.13, 0.02)]  # a line below the eye
SKIN = np.array([(246, 212, 186), (235, 194, 163), (217, 170, 134), (190, 138, 103),
                 (156, 108, 78), (122, 82, 60)], float)
HAIR = np.array([(34, 27, 25), (62, 42, 32), (96, 62, 40), (130, 72, 44),
                 (178, 136, 84), (150, 144, 138)], float)
IRIS = np.array([(74, 48, 34), (104, 92, 58), (88, 122, 146)], float)
MENS_STYLES = ("short", "side", "curly", "bald", "short")
WOMENS_STYLES = ("long", "bun", "fringe", "curly", "bob", "side")
# Square roots and such: multiples of them fill the unit interval evenly.
RATIOS = np.array([0.618, 0.414, 0.732, 0.7549, 0.2361, 0.6458, 0.3166])
# fmt: on


@dataclass(frozen=True)
class Person:
    """What a person looks like: proportions, colours, hair, glasses, age."""

    width: float
    jaw: float
    chin: float
    eye_gap: float
    eye_size: float
    nose: float
    mouth_width: float
    lips: float
    brow: float
    brow_height: float
    age: float
    skin: tuple[float, float, float]
    hair: tuple[float, float, float]
    iris: tuple[float, float, float]
    cloth: tuple[float, float, float]
    style: str
    part: float
    glasses: bool
    beard: float
    asymmetry: float


def person(causes: Causes) -> Person:
    """Draw a person; at identity dose 0 everybody is the average one."""
    draws, dose = causes.draws("identity", "face"), causes.dose("identity")
    female = 0.5 + (causes.female - 0.5) * dose
    z = np.clip(draws.normal(size=12), -1.8, 1.8) * dose
    # Evenly spread, not drawn: eight people already differ in all that strikes.
    start = causes.draws("people", "face").random(len(RATIOS))
    tone, age, shade, cut, glasses, beard, iris = (causes.identity * RATIOS + start) % 1
    age = 0.35 + dose * (age - 0.35)
    tone = 0.3 + dose * (tone - 0.3)
    shade = 0.3 + dose * (shade * (1 - 0.95 * tone) - 0.3)
    shade += (1 - shade) * np.clip((age - 0.6) * 3, 0, 1)  # greying
    styles = MENS_STYLES if causes.female < 0.5 else WOMENS_STYLES
    return Person(
        width=0.745 + 0.025 * z[0] - 0.02 * female,
        jaw=2.8 - 0.6 * female + 0.3 * z[1],
        chin=0.10 + 0.09 * female + 0.03 * z[2],
        eye_gap=0.335 + 0.012 * z[3],
        eye_size=0.155 + 0.012 * female + 0.007 * z[4],
        nose=1 + 0.13 * z[5] - 0.12 * female,
        mouth_width=0.27 + 0.02 * z[6],
        lips=1 + 0.2 * z[7] + 0.2 * female + 0.3 * tone,
        brow=1.15 - 0.45 * female + 0.18 * z[8],
        brow_height=0.285 + 0.02 * z[9] + 0.02 * female,
        age=float(age),
        skin=_mix(SKIN, tone),
        hair=_mix(HAIR, shade),
        iris=_mix(IRIS, iris * (tone < 0.5) * dose),
        cloth=tuple(80 + dose * (40 + 130 * draws.random(3) - 80)),
        style=styles[int(cut * len(styles))] if dose >= 0.5 else "short",
        part=0.25 * np.sign(z[10]) * dose,
        glasses=glasses < 0.3 and dose >= 0.5,
        beard=float(np.clip(2 * beard - 0.8, 0, 1)) * (causes.female < 0.5) * dose,
        asymmetry=0.02 * z[11],
    )


def _mix(colours: np.ndarray, place: float) -> tuple[float, float, float]:
    """A colour on the way along a row of colours."""
    place = np.clip(place, 0, 1) * (len(colours) - 1)
    index = np.arange(len(colours))
    return tuple(float(np.interp(place, index, colours[:, k])) for k in range(3))


def action_units(causes: Causes, times: np.ndarray, opening: np.ndarray) -> np.ndarray:
    """Strength of each action unit at each time, one column each of `UNITS`.

    A display rises (onset), stays (apex) and falls (offset) within the clip;
    genuine ones rise and fall more slowly and take the eyes along (AU 6, 7).
    """
    identity, genuine = causes.dose("identity"), causes.genuine
    take, chance = causes.dose("take"), causes.draws("take", "face")
    style = causes.draws("style", "face")
    used, gain = style.random(len(UNITS)), style.normal(0, 0.25, len(UNITS))
    wobble = chance.normal(0, 1, (2, len(UNITS)))
    amounts = np.zeros(len(UNITS))
    for unit, share in PROTOTYPES[causes.emotion].items():
        k = UNITS.index(unit)
        if causes.emotion in ("calm", "bored"):
            amounts[k] = share
        else:  # a person uses an optional unit or does not; the average one partly
            amounts[k] = share + identity * (float(used[k] < share) - share)
    eyes = [UNITS.index("6"), UNITS.index("7")]
    amounts[eyes] *= 0.55 + 0.45 * genuine
    if causes.emotion == "happy":
        amounts[eyes[0]] = max(amounts[eyes[0]], genuine)
    amounts *= causes.shown * np.exp(identity * gain + 0.2 * take * wobble[0])
    restless = 0.13 * take * np.clip(wobble[1] - 0.4, 0, 2)
    restless[UNITS.index("43")] *= 0.3

    length = times[-1] + times[1]
    onset = (0.12 + 0.06 * genuine) * length
    start = (0.06 + 0.05 * take * chance.random()) * length
    end = (0.97 - 0.06 * take * chance.random()) * length
    rise = _ease((times - start) / onset)
    fall = _ease((end - times) / (onset * (1.0 + 0.8 * genuine)))
    units = np.outer(np.minimum(rise, fall), amounts) + restless
    units[:, UNITS.index("43")] += _blinks(times, chance)
    units[:, UNITS.index("jaw")] = opening
    return np.clip(units, 0, 1.2)


def _ease(place: np.ndarray) -> np.ndarray:
    """From 0 to 1 without a jerk."""
    place = np.clip(place, 0, 1)
    return place * place * (3 - 2 * place)


def _blinks(times: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Closed eyes for a fifth of a second, about once in three seconds."""
    closed = np.zeros_like(times)
    for moment in np.cumsum(chance.exponential(2.2, 6)) + 0.3:
        closed = np.maximum(closed, 1 - np.abs(times - moment) / 0.12)
    return np.clip(1.4 * closed, 0, 1)


def frames(
    causes: Causes,
    count: int,
    rate: float,
    size: tuple[int, int],
    opening: np.ndarray,
) -> Iterator[np.ndarray]:
    """Render the pictures of a clip.

    Args:
        causes: what it follows from.
        count: number of frames.
        rate: frames a second.
        size: width and height in pixels.
        opening: how far the voice opens the mouth, 0 to 1, evenly spaced in time.

    Yields:
        RGB pictures, uint8, (height, width, 3).
    """
    import cv2

    width, height = size
    canvas = _canvas(*_who(causes), width, height)
    times = np.arange(max(count, 2)) / rate
    place = np.linspace(0, len(opening) - 1, len(times))
    units = action_units(causes, times, np.interp(place, range(len(opening)), opening))
    poses = _poses(causes, times, canvas)
    camera = causes.draws("take", "camera")
    for moment in range(count):
        picture = canvas.draw(dict(zip(UNITS, units[moment].tolist(), strict=True)))
        picture = cv2.warpAffine(
            picture,
            poses[moment],
            canvas.shape[::-1],
            borderMode=cv2.BORDER_REFLECT_101,
        )
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        yield canvas.expose(picture, camera)


def _who(causes: Causes) -> tuple[Causes, Person]:
    """The causes of all that stays the same through a person's session."""
    session = Causes(
        identity=causes.identity,
        emotion="neutral",
        setup=causes.setup,
        female=causes.female,
        seed=causes.seed,
        doses=causes.doses,
    )
    return session, person(session)


def _poses(causes: Causes, times: np.ndarray, canvas: Canvas) -> np.ndarray:
    """A 2 x 3 matrix a frame: the head sways a little, and nods with emotion."""
    draws, take = causes.draws("take", "pose"), causes.dose("take")
    phases = draws.uniform(0, 2 * np.pi, (4, 2))
    rates = draws.uniform(0.2, 0.7, (4, 2))
    sway = np.sin(2 * np.pi * rates[..., None] * times + phases[..., None]).mean(1)
    rest = take * draws.normal(size=4)
    nod, tilt, turn = np.array(HEAD.get(causes.emotion, (0, 0, 0))) * causes.shown
    side = 1 if causes.draws("style", "pose").random() < 0.5 else -1
    grown = _ease(times / (0.3 * times[-1]))
    angle = side * tilt * grown + take * 1.5 * sway[0] + 1.5 * rest[0]
    across = side * 0.012 * turn * grown + take * 0.03 * sway[1] + 0.03 * rest[1]
    down = 0.014 * nod * grown + take * 0.02 * sway[2] + 0.02 * rest[2]
    zoom = 1 + take * 0.01 * sway[3] + 0.015 * rest[3]
    cosine, sine = zoom * np.cos(np.radians(angle)), zoom * np.sin(np.radians(angle))
    x, y = canvas.centre
    poses = np.empty((len(times), 2, 3))
    poses[:, 0] = np.stack([cosine, sine, (1 - cosine) * x - sine * y], axis=1)
    poses[:, 1] = np.stack([-sine, cosine, sine * x + (1 - cosine) * y], axis=1)
    poses[:, 0, 2] += across * canvas.unit
    poses[:, 1, 2] += down * canvas.unit
    return poses


@lru_cache(maxsize=4)
def _canvas(session: Causes, who: Person, width: int, height: int) -> Canvas:
    return Canvas(session, who, width, height)


class Canvas:
    """One person in one set-up: the picture that stays, and how to move it.

    Args:
        session: identity and set-up; nothing else is looked at.
        who: the person's looks.
        width: of the final picture in pixels.
        height: of the final picture in pixels.
    """

    def __init__(self, session: Causes, who: Person, width: int, height: int) -> None:
        over = 2 if height <= 300 else 1  # drawn larger, then reduced: soft edges
        self.who = who
        self.shape = (height * over, width * over)
        dose, setup = session.dose("setup"), session.draws("setup", "picture")
        # Light from the side, warmth, exposure, background, zoom, place, noise.
        self.setup = dose * np.clip(setup.normal(size=12), -1.7, 1.7)
        self.unit = 0.35 * self.shape[0] * (1 + 0.05 * self.setup[6])
        self.centre = (
            self.shape[1] * (0.5 + 0.025 * self.setup[7]),
            self.shape[0] * (0.49 + 0.015 * self.setup[8]),
        )
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]].astype(np.float32)
        self.grid = columns, rows
        self.x = (columns - self.centre[0]) / self.unit
        self.y = (rows - self.centre[1]) / self.unit
        _, warm, bright = self.setup[:3]
        self.light = np.array([1 + 0.06 * warm, 1, 1 - 0.08 * warm]) * (
            1 + 0.11 * bright
        )
        self.base = self._paint(session.draws("identity", "texture"))
        self.pulls = self._pulls()

    # -- what stays ---------------------------------------------------------------

    def _paint(self, draws: np.random.Generator) -> np.ndarray:
        """Background, clothes, head and hair, lit from one side."""
        import cv2

        x, y, who, lay = self.x, self.y, self.who, self._lay
        side = self.setup[0]
        hue = 150 + 16 * self.setup[3:6] + 26 * self.setup[9]
        glow = 1.1 - 0.12 * y - 0.07 * ((x - 0.4 * side) ** 2 + y**2)
        picture = np.clip(hue, 60, 215) * glow[..., None]
        hair, skin = self._strands(draws), np.array(who.skin)
        lay(picture, hair * 0.68, self._hair_behind())
        neck = _step(0.37 + 0.12 * np.clip(y - 1, 0, 1) - np.abs(x)) * _step(y - 0.4)
        shade = 0.84 - 0.30 * np.exp(-(((y - 1.0) / 0.2) ** 2)) - 0.4 * x**2
        lay(picture, skin ** [1.0, 0.99, 0.985] * shade[..., None], neck)
        slope = 1.20 + 0.28 * np.abs(x) ** 1.6 + 0.20 * np.exp(-((x / 0.3) ** 4))
        fold = 1.05 - 0.18 * np.abs(x + 0.3 * side) - 0.3 * np.exp(-(y - slope) / 0.05)
        lay(picture, np.array(who.cloth) * fold[..., None], _step(y - slope))
        for ear in (-1, 1):
            along = ((x - ear * (who.width + 0.005)) / 0.095) ** 2
            round_ = 1 - along - ((y - 0.02) / 0.2) ** 2
            hollow = 0.9 - 0.25 * np.exp(-(((round_ - 0.75) / 0.3) ** 2))
            lay(picture, skin * [1, 0.93, 0.92] * hollow[..., None], _step(round_, 0.2))
        lay(picture, self._skin(side, draws), self._inside())
        front = self._hair_front()
        self.bare = 255 - cv2.GaussianBlur((front * 255).astype(np.uint8), (9, 9), 0)
        cast = cv2.GaussianBlur(front.astype(np.float32), (0, 0), 0.05 * self.unit)
        picture *= 1 - 0.45 * cast[..., None]
        lay(picture, hair, front)
        picture = np.clip(picture * self.light, 0, 255).astype(np.uint8)
        return cv2.GaussianBlur(picture, (3, 3), 0)

    @staticmethod
    def _lay(picture: np.ndarray, colour: np.ndarray, mask: np.ndarray) -> None:
        """Paint a colour over the picture where the mask is."""
        picture += (colour - picture) * mask[..., None]

    def _half_width(self) -> np.ndarray:
        """The head's half width at each height."""
        y, who = np.clip(self.y, -0.999, 0.999), self.who
        crown = np.sqrt(np.clip(1 - np.abs(y) ** 2.7, 0, 1))
        jaw = np.sqrt(np.clip(1 - np.abs(y) ** who.jaw, 0, 1)) * (1 - who.chin * y)
        return who.width * np.where(y < 0, crown, jaw) + 1e-3

    def _inside(self) -> np.ndarray:
        """The head's mask with a soft edge."""
        edge = np.minimum(self._half_width() - np.abs(self.x), 1 - np.abs(self.y))
        return _step(edge, 0.02)

    def _bump(self, x, y, reach_x, reach_y) -> np.ndarray:
        """A soft hill, mirrored to both sides."""
        hill = np.exp(
            -(((np.abs(self.x) - x) / reach_x) ** 2) - ((self.y - y) / reach_y) ** 2
        )
        return hill.astype(np.float32)

    def _skin(self, side: float, draws: np.random.Generator) -> np.ndarray:
        """Shade the skin from a relief: nose, sockets, cheeks, lips, chin."""
        import cv2

        who, gap, bump = self.who, self.who.eye_gap, self._bump
        relief = 0.11 * who.nose * bump(0, 0.10, 0.10, 0.26)
        relief += 0.09 * who.nose * bump(0, 0.25, 0.12 * who.nose, 0.10)
        relief += 0.04 * bump(0.12 * who.nose, 0.29, 0.07, 0.06)
        relief += 0.04 * bump(gap, -who.brow_height, 0.24, 0.09)
        relief -= 0.07 * bump(gap, -0.10, 0.19, 0.12)
        relief += 0.05 * bump(0.40, 0.20, 0.22, 0.20) + 0.04 * bump(0, 0.86, 0.2, 0.14)
        relief += 0.03 * bump(0, 0.55, 0.28, 0.16) - 0.02 * bump(0, 0.70, 0.18, 0.05)
        relief -= (0.008 + 0.02 * who.age) * bump(0.31, 0.42, 0.05, 0.14)
        down, right = np.gradient(relief, 1 / self.unit)
        across = np.clip(self.x / self._half_width(), -1, 1)
        normal_x = 0.85 * across * np.abs(across) ** 0.6 - right
        normal_y = 0.5 * self.y * np.abs(self.y) ** 0.3 - down
        depth = np.sqrt(np.clip(1 - normal_x**2 - normal_y**2, 0.05, 1))
        towards = np.array([0.38 * side, -0.42, 0.85])
        towards /= np.linalg.norm(towards)
        lit = towards[0] * normal_x + towards[1] * normal_y + towards[2] * depth
        light = 0.56 + 0.50 * np.clip(lit, -0.2, 1)
        # Where little light gets in.
        light -= 0.16 * bump(gap - 0.03, -0.15, 0.17, 0.09)
        light -= 0.05 * bump(gap, -0.03, 0.2, 0.12) + 0.05 * bump(0.11, 0.05, 0.05, 0.2)
        light -= 0.15 * bump(0, 0.345, 0.13, 0.03) + 0.07 * bump(0, 0.70, 0.15, 0.04)
        light -= 0.22 * bump(0.065 * who.nose, 0.318, 0.035, 0.02)
        light -= (0.01 + 0.09 * who.age) * bump(gap - 0.02, 0.055, 0.13, 0.022)
        for line in (-0.48, -0.57, -0.66):
            light -= 0.08 * np.clip(who.age - 0.5, 0, 1) * bump(0, line, 0.33, 0.012)
        blur = (0, 0), self.unit / 25
        mottle = cv2.GaussianBlur(
            draws.normal(size=self.shape).astype(np.float32), *blur
        )
        light += 0.2 * mottle
        # Light that has been under the skin comes back red: shadows keep more of it.
        colour = np.array(who.skin) * light[..., None] ** [0.85, 1.05, 1.15]
        blush = bump(0.42, 0.25, 0.18, 0.15) + 0.6 * bump(0, 0.27, 0.1, 0.08)
        colour *= 1 - blush[..., None] * np.array([-0.01, 0.08, 0.06])
        beard = np.clip(1.3 * self.y - 0.35 + 0.9 * np.abs(self.x), 0, 1) ** 1.5
        beard *= _step(self.y - 0.28, 0.3) * (1 - 0.95 * bump(0, 0.55, 0.24, 0.08))
        beard = np.maximum(beard, 0.8 * bump(0, 0.42, 0.22, 0.04))
        grain = 1 + 0.4 * (draws.random(self.shape).astype(np.float32) - 0.5)
        self._lay(colour, np.array(who.hair) * 0.95, 0.6 * who.beard * beard * grain)
        shine = 14 * np.clip(lit, 0, 1) ** 16
        return colour + shine[..., None]

    def _strands(self, draws: np.random.Generator) -> np.ndarray:
        """The colour of hair: strands that run from the crown, or curls."""
        import cv2

        if self.who.style == "curly":
            curls = draws.normal(size=self.shape).astype(np.float32)
            curls = cv2.GaussianBlur(curls, (0, 0), 0.025 * self.unit)
            fine = 1.6 * curls / curls.std()
        else:
            angle = np.arctan2(self.x - self.who.part, 1.4 - self.y)
            fine = np.interp(angle, np.linspace(-2, 2, 400), draws.normal(size=400))
        band = np.exp(-(((np.hypot(self.x, self.y * 0.9) - 0.93) / 0.12) ** 2))
        light = 0.92 + 0.09 * fine + 0.30 * band + 0.12 * self.setup[0] * self.x
        return np.array(self.who.hair) * light[..., None] + 10 * band[..., None]

    def _hair_behind(self) -> np.ndarray:
        """Hair seen behind the head, by style."""
        x, y, style, width = self.x, self.y, self.who.style, self.who.width
        if style in ("long", "bob"):
            end = 1.35 if style == "long" else 0.62
            wide = width + 0.17 + 0.05 * np.sin(2.4 * y)
            top = 1 - (x / wide) ** 2 - ((y + 0.1) / 1.03) ** 2
            fall = np.minimum(wide - np.abs(x), np.minimum(y + 0.1, end - y))
            return _step(np.maximum(top, fall), 0.04)
        if style == "bun":
            return _step(1 - (x / 0.3) ** 2 - ((y + 1.13) / 0.24) ** 2, 0.1)
        if style == "curly":
            wide, tall = width + 0.15, 0.88
            return _step(1 + self._waves() - (x / wide) ** 2 - ((y + 0.25) / tall) ** 2)
        return np.zeros(self.shape)

    def _hair_front(self) -> np.ndarray:
        """Hair over the forehead, by style."""
        x, y, who = self.x, self.y, self.who
        volume, start, curve = {
            "short": (0.05, -0.66, 0.75),
            "side": (0.08, -0.70, 0.85),
            "fringe": (0.09, -0.43, 0.35),
            "long": (0.08, -0.74, 1.05),
            "bob": (0.09, -0.47, 0.45),
            "bun": (0.04, -0.72, 0.80),
            "curly": (0.12, -0.58, 0.70),
            "bald": (-0.02, -1.2, 1.9),
        }[who.style]
        shift = who.part if who.style in ("side", "long") else 0.0
        line = start - 0.12 * max(who.age - 0.6, 0) + curve * (x - shift) ** 2
        line = line + 0.012 * np.sin(40 * x)
        around = 1 - (x / (who.width + volume)) ** 2 - ((y + 0.03) / (1 + volume)) ** 2
        if who.style == "curly":
            around, line = around + self._waves(), line + 0.3 * self._waves()
        inside = np.minimum(around, 0.6 * (line - y))
        return _step(np.minimum(inside, 0.05 - y), 0.045)

    def _waves(self) -> np.ndarray:
        """The uneven edge of curly hair."""
        angle = np.arctan2(self.y + 0.3, self.x)
        return 0.05 * np.sin(13 * angle) + 0.035 * np.sin(22 * angle + 1)

    def _pulls(self) -> dict[str, np.ndarray]:
        """Each action unit's displacement of the skin on a coarse grid, in pixels."""
        import cv2

        coarse = (self.shape[1] // 8, self.shape[0] // 8)
        x, y = (cv2.resize(axis, coarse) for axis in (self.x, self.y))
        fields = {}
        for unit, pulls in PULLS.items():
            field = np.zeros((*x.shape, 2), np.float32)
            for at_x, at_y, reach_x, reach_y, outwards, downwards in pulls:
                for sign in (-1, 1) if at_x else (1,):
                    hill = np.exp(
                        -(((x - sign * at_x) / reach_x) ** 2)
                        - ((y - at_y) / reach_y) ** 2
                    )
                    field[..., 0] += sign * outwards * hill * self.unit
                    field[..., 1] += downwards * hill * self.unit
            fields[unit] = field
        return fields

    # -- what moves ---------------------------------------------------------------

    def draw(self, au: dict[str, float]) -> np.ndarray:
        """The face with its action units at the given strengths."""
        picture = self._bend(au)
        self._folds(picture, au)
        for side in (-1, 1):
            self._eye(picture, side, au)
            self._brow(picture, side, au)
        self._mouth(picture, au)
        if self.who.glasses:
            self._spectacles(picture)
        return picture

    def expose(self, picture: np.ndarray, camera: np.random.Generator) -> np.ndarray:
        """The set-up's sensor: a little noise, more in some rooms."""
        level = 1 + abs(self.setup[10])
        noise = camera.integers(-128, 128, picture.shape[:2], dtype=np.int16)
        noise = (noise * (level / 74)).astype(np.int16)[..., None]
        return np.clip(picture + noise, 0, 255).astype(np.uint8)

    def _bend(self, au: dict[str, float]) -> np.ndarray:
        """Move the skin where the action units pull it."""
        import cv2

        field = sum(au[unit] * field for unit, field in self.pulls.items())
        field = cv2.resize(field, self.shape[::-1], interpolation=cv2.INTER_LINEAR)
        columns, rows = self.grid
        return cv2.remap(
            self.base, columns - field[..., 0], rows - field[..., 1], cv2.INTER_LINEAR
        )

    def _points(self, points) -> np.ndarray:
        """Face coordinates to pixels with four binary digits of fraction."""
        points = np.asarray(points) * self.unit + self.centre
        return np.round(points * 16).astype(np.int32)

    def _fill(self, picture, points, colour) -> None:
        import cv2

        cv2.fillPoly(picture, [self._points(points)], colour, cv2.LINE_AA, 4)

    def _line(self, picture, points, colour, width: float) -> None:
        import cv2

        thick = max(1, round(width * self.unit))
        points = [self._points(points)]
        cv2.polylines(picture, points, False, colour, thick, cv2.LINE_AA, 4)

    def _tone(self, colour, factor: float) -> tuple[float, ...]:
        """A colour in this set-up's light."""
        return tuple(np.clip(np.array(colour) * factor * self.light, 0, 255).tolist())

    def _folds(self, picture: np.ndarray, au: dict[str, float]) -> None:
        """Wrinkles where skin is pushed together, as soft dark lines."""
        import cv2

        who, gap = self.who, self.who.eye_gap
        shade = np.zeros(self.shape, np.uint8)

        def line(points, strength, width=0.02):
            if strength > 0.03:
                self._line(shade, points, min(85 * strength, 105), width)

        smile, sneer = au["12"], max(au["9"], au["10"])
        reach = who.mouth_width + 0.07 + 0.07 * smile
        for side in (-1, 1):
            fold = 0.12 * who.age + 0.7 * smile + 0.8 * sneer + 0.25 * au["20"]
            start = (0.165 * side, 0.29 - 0.05 * sneer)
            end = (side * reach, 0.54 - 0.05 * smile)
            line([start, (side * (0.30 * reach + 0.16), 0.37), end], fold)
            for lift in (-0.05, 0.0, 0.05):  # crow's feet
                near, far = side * (gap + 0.21), side * (gap + 0.29)
                feet = [(near, -0.08 + lift), (far, -0.07 + 1.8 * lift)]
                line(feet, 0.5 * au["6"] * (0.4 + who.age), 0.01)
            bag = [(side * (gap + dx), dy) for dx, dy in BAG]
            line(bag, 0.5 * au["6"] + 0.4 * au["7"], 0.016)
            line([(side * 0.055, -0.37), (side * 0.06, -0.24)], 0.6 * au["4"], 0.012)
            for step in (0.0, 0.06):
                nose = [(side * 0.02, -0.10 + step), (side * 0.09, -0.06 + step)]
                line(nose, 0.6 * au["9"], 0.012)
            line([(side * reach, 0.49), (side * reach, 0.57)], 0.8 * au["14"], 0.03)
        for height in (-0.47, -0.55, -0.63):
            raised = [
                (t, height - 0.03 * np.cos(4 * t)) for t in np.linspace(-0.3, 0.3, 7)
            ]
            line(raised, 0.4 * max(au["1"], au["2"]) * (0.4 + who.age), 0.012)
        line([(-0.10, 0.79), (0, 0.76), (0.10, 0.79)], 0.5 * au["17"], 0.03)
        if not shade.any():
            return
        shade = cv2.GaussianBlur(shade, (0, 0), self.unit * 0.014)
        shade = cv2.multiply(shade, self.bare, scale=1 / 255)
        kept = [cv2.convertScaleAbs(shade, alpha=-k, beta=0) for k in (0.6, 0.85, 0.9)]
        kept = cv2.bitwise_not(cv2.merge(kept))
        cv2.multiply(picture, kept, picture, 1 / 255)

    def _eye(self, picture: np.ndarray, side: int, au: dict[str, float]) -> None:
        """White, iris, pupil, a glint, the lids' edges; nothing when closed."""
        import cv2

        who = self.who
        x, y, half = (
            side * who.eye_gap,
            -0.10 + side * who.asymmetry * 0.5,
            who.eye_size,
        )
        closed = min(au["43"] + 0.12 * au["12"], 1)
        upper = 0.092 * (
            1 + 0.55 * au["5"] + 0.15 * au["1"] - 0.25 * au["7"] - 0.15 * au["4"]
        )
        lower = 0.058 * (
            1 - 0.55 * au["6"] - 0.45 * au["7"] - 0.3 * au["9"] + 0.1 * au["5"]
        )
        upper, lower = (upper + lower) * (1 - closed) - lower, max(lower, 0.012)
        t = np.linspace(-1, 1, 13)
        arch = np.cos(t * np.pi / 2) ** 0.8
        cant = -0.018 * t
        edge_x = x + side * half * t
        top = np.stack([edge_x, y + cant - upper * arch], axis=1)
        bottom = np.stack([edge_x, y + cant + lower * arch], axis=1)
        if upper + lower > 0.02:
            left, right = (
                (np.array([x, y]) + [[-0.24, -0.24], [0.24, 0.24]]) * self.unit
                + self.centre
            ).astype(int)
            box = np.s_[left[1] : right[1], left[0] : right[0]]
            eye = picture.copy()
            outline = np.concatenate([top, bottom[::-1]])
            self._fill(eye, outline, self._tone((236, 232, 228), 0.93))
            centre = self._points([(x, y - 0.012)])[0]
            for radius, colour in (
                (0.078, self._tone(who.iris, 0.55)),
                (0.066, self._tone(who.iris, 1.1)),
                (0.034, (16, 14, 14)),
            ):
                cv2.circle(
                    eye,
                    centre,
                    round(radius * self.unit * 16),
                    colour,
                    -1,
                    cv2.LINE_AA,
                    4,
                )
            glint = self._points(
                [(x + 0.025 * np.sign(self.setup[0] + 0.01), y - 0.045)]
            )[0]
            cv2.circle(
                eye,
                glint,
                round(0.017 * self.unit * 16),
                (250, 250, 250),
                -1,
                cv2.LINE_AA,
                4,
            )
            self._line(eye, top + [0, 0.02], self._tone((150, 130, 120), 0.8), 0.022)
            mask = np.zeros(self.shape, np.uint8)
            self._fill(mask, outline, 255)
            alpha = mask[box][..., None].astype(np.uint16)
            picture[box] = (
                (eye[box] * alpha + picture[box] * (255 - alpha)) // 255
            ).astype(np.uint8)
        dark = self._tone(np.array(who.skin) * 0.18 + 8, 1)
        self._line(picture, top, dark, 0.026)
        self._line(picture, bottom[1:-1], self._tone(who.skin, 0.55), 0.012)
        crease = top[1:-1] + [0, -0.045 - 0.01 * au["5"]]
        self._line(picture, crease, self._tone(who.skin, 0.6), 0.014)

    def _brow(self, picture: np.ndarray, side: int, au: dict[str, float]) -> None:
        """A tapered stroke that frowns (4), lifts inside (1) or outside (2)."""
        who = self.who
        t = np.linspace(0, 1, 9)  # from the nose outwards
        x = who.eye_gap - 0.19 - 0.05 * au["4"] + (0.40 + 0.03 * au["4"]) * t
        y = -who.brow_height - 0.05 * np.sin(np.pi * (0.15 + 0.75 * t)) + 0.04 * t**2
        inner, outer = (1 - t) ** 1.5, t**1.2
        y += -0.13 * au["1"] * inner - 0.12 * au["2"] * outer * (1.2 - 0.5 * t)
        y += au["4"] * (0.10 * inner + 0.045) + 0.05 * au["9"] * inner
        y += side * who.asymmetry
        thick = 0.036 * who.brow * (1 - 0.65 * t**2) * (0.8 + 0.2 * np.sin(np.pi * t))
        above = np.stack([side * x, y - thick], axis=1)
        below = np.stack([side * x, y + thick], axis=1)
        colour = self._tone(np.array(who.hair) * 0.75 + np.array(who.skin) * 0.08, 1)
        self._fill(picture, np.concatenate([above, below[::-1]]), colour)

    def _mouth(self, picture: np.ndarray, au: dict[str, float]) -> None:
        """Lips, and between them, when parted, the dark and the upper teeth."""
        who = self.who
        parted = (
            (0.03 + 0.05 * au["12"]) * au["25"] + 0.20 * au["26"] + 0.14 * au["jaw"]
        )
        parted *= 1 - 0.5 * au["24"] - 0.3 * au["17"]
        wide = who.mouth_width * (
            1
            + 0.30 * au["12"]
            + 0.25 * au["20"]
            - 0.10 * au["17"]
            - 0.32 * au["26"]
            - 0.08 * au["24"]
            - 0.10 * au["jaw"]
        )
        thin = 1 - 0.55 * au["24"] - 0.4 * au["23"] - 0.2 * au["12"] - 0.15 * au["20"]
        corner = -0.10 * au["12"] + 0.075 * au["15"] + 0.03 * au["20"] + 0.02 * au["17"]
        middle = (
            0.53 - 0.045 * au["10"] - 0.03 * au["9"] - 0.03 * au["17"] + 0.01 * au["12"]
        )
        t = np.linspace(-1, 1, 17)
        arch = 1 - t**2
        lift = (
            corner * np.abs(t) ** 1.7
            + who.asymmetry * 0.6 * t
            - 0.07 * au["14"] * np.clip(t, 0, 1) ** 2
        )
        x = wide * t
        seam = middle + lift
        upper = seam - parted * 0.36 * arch**0.6
        lower = seam + parted * 0.64 * arch**0.6
        bow = 1 - 0.18 * np.exp(-((t / 0.12) ** 2))
        top = (
            upper - 0.055 * who.lips * thin * (arch**0.8) * bow - 0.03 * au["10"] * arch
        )
        push = 0.03 * au["17"]
        bottom = (
            lower
            + 0.075 * who.lips * thin * arch**0.7 * (1 - 0.2 * au["17"])
            - push * 0.3
        )
        red = np.array(who.skin) * [0.80, 0.56, 0.56] + [18, 6, 8]
        pale = np.array(who.skin) * 0.9
        lip = red * (0.55 + 0.3 * min(who.lips - 0.6, 1)) + pale * (
            0.45 - 0.3 * min(who.lips - 0.6, 1)
        )

        def band(above, below):
            return np.concatenate(
                [np.stack([x, above], 1), np.stack([x, below], 1)[::-1]]
            )

        self._fill(picture, band(top, upper), self._tone(lip, 0.82))
        self._fill(picture, band(lower, bottom), self._tone(lip, 1.0))
        shine = lower + (bottom - lower) * 0.45
        self._line(picture, np.stack([x, shine], 1)[6:11], self._tone(lip, 1.15), 0.015)
        if parted > 0.012:
            self._fill(picture, band(upper, lower), (58, 20, 22))
            teeth = upper + np.minimum(0.6 * (lower - upper), 0.055)
            self._fill(
                picture, band(upper, teeth)[2:-2], self._tone((232, 226, 214), 0.92)
            )
            tongue = lower - 0.35 * (lower - upper) * arch
            if parted > 0.09:
                self._fill(picture, band(tongue, lower)[4:-4], (150, 70, 72))
        seam_colour = self._tone(red * 0.42, 1)
        self._line(picture, np.stack([x, upper], 1), seam_colour, 0.016)
        if parted > 0.012:
            self._line(picture, np.stack([x, lower], 1), seam_colour, 0.010)

    def _spectacles(self, picture: np.ndarray) -> None:
        """Thin rims, a bridge and temples."""
        colour, gap = (52, 46, 48), self.who.eye_gap
        angle = np.linspace(0, 2 * np.pi, 33)
        for side in (-1, 1):
            rim = np.stack(
                [side * gap + 0.215 * np.cos(angle), -0.07 + 0.165 * np.sin(angle)],
                axis=1,
            )
            self._line(picture, rim, colour, 0.014)
            temple = [
                (side * (gap + 0.21), -0.10),
                (side * (self.who.width - 0.01), -0.13),
            ]
            self._line(picture, temple, colour, 0.014)
        self._line(
            picture,
            [(-gap + 0.21, -0.09), (0, -0.12), (gap - 0.21, -0.09)],
            colour,
            0.014,
        )


def _step(edge: np.ndarray, softness: float = 0.03) -> np.ndarray:
    """1 where `edge` is positive, 0 where negative, soft between."""
    return _ease(edge / softness + 0.5)
