"""Calling a layer on symbolic inputs: what it builds and what comes out.

How single layers behave stands in `analyzer.keras.layers`, one module per family. What is not modelled there is taken to
accept anything: its outputs and weights are unknown, and nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Shape, Tensor, flatten
from analyzer.keras.values.every_layer import odd_dimension

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer
    from analyzer.keras.era import Era


class Call:
    """One call of one layer, as the functions of `analyzer.keras.layers` see it."""

    def __init__(self, d: Deserializer, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> None:
        self.d = d
        self.layer = layer
        self.inputs = inputs
        self.kwargs = kwargs
        self.open = False  # there may be more outputs than returned
        self.checks_rank = True  # whether `InputSpec` counts: not where a shape alone builds the layer
        self.building = not layer.built  # whether this call creates the weights

    @property
    def era(self) -> Era:
        """The Keras that makes the call."""
        return self.d.era

    def get(self, key: str, default: Any = None) -> Any:
        """A constructor argument."""
        config = self.layer.config
        return config[key] if key in config else self.layer.get(key, default)

    def size(self, key: str) -> int:
        """An argument that becomes a dimension (`standardize_shape` of Keras 3). Raises BuildError."""
        value = self.get(key)
        if not self.era.is_3:
            return value if isinstance(value, bool) else int(value)
        problem = odd_dimension(self.era, [value])
        if problem:
            raise BuildError(f"has {key}={value!r}, which is no dimension", problem)
        return int(value)  # a TypeError where it is null: a dimension to Keras, and not modelled here

    @property
    def shape(self) -> Shape:
        """The shape of the one input; unknown when there is none, or several."""
        if isinstance(self.inputs, Tensor):
            return self.inputs.shape
        found = [each for each in flatten(self.inputs) if isinstance(each, Tensor)]
        return found[0].shape if len(found) == 1 else None

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of all inputs."""
        return [each.shape if isinstance(each, Tensor) else None for each in flatten(self.inputs)]

    def ndim(self, wanted: int | None = None, *, at_least: int | None = None) -> None:
        """`InputSpec(ndim=...)`, `InputSpec(min_ndim=...)`. Raises BuildError."""
        if not self.checks_rank:
            return
        self.one_input()
        shape = self.shape
        if self.era.is_3 and self.building and isinstance(self.inputs, list) and len(self.inputs) == 1:
            raise BuildError(
                "is called on a list of one tensor, which the model before it returns",
                f"Cannot convert '({shape}, ...)' to a shape.",
            )
        if shape is None:
            if isinstance(self.inputs, Tensor) and self.inputs.unranked:
                raise BuildError(
                    "needs an input of known rank",
                    f'Input 0 of layer "{self.layer.name}" is incompatible with the layer: its rank is undefined',
                )
            return
        wrong = (wanted is not None and len(shape) != wanted) or (at_least is not None and len(shape) < at_least)
        if wrong and self.unchecked:
            raise ValueError(f"whether {self.layer.kind} computes with {len(shape)} dimensions is not modelled")
        if wanted is not None and len(shape) != wanted:
            raise BuildError(
                f"takes inputs of {wanted} dimensions, but the input is {_text(shape)}",
                f'Input 0 of layer "{self.layer.name}" is incompatible with the layer: expected ndim={wanted}, found ndim={len(shape)}',
            )
        if at_least is not None and len(shape) < at_least:
            raise BuildError(
                f"takes inputs of at least {at_least} dimensions, but the input is {_text(shape)}",
                f'Input 0 of layer "{self.layer.name}" is incompatible with the layer: expected min_ndim={at_least}, found ndim={len(shape)}',
            )

    @property
    def unchecked(self) -> bool:
        """Whether `input_spec` goes unread: Keras 2.4 and later read it in a symbolic call where that builds (`_maybe_build`).

        Within a model that is called they read it in each call.
        """
        return not self.building and self.era.at_least(2, 4) and not self.era.is_3 and not self.d.within_model

    def one_input(self) -> None:
        """One `InputSpec` is for one tensor (`input_spec.assert_input_compatibility`). Raises BuildError."""
        if self.era.is_3 or self.takes_states or not isinstance(self.inputs, (list, dict)):
            return
        count = sum(isinstance(each, Tensor) for each in flatten(self.inputs))
        if count > 1:
            raise BuildError(
                f"takes one input, but is called on {count}",
                f'Layer "{self.layer.name}" expects 1 input(s), but it received {count} input tensors.',
            )

    @property
    def takes_states(self) -> bool:
        """Whether further tensors of a list are states (`RNN.__call__`)."""
        return "RNN" in self.layer.kind or "LSTM" in self.layer.kind or "GRU" in self.layer.kind

    def dim(self, axis: int) -> Dim:
        """A dimension of the one input, UNKNOWN where there is no telling."""
        shape = self.shape
        if shape is None or not -len(shape) <= axis < len(shape):
            return UNKNOWN
        return shape[axis]

    def defined(self, axis: int, what: str) -> int:
        """A dimension that building needs. Raises BuildError where Keras has it undefined."""
        dim = self.dim(axis)
        if dim is None and not self.building:
            return self.layer.pins.get(axis, UNKNOWN)
        if dim is None:
            raise BuildError(
                f"needs {what}, which is undefined in {_text(self.shape)}", f"{what} should be defined. Found `None`."
            )
        return dim

    def pin(self, axis: int, dim: int, *, taken: Callable[[int, int], bool] | None = None) -> None:
        """`InputSpec(axes={axis: dim})`: what a layer was built with it demands of every later call. Raises BuildError.

        `taken`: whether the layer's operations take the dimension beside the one that they were built for, which is
        what counts where nobody reads the specification.
        """
        pins = self.layer.pins
        known = pins.get(axis)
        if known is None:
            if dim != UNKNOWN:
                pins[axis] = dim
        elif dim not in (UNKNOWN, None) and dim != known and not (self.unchecked and taken and taken(dim, known)):
            raise BuildError(
                f"was built for {known} along axis {axis}, but the input is {_text(self.shape)}",
                f'Input 0 of layer "{self.layer.name}" is incompatible with the layer: expected axis {axis} of input shape to have value {known}',
            )

    def same_rank(self) -> None:
        """`InputSpec(ndim=len(input_shape))`, which building sets. Raises BuildError."""
        shape = self.shape
        if shape is None:
            return
        if self.building or self.layer.rank is None:
            self.layer.rank = len(shape)
        else:
            self.ndim(self.layer.rank)

    def add(self, name: str, shape: Shape, trainable: bool = True) -> None:
        """`add_weight`, in the call that builds. Raises BuildError for a shape that Keras 3 takes for no variable's (`_validate_shape`)."""
        if not self.building:
            return
        if self.era.is_3 and shape is not None and None in shape:
            raise BuildError(
                f"has {name} of the shape {_text(shape)}, of which not all is defined",
                "Shapes used to initialize variables must be fully-defined (no `None` dimensions).",
            )
        self.layer.add(name, shape, trainable)


Function = Callable[[Call], Any]  # returns a shape, or a structure of Tensors


def _text(shape: Shape) -> str:
    from analyzer.keras.model import shape_text

    return shape_text(shape)
