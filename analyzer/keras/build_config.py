"""Building a layer from the shapes that an archive has for it (`Layer.build_from_config` of Keras 3).

`deserialize_keras_object` (saving/serialization_lib.py) calls it of every layer that is not built and calls the layer built
afterwards, whether or not `build` was: without `input_shape` and `shapes_dict` a layer is left without its variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import initial_values
from analyzer.keras.calls import Call, Function
from analyzer.keras.encoded import type_name
from analyzer.keras.model import BuildError, Layer, Tensor, UnimplementedError
from analyzer.keras.values.every_layer import odd_dimension

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer
    from analyzer.keras.era import Era

_MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")  # `build` compares shapes
_ATTENTION = ("Attention", "AdditiveAttention")
_SEQUENCES = ("SimpleRNN", "GRU", "LSTM", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_QUERIES = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention")
_OF_ONE_SHAPE = (  # whose `build` takes a dimension of one shape for a variable's
    *("Dense", "EinsumDense", "BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"),
    *("PReLU", "SimpleRNN", "GRU", "LSTM", "SimpleRNNCell", "GRUCell", "LSTMCell"),
    *("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    *("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
    *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
)
_OF_STEPS = ("SimpleRNN", "GRU", "LSTM")  # which build a cell with the shape of one step
_OF_THE_LAST = ("Dense", "SimpleRNNCell", "GRUCell", "LSTMCell")  # and of no other dimension
_WRAPPERS = ("TimeDistributed", "Bidirectional", "SpectralNormalization")
_OWN = (*_OF_ONE_SHAPE, *_MERGING, *_ATTENTION, *_SEQUENCES, *_QUERIES, *_WRAPPERS, "Embedding", "Dot", "Reshape")
"""Layers with a `build` of their own, as far as it is modelled; that of others takes any shape (`Layer.build`)."""
# Built by their constructors in some release (`_build_at_init`), so that `build_from_config` is not called: these, by how
# their names begin and end.
_CONSTRUCTED = (
    *("InputLayer", "Reshape", "Identity", "Masking", "Activation", "TextVectorization", "Discretization", "UnitNorm"),
    *("STFTSpectrogram", "MelSpectrogram", "Gaussian", "Dropout", "AlphaDropout", "SpatialDropout", "Softmax", "ELU"),
    *("Global", "Average", "Max", "Adaptive"),
)
_CONSTRUCTED_TOO = ("ReLU", "Lookup")
_VARIABLES = (
    *_OF_ONE_SHAPE,
    *_ATTENTION,
    "Embedding",
    "SpectralNormalization",
)  # layers which nothing else gives their variables


def build(d: Deserializer, layer: Layer, function: Function, config: Any) -> None:
    """`build_from_config`, before any call. Raises BuildError."""
    own = layer.kind in _OWN and not (layer.kind == "Reshape" and d.era.at_least(3, 12))
    if not own and _constructed(d.era, layer.kind):
        return
    if not says_shape(config):
        if layer.kind == "Normalization":  # which has a `build_from_config` of its own
            raise _malformed("has no input_shape in build_config", "KeyError: 'input_shape'")
        layer.built = layer.kind in _VARIABLES
        return
    given = _given(d, layer, config, own=own)
    if given is None or (layer.kind in ("TimeDistributed", "Bidirectional") and _inner_built(layer)):
        return
    made = Call(d, layer, given, {})
    # `compute_conv_output_shape`, which `BaseConv.build` calls and `BaseConvTranspose.build` does not.
    made.checks_rank = layer.kind.startswith("Conv") and not layer.kind.endswith("Transpose")
    try:
        function(made)
        initial_values.check(d, layer)
    except UnimplementedError as error:  # which no Sequential model sees
        raise BuildError(str(error), error.error, error.cause) from None
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError):
        layer.known = False
    except BuildError:
        if not own or (layer.kind in _WRAPPERS and _inner_built(layer)):
            return  # said of a call, which is still to come
        raise
    layer.built = True


def _given(d: Deserializer, layer: Layer, config: Any, *, own: bool) -> Any:
    """What the call that builds the layer is given; None where it is not built, or not known how. Raises BuildError."""
    shape = _argument(layer, config)
    if shape is None and layer.kind in _QUERIES:
        from analyzer.keras import query_shapes

        return query_shapes.tensors(d.era, layer, config["shapes_dict"])
    if shape is None:
        return None
    if own or layer.kind == "Normalization":
        _check(d, layer, shape[0])
    return _tensors(layer, shape[0])


def is_built(era: Era, layer: Layer) -> bool:
    """Whether the layer may be built once it is constructed, so that nobody looks at its `build_config`."""
    return layer.outputs is not None if layer.is_model else _constructed(era, layer.kind)


def _constructed(era: Era, kind: str) -> bool:
    if kind == "Discretization" and era.at_least(3, 3):
        return False
    return kind not in _MERGING and (kind.startswith(_CONSTRUCTED) or kind.endswith(_CONSTRUCTED_TOO))


def says_shape(config: Any) -> bool:
    """Whether `build` is called at all."""
    return "input_shape" in config or "shapes_dict" in config


def _argument(layer: Layer, config: Any) -> tuple[Any] | None:
    """The one shape that `build` is called with, None where it takes several. Raises BuildError."""
    if not isinstance(config, Mapping):
        raise _malformed(f"build_config is {type_name(config)}", f"'{type_name(config)}' has no item 'input_shape'")
    if "input_shape" in config:
        if layer.kind in _QUERIES:
            _named({"query_shape": None}, ("query_shape", "value_shape"), ())
        return (config["input_shape"],)
    shapes = config["shapes_dict"]
    if not isinstance(shapes, Mapping):
        raise _malformed(
            f"shapes_dict in build_config is {type_name(shapes)}", "build() argument after ** must be a mapping"
        )
    if layer.kind in _QUERIES:
        _named(shapes, ("query_shape", "value_shape"), ("key_shape",))
    elif layer.kind in _SEQUENCES:
        _named(shapes, ("sequences_shape",), ("initial_state_shape",))
        return (shapes["sequences_shape"],)
    elif layer.kind in _OWN:
        _named(shapes, ("input_shape",), ())
    return None


def _named(shapes: Mapping[str, Any], needed: tuple[str, ...], others: tuple[str, ...]) -> None:
    """The parameters of `build`. Raises BuildError."""
    odd = next((name for name in shapes if name not in (*needed, *others)), None)
    if odd is not None:
        raise _malformed(f"build takes no {odd}", f"build() got an unexpected keyword argument '{odd}'")
    lacking = next((name for name in needed if name not in shapes), None)
    if lacking is not None:
        raise _malformed(f"build needs {lacking}", f"build() missing 1 required positional argument: '{lacking}'")


def _check(d: Deserializer, layer: Layer, shape: Any) -> None:
    """What `build` of each kind needs of the value. Raises BuildError."""
    kind = layer.kind
    if kind in _OF_ONE_SHAPE:
        _dimensions(d.era, layer, shape)
    elif kind in _MERGING and not _are_shapes(shape):
        raise BuildError(
            f"has {shape!r} for the shapes in build_config",
            f"A merge layer should be called on a list of at least 1 input. Received: input_shape={shape}",
        )
    elif kind == "Dot" and (not d.era.at_least(3, 2) or not _are_shapes(shape) or len(shape) != 2):
        why = "checks the shapes of build_config for tuples, which JSON has none of"
        raise BuildError(
            f"has {shape!r} for the shapes in build_config" if d.era.at_least(3, 2) else why,
            f"A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={shape}",
        )
    elif kind in _ATTENTION and not (isinstance(shape, list) and len(shape) in (2, 3)):
        raise BuildError(
            f"has {shape!r} for the shapes in build_config",
            f"{kind} layer must be called on a list of inputs, namely [query, value] or [query, value, key].",
        )
    elif kind == "AdditiveAttention" and layer.get("use_scale", True):
        _scale(d.era, shape[0])
    elif kind == "TimeDistributed" and not (isinstance(shape, list) and len(shape) > 2):
        raise BuildError(
            f"has {shape!r} for a shape in build_config",
            "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions",
        )
    elif (
        (
            kind == "Reshape"
            and not (isinstance(shape, list) and all(dim is None or isinstance(dim, (int, float)) for dim in shape))
        )
        or (kind == "SpectralNormalization" and not isinstance(shape, (list, str)))
        or (kind == "Normalization" and shape is not None and not (isinstance(shape, list) and _is_shape(shape)))
        or (kind == "RNN" and not (shape and isinstance(shape, (list, str))))
    ):
        raise _no_shape(shape)


def _scale(era: Era, query: Any) -> None:
    """`AdditiveAttention.build`: as many numbers as the query's last dimension says. Raises BuildError."""
    if not isinstance(query, list) or not query or query[-1] is None or odd_dimension(era, query[-1:]):
        raise _no_shape(query)


def _dimensions(era: Era, layer: Layer, shape: Any) -> None:
    """The dimensions that a variable's shape is made of; nobody looks at what the others are. Raises BuildError."""
    if not isinstance(shape, list) or not shape:
        raise _no_shape(shape)
    dims = _measured(layer, shape)
    if layer.kind == "EinsumDense":  # it keeps the batch for what comes out, and what its equation has dots for
        dims = shape if "..." in str(layer.get("equation")) else [shape[0], *dims]
    if layer.kind.startswith("ConvLSTM") and None in shape[2:]:
        raise _no_shape(shape)
    error = odd_dimension(era, dims)
    if error:
        raise _malformed(f"has {shape!r} for a shape in build_config", error)
    if dims == [None] and (layer.kind in _OF_STEPS or layer.kind in _OF_THE_LAST):
        raise BuildError(
            f"has {shape!r} for a shape in build_config",
            "Shapes used to initialize variables must be fully-defined (no `None` dimensions).",
        )


def _measured(layer: Layer, shape: list[Any]) -> list[Any]:
    """The dimensions that variables have; none where settings choose others than the last."""
    get = layer.config.get
    if layer.kind in _OF_STEPS:
        return [shape[0], *shape[2:]][-1:]
    if layer.kind == "PReLU":
        return [] if get("shared_axes") else shape[1:]
    if layer.kind == "EinsumDense":
        given, _, kernel = str(get("equation")).partition("->")[0].partition(",")
        return shape[-1:] if given[-1:] and given[-1:] in kernel else []
    if layer.kind.startswith("ConvLSTM"):
        return shape[2:]  # `ConvLSTMCell.build` keeps all of a step, but for the batch
    last = (-1, len(shape) - 1, [-1], [len(shape) - 1])
    return shape[-1:] if get("axis", -1) in last and get("data_format") != "channels_first" else []


def _tensors(layer: Layer, shape: Any) -> Any:
    """The value as inputs of a call; None where it is not modelled what comes of it."""
    if layer.kind == "Embedding":
        return Tensor(None)  # whose `build` does not look at it
    if layer.kind in _ATTENTION:  # whose `build` counts them, and looks into none but the first
        return [Tensor(tuple(each) if isinstance(each, list) and _is_shape(each) else None) for each in shape]
    if isinstance(shape, list) and _is_shape(shape):
        if layer.kind.startswith(("DepthwiseConv", "SeparableConv")) or layer.kind.endswith("Transpose"):
            rank = next(int(letter) for letter in layer.kind if letter in "123")
            channels = len(shape) - 1 - (rank if layer.get("data_format") == "channels_first" else 0)
            return Tensor(
                tuple(dim if at == channels else None for at, dim in enumerate(shape))
            )  # all that `build` asks
        return Tensor(tuple(shape))
    if layer.kind in (*_MERGING, "Dot") and isinstance(shape, list) and len(shape) > 1 and all(map(_is_shape, shape)):
        return [Tensor(tuple(each)) for each in shape]
    return None


def _inner_built(layer: Layer) -> bool:
    """Whether all that a wrapper holds is built, of which `Wrapper.build` asks nothing then."""
    held = [layer.parts[key] for key in ("layer", "forward_layer", "backward_layer") if key in layer.parts]
    return bool(held) and all(part.built or part.config.get("build_config") for part in held)


def _malformed(what: str, error: str) -> BuildError:
    return BuildError(what, error, "malformed-config")


def _no_shape(shape: Any) -> BuildError:
    return _malformed(f"has {shape!r} for a shape in build_config", f"Cannot convert '{shape}' to a shape.")


def _are_shapes(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], list)
        and all(each is None or isinstance(each, list) for each in value)
        and not any(isinstance(each[0], (list, Mapping)) for each in value if each)  # they are put into a set
    )


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(dim is None or isinstance(dim, int) for dim in value)
