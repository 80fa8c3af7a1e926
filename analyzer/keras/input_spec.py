"""Shapes that a model of Keras 3 takes when it is called as a layer (layers/input_spec.py, `Functional.input_spec`)."""

from __future__ import annotations

from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Shape, shape_text


def check(model: Layer, given: list[Shape], wanted: list[Shape]) -> None:
    """`assert_input_compatibility` of Keras 3 with `Functional.input_spec`. Raises BuildError."""
    for number, (shape, spec) in enumerate(zip(given, wanted, strict=True)):
        for dim, other in zip(_squeezed(shape)[1:], _squeezed(spec)[1:], strict=False):
            if None not in (dim, other) and UNKNOWN not in (dim, other) and dim != other:
                raise BuildError(
                    f"takes inputs of shape {shape_text(spec)}, but input {number} is {shape_text(shape)}",
                    f'Input {number} of layer "{model.name}" is incompatible with the layer: expected shape={shape_text(spec)}, '
                    f"found shape={shape_text(shape)}",
                )


def _squeezed(shape: Shape) -> tuple[Dim, ...]:
    """`allow_last_axis_squeeze`; nothing to compare where the shape is not known."""
    return () if shape is None else shape[:-1] if shape[-1:] == (1,) else shape
