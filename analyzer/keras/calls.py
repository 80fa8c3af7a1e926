"""Calling a layer on symbolic inputs: what it builds and what comes out.

How single layers behave stands in `analyzer.keras.layers`, one module per family. What is not modelled there is taken to
accept anything: its outputs and weights are unknown, and nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Shape, Tensor, flatten

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

    @property
    def era(self) -> Era:
        """The Keras that makes the call."""
        return self.d.era

    def get(self, key: str, default: Any = None) -> Any:
        """A constructor argument."""
        return self.layer.get(key, default)

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

    def pin(self, axis: int, dim: int) -> None:
        """`InputSpec(axes={axis: dim})`: what a layer was built with it demands of every later call. Raises BuildError."""
        pins = self.layer.pins
        known = pins.get(axis)
        if known is None:
            if dim != UNKNOWN:
                pins[axis] = dim
        elif dim not in (UNKNOWN, None) and dim != known:
            raise BuildError(
                f"was built for {known} along axis {axis}, but the input is {_text(self.shape)}",
                f'Input 0 of layer "{self.layer.name}" is incompatible with the layer: expected axis {axis} of input shape to have value {known}',
            )

    @property
    def building(self) -> bool:
        """Whether this call creates the weights."""
        return not self.layer.built

    def add(self, name: str, shape: Shape, trainable: bool = True) -> None:
        """`add_weight`, in the call that builds."""
        if self.building:
            self.layer.add(name, shape, trainable)


# What `call` of any built-in layer takes beside its inputs; `*` stands for further positional ones.
_CALL_ARGUMENTS = frozenset(
    [
        "*",
        "training",
        "mask",
        "initial_state",
        "constants",
        "inputs",
        "sequences",
        "states",
        "query",
        "value",
        "key",
        "query_mask",
        "value_mask",
        "key_mask",
        "attention_mask",
        "return_attention_scores",
        "use_causal_mask",
        "count_weights",
        "call_training_arg",
        "transformation",
        "bounding_boxes",
        "labels",
    ]
)
_ANY_ARGUMENTS = (
    "Lambda",
    "TFOpLambda",
    "SlicingOpLambda",
    "TensorFlowOpLayer",
    "ClassMethod",
    "InstanceMethod",
    "InstanceProperty",
    "AddLoss",
    "AddMetric",
)
Function = Callable[[Call], Any]  # returns a shape, or a structure of Tensors


def call(d: Deserializer, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> tuple[Any, bool]:
    """The outputs of a call and whether there may be more. Raises BuildError."""
    from analyzer.keras.layers import FUNCTIONS

    d.out.events += layer.deferred
    layer.deferred = []
    if layer.symbol is None:
        layer.known = False
        return Tensor(None), True
    if layer.is_model:
        return _model(d, layer, inputs)
    function = FUNCTIONS.get(layer.kind)
    if function is None or layer.symbol.kind == "operation":
        if layer.symbol.kind != "operation":
            layer.known = False
        layer.built = True
        return Tensor(None), True
    build = layer.config.get("build_config")
    if not layer.built and isinstance(build, Mapping) and d.era.is_3 and not d.legacy:
        _build_first(d, layer, function, build)
    _scope(d, layer)
    _device(d, layer)
    surplus = [key for key in kwargs if key not in _CALL_ARGUMENTS] if layer.kind not in _ANY_ARGUMENTS else []
    if surplus:
        raise BuildError(f"is called with {', '.join(surplus)}", f"got an unexpected keyword argument '{surplus[0]}'")
    made = Call(d, layer, inputs, kwargs)
    try:
        result = function(made)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError):
        # Arguments of odd types: whether Keras minds is not modelled, so neither are this layer's weights.
        layer.known = False
        layer.built = True
        return Tensor(None), True
    layer.built = True
    if layer.symbol.kind == "function":
        made.open = True
    return _tensors(result), made.open


def _scope(d: Deserializer, layer: Layer) -> None:
    """Keras 2 opens a name scope in a graph for each call. Raises BuildError where the name is none."""
    if d.era.is_3 or not layer.name or layer.kind == "InputLayer":
        return
    if not re.fullmatch(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*", layer.name):
        raise BuildError(
            f"has a name that is no name scope: {layer.name!r}", f"{layer.name + '/'!r} is not a valid root scope name."
        )


def _device(d: Deserializer, layer: Layer) -> None:
    """TensorFlow 1 places the whole graph when it assigns the first weight, and CuDNN layers have no CPU kernel."""
    if layer.kind.startswith("CuDNN") and not d.era.at_least(2) and not d.target.has_device("GPU"):
        d.out.say(
            "needs-gpu",
            f"{layer.where}: {layer.kind} {layer.name!r} runs on a GPU only, and TensorFlow {d.target.tensorflow} places it while loading",
            layer.where,
            "No OpKernel was registered to support Op 'CudnnRNN'",
            remedy="load it where there is a GPU, or with TensorFlow 2",
            class_name=layer.kind,
        )


def _build_first(d: Deserializer, layer: Layer, function: Function, build: Mapping[str, Any]) -> None:
    """Keras 3 archives: `build_from_config` comes before any call."""
    shape = build.get("input_shape")
    needs = layer.kind in ("Dense", "BatchNormalization") or layer.kind.startswith("Conv")
    if "input_shape" in build and needs and not isinstance(shape, (list, dict)):
        raise BuildError(f"has {shape!r} for a shape in build_config", "'NoneType' object is not subscriptable")
    if layer.kind == "Dot" and not d.era.at_least(3, 2) and isinstance(shape, list):
        raise BuildError(
            "checks the shapes of build_config for tuples, which JSON has none of",
            f"A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={shape}",
        )
    if not isinstance(shape, list) or not all(dim is None or isinstance(dim, int) for dim in shape):
        return
    try:
        function(Call(d, layer, Tensor(tuple(shape)), {}))
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError):
        layer.known = False
    layer.built = True


def _tensors(result: Any) -> Any:
    """Shapes as tensors. A shape is None or a tuple of dimensions; lists and dicts are structures."""
    if result is None or isinstance(result, tuple):
        return Tensor(result)
    if isinstance(result, list):
        return [_tensors(each) for each in result]
    return result


def input_tensor(d: Deserializer, layer: Layer) -> Tensor:
    """What an InputLayer brings."""
    config = layer.config
    shape = next((config[key] for key in ("batch_shape", "batch_input_shape") if config.get(key) is not None), None)
    if shape is None:
        inner = next((config[key] for key in ("shape", "input_shape") if config.get(key) is not None), None)
        shape = [config.get("batch_size"), *inner] if isinstance(inner, list) else None
    known = isinstance(shape, list) and all(dim is None or isinstance(dim, int) for dim in shape)
    if known and config.get("ragged") and not d.era.is_3:
        known = False
    tensor = Tensor(tuple(shape) if known and shape is not None else None, str(config.get("dtype") or ""))
    tensor.unranked = shape is None and not d.era.is_3 and config.get("input_tensor") is None
    from analyzer.keras.model import Node

    node = Node(layer, [], [tensor])
    tensor.node = node
    layer.nodes.append(node)
    layer.built = True
    return tensor


def _model(d: Deserializer, layer: Layer, inputs: Any) -> tuple[Any, bool]:
    """A model as a layer of another one."""
    from analyzer.keras.building import call as call_layer

    if layer.inputs is None and layer.kind == "Sequential" and layer.known:
        current = inputs
        for each in layer.layers:
            if each.kind == "InputLayer":
                continue
            current = call_layer(d, each, current, {})
            if len(flatten(current)) != 1:
                current = Tensor(None)
        layer.built = True
        layer.inputs, layer.outputs = inputs, current
        return _anonymous(current), False
    if layer.outputs is None:
        layer.known = False
        return Tensor(None), True
    given = [each.shape if isinstance(each, Tensor) else None for each in flatten(inputs)]
    wanted = [each.shape for each in flatten(layer.inputs)]
    same = given == wanted
    return _anonymous(layer.outputs, keep=same), False


def _anonymous(structure: Any, *, keep: bool = True) -> Any:
    from analyzer.keras.model import map_structure

    return map_structure(lambda tensor: Tensor(tensor.shape if keep else None, tensor.dtype), structure)


def _text(shape: Shape) -> str:
    from analyzer.keras.model import shape_text

    return shape_text(shape)
