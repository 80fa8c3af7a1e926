"""Arguments of convolutions and pooling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.registry import is_number, on
from analyzer.tables.keras_symbol import KerasSymbol


@on("padding")
def _padding(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`conv_utils.normalize_padding`, `standardize_padding`."""
    if symbol.name.startswith("ZeroPadding"):
        return borders(era, symbol, value, config)
    if era.is_3 and "Pooling" in symbol.name:
        return ""  # pooling of Keras 3 looks at it when it is called
    if not isinstance(value, str):
        windowed = symbol.name.startswith(("Conv", "Max", "Average", "Depthwise", "Separable"))
        left = isinstance(value, list) and era.is_3
        return f"'{type(value).__name__}' object has no attribute 'lower'" if windowed and not left else ""
    local = symbol.name.startswith("LocallyConnected") and config.get("implementation", 1) == 1
    if local and value.lower() != "valid":
        return f'Invalid border mode for {symbol.name} (only "valid" is supported if implementation is 1): {value}'
    known = ("valid", "same", "causal") if not era.is_3 or symbol.name == "Conv1D" else ("valid", "same")
    one = symbol.name in ("Conv1D", "SeparableConv1D")
    if (
        value.lower() == "causal"
        and not one
        and not era.is_3
        and symbol.name.startswith(("Conv2D", "Conv3D", "ConvLSTM", "Depthwise", "Separable", "Max", "Average"))
    ):
        return "Causal padding is only supported for `Conv1D` and `SeparableConv1D`."
    if value.lower() not in known:
        return f"The `padding` argument must be one of {set(known)}. Received: {value}"
    return ""


@on("cropping")
def borders(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Cropping` and `ZeroPadding` of Keras 3: a number, or two for each dimension."""
    rank = next((int(letter) for letter in symbol.name if letter in "123"), 0)
    try:
        fine = not era.is_3 or not rank or _are_borders(value, rank)
    except (TypeError, ValueError, KeyError) as error:
        return str(error)
    return "" if fine else f"The argument must be a tuple of 2 integers. Received: {value}"


def _are_borders(value: Any, rank: int) -> bool:
    if rank == 1:
        return _are_two(value)
    return isinstance(value, int) or (len(value) == rank and all(_are_two(value[each]) for each in range(rank)))


def _are_two(value: Any) -> bool:
    """`standardize_tuple` with `allow_zero`, which looks whether `int` takes each and whether one is below zero."""
    items = [value, value] if isinstance(value, int) else list(value)
    return len(items) == 2 and all(int(each) >= 0 and each >= 0 for each in items)


@on("data_format")
def _data_format(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`conv_utils.normalize_data_format`, `standardize_data_format`, which operations on pictures read and others do not."""
    if symbol.kind == "operation" and symbol.name.endswith(("Conv", "ConvTranspose", "Pool")):
        return ""
    if value is None or (isinstance(value, str) and value.lower() in ("channels_first", "channels_last")):
        return ""
    return f"The `data_format` argument must be one of 'channels_first', 'channels_last'. Received: {value}"


@on("strides", "pool_size", "size")
def _window(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`conv_utils.normalize_tuple`, `argument_validation.standardize_tuple`: a number, or as many as there are dimensions.

    In lists both take what `int` takes, and leave it as it is; of Keras 2 the operation of `Conv` minds, of Keras 3 that of its
    transpose, whose output has a size that is no integer.
    """
    if symbol.name == "UpSampling1D":  # `int(size)`, of Keras 2 in `keras_2`
        numeric = (
            not era.is_3
            or isinstance(value, (int, float))
            or (isinstance(value, str) and value.strip().lstrip("+-").isdigit())
        )
        return "" if numeric else f"int() argument must be a string or a number, not '{type(value).__name__}'"
    plain = symbol.name in ("Conv1D", "Conv2D", "Conv3D") and era.at_least(2, 15)
    transposed = symbol.name.endswith("Transpose")  # whose constructor takes steps of zero up to 2.8
    loose = isinstance(value, list) and not (transposed if era.is_3 else plain)
    return _tuple(era, symbol, value, (int, float) if loose else (int,), (2, 9) if transposed else (2, 3))


@on("dilation_rate")
def _dilation_rate(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """Also what `BaseConv.__init__` says of strides beside it (convolutional/base_conv.py since 2.12)."""
    refused = _window(era, symbol, value, config)
    if refused or not _minds_strides(era, symbol) or _most(value) <= 1 or _most(config.get("strides")) <= 1:
        return refused
    return f"`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides={config['strides']} and dilation_rate={value}"


def _minds_strides(era: Era, symbol: KerasSymbol) -> bool:
    if symbol.name.startswith("ConvLSTM"):
        return era.is_3 and era.at_least(3, 14)
    if symbol.name.startswith(("Depthwise", "Separable")):
        return era.at_least(2, 12) and not era.at_least(3, 15)
    return symbol.name.startswith("Conv") and era.at_least(2, 12)


def _most(value: Any) -> float:
    """The largest of one or several numbers; none where that is no number."""
    items = value if isinstance(value, list) and value else [value]
    return max(items) if all(map(is_number, items)) else 0


@on("output_padding")
def _output_padding(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """Less than the strides: of Keras 2, `Conv2DTranspose.__init__`; of Keras 3, `BaseConvTranspose.__init__` since 3.14."""
    rank = next((int(letter) for letter in symbol.name if letter in "123"), 0)
    if value is None or not rank or not symbol.name.endswith("Transpose"):
        return ""
    if isinstance(value, list) and len(value) != rank:
        return f"The `output_padding` argument must be a tuple of {rank} integers. Received output_padding={value}"
    paddings, strides = (
        each if isinstance(each, list) else [each] * rank for each in (value, config.get("strides", 1))
    )
    if era.is_3 and not era.at_least(3, 11) and 0 in paddings:
        return f"The `output_padding` argument must be a tuple of {rank} integers that satisfy `value > 0`. Received: {value}"
    if era.is_3 and not era.at_least(3, 14):
        return ""
    known = len(strides) == len(paddings) and all(isinstance(each, (int, float)) for each in (*strides, *paddings))
    if known and any(padding >= stride for padding, stride in zip(paddings, strides, strict=True)):
        return f"Strides must be greater than output padding. Received strides={strides}, output_padding={value}."
    return ""


@on("kernel_size")
def _kernel_size(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """As other windows, but a weight's shape is made of it; ConvLSTM looks at zeros from 2.7 on."""
    return _tuple(era, symbol, value, (int,), (2, 7) if symbol.name.startswith("ConvLSTM") else (2, 3))


def _tuple(
    era: Era, symbol: KerasSymbol, value: Any, numbers: tuple[type, ...], no_zero: tuple[int, ...] = (2, 3)
) -> str:
    """`no_zero`: the first release in which convolutions refuse 0."""
    rank = next((int(letter) for letter in symbol.name if letter in "123"), 0)
    if not rank or value is None or isinstance(value, bool):
        return ""
    items = value if isinstance(value, list) else [value] * rank
    if len(items) != rank or not all(isinstance(each, numbers) for each in items):
        return f"The argument must be a tuple of {rank} integers. Received: {value}"
    least = min(items)
    if symbol.name.startswith(("Max", "Average")):
        none = least <= 0 and (era.is_3 or era.at_least(2, 7))
    else:
        none = least < 0 or (least == 0 and era.at_least(*no_zero) and symbol.name.startswith("Conv"))
    return f"The argument must be a tuple of {rank} positive integers. Received: {value}" if none else ""


@on("groups")
def _groups(era: Era, symbol: KerasSymbol, value: Any, config: Mapping[str, Any]) -> str:
    """`Conv.__init__`, `BaseConv.__init__`; in Keras 2 the channels are divided by it for a kernel's shape.

    Transposed and separable convolutions of Keras 2 are of that class, too, and do nothing else with their groups.
    """
    plain = symbol.name in ("Conv1D", "Conv2D", "Conv3D")
    derived = symbol.name.startswith(("Conv", "SeparableConv")) and not era.is_3 and "LSTM" not in symbol.name
    if not (plain or derived) or not is_number(value) or not era.at_least(2, 3):
        return ""
    if era.is_3 and value <= 0:
        return f"The number of groups must be a positive integer. Received: groups={value}"
    filters = config.get("filters")
    if value and is_number(filters) and filters % value:
        return f"The number of filters must be evenly divisible by the number of groups. Received: groups={value}, filters={filters}."
    odd = plain and not era.is_3 and ((isinstance(value, float) and value != 0) or value < 0)
    return f"Dimension value must be integer or None or have an __index__ method, got value {value}" if odd else ""
