"""A painted head: what stays the same while a face moves.

Wall, clothes, head and hair are shaded once from a relief of soft bumps; the
result is kept and bent for each frame (see `expression`). Lengths are in half
heads: the chin is at y = 1, the skull's top at y = -1, and x = 0 is the middle of
the face.
"""

from __future__ import annotations

import numpy as np

from emolib.studio.camera import setup
from emolib.studio.causes import Causes
from emolib.studio.people import person

# fmt: off
# Where hair ends: volume above and beside; the hairline's height, how far it
# falls at the sides, and with what power; how far down hair hangs beside the face.
CUTS = {
    "short":  (.08, .02, -.64, 1.9, 4, None),
    "crop":   (.02, .00, -.66, 2.0, 5, None),
    "swept":  (.15, .02, -.66, 1.9, 4, None),
    "parted": (.09, .03, -.68, 1.2, 3, None),
    "curly":  (.13, .08, -.58, 1.2, 4, None),
    "pixie":  (.08, .03, -.44, .9, 4, None),
    "bald":   (-.03, .00, -1.3, 0, 2, None),
    "long":   (.08, .10, -.74, .9, 2, 1.5),
    "waves":  (.09, .16, -.70, 1.0, 2, 1.2),
    "bob":    (.09, .12, -.46, .2, 4, .60),
    "fringe": (.09, .10, -.43, .2, 4, 1.5),
    "bun":    (.04, .00, -.70, .9, 2, None),
}
SIDEWAYS = ("parted", "long", "waves", "pixie", "swept")  # the parting shows
STANDING = ("short", "crop", "swept", "bald")  # strands run up, not down
# fmt: on
EYE_Y = -0.10
SMALL, TINY = 300, 72  # pixels: below, drawn 2 and 4 times larger, for soft edges


class Portrait:
    """One person in one set-up.

    Args:
        session: identity and set-up; nothing else is looked at.
        width: of the final picture in pixels.
        height: of the final picture in pixels.
        zoom: how much closer than usual the head is.
    """

    def __init__(
        self, session: Causes, width: int, height: int, zoom: float = 1.0
    ) -> None:
        self.over = 1 if height > SMALL else 2 if height > TINY else 4
        self.shape = (height * self.over, width * self.over)
        self.who, self.setup = person(session), setup(session)
        framing = self.setup.framing
        self.unit = 0.345 * zoom * self.shape[0] / framing.distance
        # The closer, the lower the chin: the middle goes from the head to the face.
        middle = 0.5 + framing.across, 0.5 + framing.down - 0.05 * (zoom - 1)
        self.centre = np.array(middle) * self.shape[::-1]
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]].astype(np.float32)
        self.grid = columns, rows
        self.x = (columns - np.float32(self.centre[0])) / np.float32(self.unit)
        self.y = (rows - np.float32(self.centre[1])) / np.float32(self.unit)
        self.picture = self._paint(session)

    def box(self, x: float, top: float, bottom: float) -> tuple[slice, slice]:
        """Rows and columns of the face within x to both sides of its middle."""
        ends = np.array([(-x, top), (x, bottom)]) * self.unit + self.centre
        left, upper, right, lower = ends.astype(int).ravel()
        height, width = self.shape
        return (
            slice(max(upper, 0), min(lower, height)),
            slice(max(left, 0), min(right, width)),
        )

    # Painting.

    def _paint(self, session: Causes) -> np.ndarray:
        """Wall, clothes, head and hair, lit from one side."""
        import cv2

        y, side = self.y, self.setup.light.side
        wall = self.setup.background
        wall = np.float32([wall.red, wall.green, wall.blue])
        glow = 1.1 - 0.12 * y - 0.07 * ((self.x - 0.4 * side) ** 2 + y**2)
        picture = wall * glow[..., None]
        hair = self._hair(session.draws("identity.hair", "strands"))
        front, behind = self._hair_front(), self._hair_behind()
        _lay(picture, hair * 0.68, behind)
        self._body(picture)
        self._ears(picture)
        head = np.minimum(self._half_width() - np.abs(self.x), 1 - np.abs(y))
        skin = self._skin(session.draws("identity.skin", "pores"))
        self._beard(skin, session.draws("identity.hair", "beard"))
        head = _step(head, 0.02)
        cast = cv2.GaussianBlur(front, (0, 0), 0.05 * self.unit)
        _lay(picture, skin * (1 - 0.45 * cast[..., None]), head)
        self.bare = 255 - (255 * front).astype(np.uint8)  # skin without hair on it
        _lay(picture, hair, front)
        picture = picture * np.float32(self.setup.light.colour)
        picture = np.clip(picture, 0, 255).astype(np.uint8)
        return cv2.GaussianBlur(picture, (3, 3), 0)

    def _body(self, picture: np.ndarray) -> None:
        """Neck, shoulders and what they wear."""
        x, y, side = np.abs(self.x), self.y, self.setup.light.side
        skin = np.float32(self.who.skin.colour)
        neck = _step(0.37 + 0.12 * np.clip(y - 1, 0, 1) - x) * _step(y - 0.4)
        shade = 0.84 - 0.30 * np.exp(-(((y - 1.0) / 0.2) ** 2)) - 0.4 * x**2
        chest = 1.12 + 0.18 * x**1.7
        neck = np.maximum(neck, _step(y - chest))
        _lay(picture, skin * np.maximum(shade, 0.55)[..., None], neck)
        neckline = self.who.clothes.neckline
        if neckline == "round":
            slope = chest + 0.20 * np.exp(-((x / 0.3) ** 4))
        else:
            slope = chest + np.clip(0.42 - 1.15 * x, 0, 1)
        fold = 1.05 - 0.18 * np.abs(self.x + 0.3 * side)
        fold -= 0.3 * np.exp(-np.abs(slope - y) / 0.05)
        cloth = np.float32(self.who.clothes.colour)
        _lay(picture, cloth * fold[..., None], _step(y - slope))
        if neckline == "collar":
            lapel = np.minimum(y - slope + 0.02, 0.17 - np.abs(y - slope - 0.1))
            lapel = np.minimum(lapel, 0.47 - x)
            bright = 1.16 * fold + 0.1
            _lay(picture, cloth * bright[..., None], _step(lapel))

    def _ears(self, picture: np.ndarray) -> None:
        ear = 1 - ((np.abs(self.x) - self.who.shape.width) / 0.08) ** 2
        ear -= ((self.y - 0.03 + 0.1 * (np.abs(self.x) - 0.7)) / 0.19) ** 2
        hollow = 0.9 - 0.25 * np.exp(-(((ear - 0.7) / 0.25) ** 2))
        skin = np.float32(self.who.skin.colour) * np.float32([1, 0.93, 0.92])
        _lay(picture, skin * hollow[..., None], _step(ear, 0.2))

    def _half_width(self) -> np.ndarray:
        """The head's half width at each height."""
        y, shape = np.clip(self.y, -0.999, 0.999), self.who.shape
        crown = np.sqrt(1 - np.abs(y) ** 2.7)
        jaw = np.sqrt(1 - np.abs(y) ** shape.jaw) * (1 - shape.chin * y)
        return shape.width * np.where(y < 0, crown, jaw) + 1e-3

    def _bump(self, x: float, y: float, reach_x: float, reach_y: float) -> np.ndarray:
        """A soft hill of height 1, mirrored to both sides."""
        across, down = (np.abs(self.x) - x) / reach_x, (self.y - y) / reach_y
        return np.exp(-(across**2) - down**2)

    def _skin(self, draws: np.random.Generator) -> np.ndarray:
        """The skin's colour under this light."""
        import cv2

        lit, light = self._lit()
        mottle = draws.normal(size=self.shape).astype(np.float32)
        light += 0.2 * cv2.GaussianBlur(mottle, (0, 0), self.unit / 25)
        # Light that has been under the skin comes back red: shadows keep more of it.
        light = np.maximum(light, 0.05)
        powers = [light**power for power in (0.85, 1.05, 1.15)]
        colour = np.float32(self.who.skin.colour) * np.stack(powers, axis=2)
        blush = self._bump(0.42, 0.25, 0.18, 0.15)
        blush += 0.6 * self._bump(0, 0.27, 0.1, 0.08)
        colour *= 1 - blush[..., None] * np.float32([-0.01, 0.08, 0.06])
        shine = np.clip(lit, 0, 1) ** 16
        return colour + 14 * shine[..., None]

    def _lit(self) -> tuple[np.ndarray, np.ndarray]:
        """How far the skin faces the light, and how much light there is."""
        shape, age, bump = self.who.shape, self.who.age.lines, self._bump
        gap, nose, side = shape.eye_gap, shape.nose, self.setup.light.side
        relief = 0.11 * nose * bump(0, 0.10, 0.10, 0.26)
        relief += 0.09 * nose * bump(0, 0.25, 0.12 * nose, 0.10)
        relief += 0.04 * bump(0.12 * nose, 0.29, 0.07, 0.06)  # wings of the nose
        relief += 0.04 * bump(gap, -0.285, 0.24, 0.09)
        relief -= 0.07 * bump(gap, EYE_Y, 0.19, 0.12)
        relief += 0.05 * bump(0.40, 0.20, 0.22, 0.20)  # cheeks
        relief += 0.04 * bump(0, 0.86, 0.2, 0.14)  # chin
        relief += 0.03 * bump(0, 0.55, 0.28, 0.16) - 0.02 * bump(0, 0.70, 0.18, 0.05)
        relief -= (0.008 + 0.02 * age) * bump(0.31, 0.42, 0.05, 0.14)
        down, right = np.gradient(relief, 1 / self.unit)
        across = np.clip(self.x / self._half_width(), -1, 1)
        normal_x = 0.85 * across * np.abs(across) ** 0.6 - right
        normal_y = 0.5 * self.y * np.abs(self.y) ** 0.3 - down
        depth = np.sqrt(np.clip(1 - normal_x**2 - normal_y**2, 0.05, 1))
        towards = np.array([0.38 * side, -0.42, 0.85])
        towards /= np.linalg.norm(towards)
        lit = towards[0] * normal_x + towards[1] * normal_y + towards[2] * depth
        lit = lit.astype(np.float32)
        light = 0.56 + 0.50 * np.clip(lit, -0.2, 1)
        # Where little light gets in: sockets, beside and under the nose, nostrils.
        light -= 0.16 * bump(gap - 0.03, -0.15, 0.17, 0.09)
        light -= 0.05 * bump(gap, -0.03, 0.2, 0.12) + 0.05 * bump(0.11, 0.05, 0.05, 0.2)
        light -= 0.11 * bump(0, 0.345, 0.11, 0.03) + 0.07 * bump(0, 0.70, 0.15, 0.04)
        light -= 0.25 * bump(0.065 * nose, 0.322, 0.034, 0.018)
        light -= (0.01 + 0.09 * age) * bump(gap - 0.02, 0.055, 0.13, 0.022)
        for line in (-0.48, -0.57, -0.66):
            light -= 0.08 * max(age - 0.5, 0) * bump(0, line, 0.33, 0.012)
        return lit, light

    def _beard(self, skin: np.ndarray, draws: np.random.Generator) -> None:
        """Hair on jaw and lip, painted onto the skin."""
        import cv2

        hair, x, y = self.who.hair, np.abs(self.x), self.y
        jaw = _step(y - 0.70 + 0.95 * x**1.7, 0.16) * _step(y - 0.05, 0.4)
        jaw *= 1 - self._bump(0, 0.55, 0.22, 0.09)
        lip = _step(0.045 - 0.25 * x**2 - np.abs(y - 0.43 - 0.9 * x**2), 0.03)
        lip *= _step(0.31 - x, 0.1)
        grain = draws.normal(size=self.shape).astype(np.float32)
        grain = 2 * cv2.GaussianBlur(grain, (0, 0), 0.006 * self.unit + 0.3)
        cover = np.maximum(hair.beard * jaw, hair.moustache * lip)
        cover = cover * (0.9 + 0.15 * grain)
        light = 0.9 + 0.15 * grain + 0.1 * self.setup.light.side * self.x
        colour = np.float32(self.who.hair_colour) * light[..., None]
        _lay(skin, colour, np.clip(0.9 * cover, 0, 1))

    # Hair.

    def _hair(self, draws: np.random.Generator) -> np.ndarray:
        """The colour of hair: strands, or curls."""
        import cv2

        hair, x, y = self.who.hair, self.x, self.y
        noise = draws.normal(size=(2, 400))
        if hair.cut == "curly":
            fine = draws.normal(size=self.shape).astype(np.float32)
            fine = cv2.GaussianBlur(fine, (0, 0), 0.025 * self.unit)
            fine = np.clip(fine * 1.6 / fine.std(), -2, 2)
        else:
            if hair.cut in STANDING:
                angle = np.arctan2(x - hair.part, 1.4 - y)
            else:
                angle = np.arctan2(x - hair.part, y + 1.9) * 1.6
            if hair.cut == "waves":
                angle += 0.05 * np.sin(9 * y + 3 * np.abs(x))
            stops = np.linspace(-2, 2, 400)
            fine = 0.7 * np.interp(angle, stops, noise[0])
            fine += 0.7 * np.interp(angle, 6 * stops, noise[1])
        self.strands = fine.astype(np.float32)
        band = np.exp(-(((np.hypot(x, y * 0.9) - 0.93) / 0.12) ** 2))
        # Curls shade each other.
        plain, shine = (0.78, 0.16) if hair.cut == "curly" else (0.90, 0.26)
        light = plain + 0.10 * self.strands + shine * band
        light += 0.12 * self.setup.light.side * x
        colour = np.float32(self.who.hair_colour)
        return colour * light[..., None] + 10 * band[..., None]

    def _hair_behind(self) -> np.ndarray:
        """Where hair is seen behind the head."""
        x, y, hair = np.abs(self.x), self.y, self.who.hair
        *_, end = CUTS[hair.cut]
        if end:
            return _step(self._hanging(end), 0.04)
        if hair.cut == "bun":
            return _step(1 - (x / 0.27) ** 2 - ((y + 1.03) / 0.20) ** 2, 0.1)
        if hair.cut == "curly":
            wide = self.who.shape.width + 0.12 + hair.volume
            ellipse = (x / wide) ** 2 + ((y + 0.25) / 0.88) ** 2
            return _step(1 + 0.05 * self.strands - ellipse, 0.06)
        return np.zeros(self.shape, np.float32)

    def _hanging(self, end: float) -> np.ndarray:
        """How far inside long hair a point is; the hair's lower corners are round."""
        x, y, hair = np.abs(self.x), self.y, self.who.hair
        beside = CUTS[hair.cut][1]
        wide = self.who.shape.width + beside + hair.volume + 0.04
        wide = wide + 0.05 * np.sin(2.4 * y)
        if hair.cut == "waves":
            wide = wide + 0.03 * np.sin(9 * y)
        cap = 1 - (x / wide) ** 2 - ((y + 0.1) / 0.97) ** 2
        beyond = np.maximum(x - wide + 0.22, 0), np.maximum(y - end + 0.22, 0)
        return np.maximum(cap, np.minimum(0.22 - np.hypot(*beyond), y + 0.1))

    def _hair_front(self) -> np.ndarray:
        """Where hair covers the skull and hangs beside the face."""
        x, y, who = self.x, self.y, self.who
        top, beside, start, fall, power, end = CUTS[who.hair.cut]
        top, beside = top + who.hair.volume, beside * 0.4 + 0.5 * who.hair.volume
        middle = who.hair.part if who.hair.cut in SIDEWAYS else 0
        curly = who.hair.cut == "curly"
        waves = (0.03 if curly else 0.012) * self.strands
        place = x - middle * (1 - np.clip(x / 0.75, -1, 1) ** 2)  # temples stay
        line = start + who.hair.line + fall * np.abs(place) ** power
        line = line + waves - 0.10 * max(who.age.lines - 0.6, 0)
        width = who.shape.width + 0.02 + beside
        around = 1 - np.abs(x / width) ** 2.2 - np.abs((y + 0.03) / (1 + top)) ** 2.2
        if curly:
            around += 1.5 * waves
        elif who.hair.cut in ("swept", "parted"):
            # Fuller on the side away from the parting.
            around += 0.10 * np.sign(-middle or 1) * x * np.clip(-y, 0, 1)
        ends = 0.05 + 0.02 * waves  # at the ears
        cover = np.minimum(np.minimum(around, 0.6 * (line - y)), ends - y)
        if end:
            inner = 0.63 + 0.10 * np.sin(2.4 * (y - 0.2)) + waves
            hang = np.minimum(np.abs(x) - inner, self._hanging(end) - 0.01)
            cover = np.maximum(cover, np.minimum(hang, y + 0.6))
        return _step(cover, 0.045).astype(np.float32)


def _lay(picture: np.ndarray, colour: np.ndarray, mask: np.ndarray) -> None:
    """Paint a colour over the picture where the mask is."""
    picture += (colour - picture) * mask[..., None]


def _step(edge: np.ndarray, softness: float = 0.03) -> np.ndarray:
    """1 where `edge` is positive, 0 where negative, soft between."""
    return ease(edge / softness + 0.5)


def ease(place: np.ndarray) -> np.ndarray:
    """From 0 to 1 without a jerk; 0 before and 1 after."""
    place = np.clip(place, 0, 1)
    return place * place * (3 - 2 * place)
