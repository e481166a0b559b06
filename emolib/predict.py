"""What the models that are here say of a file, a folder or a film.

Everything is told as it comes: a long film needs no more memory than a short one.
Sounds of at most `WHOLE` seconds are answered as a whole, longer ones window by
window; of films one picture in so many is looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from emolib import EmolibError, UsageError, files, integrity, media, shipped, streams
from emolib.corpora.base import IMAGE_SUFFIXES, SOUND_SUFFIXES
from emolib.features.faces import Box
from emolib.looking import Looked, in_picture, in_sound
from emolib.media import VIDEO_SUFFIXES, MediaError
from emolib.progress import reported
from emolib.shipped import smile, voice
from emolib.shipped.linear import Answer, load

KEYS = (
    *("file", "part", "start", "stop", "answer", "sure", "reason", "remedy"),
    *("left", "top", "width", "height", "model", "tested"),
)
"""Of each row; behind them stands a probability `p_CLASS` for each class."""

WHOLE, WINDOW = 10.0, 5.0
"""Seconds of a sound that is answered as a whole, and of a window of a longer one."""

REMEDIES = {
    **voice.REASONS,
    **smile.REASONS,
    "no audio stream": "the film has no sound: only its pictures are looked at",
    "no video stream": "the film has no pictures: only its sound is heard",
    "not heard": "of a stream the pictures are looked at; its sound needs a file",
}
SUFFIXES = (*SOUND_SUFFIXES, *IMAGE_SUFFIXES, *VIDEO_SUFFIXES, ".webm")

Tell = Callable[[dict], None]


class Shipped:
    """The two models that come with the book.

    >>> said, face = Shipped("face").answer(np.zeros((120, 160, 3), np.uint8))
    >>> said.label, said.reason, face
    ('', 'no face', None)
    """

    surety = "calibrated, by a temperature that was fixed on people left out"
    """How its probabilities came about."""

    def __init__(self, part: str) -> None:
        self.part, self.name = part, {"voice": "voice", "face": "smile"}[part]
        self.tested = shipped.told(self.name)

    def answer(self, content: np.ndarray) -> tuple[Answer, Any]:
        """What it says of samples or of a picture, and of which face in it."""
        if self.part == "voice":
            return voice.answer(content), None
        return smile.answer(content)

    def looked(self, content: np.ndarray, said: Answer) -> Looked:
        """What it was given, and what of it its first choice hangs on."""
        model = load(self.name)
        number = int(np.argmax(list(said.probabilities.values())))
        if self.part == "voice":
            ears = voice.Functionals()

            def heard(rows: np.ndarray) -> np.ndarray:
                return model.probabilities(
                    np.stack([voice.asked(ears.of(row)) for row in rows])
                )

            return in_sound(heard, content, number)
        grey, eyes = smile.upright(content, smile.find(content).eyes)

        def seen(pictures: np.ndarray) -> np.ndarray:
            rows = [smile.described(one[:, :, 0], eyes) for one in pictures]
            return model.probabilities(np.stack(rows))

        return in_picture(seen, grey[:, :, None], number)

    def framed(self, image: np.ndarray, box: Box) -> np.ndarray:
        """A picture with the face that was used, and in it the eyes and the mouth."""
        import cv2

        drawn, face = framed(image, box), smile.find(image)
        if face is not None:
            thick = max(round(box[2] / 60), 1)
            corners = np.rint(smile.mouth(face.eyes)).astype(np.int32)
            cv2.polylines(drawn, [corners], True, (255, 160, 0), thick)
            for eye in np.rint(face.eyes).astype(int).tolist():
                cv2.circle(drawn, eye, 3 * thick, (255, 160, 0), thick)
        return drawn


def framed(image: np.ndarray, box: Box) -> np.ndarray:
    """A copy of a picture with a box in it.

    >>> drawn = framed(np.zeros((60, 60, 3), np.uint8), (10, 10, 40, 40))
    >>> bool(drawn[10, 10:50].any()), bool(drawn[30, 30].any())
    (True, False)
    """
    import cv2

    drawn, thick = np.array(image), max(round(box[2] / 60), 1)
    left, top, width, height = box
    corners = (left, top), (left + width, top + height)
    cv2.rectangle(drawn, *corners, (255, 255, 255), 3 * thick)
    cv2.rectangle(drawn, *corners, (0, 90, 160), thick)
    return drawn


class Part(NamedTuple):
    """What one model says of a whole recording.

    Attributes:
        model, part, tested: as in a row.
        answer: its first choice by the mean of what it said each time it answered; ""
            where it never did, and `reason` then says why.
        probabilities: that mean; without an answer, of all that it gave.
        asked, answered: how often.

    >>> shares = {"smile": 0.9, "no smile": 0.1}
    >>> Part("smile", "face", "", "smile", "", "", shares, asked=1, answered=1).sure
    0.9
    """

    model: str
    part: str
    tested: str
    answer: str
    reason: str
    remedy: str
    probabilities: dict[str, float]
    asked: int
    answered: int

    @property
    def sure(self) -> float:
        """The largest probability."""
        return max(self.probabilities.values(), default=0.0)


def summed(rows: list[dict]) -> list[Part]:
    """The rows of a recording, one part of them after the other.

    >>> both = dict.fromkeys(KEYS, "") | {"part": "face", "answer": "a", "p_a": 0.6}
    >>> (found,) = summed([both | {"p_b": 0.4}, both | {"p_a": 0.2, "p_b": 0.8}])
    >>> found.answer, round(found.sure, 3)
    ('b', 0.6)
    """
    found: dict[str, list[dict]] = {}
    for row in rows:
        found.setdefault(row["part"], []).append(row)
    return [_summed(part, those) for part, those in found.items()]


def _summed(part: str, rows: list[dict]) -> Part:
    answered = [row for row in rows if row["answer"]]
    counted = answered or [row for row in rows if any(k[:2] == "p_" for k in row)]
    names = [key for key in (counted or [{}])[0] if key[:2] == "p_"]
    shares = {n[2:]: float(np.mean([row[n] for row in counted])) for n in names}
    reasons = [(row["reason"], row["remedy"]) for row in rows if row["reason"]]
    often = max(reasons, key=reasons.count) if not answered else ("", "")
    known = next((row for row in rows if row["model"]), rows[0])
    return Part(
        *(known["model"], part, known["tested"]),
        *(max(shares, key=shares.get) if answered else "", *often, shares),
        *(len(rows), len(answered)),
    )


def decided(parts: list[Part]) -> tuple[str, str]:
    """What voice and face say together, and why; the answer may be "".

    >>> face = Part("", "face", "", "sad", "", "", {"sad": 0.9, "happy": 0.1}, 1, 1)
    >>> voice = Part("", "voice", "", "happy", "", "", {"sad": 0.3, "happy": 0.7}, 1, 1)
    >>> decided([voice, face])
    ('sad', 'the face decides: it is surer of its answer (90 % against 70 %)')
    >>> decided([voice, face._replace(answer="", reason="no face")])
    ('happy', 'the voice alone decides; the face gives no answer: no face')
    """
    told = [part for part in parts if part.answer]
    silent = [part for part in parts if not part.answer]
    quiet = "; ".join(f"the {p.part} gives no answer: {p.reason}" for p in silent)
    if not told:
        return "", quiet
    if len(told) == 1:
        (one,) = told
        why = f"the {one.part} alone decides" + (f"; {quiet}" if quiet else "")
        return one.answer, why
    if len({tuple(part.probabilities) for part in told}) > 1:
        return "", (
            "neither decides for the other: one is asked about emotions in a voice, "
            "the other about something else in a face, so they are not joined"
        )
    surest = max(told, key=lambda part: part.sure)  # document C's rule
    others = max(part.sure for part in told if part is not surest)
    numbers = f"{100 * surest.sure:.0f} % against {100 * others:.0f} %"
    if len({part.answer for part in told}) == 1:
        return surest.answer, f"voice and face agree ({numbers})"
    return surest.answer, (
        f"the {surest.part} decides: it is surer of its answer ({numbers})"
    )


def models(
    study: str | None = None,
    weights: Sequence[Path] = (),
    checksums: Sequence[str] = (),
) -> list[Any]:
    """Those that are asked: the two shipped ones, a study's own, or weights of files.

    Args:
        study: slug or letter.
        weights, checksums: as in `further.models`.

    Raises:
        UsageError: for an unknown study, or weights that cannot be used.
        EmolibError: if no run of the study here has kept its weights.

    >>> [one.part for one in models()]
    ['voice', 'face']
    """
    if weights or checksums:
        if study:
            raise UsageError("--study or --weights: one of them is asked")
        from emolib import further

        return further.models(weights, checksums)
    if study is None:
        return [Shipped("voice"), Shipped("face")]
    from emolib.trained import of_study

    return of_study(study)


def predict(
    path: Path, asked: list[Any], tell: Tell, every: int = 5, copy: Path | None = None
) -> int:
    """Tell what the models say of a file or of each file in a folder.

    Args:
        path: sound, picture or film, or a folder with such; `-` is standard input,
            a film that comes through a pipe.
        asked: from `models`.
        tell: is given a row as soon as there is one; its keys are `KEYS`.
        every: of a film, one picture in so many is looked at.
        copy: where a film or picture is to be written again with the answers in it.

    Returns:
        How many files could not be used; each has told why.

    Raises:
        UsageError: for a file of no known kind, or a copy that cannot be.
        EmolibError: if a single file cannot be used.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.wav")
    ...     media.write_sound(path, np.full(32000, 0.1, np.float32), 16000)
    ...     predict(path, models(), lambda row: print(row["reason"]))
    no voice
    0
    """
    check_every(every)
    if str(path) == "-":
        from emolib import arriving

        arriving.stream(sys.stdin.buffer, asked, tell, every, copy)
        return 0
    if not path.is_dir():
        _check(path, copy)
        _file(path, asked, tell, every, copy)
        return 0
    if copy:
        raise UsageError(f"{path}: a copy is made of one film or picture, not a folder")
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
    if not found:
        raise UsageError(f"{path}: no file in it ends in {', '.join(SUFFIXES)}")
    failed = 0
    for one in reported(found, len(found), str(path), "files"):
        try:
            _file(one, asked, tell, every, None)
        except EmolibError as error:
            failed += 1
            told = getattr(error, "problem", "failed")
            tell(entry(one, "", Answer("", told, {}), remedy=str(error)))
    return failed


def check_every(every: int) -> None:
    """Refuse to look at one picture in none."""
    if every < 1:
        raise UsageError(f"--every {every}: give 1 or more")


def _check(path: Path, copy: Path | None) -> None:
    if path.suffix.lower() not in SUFFIXES:
        if not path.exists():
            raise MediaError(path, "missing")
        raise UsageError(f"{path}: a file must end in one of {', '.join(SUFFIXES)}")
    still = path.suffix.lower() in IMAGE_SUFFIXES
    check_copy(path, copy, ".png" if still else ".mp4")


def check_copy(path: Path, copy: Path | None, wanted: str) -> None:
    """Refuse a copy that cannot be made, before anything is looked at."""
    if copy is None:
        return
    if path.suffix.lower() in SOUND_SUFFIXES:
        raise UsageError(f"{path}: a sound has no picture to write answers into")
    if copy.suffix.lower() != wanted:
        raise UsageError(f"{copy}: the copy's name must end in {wanted}")
    if copy.exists():
        raise UsageError(f"{copy}: is there already; choose another name")


def _file(path: Path, asked, tell: Tell, every: int, copy: Path | None) -> None:
    integrity.existing(path)
    hears = [one for one in asked if one.part == "voice"]
    if path.suffix.lower() in IMAGE_SUFFIXES:
        _picture(path, eyes(asked, path), tell, copy)
    elif path.suffix.lower() in SOUND_SUFFIXES:
        _none(hears, path, "sounds")
        for row in _heard(path, hears):
            tell(row)
    else:
        sees = [one for one in asked if one.part == "face"]
        _film(path, hears, sees, tell, every, copy)


def eyes(asked: list[Any], path: Path) -> list[Any]:
    """Those of the models that are about faces.

    Raises:
        EmolibError: if there is none.
    """
    sees = [one for one in asked if one.part == "face"]
    _none(sees, path, "pictures")
    return sees


def _none(models, path: Path, kind: str) -> None:
    if not models:
        raise EmolibError(
            f"{path}: none of the models that are here answers {kind}; leave out "
            "--study to ask those that come with the book"
        )


def _picture(path: Path, sees, tell: Tell, copy: Path | None) -> None:
    image = media.read_image(path)
    rows = [row_of(one, image, path) for one in sees]
    for row in rows:
        tell(row)
    if copy:
        import cv2

        drawn = drawn_on(image, rows)
        _, png = cv2.imencode(".png", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
        files.write_atomic(copy, lambda place: place.write_bytes(png.tobytes()))


def _film(path: Path, hears, sees, tell: Tell, every: int, copy: Path | None) -> None:
    """Sound first, then pictures; with a copy both as the film runs."""
    heard = _heard(path, hears) if hears else iter(())
    if copy:
        seen = _seen(path, sees, every, all_frames=True)
        tell_all(seen, tell, copy, streams.frame_rate(path), heard)
        return
    seen = _seen(path, sees, every) if sees else iter(())
    shown = (row for _, rows in seen for row in rows)
    lacking = [
        _told(path, part, rows, tell)
        for part, rows in (("voice", heard), ("face", shown))
    ]
    if all(lacking):
        raise MediaError(path, "not video")


def _told(path: Path, part: str, rows: Iterator[dict], tell: Tell) -> bool:
    """Tell these rows; whether the film lacks what they are of."""
    try:
        for row in rows:
            tell(row)
    except MediaError as error:
        if error.problem not in ("no audio stream", "no video stream"):
            raise
        tell(entry(path, part, Answer("", error.problem, {})))
        return True
    return False


def tell_all(
    seen: Iterator, tell: Tell, copy: Path | None, rate: float, heard: Any = None
) -> None:
    """Tell what is seen, and write the copy as the film runs, if one is wanted.

    Args:
        seen: from `looked_at`.
        tell, copy: as in `predict`.
        rate: pictures a second.
        heard: what is said of the sound, row by row.
    """
    if copy:
        from emolib.studio.film import write_video

        write_video(copy, _annotated(seen, heard, tell), rate)
        return
    for _, rows in seen:
        for one in rows:
            tell(one)


def _annotated(seen: Iterator, heard, tell: Tell) -> Iterator[np.ndarray]:
    """All pictures with what was last said of the face and of the voice."""
    spoken, face = None, []
    for (time, image), rows in seen:
        while heard and (spoken is None or spoken["stop"] <= time):
            spoken = _next(heard)
            if spoken is None:
                heard = None
                break
            tell(spoken)
            heard = heard if spoken["stop"] else None
        for row in rows:
            tell(row)
        face = rows or face
        height, width = image.shape[:2]  # H.264 wants even sizes
        even = image[: height // 2 * 2, : width // 2 * 2]
        yield drawn_on(even, [*face, *([spoken] if spoken else [])])
    for row in heard or ():  # of a sound that is longer
        tell(row)


def _next(heard: Iterator[dict]) -> dict | None:
    """The next row of a film's sound; None at its end."""
    try:
        return next(heard, None)
    except MediaError as error:
        if error.problem != "no audio stream":
            raise
        return entry(error.path, "voice", Answer("", error.problem, {}))


def _seen(path: Path, sees, every: int, all_frames: bool = False) -> Iterator:
    """As `looked_at`, of a film."""
    rate = streams.frame_rate(path)
    frames = reported(media.read_film(path), _pictures(path), path.name, "pictures")
    timed = ((number / rate, frame) for number, frame in frames)
    return looked_at(path, timed, sees, every, every / rate, all_frames)


def looked_at(
    path: Path, timed: Iterator, sees, every: int, span: float, all_frames: bool = False
) -> Iterator[tuple[tuple[float, np.ndarray], list[dict]]]:
    """Time, picture and rows of each picture that is looked at, or of every one.

    Args:
        path: what the rows call it.
        timed: seconds, and a frame as FFmpeg holds it or its pixels.
        sees: models for faces.
        every: one picture in so many is looked at.
        span: seconds from one of these to the next.
        all_frames: give the others, too, without rows.
    """
    for number, (start, frame) in enumerate(timed):
        looked = number % every == 0
        if not (looked or all_frames):
            continue
        image = frame if isinstance(frame, np.ndarray) else media.pixels(frame)
        asked = sees if looked else ()
        rows = [row_of(m, image, path, start, start + span) for m in asked]
        yield (start, image), rows


def _pictures(path: Path) -> int:
    """About how many pictures a film promises."""
    with streams.opened(path, "video") as container:
        stream = container.streams.video[0]
        seconds = (container.duration or 0) / 10**6
        return stream.frames or round(seconds * float(stream.average_rate or 25))


def _heard(path: Path, hears) -> Iterator[dict]:
    """Rows of a sound: of the whole, or of window after window."""
    parts = max(round(seconds(path) / WINDOW), 1)
    found = reported(windows(path, voice.RATE), parts, path.name, "windows")
    for start, samples in found:
        stop = start + len(samples) / voice.RATE
        for one in hears:
            yield row_of(one, samples, path, start, stop)


def seconds(path: Path) -> float:
    """How long a sound or a film says that it is, or else its last piece; 0 of a still.

    Raises:
        MediaError: if the file cannot be used.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.wav")
    ...     media.write_sound(path, np.full(32000, 0.1, np.float32), 16000)
    ...     seconds(path)
    2.0
    """
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return 0.0
    if path.suffix.lower() in SOUND_SUFFIXES:
        import soundfile

        with integrity.decoding(path, "audio"):
            return soundfile.info(path).duration
    import av

    with integrity.decoding(path, "video"), av.open(str(path)) as container:
        if container.duration:
            return container.duration / 10**6
        ends = (
            packet.pts * packet.time_base
            for packet in container.demux()  # as a page records: nothing says how long
            if packet.pts is not None
        )
        return float(max(ends, default=0))


def windows(path: Path, rate: int) -> Iterator[tuple[float, np.ndarray]]:
    """Where each window of a sound starts, in seconds, and its mono samples.

    Raises:
        MediaError: as `media.read_sound`, but for silence, which is an answer here;
            or if it was sampled below `rate`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.wav")
    ...     media.write_sound(path, np.full(32000, 0.1, np.float32), 16000)
    ...     [(start, len(samples)) for start, samples in windows(path, 16000)]
    [(0.0, 32000)]
    """
    kept, start, size = np.empty(0, np.float32), 0, round(WINDOW * rate)
    begun = False  # with windows, because the sound is too long to be one
    for block in _blocks(path, rate):
        kept = np.concatenate([kept, block])
        begun = begun or len(kept) > WHOLE * rate
        while begun and len(kept) >= 2 * size:
            yield start / rate, kept[:size]
            kept, start = kept[size:], start + size
    if not start and not len(kept):
        raise MediaError(path, "zero length")
    if begun and len(kept) > size:
        yield start / rate, kept[:size]
        kept, start = kept[size:], start + size
    yield start / rate, kept


def _blocks(path: Path, rate: int) -> Iterator[np.ndarray]:
    """A sound's samples at this rate, block by block."""
    import soxr

    own, blocks = _decoded(path)
    if not media.RATES[0] <= own <= media.RATES[1]:
        raise MediaError(path, "impossible rate")
    if own < rate:
        raise MediaError(path, f"sampled at {own} Hz, below {rate} Hz")
    stream = soxr.ResampleStream(own, rate, 1, dtype="float32") if own > rate else None
    for block in blocks:
        if not np.isfinite(block).all():
            raise MediaError(path, "not finite")
        if np.abs(block).max(initial=0) > media.LOUDEST_PEAK:
            raise MediaError(path, "beyond full scale")
        mono = block.mean(axis=1, dtype=np.float32)
        yield stream.resample_chunk(mono) if stream else mono
    if stream:
        yield stream.resample_chunk(np.empty(0, np.float32), last=True)


def _decoded(path: Path) -> tuple[int, Iterator[np.ndarray]]:
    """The rate of a sound and its samples, (n, channels), block by block."""
    if path.suffix.lower() not in SOUND_SUFFIXES:
        with streams.opened(path, "audio") as container:
            rate = container.streams.audio[0].rate
        return rate, _of_film(path)
    import soundfile

    if fault := integrity.sound_fault(path):
        raise MediaError(path, fault)
    with integrity.decoding(path, "audio"):
        file = soundfile.SoundFile(path)
    return file.samplerate, _of_file(file, path)


def _of_file(file, path: Path) -> Iterator[np.ndarray]:
    missing = file.frames
    with integrity.decoding(path, "audio"), file:
        while missing and len(block := file.read(2**16, "float32", always_2d=True)):
            missing -= len(block)
            yield block
    if missing:
        raise MediaError(path, "truncated")


def _of_film(path: Path) -> Iterator[np.ndarray]:
    import av

    with streams.opened(path, "audio") as container:
        stream = container.streams.audio[0]
        to_float = av.AudioResampler(format="fltp")
        for frame in streams.decoded(container, stream, path):
            for part in to_float.resample(frame):
                yield part.to_ndarray().T


def row_of(model: Any, content: np.ndarray, path: Path, start=None, stop=None) -> dict:
    """What one of `models` says of samples or of a picture; its keys are `KEYS`.

    >>> row_of(Shipped("voice"), np.zeros(16000, np.float32), Path("a.wav"))["reason"]
    'silent'
    """
    found = model.answer(content)
    said, box = found if isinstance(found, tuple) else (found, None)
    row = entry(path, model.part, said, start, stop, box)
    return (
        row
        | {"model": model.name, "tested": model.tested}
        | {f"p_{name}": round(share, 4) for name, share in said.probabilities.items()}
    )


def entry(path, part, said: Answer, start=None, stop=None, box=None, remedy="") -> dict:
    """What was said, or why nothing was; its keys are `KEYS`."""
    values = (
        *(str(path), part, _rounded(start), _rounded(stop), said.label),
        *(_rounded(said.sure), said.reason, remedy or REMEDIES.get(said.reason, "")),
        *(box or (None,) * 4),
        *("", ""),
    )
    return dict(zip(KEYS, values, strict=True))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def words(row: dict) -> str:
    """A row in a few words: what is said and how sure, or why nothing is.

    >>> words({"answer": "", "reason": "no face", "sure": None, "remedy": ""})
    'no answer: no face'
    """
    if row["answer"]:
        return f"{row['answer']}, {100 * row['sure']:.0f} % sure"
    return f"no answer: {row['reason']}"


def drawn_on(image: np.ndarray, rows: list[dict]) -> np.ndarray:
    """A picture with a box around the face and the answers above one another.

    >>> image = np.zeros((60, 60, 3), np.uint8)
    >>> row = row_of(Shipped("face"), image, Path("a.png"))
    >>> bool(drawn_on(image, [row])[:20].any())
    True
    """
    import cv2

    drawn = np.ascontiguousarray(image)
    drawn = drawn.copy() if drawn is image else drawn
    size = max(len(drawn) / 480, 0.4)
    thick, line = max(round(size), 1), round(22 * size)
    for number, row in enumerate(rows, 1):
        if row["width"]:
            drawn = framed(drawn, tuple(row[key] for key in KEYS[8:12]))
        place = (round(6 * size), line * number)
        text = (
            f"{row['part']}: {words(row)}",
            place,
            cv2.FONT_HERSHEY_SIMPLEX,
            0.6 * size,
        )
        cv2.putText(drawn, *text, (255, 255, 255), 4 * thick, cv2.LINE_AA)
        cv2.putText(drawn, *text, (0, 0, 0), thick, cv2.LINE_AA)
    return drawn


# -- in words and in JSON ---------------------------------------------------


class Table:
    """Rows printed one by one, and below them what is known of the models.

    >>> tell = Table(sys.stdout)
    >>> tell(row_of(Shipped("face"), np.zeros((60, 60, 3), np.uint8), Path("a.png")))
    a.png  face  no answer: no face (look into the camera, with light from the front)
    """

    def __init__(self, out) -> None:
        self.out, self.known = out, {}

    def __call__(self, row: dict) -> None:
        span = ""
        if row["start"] is not None:
            span = f"{row['start']:.1f} to {row['stop']:.1f} s"
        told = [Path(row["file"]).name, row["part"], span, words(row)]
        line = f"{told[0]:<28} {told[1]:<5} {told[2]:<16} {told[3]}"
        remedy = f" ({row['remedy']})" if row["remedy"] else ""
        print(line + remedy, file=self.out, flush=True)
        if row["model"]:
            self.known[row["model"]] = row["tested"]

    def end(self) -> None:
        """What each model is worth, under the rows."""
        for name, tested in self.known.items():
            print(f"\nWhat {name} is worth:", file=self.out)
            for part in tested.split("; "):
                print(f"  {part}", file=self.out)
        if self.known:
            print(
                "\nThese read displays, not feelings. Judge nobody by them.",
                file=self.out,
            )


class Json:
    """A list of rows, written one by one.

    >>> tell = Json(sys.stdout)
    >>> tell({"answer": "smile"}), tell.end()
    [
    {"answer": "smile"}
    ]
    (None, None)
    """

    def __init__(self, out) -> None:
        self.out, self.before = out, "["

    def __call__(self, row: dict) -> None:
        import json

        print(self.before, file=self.out)
        print(json.dumps(row, ensure_ascii=False), end="", file=self.out, flush=True)
        self.before = ","

    def end(self) -> None:
        print("[]" if self.before == "[" else "\n]", file=self.out)
