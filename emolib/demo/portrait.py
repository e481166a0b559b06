"""A painted head: what stays the same is kept, what moves is drawn anew.

Head, hair and clothes are shaded once from a relief of soft bumps. For a frame
that picture is bent where muscles pull, and eyes, brows, mouth and folds are
drawn on top. Lengths are in half heads: the chin is at y = 1, the skull's top at
y = -1, and x = 0 is the middle of the face.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emolib.demo.causes import Causes
from emolib.demo.people import Colour, person

# fmt: off
UNITS = ("1", "2", "4", "5", "6", "7", "9", "10", "12", "14", "15", "17", "20", "23",
         "24", "25", "26", "43", "jaw")
"""Action units that are drawn; "jaw" is the mouth opening in speech."""

# Where an action unit pulls the skin: centre x, y (both sides, unless x is 0);
# reach x, y; pull outwards and downwards.
PULLS = {
    "1": (.16, -.42, .16, .16, 0, -.07),
    "2": (.48, -.42, .16, .16, 0, -.07),
    "4": (.14, -.34, .14, .12, -.05, .05),
    "6": (.44, .14, .17, .13, 0, -.06),
    "9": (.12, .18, .12, .15, .01, -.07),
    "10": (.20, .36, .15, .12, .01, -.05),
    "12": (.38, .42, .17, .18, .07, -.07),
    "15": (.32, .62, .14, .13, .01, .06),
    "17": (0, .86, .22, .14, 0, -.06),
    "20": (.42, .58, .16, .16, .06, .02),
    "26": (0, 1.0, .50, .32, 0, .14),
    "jaw": (0, .98, .46, .30, 0, .07),
}
# How what is drawn follows the action units.
MOVES = {
    "brow_inner": {"1": -.13, "4": .145, "9": .05},
    "brow_outer": {"2": -.11, "4": .045},
    "brow_together": {"4": .05},
    "upper_lid": {"5": .55, "1": .15, "7": -.25, "4": -.15},
    "lower_lid": {"6": -.55, "7": -.45, "9": -.3, "5": .1},
    "lids_shut": {"43": 1, "12": .12},
    "mouth_parted": {"25": .06, "26": .19, "jaw": .14, "24": -.06, "17": -.04},
    "mouth_wide": {"12": .3, "20": .25, "17": -.10, "26": -.32, "24": -.08, "jaw": -.1},
    "mouth_lower": {"10": -.045, "9": -.03, "17": -.03, "12": .01},
    "corners_lower": {"12": -.10, "15": .075, "20": .03, "17": .02},
    "corner_lower": {"14": -.07},
    "lips_thin": {"24": .55, "23": .4, "12": .2, "20": .15},
    "lip_raised": {"10": .03},
    "fold_cheek": {"12": .7, "9": .5, "10": .5, "20": .25},
    "fold_eye": {"6": .5, "7": .4},
    "fold_temple": {"6": .5},
    "fold_frown": {"4": .6},
    "fold_nose": {"9": .6},
    "fold_dimple": {"14": .8},
    "fold_forehead": {"1": .2, "2": .2},
    "fold_chin": {"17": .5},
}
HAIR_FRONT = {  # volume; the hairline's height; how far it falls at the sides
    "short": (.05, -.66, .75), "side": (.08, -.70, .85), "fringe": (.09, -.43, .35),
    "long": (.08, -.74, 1.05), "bob": (.09, -.47, .45), "bun": (.04, -.72, .80),
    "curly": (.12, -.58, .70), "bald": (-.02, -1.2, 1.9),
}
# fmt: on
EYE_Y = -0.10
WEIGHTS = np.array([[moves.get(u, 0) for u in UNITS] for moves in MOVES.values()])


@lru_cache(maxsize=4)
def portrait(session: Causes, width: int, height: int) -> Portrait:
    """The portrait of a person in a set-up; the last few are kept."""
    return Portrait(session, width, height)


class Portrait:
    """One person in one set-up.

    Args:
        session: identity and set-up; nothing else is looked at.
        width: of the final picture in pixels.
        height: of the final picture in pixels.
    """

    def __init__(self, session: Causes, width: int, height: int) -> None:
        over = 2 if height <= 300 else 1  # drawn larger, then reduced: soft edges
        self.shape = (height * over, width * over)
        self.who = person(session)
        setup = session.draws("setup", "picture").normal(size=11)
        setup = session.dose("setup") * np.clip(setup, -1.7, 1.7)
        self.side, warm, bright, *self.wall = setup[:7]
        self.noise = 1 + abs(setup[10])
        self.light = np.array([1 + 0.06 * warm, 1, 1 - 0.08 * warm])
        self.light *= 1 + 0.11 * bright
        self.unit = 0.35 * self.shape[0] * (1 + 0.05 * setup[7])
        middle = 0.5 + 0.025 * setup[8], 0.49 + 0.015 * setup[9]
        self.centre = np.array(middle) * self.shape[::-1]
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]].astype(np.float32)
        self.grid = columns, rows
        self.x = (columns - self.centre[0]) / self.unit
        self.y = (rows - self.centre[1]) / self.unit
        self.base = self._paint(session.draws("identity", "texture"))
        self.pulls = self._pulls()

    # What stays.

    def _paint(self, draws: np.random.Generator) -> np.ndarray:
        """Background, clothes, head and hair, lit from one side."""
        import cv2

        x, y, who, side = self.x, self.y, self.who, self.side
        wall = np.clip(150 + 16 * np.array(self.wall[:3]) + 26 * self.wall[3], 60, 215)
        glow = 1.1 - 0.12 * y - 0.07 * ((x - 0.4 * side) ** 2 + y**2)
        picture = wall * glow[..., None]
        hair, skin = self._hair(draws), np.array(who.skin)
        _lay(picture, hair * 0.68, self._hair_behind())
        neck = _step(0.37 + 0.12 * np.clip(y - 1, 0, 1) - np.abs(x)) * _step(y - 0.4)
        shade = 0.84 - 0.30 * np.exp(-(((y - 1.0) / 0.2) ** 2)) - 0.4 * x**2
        _lay(picture, skin ** [1.0, 0.99, 0.985] * shade[..., None], neck)
        slope = 1.20 + 0.17 * np.abs(x) ** 1.7 + 0.20 * np.exp(-((x / 0.3) ** 4))
        fold = 1.05 - 0.18 * np.abs(x + 0.3 * side) - 0.3 * np.exp((slope - y) / 0.05)
        _lay(picture, np.array(who.cloth) * fold[..., None], _step(y - slope))
        ear = 1 - ((np.abs(x) - who.width - 0.005) / 0.095) ** 2
        ear -= ((y - 0.02) / 0.2) ** 2
        hollow = 0.9 - 0.25 * np.exp(-(((ear - 0.75) / 0.3) ** 2))
        _lay(picture, skin * [1, 0.93, 0.92] * hollow[..., None], _step(ear, 0.2))
        head = np.minimum(self._half_width() - np.abs(x), 1 - np.abs(y))
        _lay(picture, self._skin(draws), _step(head, 0.02))
        front = self._hair_front().astype(np.float32)
        self.bare = 255 - (255 * front).astype(np.uint8)  # skin without hair on it
        cast = cv2.GaussianBlur(front, (0, 0), 0.05 * self.unit)
        picture *= 1 - 0.45 * cast[..., None]
        _lay(picture, hair, front)
        picture = np.clip(picture * self.light, 0, 255).astype(np.uint8)
        return cv2.GaussianBlur(picture, (3, 3), 0)

    def _half_width(self) -> np.ndarray:
        """The head's half width at each height."""
        y, who = np.clip(self.y, -0.999, 0.999), self.who
        crown = np.sqrt(1 - np.abs(y) ** 2.7)
        jaw = np.sqrt(1 - np.abs(y) ** who.jaw) * (1 - who.chin * y)
        return who.width * np.where(y < 0, crown, jaw) + 1e-3

    def _bump(self, x: float, y: float, reach_x: float, reach_y: float) -> np.ndarray:
        """A soft hill of height 1, mirrored to both sides."""
        across, down = (np.abs(self.x) - x) / reach_x, (self.y - y) / reach_y
        return np.exp(-(across**2) - down**2)

    def _skin(self, draws: np.random.Generator) -> np.ndarray:
        """The skin's colour under this light."""
        import cv2

        who, bump = self.who, self._bump
        lit, light = self._lit()
        mottle = draws.normal(size=self.shape).astype(np.float32)
        light += 0.2 * cv2.GaussianBlur(mottle, (0, 0), self.unit / 25)
        # Light that has been under the skin comes back red: shadows keep more of it.
        colour = np.array(who.skin) * light[..., None] ** [0.85, 1.05, 1.15]
        blush = bump(0.42, 0.25, 0.18, 0.15) + 0.6 * bump(0, 0.27, 0.1, 0.08)
        colour *= 1 - blush[..., None] * [-0.01, 0.08, 0.06]
        beard = np.clip(1.3 * self.y - 0.35 + 0.9 * np.abs(self.x), 0, 1) ** 1.5
        beard *= _step(self.y - 0.28, 0.3) * (1 - 0.95 * bump(0, 0.55, 0.24, 0.08))
        beard = np.maximum(beard, 0.8 * bump(0, 0.42, 0.22, 0.04))
        beard *= 0.6 * who.beard * draws.uniform(0.8, 1.2, self.shape)
        _lay(colour, np.array(who.hair) * 0.95, beard)
        return colour + 14 * np.clip(lit, 0, 1)[..., None] ** 16  # the skin's shine

    def _lit(self) -> tuple[np.ndarray, np.ndarray]:
        """How far the skin faces the light, and how much light there is."""
        who, gap, bump = self.who, self.who.eye_gap, self._bump
        relief = 0.11 * who.nose * bump(0, 0.10, 0.10, 0.26)
        relief += 0.09 * who.nose * bump(0, 0.25, 0.12 * who.nose, 0.10)
        relief += 0.04 * bump(0.12 * who.nose, 0.29, 0.07, 0.06)  # wings of the nose
        relief += 0.04 * bump(gap, -who.brow_height, 0.24, 0.09)
        relief -= 0.07 * bump(gap, EYE_Y, 0.19, 0.12)
        relief += 0.05 * bump(0.40, 0.20, 0.22, 0.20)  # cheeks
        relief += 0.04 * bump(0, 0.86, 0.2, 0.14)  # chin
        relief += 0.03 * bump(0, 0.55, 0.28, 0.16) - 0.02 * bump(0, 0.70, 0.18, 0.05)
        relief -= (0.008 + 0.02 * who.age) * bump(0.31, 0.42, 0.05, 0.14)
        down, right = np.gradient(relief, 1 / self.unit)
        across = np.clip(self.x / self._half_width(), -1, 1)
        normal_x = 0.85 * across * np.abs(across) ** 0.6 - right
        normal_y = 0.5 * self.y * np.abs(self.y) ** 0.3 - down
        depth = np.sqrt(np.clip(1 - normal_x**2 - normal_y**2, 0.05, 1))
        towards = np.array([0.38 * self.side, -0.42, 0.85])
        towards /= np.linalg.norm(towards)
        lit = towards[0] * normal_x + towards[1] * normal_y + towards[2] * depth
        light = 0.56 + 0.50 * np.clip(lit, -0.2, 1)
        # Where little light gets in: sockets, beside and under the nose, nostrils.
        light -= 0.16 * bump(gap - 0.03, -0.15, 0.17, 0.09)
        light -= 0.05 * bump(gap, -0.03, 0.2, 0.12) + 0.05 * bump(0.11, 0.05, 0.05, 0.2)
        light -= 0.15 * bump(0, 0.345, 0.13, 0.03) + 0.07 * bump(0, 0.70, 0.15, 0.04)
        light -= 0.22 * bump(0.065 * who.nose, 0.318, 0.035, 0.02)
        light -= (0.01 + 0.09 * who.age) * bump(gap - 0.02, 0.055, 0.13, 0.022)
        for line in (-0.48, -0.57, -0.66):
            light -= 0.08 * max(who.age - 0.5, 0) * bump(0, line, 0.33, 0.012)
        return lit, light

    def _hair(self, draws: np.random.Generator) -> np.ndarray:
        """The colour of hair: strands that run from the crown, or curls."""
        import cv2

        if self.who.style == "curly":
            fine = draws.normal(size=self.shape).astype(np.float32)
            fine = cv2.GaussianBlur(fine, (0, 0), 0.025 * self.unit)
            fine *= 1.6 / fine.std()
        else:
            angle = np.arctan2(self.x - self.who.part, 1.4 - self.y)
            fine = np.interp(angle, np.linspace(-2, 2, 400), draws.normal(size=400))
        band = np.exp(-(((np.hypot(self.x, self.y * 0.9) - 0.93) / 0.12) ** 2))
        light = 0.92 + 0.09 * fine + 0.30 * band + 0.12 * self.side * self.x
        return np.array(self.who.hair) * light[..., None] + 10 * band[..., None]

    def _hair_behind(self) -> np.ndarray:
        """Where hair is seen behind the head."""
        x, y, style = self.x, self.y, self.who.style
        if style in ("long", "bob"):
            end = 1.35 if style == "long" else 0.62
            wide = self.who.width + 0.17 + 0.05 * np.sin(2.4 * y)
            top = 1 - (x / wide) ** 2 - ((y + 0.1) / 1.03) ** 2
            fall = np.minimum(wide - np.abs(x), np.minimum(y + 0.1, end - y))
            return _step(np.maximum(top, fall), 0.04)
        if style == "bun":
            return _step(1 - (x / 0.27) ** 2 - ((y + 1.06) / 0.21) ** 2, 0.1)
        if style == "curly":
            ellipse = (x / (self.who.width + 0.15)) ** 2 + ((y + 0.25) / 0.88) ** 2
            return _step(1 + self._waves() - ellipse)
        return np.zeros(self.shape)

    def _hair_front(self) -> np.ndarray:
        """Where hair covers the skull, down to the hairline."""
        x, y, who = self.x, self.y, self.who
        volume, start, fall = HAIR_FRONT[who.style]
        shift = who.part if who.style in ("side", "long") else 0
        waves = self._waves() if who.style == "curly" else 0.03 * np.sin(40 * x)
        line = start + fall * (x - shift) ** 2 + 0.3 * waves
        line -= 0.12 * max(who.age - 0.6, 0)
        around = 1 - (x / (who.width + volume)) ** 2 - ((y + 0.03) / (1 + volume)) ** 2
        around += waves * (who.style == "curly")
        inside = np.minimum(around, 0.6 * (line - y))
        return _step(np.minimum(inside, 0.05 - y), 0.045)

    def _waves(self) -> np.ndarray:
        """The uneven edge of curly hair."""
        angle = np.arctan2(self.y + 0.3, self.x)
        return 0.05 * np.sin(13 * angle) + 0.035 * np.sin(22 * angle + 1)

    def _pulls(self) -> np.ndarray:
        """Each unit's pull on the skin, in pixels, on a grid eight times coarser."""
        import cv2

        coarse = self.shape[1] // 8, self.shape[0] // 8
        x, y = (cv2.resize(axis, coarse) for axis in (self.x, self.y))
        fields = np.zeros((len(UNITS), *x.shape, 2), np.float32)
        for unit, (at_x, at_y, reach_x, reach_y, out, down) in PULLS.items():
            field = fields[UNITS.index(unit)]
            for side in (-1, 1) if at_x else (1,):
                across = (x - side * at_x) / reach_x
                hill = np.exp(-(across**2) - ((y - at_y) / reach_y) ** 2)
                field += self.unit * hill[..., None] * [side * out, down]
        return fields

    # What moves.

    def draw(self, units: np.ndarray) -> np.ndarray:
        """The face, larger than final, with its action units (`UNITS`) so strong."""
        move = dict(zip(MOVES, (WEIGHTS @ units).tolist(), strict=True))
        picture = self._bend(units)
        self._folds(picture, move)
        for side in (-1, 1):
            self._eye(picture, side, move)
            self._brow(picture, side, move)
        self._mouth(picture, move)
        if self.who.glasses:
            self._spectacles(picture)
        return picture

    def expose(self, picture: np.ndarray, camera: np.random.Generator) -> np.ndarray:
        """The set-up's sensor: a little noise, more in some rooms."""
        noise = camera.integers(-128, 128, picture.shape[:2], dtype=np.int16)
        noise = (noise * (self.noise / 74)).astype(np.int16)
        return np.clip(picture + noise[..., None], 0, 255).astype(np.uint8)

    def _bend(self, units: np.ndarray) -> np.ndarray:
        """Move the skin where the action units pull it."""
        import cv2

        field = np.tensordot(units.astype(np.float32), self.pulls, 1)
        field = cv2.resize(field, self.shape[::-1])
        columns, rows = self.grid
        columns, rows = columns - field[..., 0], rows - field[..., 1]
        return cv2.remap(self.base, columns, rows, cv2.INTER_LINEAR)

    def _points(self, points, origin=(0, 0)) -> np.ndarray:
        """Face coordinates to pixels with four binary digits of fraction."""
        points = np.asarray(points) * self.unit + self.centre - origin
        return (points * 16 + 0.5).astype(np.int32)

    def _fill(self, picture, points, colour, origin=(0, 0)) -> None:
        import cv2

        points = self._points(points, origin)
        cv2.fillPoly(picture, [points], colour, cv2.LINE_AA, 4)

    def _line(self, picture, points, colour, width: float) -> None:
        import cv2

        thick = max(1, round(width * self.unit))
        points = [self._points(points)]
        cv2.polylines(picture, points, False, colour, thick, cv2.LINE_AA, 4)

    def _tone(self, colour: Colour, factor: float = 1) -> Colour:
        """A colour in this set-up's light."""
        return tuple(np.clip(np.array(colour) * factor * self.light, 0, 255).tolist())

    def _folds(self, picture: np.ndarray, move: dict[str, float]) -> None:
        """Wrinkles where skin is pushed together, as soft dark lines."""
        import cv2

        gap, age = self.who.eye_gap, self.who.age
        shade = np.zeros(self.shape, np.uint8)

        def line(strength, width, *points):
            for side in (-1, 1):
                if strength > 0.03:
                    dark = min(85 * strength, 105)
                    self._line(shade, np.array(points) * [side, 1], dark, width)

        corner = self.who.mouth_width + 0.07 + 0.2 * max(move["mouth_wide"], 0)
        fold = move["fold_cheek"] + 0.12 * age
        line(fold, 0.02, (0.165, 0.27), (0.3 * corner + 0.16, 0.37), (corner, 0.52))
        line(move["fold_dimple"], 0.03, (corner, 0.49), (corner, 0.57))
        bag = (gap - 0.12, 0.03), (gap, 0.07), (gap + 0.13, 0.02)
        line(move["fold_eye"], 0.016, *bag)
        line(move["fold_frown"], 0.012, (0.055, -0.37), (0.06, -0.24))
        for y in (-0.10, -0.04):
            line(move["fold_nose"], 0.012, (0.02, y), (0.09, y + 0.04))
        for y in (-0.13, -0.08, -0.03):  # crow's feet
            feet = (gap + 0.21, y), (gap + 0.29, 1.8 * y + 0.07)
            line(move["fold_temple"] * (0.4 + age), 0.01, *feet)
        for y in (-0.50, -0.58, -0.66):
            raised = (0, y), (0.15, y + 0.005), (0.3, y + 0.02)
            line(move["fold_forehead"] * (0.4 + age), 0.012, *raised)
        line(move["fold_chin"], 0.03, (0, 0.76), (0.10, 0.79))
        shade = cv2.GaussianBlur(shade, (0, 0), self.unit * 0.014)
        shade = cv2.multiply(shade, self.bare, scale=1 / 255)
        reddish = [cv2.convertScaleAbs(shade, alpha=k) for k in (0.6, 0.85, 0.9)]
        kept = cv2.bitwise_not(cv2.merge(reddish))
        cv2.multiply(picture, kept, picture, 1 / 255)

    def _eye(self, picture: np.ndarray, side: int, move: dict[str, float]) -> None:
        """The lids' edges, and between them the eyeball unless they are shut."""
        who = self.who
        t = np.linspace(-1, 1, 13)  # from the inner to the outer corner
        arch = np.cos(t * np.pi / 2) ** 0.8
        x = side * (who.eye_gap + who.eye_size * t)
        y = EYE_Y + side * who.asymmetry * 0.5 - 0.018 * t
        lower = max(0.058 * (1 + move["lower_lid"]), 0.012)
        upper = 0.092 * (1 + move["upper_lid"])
        upper -= (upper + lower) * min(move["lids_shut"], 1)
        top = np.stack([x, y - upper * arch], axis=1)
        bottom = np.stack([x, y + lower * arch], axis=1)
        if upper + lower > 0.02:
            self._eyeball(picture, side * who.eye_gap, top, bottom)
        dark = self._tone(np.array(who.skin) * 0.18 + 8)
        self._line(picture, top, dark, 0.026)
        self._line(picture, bottom[1:-1], self._tone(who.skin, 0.55), 0.012)
        crease = top[1:-1] - [0, 0.045]
        self._line(picture, crease, self._tone(who.skin, 0.6), 0.014)

    def _eyeball(self, picture: np.ndarray, x: float, top, bottom) -> None:
        """White, iris, pupil, a glint and the lid's shadow, cut out by the lids."""
        import cv2

        corner = (np.array([x - 0.24, EYE_Y - 0.24]) * self.unit + self.centre).astype(
            int
        )
        size = int(0.48 * self.unit)
        part = picture[corner[1] : corner[1] + size, corner[0] : corner[0] + size]
        eye, mask = part.copy(), np.zeros(part.shape[:2], np.uint8)
        outline = np.concatenate([top, bottom[::-1]])
        self._fill(eye, outline, self._tone((236, 232, 228), 0.93), corner)
        shine = x + (0.025 if self.side >= 0 else -0.025)
        for at_x, at_y, radius, colour in (
            (x, EYE_Y - 0.012, 0.078, self._tone(self.who.iris, 0.55)),
            (x, EYE_Y - 0.012, 0.066, self._tone(self.who.iris, 1.1)),
            (x, EYE_Y - 0.012, 0.034, (16, 14, 14)),
            (shine, EYE_Y - 0.045, 0.017, (250, 250, 250)),
        ):
            at, radius = (
                self._points((at_x, at_y), corner),
                int(radius * self.unit * 16),
            )
            cv2.circle(eye, at, radius, colour, -1, cv2.LINE_AA, 4)
        shadow = np.concatenate([top, top[::-1] + [0, 0.03]])
        self._fill(eye, shadow, self._tone((150, 130, 120), 0.8), corner)
        self._fill(mask, outline, 255, corner)
        alpha = cv2.merge([mask, mask, mask])
        eye = cv2.multiply(eye, alpha, scale=1 / 255)
        part[:] = cv2.add(
            eye, cv2.multiply(part, cv2.bitwise_not(alpha), scale=1 / 255)
        )

    def _brow(self, picture: np.ndarray, side: int, move: dict[str, float]) -> None:
        """A tapered stroke."""
        who, together = self.who, move["brow_together"]
        t = np.linspace(0, 1, 9)  # from the nose outwards
        x = side * (who.eye_gap - 0.19 - together + (0.40 + 0.6 * together) * t)
        y = -who.brow_height - 0.05 * np.sin(np.pi * (0.15 + 0.75 * t)) + 0.04 * t**2
        y += move["brow_inner"] * (1 - t) ** 1.5 + move["brow_outer"] * t**0.8
        y += side * who.asymmetry
        thick = 0.036 * who.brow * (1 - 0.65 * t**2) * (0.8 + 0.2 * np.sin(np.pi * t))
        colour = np.array(who.hair) * 0.75 + np.array(who.skin) * 0.08
        self._fill(picture, _band(x, y - thick, y + thick), self._tone(colour))

    def _mouth(self, picture: np.ndarray, move: dict[str, float]) -> None:
        """Lips and, when they part, teeth and the dark behind them."""
        who, skin = self.who, np.array(self.who.skin)
        t = np.linspace(-1, 1, 17)
        arch = 1 - t**2
        x = who.mouth_width * (1 + move["mouth_wide"]) * t
        seam = 0.53 + move["mouth_lower"] + move["corners_lower"] * np.abs(t) ** 1.7
        seam += 0.6 * who.asymmetry * t + move["corner_lower"] * np.clip(t, 0, 1) ** 2
        parted = max(move["mouth_parted"], 0)
        upper = seam - 0.36 * parted * arch**0.6
        lower = seam + 0.64 * parted * arch**0.6
        full = who.lips * max(1 - move["lips_thin"], 0.2)
        bow = 1 - 0.18 * np.exp(-((t / 0.12) ** 2))
        top = upper - 0.055 * full * arch**0.8 * bow - move["lip_raised"] * arch
        bottom = lower + 0.075 * full * arch**0.7
        red = skin * [0.80, 0.56, 0.56] + [18, 6, 8]
        lip = 0.7 * red + 0.27 * skin
        self._fill(picture, _band(x, top, upper), self._tone(lip, 0.82))
        self._fill(picture, _band(x, lower, bottom), self._tone(lip))
        middle = np.stack([x, 0.55 * lower + 0.45 * bottom], axis=1)[6:11]
        self._line(picture, middle, self._tone(lip, 1.15), 0.015)
        dark = self._tone(red, 0.42)
        if parted > 0.012:
            self._fill(picture, _band(x, upper, lower), (58, 20, 22))
            teeth = upper + np.minimum(0.6 * (lower - upper), 0.055)
            white = self._tone((232, 226, 214), 0.92)
            self._fill(picture, _band(x, upper, teeth)[2:-2], white)
            tongue = lower - 0.35 * np.clip(lower - upper - 0.08, 0, 1) * arch
            self._fill(picture, _band(x, tongue, lower)[4:-4], (150, 70, 72))
            self._line(picture, np.stack([x, lower], axis=1), dark, 0.010)
        self._line(picture, np.stack([x, upper], axis=1), dark, 0.016)

    def _spectacles(self, picture: np.ndarray) -> None:
        """Thin rims, a bridge and temples."""
        gap, colour = self.who.eye_gap, (52, 46, 48)
        angle = np.linspace(0, 2 * np.pi, 33)
        rim = np.stack([gap + 0.215 * np.cos(angle), 0.165 * np.sin(angle) - 0.07], 1)
        temple = np.array([(gap + 0.21, -0.10), (self.who.width - 0.01, -0.13)])
        bridge = np.array([(gap - 0.21, -0.09), (0, -0.12)])
        for side in (-1, 1):
            for stroke in (rim, temple, bridge):
                self._line(picture, stroke * [side, 1], colour, 0.014)


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


def _band(x: np.ndarray, above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """The outline of what lies between two curves."""
    return np.stack([np.append(x, x[::-1]), np.append(above, below[::-1])], axis=1)
