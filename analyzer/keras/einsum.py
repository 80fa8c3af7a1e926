"""What EinsumDense makes of an equation (layers/core/einsum_dense.py `_analyze_einsum_string`, the same in Keras 2.6 to 3.15)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from analyzer.keras.model import UNKNOWN, BuildError, Dim, Shape
from analyzer.records import NamedTuple

_FORMS = (
    (re.compile("([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"), False),
    (re.compile("0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)"), True),
    (re.compile("([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0"), False),
)


class Einsum(NamedTuple):
    """The shapes that follow: `output` as Keras computes it, `result` as the operation gives it."""

    kernel: tuple[Dim, ...]
    bias: Shape
    output: tuple[Dim, ...]
    result: tuple[Dim, ...]
    elided: int  # dimensions of the input that the equation does not name
    dotted: bool  # whether it says `...` for them
    reduced: tuple[int, ...]  # axes of the kernel that the output does not have


def analyze(equation: str, shape: tuple[Dim, ...], output_shape: Sequence[Dim], axes: str | None) -> Einsum:
    """The shapes of an equation's kernel, bias and output. Raises BuildError."""
    dotted = equation.replace("...", "0")
    for form, left in _FORMS:
        match = form.match(dotted)
        if match is not None:
            try:
                return _split(match.groups(), shape, output_shape, axes, left=left, dotted="0" in dotted)
            except IndexError:
                raise BuildError(
                    f"has the equation {equation} for an input of {len(shape)} dimensions and output_shape={list(output_shape)}",
                    "list index out of range",
                ) from None
    raise BuildError(f"has the equation {equation!r}", f"Invalid einsum equation '{equation}'.")


def _split(
    specs: Sequence[str],
    shape: tuple[Dim, ...],
    output_shape: Sequence[Dim],
    axes: str | None,
    *,
    left: bool,
    dotted: bool,
) -> Einsum:
    inputs, weights, outputs = specs
    elided = len(shape) - len(inputs)
    output = [shape[0], *output_shape]
    if elided > 0:
        output = [shape[0], *reversed(shape[1:elided]), *output_shape] if left else [*output, *shape[-elided:]]
    into = {letter: place - len(inputs) if left else place for place, letter in enumerate(inputs)}
    out = {letter: place + elided if left else place for place, letter in enumerate(outputs)}
    for letter in inputs:
        given = shape[into[letter]]
        wanted = output[out[letter]] if letter in out else None
        if wanted is not None and UNKNOWN not in (wanted, given) and wanted != given:
            raise BuildError(
                f"has {given} along {letter!r} of its input and {wanted} along that of output_shape",
                f"Input shape and output shape do not match at shared dimension '{letter}'.",
            )
    _all_named(inputs, weights, outputs)
    kernel = tuple(shape[into[letter]] if letter in into else output[out[letter]] for letter in weights)
    bias = None if axes is None else _bias(axes, outputs, output, elided, left=left)
    sizes: Mapping[str, Dim] = {
        **dict(zip(weights, kernel, strict=True)),
        **{each: shape[into[each]] for each in inputs},
    }
    plain = tuple(sizes[letter] for letter in outputs)
    extra = max(elided, 0)
    result = (*shape[:extra], *plain) if left else (*plain, *shape[len(shape) - extra :])
    reduced = tuple(axis for axis, letter in enumerate(weights) if letter not in outputs)
    return Einsum(kernel, bias, tuple(output), result, elided, dotted, reduced)


def _all_named(inputs: str, weights: str, outputs: str) -> None:
    odd = next((letter for letter in outputs if letter not in inputs and letter not in weights), None)
    if odd is not None:
        raise BuildError(
            f"has an output dimension {odd!r} that neither input nor kernel have",
            f"Dimension '{odd}' was specified in the output '{outputs}' but has no corresponding dim in the input spec",
        )
    odd = next((letter for letter in weights if letter not in inputs and letter not in outputs), None)
    if odd is not None:
        raise BuildError(
            f"has a kernel dimension {odd!r} that neither input nor output have",
            f"Weight dimension '{odd}' did not have a match in either the input spec '{inputs}' or the output spec '{outputs}'.",
        )


def _bias(axes: str, outputs: str, output: Sequence[Dim], elided: int, *, left: bool) -> tuple[Dim, ...]:
    sizes = {letter: output[place + (elided if left else 0)] for place, letter in enumerate(outputs)}
    odd = next((letter for letter in axes if letter not in outputs), None)
    if odd is not None:
        raise BuildError(
            f"has a bias along {odd!r}, which its output does not have",
            f"Bias dimension '{odd}' was requested, but is not part of the output spec '{outputs}'",
        )
    first = min(map(outputs.find, axes))
    bias = [sizes[letter] if letter in axes else 1 for letter in outputs[first:]]
    return (*bias, *([1] * (0 if left else max(elided, 0))))
