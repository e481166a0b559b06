"""The ways to set the project up say the same thing."""

import re
import tomllib

import pytest
import yaml

from emolib import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
EXTRA = (ROOT / "requirements-extra.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
APART = ["app", "cluster", "functionals", "peers", "teaching"]
DIRECT = PROJECT["dependencies"] + [
    entry for name, of in EXTRAS.items() if name not in APART for entry in of
]
PIN = re.compile(r"^([a-z0-9-]+)==([^ \\]+)(.*)", re.M)
PINS = PIN.findall(LOCK)


def test_the_conda_environment_holds_the_versions_of_the_lock():
    conda, pip = [], []
    for entry in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]:
        (pip.extend(entry["pip"]) if isinstance(entry, dict) else conda.append(entry))
    locked = {f"{name}=={version}" for name, version, _ in PINS}
    torch = re.search(r"TORCH := (\S+)", (ROOT / "Makefile").read_text())[1]

    assert conda == ["python=3.11", "pip"]
    assert pip[0] == torch and pip[-1] == "-e ."
    assert set(pip[1:-1]) <= locked
    named = {re.match(r"[a-z0-9-]+", entry)[0] for entry in DIRECT}
    assert {entry.split("==")[0] for entry in pip[:-1]} == named


@pytest.mark.parametrize("lock", [LOCK, EXTRA], ids=["first", "extra"])
def test_the_locks_pin_with_hashes_and_name_no_host_nor_torch(lock):
    assert "://" not in lock and "index-url" not in lock
    blocks = re.split(r"\n(?=\S)", lock.strip())
    pins = PIN.findall(lock)
    assert len(blocks) == len(pins)
    assert all("--hash=sha256:" in block for block in blocks)
    names = {name for name, _, _ in pins}
    assert not [n for n in names if re.match(r"torch$|nvidia|cuda|triton", n)]


def test_the_second_lock_adds_to_the_first_and_holds_all_that_stands_apart():
    first, second = ({name for name, _, _ in PIN.findall(x)} for x in (LOCK, EXTRA))
    assert not first & second
    for name in APART:
        wanted = {re.match(r"[a-z0-9-]+", entry)[0] for entry in EXTRAS[name]}
        assert wanted <= first | second, name
    # The book and the notebooks never install it.
    make = (ROOT / "Makefile").read_text()
    for target in ("book", "lab", "test"):
        needs = re.search(rf"^{target}: (.*)", make, re.M)[1]
        assert "EXTRAS" not in needs


def test_importing_the_package_loads_nothing_heavy():
    import subprocess
    import sys

    heavy = ["numpy", "tensorflow", "keras", "torch", "librosa", "cv2", "pandas"]
    code = f"import emolib, sys; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert out.stdout.strip() == "[]"
