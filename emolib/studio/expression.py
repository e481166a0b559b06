"""A painted head that moves: skin is bent where muscles pull, the rest drawn anew.

Eyes, brows, mouth and folds are drawn on top of the bent portrait, each half of
the face with its own action units. When the head turns or nods, what stands out
moves further than the outline.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emolib.studio.causes import Causes
from emolib.studio.people import Colour
from emolib.studio.portrait import CUTS, EYE_Y, Portrait

# fmt: off
UNITS = ("1", "2", "4", "5", "6", "7", "9", "10", "12", "14", "15", "17", "20", "23",
         "24", "25", "26", "43", "61", "62", "63", "64", "jaw")
"""Action units that are drawn; 61 to 64 turn the eyes to the person's left and
right, up and down; "jaw" is the mouth opening in speech."""

# Where an action unit pulls the skin: centre x, y (both sides, unless x is 0);
# reach x, y; pull outwards and downwards.
PULLS = {
    "1": (.16, -.42, .16, .16, 0, -.07),
    "2": (.48, -.42, .16, .16, 0, -.07),
    "4": (.14, -.34, .14, .12, -.05, .05),
    "6": (.44, .14, .17, .13, 0, -.08),
    "9": (.12, .18, .12, .15, .01, -.07),
    "10": (.20, .36, .15, .12, .01, -.05),
    "12": (.38, .42, .17, .18, .07, -.07),
    "14": (.36, .50, .12, .14, .04, -.02),
    "15": (.32, .62, .14, .13, .01, .06),
    "17": (0, .86, .22, .14, 0, -.06),
    "20": (.42, .58, .16, .16, .06, .02),
    "26": (0, 1.0, .50, .32, 0, .14),
    "jaw": (0, .98, .46, .30, 0, .07),
}
# How what is drawn follows the action units.
MOVES = {
    "brow_inner": {"1": -.13, "4": .105, "9": .04},
    "brow_outer": {"2": -.11, "4": .045},
    "brow_together": {"4": .045},
    "upper_lid": {"5": .50, "1": .12, "2": .05, "7": -.13, "4": -.03, "64": -.3,
                  "63": .12},
    "lower_lid": {"6": -.35, "7": -.30, "9": -.15, "5": .1},
    "lids_shut": {"43": 1, "12": .08},
    "gaze_across": {"61": .055, "62": -.055},
    "gaze_down": {"63": -.04, "64": .035},
    "mouth_parted": {"25": .06, "26": .19, "jaw": .14, "24": -.06, "17": -.04},
    "mouth_wide": {"12": .3, "14": .14, "20": .25, "17": -.10, "26": -.32, "24": -.08,
                   "jaw": -.1},
    "mouth_lower": {"10": -.045, "9": -.03, "17": -.03, "12": .01},
    "corners_lower": {"12": -.10, "14": -.075, "15": .075, "20": .03, "17": .02},
    "lips_thin": {"24": .55, "23": .4, "12": .2, "20": .15},
    "lip_raised": {"10": .03, "9": .01},
    "fold_cheek": {"12": .7, "9": .5, "10": .5, "20": .25},
    "fold_eye": {"6": .8, "7": .5},
    "fold_temple": {"6": .9},
    "fold_frown": {"4": .6},
    "fold_nose": {"9": .6},
    "fold_dimple": {"14": .5},
    "fold_forehead": {"1": .2, "2": .2},
    "fold_chin": {"17": .5},
}
# fmt: on
WEIGHTS = np.array([[moves.get(u, 0) for u in UNITS] for moves in MOVES.values()])
Moves = dict[str, float]
"""By name, how far a half of the face moves."""


@lru_cache(maxsize=4)
def expression(session: Causes, width: int, height: int, zoom: float) -> Expression:
    """The face of a person in a set-up; the last few are kept."""
    return Expression(session, width, height, zoom)


class Expression(Portrait):
    """A portrait whose face moves; made like a `Portrait`."""

    def __init__(self, session: Causes, width: int, height: int, zoom: float) -> None:
        import cv2

        super().__init__(session, width, height, zoom)
        self.turned = np.zeros(2)
        self.skin = self.box(1.05, -1.15, 1.75)
        self.folded = self.box(0.80, -0.78, 0.95)
        height, width = self.x[self.skin].shape
        coarse = max(width // 8, 2), max(height // 8, 2)
        x, y = (cv2.resize(axis[self.skin], coarse) for axis in (self.x, self.y))
        self.pulls, self.pulled = self._pulls(x, y)
        self.places = np.stack([axis[self.skin] for axis in self.grid], axis=2)
        self.paint = self._palette()
        del self.x, self.y, self.grid, self.strands  # only needed for painting

    def _pulls(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How each unit pulls the skin, in pixels, on a coarse grid.

        Also, for each of these fields, what share of it each half's unit has;
        the last two fields are those of turning and nodding.
        """
        fields, shares = [], []
        for unit, (at_x, at_y, reach_x, reach_y, out, down) in PULLS.items():
            for side in (-1, 1) if at_x else (0,):
                across = (x - side * at_x) / reach_x
                hill = np.exp(-(across**2) - ((y - at_y) / reach_y) ** 2)
                fields.append(hill[..., None] * [side * out, down])
                share = np.zeros((2, len(UNITS)))
                share[:, UNITS.index(unit)] = (1 - side) / 2, (1 + side) / 2
                shares.append(share.ravel())
        depth = _depth(x, y)[..., None]
        fields += [depth * [1, 0], depth * [0, 1]]
        fields = np.array(fields, np.float32) * np.float32(self.unit)
        return fields, np.array(shares, np.float32)

    def _palette(self) -> dict[str, Colour]:
        """The colours of all that is drawn, in this set-up's light."""
        person = self.who
        skin, iris = np.array(person.skin.colour), np.array(person.skin.iris)
        red = skin * [0.80, 0.56, 0.56] + [18, 6, 8]
        lip = 0.62 * red + 0.33 * skin
        brow = np.minimum(0.52 * person.hair_colour + 0.22 * skin, 0.6 * skin)
        colours = {
            "lash": skin * 0.14 + 8, "lid": skin * 0.5, "crease": skin * 0.6,
            "white": (220, 214, 208), "ring": iris * 0.45, "iris": iris * 1.05,
            "shade": (77, 64, 59), "brow": brow, "brow edge": 0.5 * brow + 0.42 * skin,
            "lip": lip, "upper lip": lip * 0.84, "lip light": lip * 1.07,
            "lip edge": 0.5 * lip + 0.45 * skin, "corner": skin * 0.62,
            "seam": red * 0.45, "gum": skin * [0.4, 0.25, 0.25],
            "teeth": (213, 208, 197),
        }  # fmt: skip
        light = self.setup.light.colour
        return {
            name: tuple(np.clip(colour * light, 0, 255).tolist())
            for name, colour in colours.items()
        }

    def draw(self, halves: np.ndarray, turned: np.ndarray) -> np.ndarray:
        """The face, larger than final.

        Args:
            halves: strength of the `UNITS` in the picture's left half of the face
                and in its right half.
            turned: how far the tip of the nose is moved across and down by a turn
                of the head, in half heads.
        """
        self.turned = turned
        moves = [dict(zip(MOVES, half, strict=True)) for half in halves @ WEIGHTS.T]
        picture = self._bend(halves)
        self._folds(picture, moves)
        for side, move in zip((-1, 1), moves, strict=True):
            self._eye(picture, side, move)
            self._brow(picture, side, move)
        self._mouth(picture, moves)
        if self.who.glasses.worn:
            self._spectacles(picture)
        return picture

    def _bend(self, halves: np.ndarray) -> np.ndarray:
        """Move the skin where the action units pull it."""
        import cv2

        amounts = np.append(self.pulled @ halves.ravel(), self.turned)
        field = np.tensordot(amounts.astype(np.float32), self.pulls, 1)
        field = cv2.resize(field, self.places.shape[1::-1])
        places = cv2.subtract(self.places, field)
        picture = self.picture.copy()
        picture[self.skin] = cv2.remap(
            self.picture, places, None, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
        )
        return picture

    # Drawing.

    def _points(self, points, origin=(0, 0)) -> np.ndarray:
        """Face coordinates to pixels with four binary digits of fraction."""
        points = np.asarray(points)
        # As deep as its middle: a stroke is small beside the face.
        depth = _depth(*points[len(points) // 2].tolist())
        start = self.centre + depth * self.unit * self.turned - origin
        return ((points * self.unit + start) * 16 + 0.5).astype(np.int32)

    def _fill(self, picture, points, colour, origin=(0, 0)) -> None:
        import cv2

        points = self._points(points, origin)
        cv2.fillPoly(picture, [points], colour, cv2.LINE_AA, 4)

    def _line(self, picture, points, colour, width: float, origin=(0, 0)) -> None:
        import cv2

        thick = max(1, round(width * self.unit))
        points = [self._points(points, origin)]
        cv2.polylines(picture, points, False, colour, thick, cv2.LINE_AA, 4)

    def _folds(self, picture: np.ndarray, moves: list[Moves]) -> None:
        """Wrinkles where skin is pushed together, as soft dark lines."""
        import cv2

        part = picture[self.folded]
        shade = np.zeros(part.shape[:2], np.uint8)
        origin = self.folded[1].start, self.folded[0].start
        for side, move in zip((-1, 1), moves, strict=True):
            for strength, width, points in self._creases(move):
                if strength > 0.03:
                    dark = min(85 * strength, 105)
                    points = np.array(points) * [side, 1]
                    self._line(shade, points, dark, width, origin)
        shade = cv2.GaussianBlur(shade, (0, 0), self.unit * 0.014)
        shade = cv2.multiply(shade, self.bare[self.folded], scale=1 / 255)
        reddish = [cv2.convertScaleAbs(shade, alpha=k) for k in (0.6, 0.85, 0.9)]
        part[:] = cv2.multiply(part, cv2.bitwise_not(cv2.merge(reddish)), scale=1 / 255)

    def _creases(self, move: Moves):
        """Strength, width and course of the wrinkles of one half."""
        gap, age = self.who.shape.eye_gap, self.who.age.lines
        corner = self.who.shape.mouth_width + 0.07 + 0.2 * max(move["mouth_wide"], 0)
        fold = move["fold_cheek"] + 0.12 * age
        cheek = (0.165, 0.27), (0.3 * corner + 0.16, 0.37), (corner, 0.52)
        yield fold, 0.02, cheek
        yield move["fold_dimple"], 0.02, ((corner, 0.47), (corner + 0.01, 0.56))
        bag = (gap - 0.12, 0.03), (gap, 0.07), (gap + 0.13, 0.02)
        yield move["fold_eye"], 0.016, bag
        yield move["fold_frown"], 0.012, ((0.055, -0.37), (0.06, -0.24))
        for y in (-0.10, -0.04):
            yield move["fold_nose"], 0.012, ((0.02, y), (0.09, y + 0.04))
        for y in (-0.13, -0.08, -0.03):  # crow's feet
            feet = (gap + 0.21, y), (gap + 0.29, 1.8 * y + 0.07)
            yield move["fold_temple"] * (0.4 + age), 0.01, feet
        for y in (-0.50, -0.58, -0.66):
            raised = (0, y), (0.15, y + 0.005), (0.3, y + 0.02)
            yield move["fold_forehead"] * (0.4 + age), 0.012, raised
        yield move["fold_chin"], 0.03, ((0, 0.76), (0.10, 0.79))

    def _eye(self, picture: np.ndarray, side: int, move: Moves) -> None:
        """The lids' edges, and between them the eyeball unless they are shut."""
        shape = self.who.shape
        t = np.linspace(-1, 1, 13)  # from the inner to the outer corner
        arch = np.cos(t * np.pi / 2) ** 0.8
        x = side * (shape.eye_gap + shape.eye_size * t)
        y = EYE_Y + side * shape.asymmetry * 0.5 - shape.eye_tilt * t
        lower = max(0.060 * (1 + move["lower_lid"]), 0.018)
        upper = max(0.096 * (1 + move["upper_lid"]), 0.03)
        upper -= (upper + lower) * min(move["lids_shut"], 1)
        top = np.stack([x, y - upper * arch], axis=1)
        bottom = np.stack([x, y + lower * arch], axis=1)
        if upper + lower > 0.02:
            self._eyeball(picture, side, move, top, bottom)
        self._line(picture, bottom[1:-1], self.paint["lid"], 0.012)
        lash = shape.lashes * (0.5 + 0.5 * np.sin(np.pi * (0.15 + 0.45 * (1 + t))))
        self._fill(
            picture, _band(x, top[:, 1] - lash, top[:, 1] + 0.008), self.paint["lash"]
        )
        crease = top[1:-1] - [0, 0.045]
        self._line(picture, crease, self.paint["crease"], 0.014)

    def _eyeball(
        self, picture: np.ndarray, side: int, move: Moves, top, bottom
    ) -> None:
        """White, iris, pupil, a glint and the lid's shadow, cut out by the lids."""
        import cv2

        middle = side * self.who.shape.eye_gap
        corner = self._points([(middle, EYE_Y)])[0] // 16 - int(0.27 * self.unit)
        size = int(0.54 * self.unit)
        corner = np.maximum(corner, 0)
        part = picture[corner[1] : corner[1] + size, corner[0] : corner[0] + size]
        eye, mask = part.copy(), np.zeros(part.shape[:2], np.uint8)
        outline = np.concatenate([top, bottom[::-1]])
        self._fill(eye, outline, self.paint["white"], corner)
        x, y = middle + move["gaze_across"], EYE_Y - 0.012 + move["gaze_down"]
        shine = x + (0.028 if self.setup.light.side >= 0 else -0.028)
        for at_x, at_y, radius, colour in (
            (x, y, 0.083, self.paint["ring"]),
            (x, y + 0.004, 0.069, self.paint["iris"]),
            (x, y, 0.038, (14, 12, 12)),
            (shine, y - 0.035, 0.017, (250, 250, 250)),
        ):
            at = self._points([(at_x, at_y)], corner)[0]
            size = int(radius * self.unit * 16)
            cv2.circle(eye, at, size, colour, -1, cv2.LINE_AA, 4)
        shadow = np.concatenate([top, top[::-1] + [0, 0.03]])
        self._fill(eye, shadow, self.paint["shade"], corner)
        self._fill(mask, outline, 255, corner)
        alpha = cv2.merge([mask, mask, mask])
        eye = cv2.multiply(eye, alpha, scale=1 / 255)
        rest = cv2.multiply(part, cv2.bitwise_not(alpha), scale=1 / 255)
        part[:] = cv2.add(eye, rest)

    def _brow(self, picture: np.ndarray, side: int, move: Moves) -> None:
        """A tapered stroke with a soft edge."""
        shape, brows, together = self.who.shape, self.who.brows, move["brow_together"]
        t = np.linspace(0, 1, 11)  # from the nose outwards
        x = side * (shape.eye_gap - 0.19 - together + (0.40 + 0.6 * together) * t)
        y = -brows.height - 0.05 * np.sin(np.pi * (0.15 + 0.75 * t)) + 0.04 * t**2
        y += move["brow_inner"] * (1 - t) ** 1.5 + move["brow_outer"] * t**0.8
        y += side * shape.asymmetry
        thick = 0.029 * brows.thickness * (1 - 0.7 * t**2)
        thick *= np.sin(np.pi * (0.15 + 0.6 * t)) ** 0.7
        soft = thick + 0.008
        self._fill(picture, _band(x, y - soft, y + soft), self.paint["brow edge"])
        self._fill(picture, _band(x, y - thick, y + thick), self.paint["brow"])

    def _mouth(self, picture: np.ndarray, moves: list[Moves]) -> None:
        """Lips and, when they part, teeth and the dark behind them."""
        x, top, upper, lower, bottom = self._lips(moves)
        edge = _band(x * 1.02, top - 0.01, bottom + 0.01)
        self._fill(picture, edge, self.paint["lip edge"])
        self._fill(picture, _band(x, top, upper), self.paint["upper lip"])
        self._fill(picture, _band(x, lower, bottom), self.paint["lip"])
        light = np.stack([x, (lower + bottom) / 2], axis=1)[5:12]
        thick = 0.4 * (bottom - lower).max()
        self._line(picture, light, self.paint["lip light"], thick)
        if (lower - upper).max() > 0.012:
            self._inside(picture, x, upper, lower)
        seam = np.stack([x, upper], axis=1)
        self._line(picture, seam, self.paint["seam"], 0.013)
        for end in seam[0], seam[-1]:  # a soft shadow
            ends = [end * [0.97, 1], end + [0.012 * np.sign(end[0]), 0.003]]
            self._line(picture, ends, self.paint["corner"], 0.016)

    def _lips(self, moves: list[Moves]) -> tuple[np.ndarray, ...]:
        """Places across, and there the upper and lower edge of either lip."""
        shape, (left, right) = self.who.shape, moves
        t = np.linspace(-1, 1, 17)
        arch, out = 1 - t**2, np.abs(t)

        def across(name: str) -> np.ndarray:  # from one corner to the other
            return left[name] + (right[name] - left[name]) * (1 + t) / 2

        def middle(name: str) -> float:
            return (left[name] + right[name]) / 2

        corners = across("corners_lower")
        seam = 0.53 + middle("mouth_lower") + 0.6 * shape.asymmetry * t - 0.012 * out
        seam += corners * out ** np.where(corners < 0, 2.0, 1.7)
        parted = 0.3 * np.tanh(max(middle("mouth_parted"), 0) / 0.3) * arch**0.6
        upper, lower = seam - 0.36 * parted, seam + 0.64 * parted
        full = shape.lips * max(1 - middle("lips_thin"), 0.2)
        bow = 1 - 0.18 * np.exp(-((t / 0.12) ** 2))
        raised = np.maximum(across("lip_raised"), 0) * arch
        top = upper - 0.055 * full * bow * arch**0.8 - raised
        bottom = lower + 0.075 * full * arch**0.7
        x = shape.mouth_width * (1 + across("mouth_wide")) * t
        return x, top, upper, lower, bottom

    def _inside(self, picture, x, upper, lower) -> None:
        """Teeth and tongue between parted lips."""
        self._fill(picture, _band(x, upper, lower), (58, 20, 22))
        teeth = upper + np.minimum(0.6 * (lower - upper), 0.055)
        self._fill(picture, _band(x, upper, teeth)[2:-2], self.paint["teeth"])
        tongue = lower - 0.35 * np.maximum(lower - upper - 0.08, 0)
        self._fill(picture, _band(x, tongue, lower)[4:-4], (150, 70, 72))
        edge = np.stack([x, lower], axis=1)
        self._line(picture, edge, self.paint["gum"], 0.010)

    def _spectacles(self, picture: np.ndarray) -> None:
        """Rims, a bridge and temples."""
        gap, glasses = self.who.shape.eye_gap, self.who.glasses
        angle = np.linspace(0, 2 * np.pi, 33)
        across, down = np.cos(angle), np.sin(angle)
        far = np.abs(across) ** glasses.squareness + np.abs(down) ** glasses.squareness
        far = far ** (-1 / glasses.squareness)
        rim = np.stack([gap + 0.215 * far * across, 0.16 * far * down - 0.07], 1)
        # To the ear, or to where hair hides the rest.
        end = 0.62 if CUTS[self.who.hair.cut][-1] else self.who.shape.width - 0.01
        temple = np.array([(gap + 0.21, -0.12), (end, -0.13)])
        bridge = np.array([(gap - 0.21, -0.09), (0, -0.12)])
        for side in (-1, 1):
            for stroke in (rim, temple, bridge):
                stroke = stroke * [side, 1]
                self._line(picture, stroke, glasses.colour, glasses.rim)


def _depth(x, y):
    """How far a point stands out towards the camera; 0 at the outline."""
    depth = 1 - (x / 0.95) ** 2 - (y / 1.15) ** 2
    return depth * (depth > 0)


def _band(x: np.ndarray, above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """The outline of what lies between two curves."""
    return np.stack([np.append(x, x[::-1]), np.append(above, below[::-1])], axis=1)
