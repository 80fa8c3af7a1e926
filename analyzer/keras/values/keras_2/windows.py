"""Convolutions, pooling and what lays tensors out anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.keras_2.done import Config, called, constructed, leaves


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


@constructed("ZeroPadding1D", "padding")
@constructed("Cropping1D", "cropping")
def _sides(era: Era, value: Any, config: Config) -> bool:
    return _pair(value) and _no_text(era, value)


def _sides_of(value: Any, era: Era, count: int) -> bool:
    if isinstance(value, int):
        return True
    return len(value) == count and all(_pair(each) and _no_text(era, each) for each in _items(value))


def _items(value: Any) -> Any:
    return [value[index] for index in range(len(value))]


@constructed("ZeroPadding2D", "padding")
@constructed("Cropping2D", "cropping")
def _sides_2(era: Era, value: Any, config: Config) -> bool:
    return _sides_of(value, era, 2)


@constructed("ZeroPadding3D", "padding")
@constructed("Cropping3D", "cropping")
def _sides_3(era: Era, value: Any, config: Config) -> bool:
    return _sides_of(value, era, 3)


@constructed("UpSampling2D UpSampling3D", "size")
def _size(era: Era, value: Any, config: Config) -> bool:
    """`normalize_tuple`, which takes nothing below one from 2.7 on."""
    items = value if isinstance(value, list) else [value]
    return not era.at_least(2, 7) or all(each > 0 for each in items)


@constructed("Permute", "dims")
def _dims(era: Era, value: Any, config: Config) -> bool:
    return sorted(value) == list(range(1, len(value) + 1))


@constructed("Dot", "axes")
def _axes(era: Era, value: Any, config: Config) -> bool:
    return isinstance(value, int) or (len(value) == 2 and all(isinstance(each, int) for each in _items(value)))


@called("DepthwiseConv1D DepthwiseConv2D", "depth_multiplier")
def _multiplied(era: Era, value: Any, config: Config) -> bool:
    """A dimension of the depthwise kernel."""
    return isinstance(value, int) and value >= 0


@called("SeparableConv1D SeparableConv2D", "depth_multiplier")
def _multiplied_more(era: Era, value: Any, config: Config) -> bool:
    """The same, where a pointwise kernel goes over it."""
    return isinstance(value, int) and value > 0


@constructed("LocallyConnected1D LocallyConnected2D", "padding")
def _local_padding(era: Era, value: Any, config: Config) -> bool:
    return isinstance(value, str)


@called("ZeroPadding1D ZeroPadding2D ZeroPadding3D", "padding")
def _whole_sides(era: Era, value: Any, config: Config) -> bool:
    """`tf.pad` takes integers, none below zero."""
    return all(isinstance(each, int) and each >= 0 for each in leaves(value))


@called("Cropping1D Cropping2D Cropping3D", "cropping")
def _whole_cuts(era: Era, value: Any, config: Config) -> bool:
    """Slices take integers; where nothing is cut off there are none."""
    return all(isinstance(each, int) or each == 0 for each in leaves(value))


@called("MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D", "strides")
def _strides(era: Era, value: Any, config: Config) -> bool:
    """The operations take whole steps."""
    return value is None or all(int(each) > 0 for each in (value if isinstance(value, list) else [value]))


@constructed("UpSampling1D", "size")
def _number_of_times(era: Era, value: Any, config: Config) -> bool:
    return isinstance(int(value), int)


@called("UpSampling1D", "size")
def _repeated(era: Era, value: Any, config: Config) -> bool:
    """`backend.repeat_elements` joins so many."""
    return int(value) > 0


@constructed("DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D", "kernel_size")
def _kernel(era: Era, value: Any, config: Config) -> bool:
    return not era.at_least(2, 7) or all(each > 0 for each in (value if isinstance(value, list) else [value]))


@constructed("Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D", "groups")
def _groups(era: Era, value: Any, config: Config) -> bool:
    """`Conv.__init__` divides the filters by them."""
    return not era.at_least(2, 3) or not value or config.get("filters") is None or config["filters"] % value == 0


@constructed("Conv1DTranspose Conv2DTranspose Conv3DTranspose", "output_padding")
def _output_padding(era: Era, value: Any, config: Config) -> bool:
    return value is None or (_pair(value, len(value) if isinstance(value, list) else 1) and _no_text(era, value))


_CONVOLUTIONS = (
    "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D "
    "DepthwiseConv1D DepthwiseConv2D"
)


@called(_CONVOLUTIONS, "dilation_rate")
def _dilated(era: Era, value: Any, config: Config) -> bool:
    """The operations take integers above zero."""
    items = value if isinstance(value, list) else [value]
    return not era.at_least(2, 4) or all(isinstance(each, int) and each > 0 for each in items)


_STEPPING = "ConvLSTM1D ConvLSTM2D ConvLSTM3D LocallyConnected1D LocallyConnected2D Conv1D Conv2D Conv3D"


@called(f"{_STEPPING} SeparableConv1D SeparableConv2D DepthwiseConv1D DepthwiseConv2D", "strides")
def _steps(era: Era, value: Any, config: Config) -> bool:
    """The operations take whole steps."""
    return all(int(each) > 0 for each in (value if isinstance(value, list) else [value]))


@called("Dot", "axes")
def _no_batches(era: Era, value: Any, config: Config) -> bool:
    """`backend.batch_dot`."""
    return not any(isinstance(each, int) and each == 0 for each in leaves(value)) or not era.at_least(2, 0)


_DRAWN = ("GlorotUniform", "GlorotNormal", "HeNormal", "HeUniform", "RandomNormal", "RandomUniform", "TruncatedNormal")


@called("Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose", "kernel_size")
def _drawn_shape(era: Era, value: Any, config: Config) -> bool:
    """A shape that random values are drawn in begins with it, and is none where that is a boolean."""
    drawn = config.get("kernel_initializer", {"class_name": "GlorotUniform"})
    random = isinstance(drawn, Mapping) and drawn.get("class_name") in _DRAWN
    return not random or not era.at_least(2, 4) or not isinstance(leaves(value)[0], bool)


@called("LocallyConnected1D LocallyConnected2D", "implementation")
def _implementation(era: Era, value: Any, config: Config) -> bool:
    return value in (1, 2, 3)


@constructed("ConvLSTM1D ConvLSTM2D ConvLSTM3D", "unroll")
def _unrolled(era: Era, value: Any, config: Config) -> bool:
    """`ConvRNN.__init__`, up to 2.7 `ConvRNN2D.__init__`."""
    return not value


@constructed("MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D", "pool_size")
def _pool(era: Era, value: Any, config: Config) -> bool:
    """`normalize_tuple`, which takes nothing below one from 2.7 on."""
    return not era.at_least(2, 7) or all(each > 0 for each in (value if isinstance(value, list) else [value]))


@called("RepeatVector", "n")
def _copies(era: Era, value: Any, config: Config) -> bool:
    """`backend.repeat` stacks it between integers."""
    return isinstance(value, int)


@constructed("Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D", "filters")
def _filters(era: Era, value: Any, config: Config) -> bool:
    """`Conv.__init__` divides them by its groups."""
    return not era.at_least(2, 3) or value is None or isinstance(value, (int, float))
