"""Checks of the exercises of the primer on convolution and memory."""

from __future__ import annotations

from collections.abc import Callable

from emolib.exercises import Wrong, a_function, a_number, check


@check
def check_1(answer: Callable) -> str:
    """How many numbers a convolution learns."""
    numbers = a_function(answer)
    for k, coming, leaving in ((3, 1, 32), (5, 3, 8), (3, 64, 128)):
        plain, mixed = k * k * coming * leaving, k * k * coming + coming * leaving
        for separable, weights in ((False, plain), (True, mixed)):
            found = a_number(numbers(k, coming, leaving, separable), 0)
            kind = "a separable" if separable else "an ordinary"
            told = f"of {kind} one of {k} by {k} from {coming} to {leaving} channels"
            if found == weights + leaving:
                continue
            if found == weights:
                raise Wrong(f"{told}: something is added at the end, to each channel")
            if separable and found == weights + coming + leaving:
                raise Wrong(f"{told}: between its two steps nothing is added")
            if found == (mixed if not separable else plain) + leaving:
                raise Wrong(f"{told}: so many has the other kind")
            if found in (k * weights // k**2 + leaving, k * k * leaving + leaving):
                raise Wrong(
                    f"{told}: a filter has a weight for each place in its square, and "
                    "for each channel that comes in"
                )
            raise Wrong(
                f"{told}: the answer is {found:g}, which is too "
                f"{'many' if found > weights + leaving else 'few'}"
            )
    return "The size of the picture plays no part."


@check
def check_2(answer: float) -> str:
    """When half of a memory is gone."""
    steps = a_number(answer, 1)
    if steps != int(steps):
        raise Wrong("steps are whole: after how many is it less than half?")
    left = 0.95**steps
    if left >= 0.5:
        raise Wrong(f"after so many steps {left:.2f} of it is left")
    if 0.95 ** (steps - 1) < 0.5:
        raise Wrong(f"it is less, {left:.2f}, but was so before")
    return "To keep half of it for a hundred steps a gate has to stand above 0.993."


@check
def check_3(answer: Callable) -> str:
    """How much of a picture one number depends on."""
    seen = a_function(answer)
    block = [(3, 1), (2, 2)]
    for stack in ([(3, 1)], [(3, 1), (3, 1)], block, 3 * block, [(5, 2), (3, 1)]):
        found = a_number(seen(list(stack)), 1)
        # By marking, from the one number backwards, what each layer looked at.
        marked = {0}
        for window, stride in reversed(stack):
            marked = {stride * place + n for place in marked for n in range(window)}
        if found == len(marked):
            continue
        if found == 1 + sum(window - 1 for window, _ in stack):
            raise Wrong(
                f"of {stack} it is more: behind a stride, one step to the side is "
                "several pixels"
            )
        if found == sum(window for window, _ in stack):
            raise Wrong(f"of {stack} it is less: windows overlap")
        if len(set(stack)) == 1 and found == stack[0][0] ** len(stack):
            raise Wrong(f"of {stack} it is less: windows overlap")
        raise Wrong(
            f"of {stack} it is {'less' if found > len(marked) else 'more'} than "
            f"{found:g}"
        )
    return "Three convolutions of three with poolings of two see 22 of 48 pixels."
