"""How the live demo shows an answer: words, bars, the face, what was looked at."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import numpy as np

from emolib import predict
from emolib.shipped import voice

NOT = (
    "It reads displays, not feelings: how somebody sounds or looks for a moment, as "
    "actors did on demand. It does not know what anybody feels. Judge nobody by it."
)
STYLE = """<style>
.gradio-container {--color-accent: #a34700}
.dark .gradio-container, .gradio-container.dark {--color-accent: #ffb27a}
.emo {color: var(--body-text-color); line-height: 1.45}
.emo h1 {font-size: 1.4rem; font-weight: bold; margin: 0 0 .3rem}
.emo h2 {font-size: 1.05rem; font-weight: bold; margin: .9rem 0 .3rem}
.emo p {margin: .4em 0}
.emo table {border-collapse: collapse; width: 100%}
.emo th {text-align: left; font-weight: normal; padding: 1px 10px 1px 0; width: 1%}
.emo td {padding: 1px 0}
.emo td:last-child {width: 4em; text-align: right}
.emo th, .emo td:last-child {white-space: nowrap}
.emo .bar {display: block; height: .85em; background: #1f6fb2; min-width: 1px}
.emo .first .bar {background: #a34700}
.dark .emo .bar {background: #6fb3ea}
.dark .emo .first .bar {background: #ffb27a}
.emo .first th, .emo .first td {font-weight: bold}
.emo figure {display: inline-block; margin: 6px 12px 6px 0; vertical-align: top;
  max-width: 100%}
.emo figure img {display: block; height: 132px; max-width: 100%}
.emo figcaption {width: 0; min-width: 100%; font-size: .85rem}
.emo .word {border-left: 4px solid #a34700; padding-left: .6em; margin: .5em 0}
.emo summary {cursor: pointer}
.emo ul {margin: .2em 0 .2em 1.2em; list-style: disc}
</style>"""


def word(text: str) -> str:
    """One sentence in a panel, read out by a screen reader."""
    return f'<div class="emo"><p class="word" role="status">{escape(text)}</p></div>'


def answer(
    parts: list[predict.Part], models: list[Any], pictures: str, live: bool = False
) -> str:
    """All that a panel says: what was decided, how sure, and what it is worth."""
    if len(parts) > 1:
        label, why = predict.decided(parts)
        head = f"{label}: {why}" if label else f"No joint answer: {why}"
    else:
        head = _alone(parts[0])
    role = "" if live else ' role="status"'  # nobody wants it read ten times a second
    told = [f'<p class="word"{role}><strong>{escape(head)}.</strong></p>']
    told += [_bars(part, _surety(part, models)) for part in parts]
    told += [pictures, f"<p><strong>What it is not.</strong> {escape(NOT)}</p>"]
    told += [_worth(part) for part in parts if part.tested and not live]
    return f'<div class="emo">{"".join(told)}</div>'


def _alone(part: predict.Part) -> str:
    if part.answer:
        return f"{part.answer}: the {part.part} alone was asked"
    return f"No answer: {part.reason}" + (f"; {part.remedy}" if part.remedy else "")


def _surety(part: predict.Part, models: list[Any]) -> str:
    return next((one.surety for one in models if one.name == part.model), "")


def _bars(part: predict.Part, surety: str) -> str:
    title = f"{part.part.capitalize()}: {part.answer or 'no answer'}"
    if part.answer:
        title += f", {_percent(part.sure)} sure"
    elif part.reason:
        title += f" ({escape(part.reason)})"
    told = f"<h2>{title}</h2>"
    if part.asked > 1:
        told += f"<p>{part.answered} of {part.asked} moments answered; their mean.</p>"
    if not part.probabilities:
        return told + (f"<p>{escape(part.remedy)}</p>" if part.remedy else "")
    if not part.answer:
        told += f"<p>{escape(part.remedy)}. It leaned so:</p>"
    first = max(part.probabilities, key=part.probabilities.get)
    rows = "".join(
        f'<tr{" class=first" if name == first else ""}><th scope="row">{escape(name)}'
        f'</th><td><span class="bar" style="width:{100 * share:.1f}%"></span></td>'
        f"<td>{_percent(share)}</td></tr>"
        for name, share in part.probabilities.items()
    )
    label = f"Probabilities by the {part.part}"
    how = f"<p>How sure: {escape(surety)}.</p>" if surety else ""
    return f'{told}<table aria-label="{label}"><tbody>{rows}</tbody></table>{how}'


def _percent(share: float) -> str:
    """
    >>> _percent(0.996), _percent(0.004), _percent(0.5)
    ('&gt;99 %', '&lt;1 %', '50 %')
    """
    if 0.01 <= share <= 0.99:
        return f"{100 * share:.0f} %"
    return "&gt;99 %" if share > 0.5 else "&lt;1 %"


def _worth(part: predict.Part) -> str:
    lines = "".join(f"<li>{escape(one)}</li>" for one in part.tested.split("; "))
    title = f"How often {part.model} was right"
    return f"<details><summary>{escape(title)}</summary><ul>{lines}</ul></details>"


def faces(one: Any, image: np.ndarray, row: dict, live: bool = False) -> str:
    """The face that was used, what the model was given of it, and where it looked."""
    if not row["width"]:
        return ""
    box = tuple(row[key] for key in ("left", "top", "width", "height"))
    if live:  # without looking for the eyes again
        return _figure(predict.framed(image, box), "The face that was used")
    found = _figure(one.framed(image, box), "The face and the regions used")
    said = one.answer(image)[0]
    if not said.probabilities:
        return found
    looked = one.looked(image, said)
    found += _figure(looked.given, "What the model was given of it")
    if looked.falls.size:
        fell = f"{100 * max(looked.falls.max(), 0):.0f} points at most"
        found += _figure(
            _warmed(looked),
            "What it looked at: a grey square was laid over place after place; where "
            f"it is red, the first choice fell, by {fell}",
        )
    return found


def _warmed(looked: predict.Looked) -> np.ndarray:
    """The picture, reddened where the answer falls if that place is covered."""
    import cv2

    size = looked.given.shape[1], looked.given.shape[0]
    falls = np.maximum(looked.falls, 0) / max(looked.falls.max(), 0.05)
    heat = cv2.resize(falls.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    heat = 0.7 * np.clip(heat, 0, 1)[:, :, None]
    return (looked.given * (1 - heat) + np.array([200, 30, 0]) * heat).astype(np.uint8)


def _figure(image: np.ndarray, caption: str) -> str:
    import cv2

    high, wide = image.shape[:2]
    share = 264 / high
    size = (max(min(round(wide * share), 640), 1), 264)
    method = cv2.INTER_AREA if share < 1 else cv2.INTER_NEAREST
    image = cv2.resize(np.ascontiguousarray(image), size, interpolation=method)
    _, jpg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    code = base64.b64encode(jpg.tobytes()).decode()
    return (
        f'<figure><img alt="{escape(caption)}" src="data:image/jpeg;base64,{code}">'
        f"<figcaption>{escape(caption)}.</figcaption></figure>"
    )


def listened(one: Any, samples: np.ndarray) -> str:
    """The sound, and by how much the answer falls where a tenth is silenced."""
    said = one.answer(samples)[0]
    if not said.probabilities:
        return ""
    falls = one.looked(samples, said).falls
    loud = [np.abs(p).max(initial=0) for p in np.array_split(samples, 10 * len(falls))]
    bars = "".join(
        f'<rect x="{3 * n}" width="2" y="{30 - 30 * min(v, 1):.1f}" '
        f'height="{60 * min(v, 1):.1f}" fill="currentColor"/>'
        for n, v in enumerate(loud)
    )
    most = max(falls.max(), 0.05)
    marks = "".join(
        f'<rect x="{30 * n}" width="30" y="0" height="60" fill="#c81e00" '
        f'opacity="{0.6 * max(fall, 0) / most:.2f}"/>'
        for n, fall in enumerate(falls)
    )
    n = int(falls.argmax())
    length = len(samples) / voice.RATE / len(falls)
    caption = (
        "What it listened to: each tenth was silenced in turn; where it is red, its "
        f"first choice fell, most ({100 * falls.max():.0f} points) from "
        f"{n * length:.1f} to {(n + 1) * length:.1f} seconds"
    )
    return (
        f'<figure><svg role="img" aria-label="{caption}" viewBox="0 0 300 60" '
        f'width="300" style="max-width:100%">{marks}{bars}</svg>'
        f"<figcaption>{caption}.</figcaption></figure>"
    )
