"""Shapes that functions of TensorFlow make, by the arguments of the functions, where Keras 2 calls them in a model.

What is not listed, or called in another way, returns what only TensorFlow knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from analyzer.keras.broadcast import Dims, broadcast, product
from analyzer.keras.calls import Call
from analyzer.keras.dtypes import FLOATS
from analyzer.keras.layers.tf_names import ONE_BY_ONE, REDUCE, TWO
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Opaque, Tensor, flatten, shape_text

_COMPARING = ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")


class OpenError(Exception):
    """Only TensorFlow knows."""


def _shape_of(value: Any) -> Dims:
    """The shape of a tensor, a number or nested lists of numbers. Raises BuildError for what `convert_to_tensor` takes for none."""
    if isinstance(value, Opaque):
        value = value.value
    if isinstance(value, Tensor):
        if value.shape is None:
            raise OpenError
        return value.shape
    if isinstance(value, list) and not value:
        return (0,)
    if isinstance(value, list):
        inner = [_shape_of(each) for each in value]
        if any(each != inner[0] for each in inner):
            if not any(isinstance(each, (Tensor, Opaque)) for each in flatten(value)):
                raise BuildError(f"makes a tensor of {value!r}", f"Failed to convert elements of {value} to Tensor.")
            raise OpenError
        return (len(value), *inner[0])
    if isinstance(value, (bool, int, float)):
        return ()
    if isinstance(value, Mapping) and value:
        raise BuildError(f"makes a tensor of {dict(value)!r}", f"Failed to convert elements of {value} to Tensor.")
    raise OpenError


def _whole(value: Any) -> Dims:
    """The shape of what has to be integers. Raises BuildError."""
    if any(isinstance(each, float) for each in flatten(value)):
        raise BuildError(
            f"counts with {value!r}",
            "Value passed to parameter has DataType float32 not in list of allowed values: int32, int64",
        )
    return _shape_of(value)


def _input(call: Call) -> Dims:
    if isinstance(call.inputs, (list, dict)):
        raise OpenError
    return _shape_of(call.inputs)


def _unfollowed(call: Call) -> Any:
    """One tensor, whose shape only TensorFlow knows."""
    raise OpenError


def _counted(call: Call) -> Any:
    """`tf.shape` and `tf.size`, in integers of a type that is given."""
    kind = call.kwargs.get("out_type", "int32")
    if isinstance(kind, (float, list, Mapping)) or (
        isinstance(kind, str) and kind not in ("int32", "int64", "int16", "uint16")
    ):
        raise BuildError(f"counts in {kind!r}", f"Expected DataType for argument 'out_type' not {kind!r}.")
    raise OpenError


def _same(call: Call) -> Any:
    return _input(call)


def _cast(call: Call) -> Any:
    dtype = call.kwargs.get("dtype")
    if isinstance(dtype, (float, list, Mapping)):
        raise BuildError(
            f"casts to {dtype!r}", f"Cannot convert the argument `type_value`: {dtype} to a TensorFlow DType."
        )
    return Tensor(_input(call), dtype if isinstance(dtype, str) else "")


def _binary(call: Call) -> Any:
    """Operations that go element by element over two tensors."""
    if "y" in call.kwargs and call.kwargs["y"] is None:
        raise BuildError("computes with None", "None values not supported.")
    left, right = _input(call), _shape_of(call.kwargs.get("y", call.kwargs.get("x")))
    return broadcast(left, right)


def _compared(call: Call) -> Any:
    """Operations that compare, element by element."""
    return Tensor(_binary(call), "bool")


def _chosen(call: Call) -> Any:
    """`tf.where` of two tensors."""
    x, y = call.kwargs.get("x"), call.kwargs.get("y")
    for one, other in ((x, y), (y, x)):
        text = any(isinstance(each, str) for each in flatten(one))
        if text and isinstance(other, Tensor) and other.dtype in FLOATS:
            raise BuildError(
                f"chooses between {one!r} and floats", "Expected float32 passed to parameter 'e' of op 'SelectV2'"
            )
    return broadcast(broadcast(_input(call), _shape_of(x)), _shape_of(y))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _axis(value: Any, rank: int) -> int:
    """An axis, counted from the first. Raises BuildError for one that there is not."""
    if isinstance(value, (str, float, list, Mapping)) and not any(isinstance(each, Tensor) for each in flatten(value)):
        raise BuildError(f"goes along axis {value!r}", "Value passed to parameter 'axis' has DataType of no integer")
    if not isinstance(value, int) or isinstance(value, bool):
        raise OpenError
    if not -rank <= value < rank:
        raise BuildError(
            f"goes along axis {value} of {rank}",
            f"axis {value} is out of bounds, not in the interval [{-rank}, {rank})",
        )
    return value % rank


def _reduced(call: Call) -> Any:
    shape, axis = _input(call), call.kwargs.get("axis")
    keeps = bool(call.kwargs.get("keepdims", call.kwargs.get("keep_dims", False)))
    axes = range(len(shape)) if axis is None else [_axis(each, len(shape)) for each in _listed(axis)]
    if keeps:
        return tuple(1 if index in axes else dim for index, dim in enumerate(shape))
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _expanded(call: Call) -> Any:
    shape, axis = _input(call), call.kwargs.get("axis")
    if isinstance(axis, list):  # which some releases take
        raise OpenError
    axis = _axis(axis, len(shape) + 1)
    return (*shape[:axis], 1, *shape[axis:])


def _squeezed(call: Call) -> Any:
    shape = _input(call)
    given = call.kwargs.get("axis")
    if given is None:
        raise OpenError
    axes = [_axis(each, len(shape)) for each in _listed(given)]
    wide = next((axis for axis in axes if shape[axis] not in (1, None, UNKNOWN)), None)
    if wide is not None:
        raise BuildError(
            f"squeezes axis {wide} of {shape_text(shape)}",
            f"Can not squeeze dim[{wide}], expected a dimension of 1, got {shape[wide]}",
        )
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)


def _tiled(call: Call) -> Any:
    """`tf.tile`: a multiple for each dimension."""
    multiples: Any = call.kwargs.get("multiples")
    count, shape = _rank_and_size(_whole(multiples), 1), _input(call)
    if count != len(shape):
        raise BuildError(
            f"tiles {shape_text(shape)} {multiples!r} times", f"Shape must be rank {len(shape)} but is rank"
        )
    if not isinstance(multiples, list):
        raise OpenError
    return tuple(
        dim * times if isinstance(times, int) and dim not in (None, UNKNOWN) else None if dim is None else UNKNOWN
        for dim, times in zip(shape, multiples, strict=True)
    )


def _padded(call: Call) -> Any:
    """`tf.pad`: what goes before and after each dimension."""
    paddings, mode = call.kwargs.get("paddings"), call.kwargs.get("mode", "CONSTANT")
    if not isinstance(mode, str):
        raise BuildError(f"pads in mode {mode!r}", f"'{type(mode).__name__}' object has no attribute 'upper'")
    count, shape = _rank_and_size(_whole(paddings), 2), _input(call)
    if count != len(shape):
        raise BuildError(
            f"pads {shape_text(shape)} by {paddings!r}", f"Shape must be rank {len(shape)} but is of another rank"
        )
    if not isinstance(paddings, list) or any(not isinstance(each, int) for each in flatten(paddings)):
        raise OpenError
    return tuple(
        dim if dim in (None, UNKNOWN) else (dim or 0) + sum(pair) for dim, pair in zip(shape, paddings, strict=True)
    )


def _rank_and_size(shape: Dims, rank: int) -> Dim:
    """How many there are of what a tensor of that rank lists. Raises BuildError for one of another rank."""
    if len(shape) != rank:
        raise BuildError(
            f"is given a tensor of rank {len(shape)}", f"Shape must be rank {rank} but is rank {len(shape)}"
        )
    if shape[0] in (None, UNKNOWN):
        raise OpenError
    return shape[0]


def _clipped(call: Call) -> Any:
    """`tf.clip_by_value`, between numbers or tensors whose shapes go into that of the values."""
    shape = _input(call)
    for end in (call.kwargs.get("clip_value_min"), call.kwargs.get("clip_value_max")):
        broadcast(shape, _shape_of(end))
    return shape


def _reshaped(call: Call) -> Any:
    """One -1, which is what is left."""
    shape, wanted = _input(call), call.kwargs.get("shape")
    if wanted is None and "shape" in call.kwargs:
        raise BuildError(
            "reshapes to nothing", "Tried to convert 'shape' to a tensor and failed. Error: None values not supported."
        )
    if isinstance(wanted, float) or (isinstance(wanted, list) and any(isinstance(each, float) for each in wanted)):
        _whole(wanted)
    nested = isinstance(wanted, list) and any(isinstance(each, list) for each in wanted)
    if (nested and all(map(_is_number, flatten(wanted)))) or (isinstance(wanted, int) and not isinstance(wanted, bool)):
        _rank_and_size(_whole(wanted), 1)
    if not isinstance(wanted, list) or not all(isinstance(each, int) for each in wanted) or wanted.count(-1) > 1:
        raise OpenError
    known = prod(dim or 0 for dim in shape if dim not in (None, UNKNOWN))
    whole = not {None, UNKNOWN} & set(shape)
    size = prod(wanted)
    if known and -1 not in wanted and (size != known if whole else size % known):
        raise BuildError(
            f"makes {wanted} of {shape_text(shape)}",
            f"Dimension size must be evenly divisible by {known} but is {size}",
        )
    if -1 not in wanted:
        return tuple(wanted)
    rest = prod(each for each in wanted if each != -1)
    if None in shape or UNKNOWN in shape or not rest:
        return tuple(UNKNOWN if each == -1 and UNKNOWN in shape else None if each == -1 else each for each in wanted)
    return tuple(prod(dim or 0 for dim in shape) // rest if each == -1 else each for each in wanted)


def _transposed(call: Call) -> Any:
    shape, order = _input(call), call.kwargs.get("perm")
    if order is None:
        return shape[::-1]
    if isinstance(order, (float, str)):
        raise BuildError(f"transposes to {order!r}", "Value passed to parameter 'perm' has DataType of no integer")
    if not isinstance(order, list) or not all(isinstance(each, int) for each in order):
        raise OpenError
    if sorted(order) != list(range(len(shape))):
        raise BuildError(
            f"transposes {shape_text(shape)} to {order}", f"Dimension must be {len(order)} but is {len(shape)}"
        )
    return tuple(shape[index] for index in order)


def _several(call: Call) -> list[Dims]:
    if not isinstance(call.inputs, list) or not call.inputs:
        raise OpenError
    shapes = [_shape_of(each) for each in call.inputs]
    if any(len(shape) != len(shapes[0]) for shape in shapes):
        raise OpenError
    return shapes


def _concatenated(call: Call) -> Any:
    shapes = _several(call)
    axis = _axis(call.kwargs.get("axis"), len(shapes[0]))
    return tuple(
        _sum(sizes) if index == axis else _agreed(sizes) for index, sizes in enumerate(zip(*shapes, strict=True))
    )


def _stacked(call: Call) -> Any:
    shapes = _several(call)
    axis = _axis(call.kwargs.get("axis", 0), len(shapes[0]) + 1)
    shape = [_agreed(sizes) for sizes in zip(*shapes, strict=True)]
    return (*shape[:axis], len(shapes), *shape[axis:])


def _sum(sizes: Dims) -> Dim:
    if UNKNOWN in sizes:
        return UNKNOWN
    return None if None in sizes else sum(size or 0 for size in sizes)


def _agreed(sizes: Dims) -> Dim:
    """The one size that all have, as far as they are known. Raises BuildError."""
    known = {size for size in sizes if size not in (None, UNKNOWN)}
    if len(known) > 1:
        raise BuildError(
            f"joins dimensions of {', '.join(map(str, sizes))}",
            f"Dimension 0 in both shapes must be equal, but are {sizes[0]} and {sizes[1]}",
        )
    return known.pop() if known else UNKNOWN if UNKNOWN in sizes else None


def _multiplied(call: Call) -> Any:
    """`tf.matmul`, of what is turned first where that is asked for."""
    left, right = _input(call), _shape_of(call.kwargs.get("b"))
    if min(len(left), len(right)) < 2 or set(call.kwargs) - {"b", "transpose_a", "transpose_b", "name"}:
        raise OpenError
    left = _turned(left) if call.kwargs.get("transpose_a") else left
    return product(left, _turned(right) if call.kwargs.get("transpose_b") else right)


def _turned(shape: Dims) -> Dims:
    return (*shape[:-2], shape[-1], shape[-2])


def _resized(call: Call) -> Any:
    """`tf.image.resize` of one image or of several."""
    shape, size = _input(call), call.kwargs.get("size")
    if len(shape) not in (3, 4) or call.kwargs.get("preserve_aspect_ratio") or not isinstance(size, list):
        raise OpenError
    if len(size) != 2 or not all(isinstance(each, int) for each in size):
        raise OpenError
    return (*shape[:-3], *size, shape[-1])


def _split(call: Call) -> Any:
    """Parts of equal size, or of sizes that are given."""
    shape, sizes = _input(call), call.kwargs.get("num_or_size_splits")
    axis = _axis(call.kwargs.get("axis", 0), len(shape))
    size = shape[axis]
    if isinstance(sizes, int) and sizes > 0 and size not in (None, UNKNOWN) and (size or 0) % sizes:
        raise BuildError(
            f"splits {size} by {sizes}", f"Dimension size must be evenly divisible by {sizes} but is {size}"
        )
    if isinstance(sizes, int) and sizes > 0:
        parts: list[Dim] = [size if size in (None, UNKNOWN) else (size or 0) // sizes] * sizes
    elif isinstance(sizes, list) and sizes and all(isinstance(each, int) and each >= 0 for each in sizes):
        parts = sizes
        if size not in (None, UNKNOWN) and sum(sizes) != size:
            raise BuildError(
                f"splits {size} into {sizes}", f"can't split axis of size {size} into pieces of size {sizes}"
            )
    elif sizes is None:
        raise BuildError("splits into nothing", "None values not supported.")
    else:
        raise OpenError
    return [(*shape[:axis], part, *shape[axis + 1 :]) for part in parts]


SHAPES: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(ONE_BY_ONE, _same),
    **dict.fromkeys(TWO, _binary),
    **dict.fromkeys(REDUCE, _reduced),
    "cast": _cast,
    "expand_dims": _expanded,
    "squeeze": _squeezed,
    "reshape": _reshaped,
    "transpose": _transposed,
    "concat": _concatenated,
    "stack": _stacked,
    "matmul": _multiplied,
    "image.resize": _resized,
    "split": _split,
    "tile": _tiled,
    "pad": _padded,
    "clip_by_value": _clipped,
    **dict.fromkeys(_COMPARING, _compared),
    "where": _chosen,
    **dict.fromkeys(("shape", "size"), _counted),
    **dict.fromkeys(("gather", "one_hot", "rank"), _unfollowed),
}
