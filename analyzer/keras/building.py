"""What both kinds of models do with their layers: calling them, building what a call builds, freezing, checking names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import build_config, dtypes, initial_values, listed, masks
from analyzer.keras.calls import Call
from analyzer.keras.layers import function_of
from analyzer.keras.model import BuildError, Layer, Node, Tensor, UnimplementedError, flatten, map_structure

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

# What `call` of any built-in layer takes beside its inputs; `*` stands for further positional ones.
_CALL_ARGUMENTS = frozenset(
    (
        *("*", "training", "mask", "initial_state", "constants", "inputs", "sequences", "states", "call_training_arg"),
        *("query", "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask", "return_attention_scores"),
        *("use_causal_mask", "count_weights", "transformation", "bounding_boxes", "labels", "reverse", "data", "x"),
    )
)
_SCOPE = r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*"  # tensorflow/python/framework/ops.py, for a root scope
# Layers that take other things than tensors by position, in some release at least, by how their names begin.
_ANYTHING = (
    *("Random", "Auto", "Aug", "Mix", "CutMix", "RandAugment", "Equal", "Solar", "CLAHE", "MaxNum", "Mel", "STFT"),
    *("Hash", "Category", "Integer", "String", "Text", "Pipeline", "Discretization", "Normalization", "Rescaling"),
    *("Resizing", "CenterCrop"),
)
# Layers that take a tensor of a rank that nobody knows, and return one.
_ANY_RANK = ("Masking", "Dropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization")
_ANY_ARGUMENTS = (
    *("Lambda", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceMethod"),
    *("InstanceProperty", "AddLoss", "AddMetric"),
)


def unique_names(d: Deserializer, model: Layer, where: str) -> None:
    """All layers of a model need names of their own (Sequential: from 2.2 on; functional: always)."""
    if model.kind == "Sequential" and not d.era.at_least(2, 2):
        return
    seen: set[str] = set()
    for layer in model.layers:
        if layer.name in seen and layer.symbol is not None:
            d.out.say(
                "invalid-graph",
                f"{where}: two layers are named {layer.name!r}",
                layer.where,
                f'The name "{layer.name}" is used 2 times in the model. All layer names should be unique.',
            )
        seen.add(layer.name)


def freeze(layer: Layer) -> None:
    """`layer.trainable = False`, which reaches everything below."""
    layer.trainable = False
    for each in layer.sublayers():
        freeze(each)


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
    dtype = str(config.get("dtype") or ("" if d.era.is_3 else "float32"))
    if config.get("sparse") and not d.era.is_3:
        dtype = dtypes.SPARSE
    tensor = Tensor(tuple(shape) if known and shape is not None else None, dtype)
    tensor.unranked = not shape and not d.era.is_3 and config.get("input_tensor") is None
    node = Node(layer, [], [tensor])
    tensor.node = node
    layer.nodes.append(node)
    layer.built = True
    return tensor


def call(d: Deserializer, layer: Layer, inputs: Any, kwargs: Mapping[str, Any], *, stacked: bool = False) -> Any:
    """Call a layer: its output structure, with a node recorded. A refusal becomes an event and unknown outputs.

    `stacked`: by a Sequential model, which sees to what is not implemented. Raises UnimplementedError then.
    """
    before = len(d.out.events)
    try:
        outputs, is_open = outputs_of(d, layer, inputs, kwargs)
    except BuildError as error:
        if stacked and isinstance(error, UnimplementedError):
            raise
        if len(d.out.events) == before:  # else the call does not come to it
            d.out.say(
                "unknown-argument" if "unexpected keyword argument" in error.error else error.cause,
                f"{layer.where}: {layer.kind} {layer.name!r}: {error}",
                layer.where,
                error.error or str(error),
            )
        layer.known = False
        outputs, is_open = Tensor(None), True
    unranked = isinstance(inputs, Tensor) and inputs.unranked and layer.kind in _ANY_RANK and layer.known
    outputs = map_structure(lambda tensor: Tensor(tensor.shape, tensor.dtype, unranked=unranked), outputs)
    given = [inputs] if isinstance(inputs, Tensor) and not kwargs else flatten([inputs, kwargs])
    node = Node(layer, [each for each in given if isinstance(each, Tensor)], flatten(outputs), is_open, inputs, kwargs)
    for tensor in node.outputs:
        tensor.node = node
    layer.nodes.append(node)
    return outputs


def outputs_of(d: Deserializer, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> tuple[Any, bool]:
    """The outputs of a call and whether there may be more. Raises BuildError."""
    d.out.events += layer.deferred
    layer.deferred = []
    if layer.symbol is None:
        layer.known = False
        return Tensor(None), True
    if d.era.is_3 and layer.symbol.kind != "operation":
        masks.check(d.era, layer, inputs, kwargs)
    if layer.is_model:
        _model_arguments(d, layer, kwargs)
        return _model(d, layer, inputs)
    _only_tensors(d, layer, inputs, kwargs)
    function = function_of(layer.kind)
    if function is None or layer.symbol.kind == "operation":
        layer.built = True
        if layer.symbol.kind == "operation":
            from analyzer.keras import operations

            return operations.output(d.era, layer, inputs, kwargs)
        layer.known = False
        return Tensor(None), True
    build_from_config(d, layer)
    if listed.looks_at(d.era, layer, inputs):
        return listed.outputs(layer, inputs), False
    return _called(d, layer, inputs, kwargs, function)


def _called(
    d: Deserializer, layer: Layer, inputs: Any, kwargs: Mapping[str, Any], function: Callable[[Call], Any]
) -> tuple[Any, bool]:
    """The same of a layer of which it is known what a call does."""
    _scope(d, layer)
    _device(d, layer)
    _known_arguments(d, layer, kwargs)
    if not d.era.is_3:
        from analyzer.keras import refused_dtypes

        refused_dtypes.check(d.era, layer, inputs)
    made = Call(d, layer, inputs, kwargs)
    try:
        result = function(made)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError):
        # Arguments of odd types: whether Keras minds is not modelled, so neither are this layer's weights.
        layer.known = False
        layer.built = True
        return Tensor(None), True
    if "activation" in layer.parts and (result is None or isinstance(result, tuple)):
        outputs_of(d, layer.parts["activation"], Tensor(result), {})
    if made.building:
        initial_values.check(d, layer)
        if not d.era.is_3:
            initial_values.check_given(layer)
    layer.built = True
    assert layer.symbol is not None
    if layer.symbol.kind == "function":
        made.open = True
    return _tensors(result, dtypes.returned(d.era, layer, inputs)), made.open


def build_from_config(d: Deserializer, layer: Layer) -> None:
    """`deserialize_keras_object` of Keras 3 builds what it makes, in H5 files what wrappers hold. Raises BuildError."""
    build, function = layer.config.get("build_config"), function_of(layer.kind)
    if not layer.built and build and d.era.is_3 and function is not None:
        build_config.build(d, layer, function, build)


def _known_arguments(d: Deserializer, layer: Layer, kwargs: Mapping[str, Any]) -> None:
    """`call` takes what it names. Raises BuildError."""
    if not kwargs or layer.kind in _ANY_ARGUMENTS:
        return
    from analyzer.keras import call_arguments

    known = _CALL_ARGUMENTS if d.era.is_3 else call_arguments.of(d.era, layer.kind)
    surplus = [key for key in kwargs if key not in known]
    if surplus:
        raise BuildError(f"is called with {', '.join(surplus)}", f"got an unexpected keyword argument '{surplus[0]}'")


def _only_tensors(d: Deserializer, layer: Layer, inputs: Any, kwargs: Mapping[str, Any]) -> None:
    """`Layer.__call__` of Keras 3 takes nothing but tensors by position. Raises BuildError.

    Operations and what `_allow_non_tensor_positional_args` sets free take anything.
    """
    if not d.era.is_3 or layer.symbol is None or layer.symbol.kind != "layer":
        return
    if isinstance(inputs, Tensor) and "*" not in kwargs:
        return
    more = kwargs.get("*") or ()
    if listed.takes_one(layer) and any(each is not None for each in more):
        raise BuildError(f"is called on {1 + len(more)} arguments", "too many positional arguments")
    if layer.kind.startswith(_ANYTHING):
        return
    odd = next((each for each in flatten([inputs, kwargs.get("*")]) if isinstance(each, (str, bool, int, float))), None)
    if odd is not None:
        raise BuildError(
            f"is called on {odd!r}",
            f"Only input tensors may be passed as positional arguments. The following argument value should be passed "
            f"as a keyword argument: {odd}",
        )


def _scope(d: Deserializer, layer: Layer) -> None:
    """Keras 2 opens a name scope in a graph for each call. Raises BuildError where the name is none."""
    if d.era.is_3 or not layer.name or layer.kind == "InputLayer":
        return
    if not re.fullmatch(_SCOPE, layer.name):
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


def _tensors(result: Any, dtype: str) -> Any:
    """Shapes as tensors. A shape is None or a tuple of dimensions; lists and dicts are structures."""
    if result is None or isinstance(result, tuple):
        return Tensor(result, dtype)
    if isinstance(result, list):
        return [_tensors(each, dtype) for each in result]
    return result


def _model_arguments(d: Deserializer, layer: Layer, kwargs: Mapping[str, Any]) -> None:
    """`Functional.call` and `Sequential.call` take inputs, training and mask. Raises BuildError.

    The latter takes anything from Keras 3.10 on; the former hands it to its `compute_output_spec`, which does not.
    """
    odd = next((key for key in kwargs if key not in ("training", "mask", "*", "inputs")), None)
    strict = ("Functional",) if d.era.at_least(3, 10) else ("Functional", "Sequential")
    if odd is not None and layer.kind in strict:
        raise BuildError(f"is called with {odd}", f"call() got an unexpected keyword argument '{odd}'")


def _model(d: Deserializer, layer: Layer, inputs: Any) -> tuple[Any, bool]:
    """A model as a layer of another one."""
    from analyzer.keras import called_again, input_spec

    if layer.inputs is None and layer.kind == "Sequential" and layer.known:
        current = inputs
        for each in layer.layers:
            if each.kind == "InputLayer":
                continue
            current = call(d, each, current, {})
            if len(flatten(current)) != 1:
                current = Tensor(None)
        layer.built = True
        layer.inputs, layer.outputs = inputs, current
        return _anonymous(current), False
    if layer.outputs is None:
        layer.known = False
        return Tensor(None), True
    given = [each.shape if isinstance(each, Tensor) else None for each in flatten(inputs)]
    wanted = [each.shape if isinstance(each, Tensor) else None for each in flatten(layer.inputs)]
    same = given == wanted
    listed_alike = len(given) == len(wanted) and not isinstance(layer.inputs, dict) and not isinstance(inputs, dict)
    if listed_alike and (d.era.is_3 or input_spec.is_read(d, layer)):
        input_spec.check(layer, given, wanted)
    if same or d.era.is_3 or not layer.known:
        return _anonymous(layer.outputs, keep=same), False
    return called_again.outputs(d, layer, inputs, outputs_of), False


def _anonymous(structure: Any, *, keep: bool = True) -> Any:
    return map_structure(lambda tensor: Tensor(tensor.shape if keep else None, tensor.dtype), structure)
