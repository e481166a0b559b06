"""Make the two shipped models and their cards again, from the published recordings.

    python -m emolib.shipped --data DIR [--out DIR]

DIR holds emodb, ravdess, tess and london_faces (info.csv; neutral, smiling). The same
files give the same models; cards say what they were made with.
"""

from __future__ import annotations

import argparse
import json
from importlib.metadata import version
from pathlib import Path

from emolib import data_folder
from emolib.files import shown, write_atomic
from emolib.shipped import FOLDER, NAMES, linear, making
from emolib.shipped.cards import ABOUT

MAKERS = {"voice": making.make_voice, "smile": making.make_smile}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", help="where corpora lie; else EMOLIB_DATA, else data")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where models go")
    parser.add_argument("--only", choices=NAMES, help="one of the two")
    chosen = parser.parse_args()
    data = str(data_folder(chosen.data))
    for name in [chosen.only] if chosen.only else NAMES:
        model, rows = MAKERS[name](data)
        path = chosen.out / f"{name}.safetensors"
        linear.save(model, path)
        card = ABOUT[name] | {
            "aim": making.AIMS[name],
            "threshold": round(model.threshold, 4),
            "temperature": round(model.temperature, 4),
            "numbers": int(model.weights.size + model.offset.size),
            "made_with": {p: version(p) for p in ("scikit-learn", "numpy")},
            "rows": rows,
        }
        text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
        write_atomic(path.with_suffix(".json"), _writing(text))
        print(f"{shown(path.resolve())}: {path.stat().st_size} bytes")


def _writing(text: str):
    return lambda path: path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
