"""Odd values of arguments of layers of Keras 2: what their constructors do with them, done again.

Each function is what a constructor does with one argument, as far as it can fail: it returns whether Keras goes on, or raises what Keras
would. Those of `CALLS` stand for what the layer's first call does. Read from 2.3 to 2.15 and tf_keras, and tried there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from analyzer.keras.era import Era

Config: TypeAlias = Mapping[str, Any]
Done: TypeAlias = Callable[[Era, Any, Config], bool]

CONSTRUCTORS: dict[tuple[str, str], Done] = {}
CALLS: dict[tuple[str, str], Done] = {}
_SAME = (  # which Keras 3 does alike
    *(("Permute", "dims"), ("PReLU", "shared_axes"), ("UpSampling1D", "size")),
    *(
        (f"{name}{rank}D", key)
        for name, key in (("ZeroPadding", "padding"), ("Cropping", "cropping"))
        for rank in (1, 2, 3)
    ),
)
_RAISED = (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError)


def refused(table: Mapping[tuple[str, str], Done], era: Era, name: str, key: str, value: Any, config: Config) -> str:
    """What is said of a value that Keras does not go on with; empty where it does, or where nothing is known of it."""
    done = table.get((name, key)) or table.get(("*", key))
    if done is None or (era.is_3 and ((name, key) not in _SAME or (table is CALLS and key != "shared_axes"))):
        return ""
    try:
        return "" if done(era, value, config) else f"Received an invalid value for argument `{key}`: {value!r}"
    except _RAISED as error:
        return str(error)


def looks_at(name: str, key: str) -> bool:
    """Whether some value of the argument is refused."""
    return (name, key) in CONSTRUCTORS or (name, key) in CALLS


def _of(table: dict[tuple[str, str], Done], names: str, *keys: str) -> Callable[[Done], Done]:
    def register(done: Done) -> Done:
        for name in names.split():
            for key in keys:
                table[name, key] = done
        return done

    return register


def _constructed(names: str, *keys: str) -> Callable[[Done], Done]:
    return _of(CONSTRUCTORS, names, *keys)


def _called(names: str, *keys: str) -> Callable[[Done], Done]:
    return _of(CALLS, names, *keys)


def _pair(value: Any, count: int = 2) -> bool:
    """`conv_utils.normalize_tuple(value, count, allow_zero=True)`, which looks below zero from 2.7 on, and fails on text then."""
    if isinstance(value, int):
        return True
    items = list(value)
    return len(items) == count and all(isinstance(int(each), int) for each in items)


def _no_text(era: Era, value: Any) -> bool:
    """The same function's comparison with zero."""
    items = value if isinstance(value, list) else [value]
    return not era.at_least(2, 7) or all(each >= 0 for each in items)


@_called("*", "name")
def _name(era: Era, value: Any, config: Config) -> bool:
    """The scope that a call opens, up to 2.6: what is empty stands for no name."""
    return not era.at_least(2, 0) or not value or isinstance(value, str)


@_constructed("ZeroPadding1D", "padding")
@_constructed("Cropping1D", "cropping")
def _sides(era: Era, value: Any, config: Config) -> bool:
    return _pair(value) and _no_text(era, value)


def _sides_of(value: Any, era: Era, count: int) -> bool:
    if isinstance(value, int):
        return True
    return len(value) == count and all(_pair(each) and _no_text(era, each) for each in _items(value))


def _items(value: Any) -> Any:
    return [value[index] for index in range(len(value))]


@_constructed("ZeroPadding2D", "padding")
@_constructed("Cropping2D", "cropping")
def _sides_2(era: Era, value: Any, config: Config) -> bool:
    return _sides_of(value, era, 2)


@_constructed("ZeroPadding3D", "padding")
@_constructed("Cropping3D", "cropping")
def _sides_3(era: Era, value: Any, config: Config) -> bool:
    return _sides_of(value, era, 3)


@_constructed("UpSampling2D UpSampling3D", "size")
def _size(era: Era, value: Any, config: Config) -> bool:
    """`normalize_tuple`, which takes nothing below one from 2.7 on."""
    items = value if isinstance(value, list) else [value]
    return not era.at_least(2, 7) or all(each > 0 for each in items)


@_constructed("ReLU", "negative_slope")
def _negative_slope(era: Era, value: Any, config: Config) -> bool:
    """`ReLU.__init__`, where it compares it with zero."""
    return (value is not None or not era.at_least(2, 6)) and not value < 0


@_constructed("Permute", "dims")
def _dims(era: Era, value: Any, config: Config) -> bool:
    return sorted(value) == list(range(1, len(value) + 1))


@_constructed("Dot", "axes")
def _axes(era: Era, value: Any, config: Config) -> bool:
    return isinstance(value, int) or (len(value) == 2 and all(isinstance(each, int) for each in _items(value)))


@_constructed("Hashing", "sparse")
def _sparse(era: Era, value: Any, config: Config) -> bool:
    return not era.at_least(2, 8) or not value or config.get("output_mode", "int") != "int"


@_constructed("Hashing", "salt")
def _salt(era: Era, value: Any, config: Config) -> bool:
    return value is None or isinstance(value, int) or (isinstance(value, list) and len(value) == 2)


def _ends(value: Any) -> tuple[Any, Any]:
    """Bounds of a factor of one number or two."""
    return (value[0], value[1]) if isinstance(value, list) else (-value, value)


@_constructed("RandomTranslation", "height_factor", "width_factor")
def _translation(era: Era, value: Any, config: Config) -> bool:
    lower, upper = _ends(value)
    return bool(upper >= lower and abs(lower) <= 1 and abs(upper) <= 1)


@_constructed("RandomRotation", "factor")
def _rotation(era: Era, value: Any, config: Config) -> bool:
    lower, upper = _ends(value)
    return bool(upper >= lower)


@_constructed("RandomZoom", "height_factor")
def _zoom(era: Era, value: Any, config: Config) -> bool:
    lower, upper = _ends(value)
    return bool(abs(lower) <= 1 and abs(upper) <= 1)


@_constructed("RandomZoom", "width_factor")
def _zoom_width(era: Era, value: Any, config: Config) -> bool:
    lower, upper = (0, 0) if value is None else _ends(value)
    return lower >= -1 and upper >= -1


@_constructed("RandomContrast", "factor")
def _contrast(era: Era, value: Any, config: Config) -> bool:
    lower, upper = (value[0], value[1]) if isinstance(value, list) else (value, value)
    return not (lower < 0 or upper < 0 or lower > 1)


@_constructed("RandomBrightness", "factor")
def _brightness(era: Era, value: Any, config: Config) -> bool:
    items = value if isinstance(value, list) else [value]
    counted = len(items) == 2 if isinstance(value, list) else isinstance(value, (int, float))
    return counted and all(-1 <= each <= 1 for each in items)


@_constructed("RandomBrightness", "value_range")
def _value_range(era: Era, value: Any, config: Config) -> bool:
    return isinstance(value, list) and len(value) == 2 and bool(sorted(value))


@_constructed("BatchNormalization", "axis")
def _batch_axis(era: Era, value: Any, config: Config) -> bool:
    """`BatchNormalizationBase.__init__`; `build` compares and counts with what a list holds."""
    return isinstance(value, (int, list))


@_called("UnitNormalization", "axis")
def _compared_axes(era: Era, value: Any, config: Config) -> bool:
    """`tf_utils.validate_axis`, which compares each with zero and looks the dimension up."""
    items = value if isinstance(value, list) else [value]
    return all((each < 0 or each >= 0) and isinstance(each, int) for each in items)


@_called("BatchNormalization LayerNormalization", "axis")
def _some_axes(era: Era, value: Any, config: Config) -> bool:
    """What `build` looks up of the first, and the same."""
    return value != [] and _compared_axes(era, value, config)


@_constructed("Normalization", "axis")
def _normalized_axes(era: Era, value: Any, config: Config) -> bool:
    """`Normalization.__init__` compares them with zero, from 2.6 on."""
    if not era.at_least(2, 6) or value is None:
        return True
    items = [value] if isinstance(value, int) else list(value)
    return bool(sum(each < 0 for each in items) >= 0)


@_called("Attention AdditiveAttention", "dropout")
def _attention_dropout(era: Era, value: Any, config: Config) -> bool:
    """`BaseDenseAttention` of 2.10 and later compares it with zero; up to 2.3 a call builds `tf.nn.dropout`, whatever it does."""
    if not era.at_least(2, 4):
        return isinstance(value, (int, float)) and 0 <= value < 1
    return not era.at_least(2, 10) or value > 0 or value <= 0


@_called("GaussianDropout AlphaDropout", "rate")
def _dropped(era: Era, value: Any, config: Config) -> bool:
    return 0 < value < 1 or True


@_called("PReLU", "shared_axes")
def _shared(era: Era, value: Any, config: Config) -> bool:
    """`PReLU.__init__` makes a list of it, `build` counts with what it holds."""
    if value is None:
        return True
    items = value if isinstance(value, list) else [value]
    return all(isinstance(each - 1, int) for each in items)


@_called("Softmax", "axis")
def _softmax_axis(era: Era, value: Any, config: Config) -> bool:
    """`Softmax.call` takes one axis or several."""
    if isinstance(value, list):
        return bool(value) and not any(isinstance(each, (str, list, dict, float)) for each in value)
    return value is None or isinstance(value, int)


@_called("CenterCrop", "height", "width")
def _cropped(era: Era, value: Any, config: Config) -> bool:
    """`CenterCrop.call` subtracts it from a size and crops to it, from 2.7 on by an operation that looks at it."""
    return isinstance(value, int) and (value > 0 or not era.at_least(2, 7))


@_called("Resizing", "height", "width")
def _resized(era: Era, value: Any, config: Config) -> bool:
    """`tf.image.resize` makes one tensor of integers of both."""
    return isinstance(value, int)


@_called("RandomTranslation RandomRotation RandomZoom", "fill_value")
def _filled(era: Era, value: Any, config: Config) -> bool:
    """`transform` makes a tensor of floats of it, from 2.4 on."""
    return not era.at_least(2, 4) or all(isinstance(each, (int, float)) for each in _leaves(value))


@_called("DepthwiseConv1D DepthwiseConv2D", "depth_multiplier")
def _multiplied(era: Era, value: Any, config: Config) -> bool:
    """A dimension of the depthwise kernel."""
    return isinstance(value, int) and value >= 0


@_called("SeparableConv1D SeparableConv2D", "depth_multiplier")
def _multiplied_more(era: Era, value: Any, config: Config) -> bool:
    """The same, where a pointwise kernel goes over it."""
    return isinstance(value, int) and value > 0


@_called("Hashing", "mask_value")
def _masked(era: Era, value: Any, config: Config) -> bool:
    """`Hashing.call` compares the inputs with it."""
    return not isinstance(value, Mapping)


@_called("GroupNormalization BatchNormalization", "epsilon")
def _epsilon(era: Era, value: Any, config: Config) -> bool:
    """Added to a variance of the inputs' dtype."""
    return not isinstance(value, (str, dict))


@_called("MultiHeadAttention", "value_dim")
def _value_dim(era: Era, value: Any, config: Config) -> bool:
    """`MultiHeadAttention._build_from_signature` puts it into the shape of a kernel."""
    return value is None or not value or (isinstance(value, int) and value >= 0)


@_constructed("TFOpLambda SlicingOpLambda", "function")
@_constructed("ClassMethod", "cls_symbol")
def _symbol(era: Era, value: Any, config: Config) -> bool:
    """`get_symbol_from_name` looks it up in a table."""
    return hash(value) == hash(value)


@_called("LSTM LSTMCell ConvLSTM1D ConvLSTM2D ConvLSTM3D", "bias_initializer")
def _forgetting(era: Era, value: Any, config: Config) -> bool:
    """`LSTMCell.build` calls it for all gates but the forget gate."""
    return value is not None or not config.get("use_bias", True) or not config.get("unit_forget_bias", True)


@_constructed("LocallyConnected1D LocallyConnected2D", "padding")
def _local_padding(era: Era, value: Any, config: Config) -> bool:
    return isinstance(value, str)


@_called("ZeroPadding1D ZeroPadding2D ZeroPadding3D", "padding")
def _whole_sides(era: Era, value: Any, config: Config) -> bool:
    """`tf.pad` takes integers, none below zero."""
    return all(isinstance(each, int) and each >= 0 for each in _leaves(value))


@_called("Cropping1D Cropping2D Cropping3D", "cropping")
def _whole_cuts(era: Era, value: Any, config: Config) -> bool:
    """Slices take integers; where nothing is cut off there are none."""
    return all(isinstance(each, int) or each == 0 for each in _leaves(value))


def _leaves(value: Any) -> list[Any]:
    return [leaf for each in value for leaf in _leaves(each)] if isinstance(value, list) else [value]


@_called("MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D", "strides")
def _strides(era: Era, value: Any, config: Config) -> bool:
    """The operations take whole steps."""
    return value is None or all(int(each) > 0 for each in (value if isinstance(value, list) else [value]))


@_constructed("UpSampling1D", "size")
def _number_of_times(era: Era, value: Any, config: Config) -> bool:
    return isinstance(int(value), int)


@_called("UpSampling1D", "size")
def _repeated(era: Era, value: Any, config: Config) -> bool:
    """`backend.repeat_elements` joins so many."""
    return int(value) > 0


@_constructed("DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D", "kernel_size")
def _kernel(era: Era, value: Any, config: Config) -> bool:
    return not era.at_least(2, 7) or all(each > 0 for each in (value if isinstance(value, list) else [value]))


@_constructed("Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D", "groups")
def _groups(era: Era, value: Any, config: Config) -> bool:
    """`Conv.__init__` divides the filters by them."""
    return not era.at_least(2, 3) or not value or config.get("filters") is None or config["filters"] % value == 0


@_constructed("Conv1DTranspose Conv2DTranspose Conv3DTranspose", "output_padding")
def _output_padding(era: Era, value: Any, config: Config) -> bool:
    return value is None or (_pair(value, len(value) if isinstance(value, list) else 1) and _no_text(era, value))


_CONVOLUTIONS = (
    "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D "
    "DepthwiseConv1D DepthwiseConv2D"
)


@_called(_CONVOLUTIONS, "dilation_rate")
def _dilated(era: Era, value: Any, config: Config) -> bool:
    """The operations take integers above zero."""
    items = value if isinstance(value, list) else [value]
    return not era.at_least(2, 4) or all(isinstance(each, int) and each > 0 for each in items)


_STEPPING = "ConvLSTM1D ConvLSTM2D ConvLSTM3D LocallyConnected1D LocallyConnected2D Conv1D Conv2D Conv3D"


@_called(f"{_STEPPING} SeparableConv1D SeparableConv2D DepthwiseConv1D DepthwiseConv2D", "strides")
def _steps(era: Era, value: Any, config: Config) -> bool:
    """The operations take whole steps."""
    return all(int(each) > 0 for each in (value if isinstance(value, list) else [value]))


@_constructed("IntegerLookup", "vocabulary_dtype")
def _vocabulary_dtype(era: Era, value: Any, config: Config) -> bool:
    """`IntegerLookup.__init__` of 2.8 and later wants the name of an integer type."""
    if not era.at_least(2, 8):
        return True
    if isinstance(value, int) and not isinstance(value, bool):
        return value in _INTEGERS_BY_NUMBER
    return isinstance(value, str) and value in _INTEGERS


_INTEGERS_BY_NUMBER = (3, 4, 5, 6, 9, 17, 22, 23, *range(24, 32))
_INTEGERS = (*(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "int4", "uint4")


@_constructed("IntegerLookup StringLookup", "sparse")
def _sparse_lookup(era: Era, value: Any, config: Config) -> bool:
    """`IndexLookup.__init__` of 2.7 and later."""
    return not era.at_least(2, 7) or not value or config.get("output_mode", "int") != "int"


@_constructed("IntegerLookup StringLookup TextVectorization", "vocabulary")
def _hashed(era: Era, value: Any, config: Config) -> bool:
    """`IndexLookup.set_vocabulary` makes a set of what is listed, and of a number nothing from 2.6 on."""
    if isinstance(value, list):
        return all(hash(each) == hash(each) for each in value)
    return not isinstance(value, (int, float)) or not era.at_least(2, 6)


@_constructed("IntegerLookup Hashing", "dtype")
def _dtype_of_indices(era: Era, value: Any, config: Config) -> bool:
    """`tf.as_dtype` of 2.8 and later, where the layer gives indices."""
    if not era.at_least(2, 8) or config.get("output_mode", "int") != "int":
        return True
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value == int(value) and value > 0
    return not isinstance(value, list) and not (isinstance(value, Mapping) and "class_name" not in value)


@_constructed("IntegerLookup", "mask_token")
def _mask_token(era: Era, value: Any, config: Config) -> bool:
    """`IndexLookup.__init__` makes a tensor of it."""
    if not era.at_least(2, 6) or not isinstance(value, list):
        return True
    return bool(value) and all(isinstance(each, (int, float)) for each in _leaves(value))


@_called("MultiHeadAttention", "key_dim")
def _key_dim(era: Era, value: Any, config: Config) -> bool:
    """`MultiHeadAttention._compute_attention` divides by its root."""
    return bool(1 / value)


@_called("RandomRotation RandomTranslation RandomZoom", "factor", "height_factor", "width_factor")
def _factors(era: Era, value: Any, config: Config) -> bool:
    return all(isinstance(each, (int, float)) for each in (value[:2] if isinstance(value, list) else ()))


@_called("Dot", "axes")
def _no_batches(era: Era, value: Any, config: Config) -> bool:
    """`backend.batch_dot`."""
    return not any(isinstance(each, int) and each == 0 for each in _leaves(value)) or not era.at_least(2, 0)


@_called("EinsumDense", "output_shape")
def _dims_of_output(era: Era, value: Any, config: Config) -> bool:
    """`_analyze_split_string` makes a shape of it."""
    return not any(isinstance(each, (Mapping, list, str)) for each in (value if isinstance(value, list) else ()))


_DRAWN = ("GlorotUniform", "GlorotNormal", "HeNormal", "HeUniform", "RandomNormal", "RandomUniform", "TruncatedNormal")


@_called("Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose", "kernel_size")
def _drawn_shape(era: Era, value: Any, config: Config) -> bool:
    """A shape that random values are drawn in begins with it, and is none where that is a boolean."""
    drawn = config.get("kernel_initializer", {"class_name": "GlorotUniform"})
    random = isinstance(drawn, Mapping) and drawn.get("class_name") in _DRAWN
    return not random or not era.at_least(2, 4) or not isinstance(_leaves(value)[0], bool)


@_called("MultiHeadAttention", "output_shape")
def _output_shape(era: Era, value: Any, config: Config) -> bool:
    """`MultiHeadAttention._make_output_dense` puts it into the shape of a kernel."""
    items = value if isinstance(value, list) else [value]
    return not value or all(isinstance(each, int) for each in items)


@_called("EinsumDense", "bias_axes")
def _bias_axes(era: Era, value: Any, config: Config) -> bool:
    """`_analyze_split_string` looks for each in the equation."""
    return value is None or (bool(value) and all("" in each for each in value))


@_called("LocallyConnected1D LocallyConnected2D", "implementation")
def _implementation(era: Era, value: Any, config: Config) -> bool:
    return value in (1, 2, 3)


@_called("Masking", "mask_value")
def _mask_value(era: Era, value: Any, config: Config) -> bool:
    """`Masking.call` compares the inputs with it."""
    return all(isinstance(each, (int, float)) for each in _leaves(value))


@_called("Rescaling", "scale", "offset")
def _scaled(era: Era, value: Any, config: Config) -> bool:
    """`Rescaling.call` casts it to floats."""
    return not any(isinstance(each, (Mapping, type(None))) for each in _leaves(value))


_PICTURES = "RandomFlip RandomRotation RandomZoom RandomContrast RandomTranslation RandomBrightness RandomCrop"


@_called(f"{_PICTURES} RandomHeight RandomWidth", "seed")
def _seed(era: Era, value: Any, config: Config) -> bool:
    """A generator is made of it, from 2.7 on by `RandomGenerator._maybe_init`."""
    if not era.at_least(2, 7):
        return not isinstance(value, list) or None not in value
    return value is None or all(isinstance(each, (int, float)) for each in _leaves(value))


@_called("RandomContrast", "factor")
def _contrasted(era: Era, value: Any, config: Config) -> bool:
    """`stateless_random_contrast` takes bounds that differ, which a call hands it in any case, but for that of 2.7 to 2.11."""
    if (2, 7) <= era.level < (2, 12):
        return True
    lower, upper = (value[0], value[1]) if isinstance(value, list) else (value, value)
    return bool(lower + upper > 0)


@_called("CategoryEncoding", "num_tokens")
def _num_tokens(era: Era, value: Any, config: Config) -> bool:
    """`CategoryEncoding.call` compares integers with it."""
    return not isinstance(value, float)


@_constructed("ConvLSTM1D ConvLSTM2D ConvLSTM3D", "unroll")
def _unrolled(era: Era, value: Any, config: Config) -> bool:
    """`ConvRNN.__init__`, up to 2.7 `ConvRNN2D.__init__`."""
    return not value


_PLAIN = {"activation": "tanh", "recurrent_activation": "sigmoid", "recurrent_dropout": 0, "unroll": False}


@_called("LSTM GRU", "time_major", "go_backwards")
def _attribute(era: Era, value: Any, config: Config) -> bool:
    """`gru_lstm_utils.generate_defun_backend`, where the layer may be a kernel's: an attribute of its function."""
    plain = all(config.get(key, default) == default for key, default in _PLAIN.items())
    kernel = plain and config.get("use_bias", True) and config.get("reset_after", True)
    if isinstance(value, list) and era.at_least(2, 15):
        return not kernel or None not in value
    return not kernel or not isinstance(value, (Mapping, list, type(None)))


@_called("GroupNormalization", "axis")
def _grouped_axis(era: Era, value: Any, config: Config) -> bool:
    """`GroupNormalization.build` looks its dimension up."""
    return isinstance(value, (int, list))


@_called("GroupNormalization", "groups")
def _normalized_groups(era: Era, value: Any, config: Config) -> bool:
    """`GroupNormalization.build` divides by them."""
    return bool(value)


@_called("ELU", "alpha")
def _scaling(era: Era, value: Any, config: Config) -> bool:
    """`backend.elu` asks whether it is one, and multiplies with it."""
    return not isinstance(value, list) or len(_leaves(value)) == 1


@_constructed("MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D", "pool_size")
def _pool(era: Era, value: Any, config: Config) -> bool:
    """`normalize_tuple`, which takes nothing below one from 2.7 on."""
    return not era.at_least(2, 7) or all(each > 0 for each in (value if isinstance(value, list) else [value]))


@_called("RepeatVector", "n")
def _copies(era: Era, value: Any, config: Config) -> bool:
    """`backend.repeat` stacks it between integers."""
    return isinstance(value, int)


@_called("LeakyReLU", "alpha")
def _leaking(era: Era, value: Any, config: Config) -> bool:
    """`backend.relu` asks whether it is zero."""
    return not isinstance(value, list) or len(_leaves(value)) <= 1


@_called("Embedding", "input_dim")
def _rows(era: Era, value: Any, config: Config) -> bool:
    """A dimension of the embeddings."""
    return not isinstance(value, float)


@_called("Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D", "rate")
def _rate(era: Era, value: Any, config: Config) -> bool:
    """`tf.nn.dropout`, which up to 2.3 a call builds whether or not it trains."""
    return era.at_least(2, 4) or (isinstance(value, (int, float)) and 0 <= value < 1)


@_called("Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D", "seed")
def _seed_of_dropout(era: Era, value: Any, config: Config) -> bool:
    """`random_seed.get_seed`, in the same calls."""
    return era.at_least(2, 4) or value is None or isinstance(value, (int, float))


@_called("Dropout", "noise_shape")
def _noise_shape(era: Era, value: Any, config: Config) -> bool:
    """`Dropout._get_noise_shape`, in the same calls."""
    return era.at_least(2, 4) or not isinstance(value, (int, float))


@_constructed("ActivityRegularization", "l1", "l2")
def _penalty(era: Era, value: Any, config: Config) -> bool:
    """`L1L2.__init__` takes numbers."""
    return not era.at_least(2, 3) or not isinstance(value, (list, str, Mapping))


@_constructed("Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D", "filters")
def _filters(era: Era, value: Any, config: Config) -> bool:
    """`Conv.__init__` divides them by its groups."""
    return not era.at_least(2, 3) or value is None or isinstance(value, (int, float))
