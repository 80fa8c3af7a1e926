"""Shape functions of ops that move a window over an image (core/framework/common_shape_fns.cc `Conv2DShapeImpl`, `MaxPoolShape`)."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge_sizes, of_rank, with_rank
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _conv2d(call: Call) -> tuple[Shape, ...]:
    """Conv2D; vectorised formats are left open."""
    formatted = _format(call, "Conv2D")
    _dilations(call, "Conv2D", "dilation")
    _paddings(call)
    value, kernel = with_rank(call.shapes[0], 4), with_rank(call.shapes[1], 4)
    if formatted is None or value is None or kernel is None:
        return (None,)
    channel, rows, columns = formatted
    _groups(value[channel], kernel[2], kernel[3])
    return (_moved(call, value, (kernel[0], kernel[1]), kernel[3], (channel, rows, columns)),)


def _groups(depth: int, wanted: int, outputs: int) -> None:
    """How many groups the channels make; releases before 2.6 divide by zero and abort."""
    if depth < 0 or wanted < 0:
        return
    if wanted == 0:
        raise ShapeError("Depth of filter must not be 0")
    if depth % wanted:
        raise ShapeError(f"Depth of input ({depth}) is not a multiple of input depth of filter ({wanted})")
    groups = depth // wanted
    if groups == 0 and outputs >= 0:
        raise ShapeError("Number of groups must not be 0")
    if groups > 1 and outputs >= 0 and outputs % groups:
        raise ShapeError(f"Depth of output must be a multiple of the number of groups: {outputs} vs {groups}")


def _depthwise(call: Call) -> tuple[Shape, ...]:
    formatted = _format(call, "DepthwiseConv2D")
    if call.release >= (2, 2):
        _dilations(call, "DepthwiseConv2D", "dilations")
    _paddings(call)
    value, kernel = with_rank(call.shapes[0], 4), with_rank(call.shapes[1], 4)
    if formatted is None or value is None or kernel is None:
        return (None,)
    depth = merge_sizes(value[formatted[0]], kernel[2])
    outputs = depth * kernel[3] if depth >= 0 and kernel[3] >= 0 else -1
    return (_moved(call, value, (kernel[0], kernel[1]), outputs, formatted),)


def _quantized(call: Call) -> tuple[Shape, ...]:
    """QuantizedConv2D: the same, with the ends of both ranges."""
    found = _conv2d(call)
    for each in call.shapes[2:6]:
        with_rank(each, 0)
    return (*found, (), ())


def _pool(call: Call) -> tuple[Shape, ...]:
    """MaxPool and AvgPool over rows and columns; over channels too leaves them open."""
    formatted = _format(call, "Pooling")
    _paddings(call)
    value, window = with_rank(call.shapes[0], 4), call.attr("ksize")
    if formatted is not None and isinstance(window, tuple) and len(window) != 4:
        raise ShapeError(f"{call.kind.op} requires the ksize attribute to contain 4 values, but got: {len(window)}")
    if formatted is None or value is None or not isinstance(window, tuple) or len(window) != 4:
        return (None,)
    channel, rows, columns = formatted
    depth = value[channel] if window[channel] == 1 else -1
    return (_moved(call, value, (window[rows], window[columns]), depth, formatted),)


def _resized(call: Call) -> tuple[Shape, ...]:
    """ResizeBilinear and its like (`SetOutputToSizedImage`)."""
    value, size = with_rank(call.shapes[0], 4), call.values[1]
    if call.shapes[1] is not None:
        merge_sizes(with_rank(call.shapes[1], 1)[0], 2)  # type: ignore[index]
    if value is None:
        return (None,)
    rows, columns = size if size is not None and len(size) == 2 and min(size) >= 0 else (-1, -1)
    return ((value[0], rows, columns, value[3]),)


def _conv2d_input_gradient(call: Call) -> tuple[Shape, ...]:
    """Conv2DBackpropInput: until 2.2 as the sizes say, and nothing else was looked at."""
    sizes, wanted = with_rank(call.shapes[0], 1), call.values[0]
    assert sizes is not None
    if wanted is not None and any(size < -1 for size in wanted):
        raise ShapeError(f"Invalid value in tensor used for shape: {min(wanted)}")
    rank = len(wanted) if wanted is not None else sizes[0]
    if call.release < (2, 3):
        return (with_rank(wanted if wanted is not None else of_rank(rank), 4),)
    gradient, kernel = with_rank(call.shapes[2], 4), with_rank(call.shapes[1], 4)
    if rank not in (-1, 2, 4):
        raise ShapeError(f"Conv2DBackpropInput requires input_sizes to contain 4 values or 2 values, but got: {rank}")
    data_format = call.attr("data_format") or "NHWC"
    if data_format not in ("NHWC", "NCHW") or gradient is None or kernel is None:
        return ((-1,) * 4,)
    channel, rows, columns = (3, 1, 2) if data_format == "NHWC" else (1, 2, 3)
    merge_sizes(gradient[channel], kernel[3])
    found = [gradient[0], -1, -1, -1]
    if rank == 2:
        found[channel] = kernel[2]
        found[rows], found[columns] = wanted if wanted is not None else (-1, -1)
    elif wanted is not None:
        found = [merge_sizes(wanted[0], gradient[0]), *wanted[1:]]
    return (tuple(found),)


def _format(call: Call, what: str) -> tuple[int, int, int] | None:
    """The axes of channels, rows and columns; None for a format that is not modelled."""
    data_format = call.attr("data_format") or "NHWC"
    strides = call.attr("strides")
    if data_format not in ("NHWC", "NCHW") or not isinstance(strides, tuple):
        return None
    if len(strides) != 4:
        raise ShapeError(
            f"{what} on data format {data_format} requires the stride attribute to contain 4 values, but got: {len(strides)}"
        )
    return (3, 1, 2) if data_format == "NHWC" else (1, 2, 3)


def _dilations(call: Call, what: str, word: str) -> None:
    dilations = call.attr("dilations")
    if isinstance(dilations, tuple) and len(dilations) != 4:
        raise ShapeError(f"{what} requires the {word} attribute to contain 4 values, but got: {len(dilations)}")


def _paddings(call: Call) -> None:
    """Ops that take explicit paddings want eight of them, or none (core/util/padding.cc `CheckValidPadding`)."""
    given, padding = call.attr("explicit_paddings"), call.attr("padding")
    if not isinstance(given, tuple):
        return
    if padding in ("SAME", "VALID") and given:
        raise ShapeError("explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT")
    if padding == "EXPLICIT":
        if len(given) != 8:
            raise ShapeError(f"explicit_paddings attribute must contain 8 values, but got: {len(given)}")
        if min(given) < 0:
            raise ShapeError("All elements of explicit_paddings must be nonnegative")
        depth = 2 if call.attr("data_format") == "NCHW" else 6
        if any(given[:2]) or any(given[depth : depth + 2]):
            raise ShapeError("Nonzero explicit padding in the batch or depth dimensions is not supported")


def _moved(
    call: Call, value: Sequence[int], window: tuple[int, int], depth: int, formatted: tuple[int, int, int]
) -> tuple[int, ...]:
    channel, *spatial = formatted
    strides, dilations, padding = call.attr("strides"), call.attr("dilations"), call.attr("padding")
    found = [-1, -1, -1, -1]
    found[0], found[channel] = value[0], depth
    for axis, size in zip(spatial, window, strict=True):
        dilation = dilations[axis] if isinstance(dilations, tuple) and len(dilations) == 4 else 1
        found[axis] = _steps(value[axis], size, strides[axis], dilation, padding)
    return tuple(found)


def _steps(size: int, window: int, stride: int, dilation: int, padding: object) -> int:
    """How often a window fits (`GetWindowedOutputSizeFromDimsV2`); explicit paddings are left open."""
    if stride <= 0:
        raise ShapeError(f"Stride must be > 0, but got {stride}")
    if size < 0 or window < 0 or padding not in ("SAME", "VALID"):
        return -1
    if padding == "SAME":
        return -(-size // stride)
    covered = (window - 1) * dilation + 1
    if covered > size:
        raise ShapeError(f"Negative dimension size caused by subtracting {covered} from {size}")
    return (size - covered) // stride + 1


WINDOWED: dict[str, ShapeFunction] = {
    "Conv2D": _conv2d,
    "Conv2DBackpropInput": _conv2d_input_gradient,
    "DepthwiseConv2dNative": _depthwise,
    "QuantizedConv2D": _quantized,
    "MaxPool": _pool,
    **dict.fromkeys(("ResizeBilinear", "ResizeBicubic", "ResizeArea", "ResizeNearestNeighbor"), _resized),
    "AvgPool": _pool,
}
