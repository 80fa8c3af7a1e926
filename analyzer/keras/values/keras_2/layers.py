"""All other layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.keras_2.done import Config, called, constructed, leaves


@called("*", "name")
def _name(era: Era, value: Any, config: Config) -> bool:
    """The scope that a call opens, up to 2.6: what is empty stands for no name."""
    return not era.at_least(2, 0) or not value or isinstance(value, str)


@constructed("ReLU", "negative_slope")
def _negative_slope(era: Era, value: Any, config: Config) -> bool:
    """`ReLU.__init__`, where it compares it with zero."""
    return (value is not None or not era.at_least(2, 6)) and not value < 0


@constructed("BatchNormalization", "axis")
def _batch_axis(era: Era, value: Any, config: Config) -> bool:
    """`BatchNormalizationBase.__init__`; `build` compares and counts with what a list holds."""
    return isinstance(value, (int, list))


@called("UnitNormalization", "axis")
def _compared_axes(era: Era, value: Any, config: Config) -> bool:
    """`tf_utils.validate_axis`, which compares each with zero and looks the dimension up."""
    items = value if isinstance(value, list) else [value]
    return all((each < 0 or each >= 0) and isinstance(each, int) for each in items)


@called("BatchNormalization LayerNormalization", "axis")
def _some_axes(era: Era, value: Any, config: Config) -> bool:
    """What `build` looks up of the first, and the same."""
    return value != [] and _compared_axes(era, value, config)


@called("Attention AdditiveAttention", "dropout")
def _attention_dropout(era: Era, value: Any, config: Config) -> bool:
    """`BaseDenseAttention` of 2.10 and later compares it with zero; up to 2.3 a call builds `tf.nn.dropout`, whatever it does."""
    if not era.at_least(2, 4):
        return isinstance(value, (int, float)) and 0 <= value < 1
    return not era.at_least(2, 10) or value > 0 or value <= 0


@called("GaussianDropout AlphaDropout", "rate")
def _dropped(era: Era, value: Any, config: Config) -> bool:
    return 0 < value < 1 or True


@called("PReLU", "shared_axes")
def _shared(era: Era, value: Any, config: Config) -> bool:
    """`PReLU.__init__` makes a list of it, `build` counts with what it holds."""
    if value is None:
        return True
    items = value if isinstance(value, list) else [value]
    return all(isinstance(each - 1, int) for each in items)


@called("Softmax", "axis")
def _softmax_axis(era: Era, value: Any, config: Config) -> bool:
    """`Softmax.call` takes one axis or several."""
    if isinstance(value, list):
        return bool(value) and not any(isinstance(each, (str, list, dict, float)) for each in value)
    return value is None or isinstance(value, int)


@called("GroupNormalization BatchNormalization", "epsilon")
def _epsilon(era: Era, value: Any, config: Config) -> bool:
    """Added to a variance of the inputs' dtype."""
    return not isinstance(value, (str, dict))


@called("MultiHeadAttention", "value_dim")
def _value_dim(era: Era, value: Any, config: Config) -> bool:
    """`MultiHeadAttention._build_from_signature` puts it into the shape of a kernel."""
    return value is None or not value or (isinstance(value, int) and value >= 0)


@constructed("TFOpLambda SlicingOpLambda", "function")
@constructed("ClassMethod", "cls_symbol")
def _symbol(era: Era, value: Any, config: Config) -> bool:
    """`get_symbol_from_name` looks it up in a table."""
    return hash(value) == hash(value)


@called("LSTM LSTMCell ConvLSTM1D ConvLSTM2D ConvLSTM3D", "bias_initializer")
def _forgetting(era: Era, value: Any, config: Config) -> bool:
    """`LSTMCell.build` calls it for all gates but the forget gate."""
    return value is not None or not config.get("use_bias", True) or not config.get("unit_forget_bias", True)


@called("MultiHeadAttention", "key_dim")
def _key_dim(era: Era, value: Any, config: Config) -> bool:
    """`MultiHeadAttention._compute_attention` divides by its root."""
    return bool(1 / value)


@called("EinsumDense", "output_shape")
def _dims_of_output(era: Era, value: Any, config: Config) -> bool:
    """`_analyze_split_string` makes a shape of it."""
    return not any(isinstance(each, (Mapping, list, str)) for each in (value if isinstance(value, list) else ()))


@called("MultiHeadAttention", "output_shape")
def _output_shape(era: Era, value: Any, config: Config) -> bool:
    """`MultiHeadAttention._make_output_dense` puts it into the shape of a kernel."""
    items = value if isinstance(value, list) else [value]
    return not value or all(isinstance(each, int) for each in items)


@called("EinsumDense", "bias_axes")
def _bias_axes(era: Era, value: Any, config: Config) -> bool:
    """`_analyze_split_string` looks for each in the equation."""
    return value is None or (bool(value) and all("" in each for each in value))


@called("Masking", "mask_value")
def _mask_value(era: Era, value: Any, config: Config) -> bool:
    """`Masking.call` compares the inputs with it."""
    return all(isinstance(each, (int, float)) for each in leaves(value))


_PLAIN = {"activation": "tanh", "recurrent_activation": "sigmoid", "recurrent_dropout": 0, "unroll": False}


@called("LSTM GRU", "time_major", "go_backwards")
def _attribute(era: Era, value: Any, config: Config) -> bool:
    """`gru_lstm_utils.generate_defun_backend`, where the layer may be a kernel's: an attribute of its function."""
    plain = all(config.get(key, default) == default for key, default in _PLAIN.items())
    kernel = plain and config.get("use_bias", True) and config.get("reset_after", True)
    if isinstance(value, list) and era.at_least(2, 15):
        return not kernel or None not in value
    return not kernel or not isinstance(value, (Mapping, list, type(None)))


@called("GroupNormalization", "axis")
def _grouped_axis(era: Era, value: Any, config: Config) -> bool:
    """`GroupNormalization.build` looks its dimension up."""
    return isinstance(value, (int, list))


@called("GroupNormalization", "groups")
def _normalized_groups(era: Era, value: Any, config: Config) -> bool:
    """`GroupNormalization.build` divides by them."""
    return bool(value)


@called("ELU", "alpha")
def _scaling(era: Era, value: Any, config: Config) -> bool:
    """`backend.elu` asks whether it is one, and multiplies with it."""
    return not isinstance(value, list) or len(leaves(value)) == 1


@called("LeakyReLU", "alpha")
def _leaking(era: Era, value: Any, config: Config) -> bool:
    """`backend.relu` asks whether it is zero."""
    return not isinstance(value, list) or len(leaves(value)) <= 1


@called("Embedding", "input_dim")
def _rows(era: Era, value: Any, config: Config) -> bool:
    """A dimension of the embeddings."""
    return not isinstance(value, float)


@called("Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D", "rate")
def _rate(era: Era, value: Any, config: Config) -> bool:
    """`tf.nn.dropout`, which up to 2.3 a call builds whether or not it trains."""
    return era.at_least(2, 4) or (isinstance(value, (int, float)) and 0 <= value < 1)


@called("Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D", "seed")
def _seed_of_dropout(era: Era, value: Any, config: Config) -> bool:
    """`random_seed.get_seed`, in the same calls."""
    return era.at_least(2, 4) or value is None or isinstance(value, (int, float))


@called("Dropout", "noise_shape")
def _noise_shape(era: Era, value: Any, config: Config) -> bool:
    """`Dropout._get_noise_shape`, in the same calls."""
    return era.at_least(2, 4) or not isinstance(value, (int, float))


@constructed("ActivityRegularization", "l1", "l2")
def _penalty(era: Era, value: Any, config: Config) -> bool:
    """`L1L2.__init__` takes numbers."""
    return not era.at_least(2, 3) or not isinstance(value, (list, str, Mapping))
