"""Arithmetic on a printed layer table: shapes and parameters, row by row.

Pure functions, in Keras' terms. A kernel's size is rarely printed, but it is
implied: the parameters leave few sizes, and none if a row is wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SAME = ("dropout", "activation", "relu", "leakyrelu", "softmax", "normalization")
_KINDS = (
    *("separableconv", "depthwiseconv", "conv", "globalpooling", "pooling"),
    *("flatten", "reshape", "lstm", "gru", "dense", "batchnormalization", *_SAME),
)
_FILTERS = (8, 16, 32, 64, 128, 256, 512, 1024)
_KERNELS = (3, 5, 1, 7, 2, 4)
_SQUARES = {kernel * kernel for kernel in _KERNELS}
_STRIDES = (1, 2, 3, 4)

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """A row of a layer table.

    Args:
        name: as printed.
        kind: what it is, as `_KINDS` says; empty if unknown.
        shape: of its output, without the batch; empty if not legible.
        parameters: None if not printed.
    """

    name: str
    kind: str
    shape: Shape
    parameters: int | None


def read(name: str, shape: str, parameters: str) -> Layer:
    """A row from its three cells.

    >>> read("conv_1 (Conv2D)", "(None, 38, 75, 64)", "18,496")
    Layer(name='conv_1 (Conv2D)', kind='conv', shape=(38, 75, 64), parameters=18496)
    """
    inside = re.search(r"\((\w+)\)", name)
    bare = re.sub(r"[^a-z]", "", (inside[1] if inside else name).lower())
    bare = bare.replace("max", "").replace("average", "").replace("avg", "")
    kind = next((kind for kind in _KINDS if kind in bare), "")
    sizes = tuple(int(size) for size in re.findall(r"\d+", shape))
    digits = re.sub(r"[,\s]", "", parameters)
    count = int(digits) if digits.isdigit() else None
    return Layer(name, kind, sizes, count)


def problems(layers: list[Layer]) -> Iterator[tuple[int, list[str]]]:
    """What is wrong with each row that can be checked, given the row before.

    Args:
        layers: one after the other, as printed.

    Yields:
        A row's place, and what is wrong with it: an empty list if it holds.
    """
    before: Shape = ()
    for place, layer in enumerate(layers):
        if layer.kind and layer.shape and before:
            found = [_shape_problem(layer, before), _parameter_problem(layer, before)]
            yield place, [problem for problem in found if problem]
        elif _first_holds(layer):
            yield place, []
        before = layer.shape or before


def _first_holds(layer: Layer) -> bool:
    """Whether a first layer fits a channel or three: its input is not printed."""
    convolves = layer.kind in ("conv", "separableconv")
    return bool(convolves and layer.shape and not _parameter_problem(layer, ()))


# --- which cells are wrong ----------------------------------------------------------

Cell = tuple[int, str]
"""A row's place, and "shape" or "parameters"."""


@dataclass(frozen=True)
class Mended:
    """A way to put a layer table right.

    Args:
        shapes: what each row's output would be.
        wrong: the cells that are changed, or that nothing explains.
    """

    shapes: tuple[Shape, ...]
    wrong: frozenset[Cell]


def mended(layers: list[Layer]) -> list[Mended]:
    """The ways to make all rows follow from each other that change fewest cells.

    One slip makes its neighbours look wrong as well. Of all ways to replace shapes by
    others that the rows around them imply, those with the fewest cells that are wrong
    then are the likeliest. A table that holds has one way, which changes nothing.

    >>> rows = [("x (Conv2D)", "(9, 9, 8)", ""), ("x (Flatten)", "(640)", "0"),
    ...         ("x (Dense)", "(2)", "1298")]
    >>> [sorted(way.wrong) for way in mended([read(*row) for row in rows])]
    [[(1, 'shape')]]
    """
    ways: dict[Shape, tuple[float, list[Mended]]] = {(): (0, [Mended((), frozenset())])}
    for place, layer in enumerate(layers):
        after: dict[Shape, tuple[float, list[Mended]]] = {}
        for cost, before in ways.values():
            for way in before:
                for shape, wrong, price in _choices(place, layer, way):
                    made = Mended((*way.shapes, shape), way.wrong | wrong)
                    least, same = after.get(shape, (math.inf, []))
                    if cost + price < least - 1e-9:
                        after[shape] = cost + price, [made]
                    elif cost + price < least + 1e-9 and len(same) < _MOST_WAYS:
                        same.append(made)
        ways = after
    least = min((cost for cost, _ in ways.values()), default=0)
    found = [w for cost, some in ways.values() if cost < least + 1e-9 for w in some]
    return list({way.wrong: way for way in found}.values())


_MOST_WAYS = 8
_UNEXPLAINED = 1.5
"""What a shape costs that cannot follow and is kept: more than one that is mended."""


def _choices(
    place: int, layer: Layer, way: Mended
) -> Iterator[tuple[Shape, frozenset[Cell], float]]:
    """Shapes that a row may have after others, the cells wrong then, and the price."""
    before = way.shapes[-1] if way.shapes else ()
    if not layer.kind or not before:
        yield layer.shape or before, frozenset(), 0
        return
    for shape in dict.fromkeys([layer.shape or before, *_implied(layer, before)]):
        wrong, price = set(), 0.0
        asked = Layer(layer.name, layer.kind, shape, layer.parameters)
        if _shape_problem(asked, before):
            wrong, price = {(place, "shape")}, _UNEXPLAINED
        elif layer.shape and shape != layer.shape:
            wrong, price = {(place, "shape")}, 1.0
        if _parameter_problem(asked, before):
            wrong, price = {*wrong, (place, "parameters")}, price + 1
        yield shape, frozenset(wrong), price


def _implied(layer: Layer, before: Shape) -> list[Shape]:
    """Outputs that a row's kind and parameters, and the row before, imply."""
    kind, after, grid, values = layer.kind, layer.shape, before[:-1], math.prod(before)
    if kind in ("conv", "separableconv", "depthwiseconv"):
        channels = [after[-1]] if after else []
        if kind == "depthwiseconv":
            channels = [before[-1]]
        elif layer.parameters:
            channels += [
                filters
                for filters in _FILTERS
                if _kernel(kind, before[-1], filters, layer.parameters) in _SQUARES
            ]
        grids = dict.fromkeys([grid, after[:-1]])
        return [(*g, c) for g in grids for c in channels if len(g) == len(grid)]
    if kind == "pooling":
        down = tuple(size // 2 for size in grid), tuple(-(-size // 2) for size in grid)
        return [(*sizes, before[-1]) for sizes in dict.fromkeys(down)]
    if kind == "flatten":
        return [(values,)]
    if kind == "reshape":
        first, last = after[:1], after[-1:]
        return [
            *((n, values // n) for n in first if n and values % n == 0),
            *((values // n, n) for n in last if n and values % n == 0),
        ]
    if kind == "globalpooling":
        return [before[-1:]]
    if kind in ("lstm", "gru"):
        return [after[-1:], (*grid, *after[-1:])] if after else []
    if kind == "dense":
        return [(*grid, *after[-1:])] if after else []
    return [before]


# --- shapes -------------------------------------------------------------------------


def _shape_problem(layer: Layer, before: Shape) -> str:
    fits = _fitting_shape(layer, before)
    if fits is True:
        return ""
    hint = f"; {fits} would follow" if fits else ""
    return f"its output {layer.shape} cannot follow {before}{hint}"


def _fitting_shape(layer: Layer, before: Shape) -> bool | Shape | str:
    """True if the shape can follow, else what would (empty if that is open)."""
    kind, after = layer.kind, layer.shape
    if kind in ("conv", "separableconv", "depthwiseconv", "pooling"):
        return _fitting_grid(layer, before)
    if kind == "flatten":
        return after == (math.prod(before),) or _flat(before, after)
    if kind == "reshape":
        return math.prod(after) == math.prod(before) or f"{math.prod(before)} values"
    if kind == "globalpooling":
        return after == before[-1:] or before[-1:]
    if kind in ("lstm", "gru"):
        return len(after) == 1 or after[:-1] == before[:-1] or (*before[:-1], after[-1])
    if kind == "dense":
        return after[:-1] == before[:-1] or (*before[:-1], after[-1])
    return after == before or before


def _fitting_grid(layer: Layer, before: Shape) -> bool | Shape | str:
    after, pools = layer.shape, layer.kind == "pooling"
    if len(after) != len(before):
        return f"a shape of {len(before)} numbers"
    keeps = layer.kind in ("pooling", "depthwiseconv")
    if keeps and after[-1] != before[-1]:
        return (*(size // 2 for size in before[:-1]), before[-1]) if pools else ""
    strides = _STRIDES[1:] if pools else _STRIDES
    for stride in strides:
        kernels = (stride,) if pools else range(1, 12)
        ways = [
            {-(-size // stride), *((size - k) // stride + 1 for k in kernels)}
            for size in before[:-1]
        ]
        if all(size in way for size, way in zip(after[:-1], ways, strict=True)):
            return True
    if pools:
        return (*(size // 2 for size in before[:-1]), before[-1])
    return (*before[:-1], after[-1])


def _flat(before: Shape, after: Shape) -> str:
    """What a wrong flattening says of the layers before it."""
    right = f"{math.prod(before)} values"
    halved = (*(size // 2 for size in before[:-1]), before[-1])
    if after == (math.prod(halved),):
        return f"{right} (one more pooling, to {halved}, would give {after[0]})"
    return right


# --- parameters ---------------------------------------------------------------------


def _parameter_problem(layer: Layer, before: Shape) -> str:
    count = layer.parameters
    if count is None:
        return ""
    if layer.kind in ("conv", "separableconv"):
        inputs = before[-1:] or (1, 3)
        if any(_kernel(layer.kind, n, layer.shape[-1], count) for n in inputs):
            return ""
        hint = _other_filters(layer, inputs)
    elif layer.kind in ("lstm", "gru", "dense"):
        wanted = _weights(layer.kind, before[-1], layer.shape[-1])
        if count in wanted:
            return ""
        hint = f"{wanted[0]} would be right; {_other_inputs(layer)}"
    else:
        per_channel = {"batchnormalization": 4, "depthwiseconv": None}
        times = per_channel.get(layer.kind, 0)
        if times is None or count == times * layer.shape[-1]:
            return ""
        hint = f"{times * layer.shape[-1]} would be right"
    return f"its {count} parameters do not fit" + (f"; {hint}" if hint else "")


def _kernel(kind: str, inputs: int, outputs: int, count: int) -> int:
    """How many places of the picture a kernel sees; 0 if no number gives `count`.

    >>> _kernel("separableconv", 32, 64, 2400), _kernel("conv", 3, 32, 900)
    (9, 0)
    """
    for bias in (outputs, 0):
        if kind == "conv":
            area, rest = divmod(count - bias, inputs * outputs)
        else:
            area, rest = divmod(count - bias - inputs * outputs, inputs)
        if area > 0 and not rest and any(area % k == 0 for k in _sides(area)):
            return area
    return 0


def _sides(area: int) -> range:
    """Sides, up to 15, that a kernel of this area can have beside one up to 15."""
    return range(max(1, -(-area // 15)), 16)


def _other_filters(layer: Layer, inputs: Shape) -> str:
    for channels in inputs:
        for filters in _FILTERS:
            area = _kernel(layer.kind, channels, filters, layer.parameters or 0)
            if area in {k * k for k in _KERNELS}:
                side = math.isqrt(area)
                return f"they fit {filters} filters of {side} x {side}"
    return ""


def _weights(kind: str, inputs: int, units: int) -> list[int]:
    """Parameters of a layer with a bias, in the ways that there are."""
    if kind == "dense":
        return [inputs * units + units, inputs * units]
    gates = 4 if kind == "lstm" else 3
    one_way = [gates * (units * (units + inputs) + units)]
    if kind == "gru":  # Keras keeps a second bias
        one_way.insert(0, one_way[0] + gates * units)
    half = units // 2
    both = 2 * gates * (half * (half + inputs) + half)
    return [*one_way, both]


def _other_inputs(layer: Layer) -> str:
    """How many inputs would give the printed parameters."""
    units, count = layer.shape[-1], layer.parameters or 0
    gates = {"lstm": 4, "gru": 3}.get(layer.kind)
    if gates is None:
        inputs, rest = divmod(count - units, units)
    else:
        inputs, rest = divmod(count - gates * units * (units + 1), gates * units)
    return f"they fit {inputs} inputs" if inputs > 0 and not rest else "no input fits"
