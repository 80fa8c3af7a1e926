"""Shapes that a model takes when it is called as a layer (layers/input_spec.py, `Functional.input_spec`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Shape, shape_text

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer


def is_read(d: Deserializer, model: Layer) -> bool:
    """Whether Keras 2 looks at it: since 2.4, where another model calls this one, which has to say what its input is."""
    items = model.config.get("layers")
    first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
    explicit = model.kind == "Functional" or first.get("class_name") == "InputLayer"
    return d.within_model and explicit and d.era.at_least(2, 4) and not d.era.is_3


def check(model: Layer, given: list[Shape], wanted: list[Shape]) -> None:
    """`assert_input_compatibility` with `Functional.input_spec`. Raises BuildError."""
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
