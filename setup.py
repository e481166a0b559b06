"""What pyproject.toml cannot say: the records that come with the book travel along.

A notebook that is opened alone, as in Colab, installs the package and finds them in it
(`emolib.PUBLISHED`). In a checkout, and where that is installed as it lies, they are
read from their own place.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
FILES = ["requirements.lock", "book/published.json"]
FOLDERS = {"book/results": "*", "benchmarks": "*.json"}


class WithRecords(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        found = [HERE / name for name in FILES]
        for folder, pattern in FOLDERS.items():
            found += (HERE / folder).rglob(pattern)
        published = Path(self.build_lib) / "emolib" / "published"
        for path in found:
            if path.is_file() and not path.name.startswith("."):
                place = published / path.relative_to(HERE)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)


setup(cmdclass={"build_py": WithRecords})
