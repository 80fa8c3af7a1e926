"""Convolutions: kernels and output sizes."""

from __future__ import annotations

from typing import Any

from analyzer.keras.calls import Call, Function
from analyzer.keras.layers import quantized
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Shape, shape_text


def window(value: Any, rank: int) -> tuple[int, ...]:
    """A window or stride argument for each dimension."""
    if isinstance(value, (list, tuple)):
        if len(value) != rank:
            raise ValueError("wrong length")
        return tuple(int(each) for each in value)
    return (int(value),) * rank


def output_length(length: Dim, size: int, padding: str, stride: int, dilation: int = 1, *, least: int = 1) -> Dim:
    """`conv_utils.conv_output_length`. Raises BuildError where fewer than `least` outputs are left."""
    if length is None or length == UNKNOWN:
        return length
    effective = (size - 1) * dilation + 1
    if padding in ("same", "causal"):
        return -(-length // stride)
    left = (length - effective) // stride + 1
    if left < least:
        raise BuildError(
            f"takes windows of {effective}, but only {length} are left",
            f"Negative dimension size caused by subtracting {effective} from {length}",
        )
    return left


_AT_ONCE = (
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
)  # what `convolution` of ops/nn_ops.py does


def _in_pieces(call: Call, space: tuple[Dim, ...], dilation: tuple[int, ...]) -> bool:
    """Whether the operation of Keras 2 makes a batch of what it dilates (`space_to_batch`), which leaves no size known of unknown ones."""
    plain = call.layer.kind in _AT_ONCE[:3] and call.era.at_least(2, 5)
    return not call.era.is_3 and None in space and max(dilation) > 1 and not plain


def _length_in_pieces(length: Dim, padding: str, size: int, stride: int, dilation: int) -> Dim:
    """What is left where every piece of a dilated dimension is strided by itself (`with_space_to_batch`). Raises BuildError."""
    if length is None or length == UNKNOWN:
        return length
    if padding == "same":
        length += (size - 1) * dilation
    piece = -(-length // dilation)
    return dilation * (output_length(piece, size, "valid", stride) or 0) - (piece * dilation - length)


def _strides_and_dilation(call: Call, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Both, where the operation takes both above 1 (ops/nn_ops.py `convolution` of Keras 2 does not). Raises BuildError."""
    strides, dilation = window(call.get("strides", 1), rank), window(call.get("dilation_rate", 1), rank)
    if not call.era.is_3 and max(strides) > 1 and max(dilation) > 1 and call.layer.kind in _AT_ONCE:
        raise BuildError(
            f"has strides={list(strides)} and dilation_rate={list(dilation)}",
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`.",
        )
    return strides, dilation


def _least_outputs(call: Call) -> int:
    """How many outputs of a window have to be left: Keras 3 let none pass up to 3.13 (ops/operation_utils.py `compute_conv_output_shape`)."""
    return 0 if call.era.is_3 and not call.era.at_least(3, 14) else 1


def transposed_length(
    length: Dim, size: int, padding: str, stride: int, output_padding: int | None, dilation: int
) -> Dim:
    """`conv_utils.deconv_output_length`."""
    if length is None or length == UNKNOWN:
        return length
    effective = size + (size - 1) * (dilation - 1)
    if output_padding is None:
        if padding == "valid":
            return length * stride + max(effective - stride, 0)
        return length * stride
    pad = effective // 2 if padding == "same" else 0
    return (length - 1) * stride + effective - 2 * pad + output_padding


class _Layout:
    """Where channels and space are in an input: its last dimensions, before which more than one may be the batch's."""

    def __init__(self, call: Call, rank: int, *, batches: bool = False) -> None:
        if batches:
            call.ndim(at_least=rank + 2)
        else:
            call.ndim(rank + 2)
        self.first = (call.get("data_format") or "channels_last").lower() == "channels_first"
        self.axis = -1 - rank if self.first else -1
        self.channels = call.defined(self.axis, "The channel dimension of the inputs")
        shape = call.shape
        self.batch: tuple[Dim, ...] = shape[: -1 - rank] if shape is not None else (UNKNOWN,)
        self.space: tuple[Dim, ...] | None = None
        if shape is not None:
            self.space = shape[-rank:] if self.first else shape[-1 - rank : -1]

    def shape(self, space: list[Dim] | None, channels: int) -> Shape:
        """A shape in the same layout."""
        if space is None:
            return None
        return (*self.batch, channels, *space) if self.first else (*self.batch, *space, channels)


def _sizes(call: Call, layout: _Layout, kernel: tuple[int, ...]) -> list[Dim] | None:
    if layout.space is None:
        return None
    _no_list(call)
    return sizes_left(call, layout.space, kernel)


def _no_list(call: Call) -> None:
    """A padding that the constructor of Keras 3 takes (`standardize_padding`) and no call does. Raises BuildError."""
    padding = call.get("padding", "valid")
    if call.era.is_3 and isinstance(padding, list):
        error = f"`padding` must be either `'valid'` or `'same'`. Received {padding}."
        raise BuildError(f"has padding={padding!r}", error)


def sizes_left(call: Call, space: tuple[Dim, ...], kernel: tuple[int, ...]) -> list[Dim]:
    """The sizes that a layer's convolution leaves. Raises BuildError."""
    strides, dilation = _strides_and_dilation(call, len(kernel))
    if _in_pieces(call, space, dilation):
        return [None] * len(kernel)
    padding, least = str(call.get("padding", "valid")).lower(), _least_outputs(call)
    sizes = zip(space, kernel, strides, dilation, strict=True)
    if not call.era.is_3 and max(strides) > 1 and max(dilation) > 1:
        return [_length_in_pieces(length, padding, *each) for length, *each in sizes]
    return [output_length(length, size, padding, step, each, least=least) for length, size, step, each in sizes]


def _grouped(channels: int, known: int, filters: int) -> bool:
    """`Conv2DShape` (core/framework/common_shape_fns.cc): more channels than a kernel has are taken for groups."""
    return known > 0 and channels % known == 0 and filters % (channels // known) == 0


def convolution(rank: int) -> Function:
    """`Conv.build`: kernel (window, channels / groups, filters). Keras 2 takes further dimensions of the batch from 2.3 on."""

    def build(call: Call) -> Shape:
        layout = _Layout(call, rank, batches=call.era.at_least(2, 3) and not call.era.is_3)
        kernel = window(call.get("kernel_size"), rank)
        filters, groups = int(call.get("filters")), int(call.get("groups", 1) or 1)
        channels = layout.channels
        if call.get("quantization_config"):
            call.layer.known = False
        if channels != UNKNOWN and channels % groups:
            raise BuildError(
                f"has {groups} groups, which do not divide {channels} channels",
                "The number of input channels must be evenly divisible by the number of groups.",
            )
        call.pin(layout.axis, channels, taken=lambda dim, known: rank < 3 and _grouped(dim, known, filters))
        if call.building:
            into, low = channels if channels == UNKNOWN else channels // groups, call.get("lora_rank")
            main = quantized.Main("kernel", (*kernel, into, filters), None, ((*kernel, into, low), (low, filters)))
            quantized.variables(call, main, (filters,), has_bias=bool(call.get("use_bias", True)))
        return layout.shape(_sizes(call, layout, kernel), filters)

    return build


def transposed(rank: int) -> Function:
    """`Conv2DTranspose.build`: kernel (window, filters, channels)."""

    def build(call: Call) -> Shape:
        layout = _Layout(call, rank)
        kernel = window(call.get("kernel_size"), rank)
        filters = int(call.get("filters"))
        call.pin(layout.axis, layout.channels, taken=lambda _dim, _known: True)
        call.add("kernel", (*kernel, filters, layout.channels))
        if call.get("use_bias", True):
            call.add("bias", (filters,))
        strides, dilation = window(call.get("strides", 1), rank), window(call.get("dilation_rate", 1), rank)
        if rank == 2 and not call.era.is_3 and dilation[0] != dilation[1]:
            raise BuildError(
                f"has dilation_rate={list(dilation)}",
                "Expected the 2 dimensions of the `dilation_rate` argument to be equal to each other.",
            )
        if layout.space is None:
            return None
        _no_list(call)
        padding = str(call.get("padding", "valid")).lower()
        given = call.get("output_padding")
        extra = window(given, rank) if given is not None else (None,) * rank
        if given is not None or any(each != 1 for each in dilation):
            return layout.shape([UNKNOWN] * rank, filters)
        space = [
            transposed_length(length, kernel[axis], padding, strides[axis], extra[axis], dilation[axis])
            for axis, length in enumerate(layout.space)
        ]
        return layout.shape(space, filters)

    return build


def depthwise(rank: int) -> Function:
    """`DepthwiseConv.build`: depthwise_kernel (window, channels, multiplier)."""

    def build(call: Call) -> Shape:
        layout = _Layout(call, rank)
        kernel = window(call.get("kernel_size"), rank)
        multiplier = int(call.get("depth_multiplier", 1))
        channels = layout.channels
        filters = UNKNOWN if channels == UNKNOWN else channels * multiplier
        call.pin(layout.axis, channels)
        call.add("depthwise_kernel", (*kernel, channels, multiplier))
        if call.get("use_bias", True):
            call.add("bias", (filters,))
        return layout.shape(_sizes(call, layout, kernel), filters)

    return build


def separable(rank: int) -> Function:
    """`SeparableConv.build`: depthwise_kernel, pointwise_kernel (1, channels * multiplier, filters)."""

    def build(call: Call) -> Shape:
        layout = _Layout(call, rank)
        if call.era.level == (2, 3) and str(call.get("padding")).lower() == "causal":
            raise BuildError(
                "has padding='causal', for which Keras 2.3 has a fault",
                "_compute_causal_padding() missing 1 required positional argument: 'inputs'",
            )
        kernel = window(call.get("kernel_size"), rank)
        multiplier, filters = int(call.get("depth_multiplier", 1)), int(call.get("filters"))
        channels = layout.channels
        call.pin(layout.axis, channels)
        call.add("depthwise_kernel", (*kernel, channels, multiplier))
        inner = UNKNOWN if channels == UNKNOWN else channels * multiplier
        call.add("pointwise_kernel", (*((1,) * rank), inner, filters))
        if call.get("use_bias", True):
            call.add("bias", (filters,))
        return layout.shape(_sizes(call, layout, kernel), filters)

    return build


def locally_connected(rank: int) -> Function:
    """`LocallyConnected1D/2D.build`: a kernel for each place."""

    def build(call: Call) -> Shape:
        layout = _Layout(call, rank)
        kernel, filters = window(call.get("kernel_size"), rank), int(call.get("filters"))
        space = _sizes(call, layout, kernel)
        if layout.space is not None and None in layout.space:
            raise BuildError(
                f"has a kernel for each place, but its input is {shape_text(call.shape)}",
                "The spatial dimensions of the inputs to a LocallyConnected layer should be fully-defined",
            )
        inner = None if layout.space is None or space is None else _numbers([*layout.space, *space])
        if inner is None:
            call.add("kernel", None)
        else:
            call.add("kernel", _local_kernel(call, layout, kernel, inner[:rank], inner[rank:], filters))
        if call.get("use_bias", True):
            call.add("bias", (*inner[rank:], filters) if inner is not None else None)
        return layout.shape(space, filters)

    return build


def _numbers(dims: list[Dim]) -> list[int] | None:
    found = [dim for dim in dims if dim is not None and dim != UNKNOWN]
    return found if len(found) == len(dims) else None


def _local_kernel(
    call: Call, layout: _Layout, kernel: tuple[int, ...], space: list[int], result: list[int], filters: int
) -> Shape:
    """The kernel by `implementation`: 1 per place, 2 dense with a mask, 3 only what is connected."""
    channels, kind = layout.channels, call.get("implementation", 1)
    if channels == UNKNOWN:
        return None
    if kind == 2:
        return (channels, *space, filters, *result) if layout.first else (*space, channels, *result, filters)
    from math import prod  # compiled code, which few models need

    connected = channels * prod(kernel)
    if kind == 3:
        full = str(call.get("padding", "valid")).lower() == "valid"  # at borders of padding less is connected
        return (prod(result) * connected * filters,) if full else (UNKNOWN,)
    return (prod(result), connected, filters)


FUNCTIONS: dict[str, Function] = {
    **{f"Conv{rank}D": convolution(rank) for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": transposed(rank) for rank in (1, 2, 3)},
    **{f"DepthwiseConv{rank}D": depthwise(rank) for rank in (1, 2)},
    **{f"SeparableConv{rank}D": separable(rank) for rank in (1, 2)},
    **{f"LocallyConnected{rank}D": locally_connected(rank) for rank in (1, 2)},
}
