"""What the twins share: clips, their form, classes dealt out to people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emolib.studio.causes import Causes

Build = Callable[..., Causes]
"""`Causes` with the seed and the doses of a rendering, and people of its own."""


@dataclass(frozen=True)
class Clip:
    """One performance: its causes and the files it becomes.

    Args:
        causes: what it is rendered from.
        sound: a sound file, relative to the corpus' folder, with /; or "".
        film: a film, with the same sound where the corpus has sound; or "".
        still: a picture; or "".
        part: the part of a corpus it belongs to, where there are several.
    """

    causes: Causes
    sound: str = ""
    film: str = ""
    still: str = ""
    part: str = ""

    @property
    def files(self) -> list[str]:
        """The files it becomes; none if it is a row of a table."""
        return [name for name in (self.sound, self.film, self.still) if name]


@dataclass(frozen=True)
class Form:
    """How the files of a corpus are made.

    Args:
        seconds: length of a clip at the plain speaking rate.
        sound_rate: samples a second; 0: without sound.
        frame_rate: pictures a second; 0: no film.
        size: width and height of a picture.
        zoom: how much closer than in a film the face is in a still.
        grey: whether stills are grey.
        says: key of `voice.UTTERANCES`; "": cries and sighs without words.
    """

    seconds: float = 0
    sound_rate: int = 0
    frame_rate: int = 0
    size: tuple[int, int] = (0, 0)
    zoom: float = 1
    grey: bool = False
    says: str = ""


@dataclass(frozen=True)
class Twin:
    """How to render the stand-in of a corpus.

    Args:
        clips: all clips of the published corpus, given what builds causes and how
            many clips each class has.
        form: of the published files.
        album: name of the one table whose rows are the stills, if there is one.
        tables: what writes the files beside the clips, such as a list of labels,
            given the clips and the path.
    """

    clips: Callable[[Build, dict[str, int]], Iterator[Clip]]
    form: Form
    album: str = ""
    tables: Mapping[str, Callable[[Sequence[Clip], Path], None]] = field(
        default_factory=dict
    )


def shares(total: int, counts: Mapping[str, int]) -> dict[str, int]:
    """Deal a total out in proportion to counts, by largest remainder.

    >>> shares(10, {"happy": 60, "sad": 29, "angry": 11})
    {'happy': 6, 'sad': 3, 'angry': 1}
    """
    exact = {name: total * n / sum(counts.values()) for name, n in counts.items()}
    dealt = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: dealt[name] - exact[name])
    for name in by_remainder[: total - sum(dealt.values())]:
        dealt[name] += 1
    return dealt


def dealt(
    counts: Mapping[str, int], people: Sequence[str]
) -> Iterator[tuple[int, str, str, int]]:
    """Deal all clips out to people, each class as evenly as it goes.

    Yields:
        Number of the person from 1 on, the person, the class, and which clip of
        that class and person it is, from 0 on; person after person.
    """
    row = sorted(
        ((number + 0.5) / count, emotion)
        for emotion, count in counts.items()
        for number in range(count)
    )
    seen = Counter()
    for place, (_, emotion) in enumerate(row):
        person = place * len(people) // len(row)
        yield person + 1, people[person], emotion, seen[person, emotion]
        seen[person, emotion] += 1


def thinned(
    clips: Sequence[Clip], total: int, published: Mapping[str, int]
) -> list[Clip]:
    """So many of the clips, classes in their published proportions.

    What belongs to one performance stays together. From each class every so
    manieth performance is taken, so that people, sentences and parts keep their
    shares too.
    """
    takes = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        takes[clip.causes.emotion][clip.causes.take].append(clip)
    per_take = len(clips) / sum(map(len, takes.values()))
    wanted = shares(round(total / per_take), published)
    kept = {
        take
        for emotion, groups in takes.items()
        for take in every(list(groups), wanted[emotion])
    }
    return [clip for clip in clips if clip.causes.take in kept]


def every(items: Sequence, count: int) -> list:
    """So many of the items, evenly spaced; all if there are fewer.

    >>> every("abcdefgh", 3)
    ['a', 'c', 'f']
    """
    count = min(count, len(items))
    return [items[number * len(items) // count] for number in range(count)]


def mixed(women: Iterable[str], men: Iterable[str]) -> list[str]:
    """Women and men in turn, so that the first few are a fair share of both.

    >>> mixed(["F1"], ["M1", "M2"])
    ['M1', 'F1', 'M2']
    """
    women, men = list(women), list(men)
    places = {
        name: (number + 0.5) / len(group)
        for group in (women, men)
        for number, name in enumerate(group)
    }
    return sorted(places, key=places.__getitem__)


def woman(person: int, women: int, people: int) -> float:
    """1 for so many of the people, spread evenly, counted from 1; else 0.

    >>> [woman(person, 2, 5) for person in range(1, 6)]
    [0.0, 0.0, 1.0, 0.0, 1.0]
    """
    return float(person * women // people - (person - 1) * women // people)
