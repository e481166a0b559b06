"""What tells two scikit-learn estimators apart."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

import numpy as np

from emolib import code


def unusual(estimator: Any) -> dict[str, Any]:
    """The settings that are not as scikit-learn has them, parts' too.

    >>> from sklearn.svm import SVC
    >>> unusual(SVC(C=10))
    {'estimator.C': 10}
    """
    told, given = {}, estimator.get_params()
    for name, value in given.items():
        owner, _, last = name.rpartition("__")
        part = given[owner] if owner else estimator
        usual = inspect.signature(type(part)).parameters.get(last)
        simple = value is None or isinstance(value, (bool, int, float, str))
        if simple and usual is not None and usual.default != value:
            told[f"estimator.{name}"] = value
    return told


def described(value: Any, own: list) -> Any:
    """An estimator's setting in JSON's types; an object by its kind and fields.

    Args:
        own: collects the functions and classes that no installed package brings.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [described(one, own) for one in value]
    if isinstance(value, dict):
        return {str(k): described(v, own) for k, v in value.items()}
    named = isinstance(value, (FunctionType, type))
    kind = value if named else type(value)
    if not code.installed(kind.__module__) and kind not in own:
        own.append(kind)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if named:
        return {"name": name}
    inner = (
        value.get_params(deep=False) if hasattr(value, "get_params") else vars(value)
    )
    return {"kind": name, **{k: described(v, own) for k, v in sorted(inner.items())}}
