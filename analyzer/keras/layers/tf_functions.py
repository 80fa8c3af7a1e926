"""Functions of TensorFlow in a model of Keras 2.4 to 2.15: what `TFOpLambda` and `SlicingOpLambda` leave of shapes.

The arguments are those of the functions by name, since a call saves its further ones so (layers/core/tf_op_layer.py). What is
not listed, or called in another way, returns what only TensorFlow knows.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from analyzer.keras.broadcast import Dims, broadcast, product
from analyzer.keras.calls import Call, Function
from analyzer.keras.layers.slices import sliced
from analyzer.keras.layers.tf_names import ONE_BY_ONE, REDUCE, TWO, typed
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Opaque, Tensor, flatten


class _OpenError(Exception):
    """Only TensorFlow knows."""


def function(call: Call) -> Any:
    """`TFOpLambda`: a call's `*args` are not saved (`Node.serialize`), and einsum takes its tensors by them."""
    name = str(call.get("function"))
    if name == "einsum" and not any(isinstance(each, Tensor) for each in flatten(call.inputs)):
        raise BuildError(
            "calls tf.einsum, whose tensors Keras does not save", "Got 0 inputs for equation, expecting at least 1"
        )
    _complete(call, name)
    short = name.rpartition(".")[2] if name.startswith(_MODULES) else name
    known = _SHAPES.get(short)
    call.open = known is None
    try:
        result = known(call) if known is not None else None
    except _OpenError:
        call.open = True
        return None
    return result if short == "cast" else typed(call, short, result)


def _complete(call: Call, name: str) -> None:
    """`dispatch.op_dispatch_handler` for arguments that have no default, and were saved if they were given. Raises BuildError."""
    required = _REQUIRED.get(name.rpartition(".")[2] if name.startswith(_MODULES[:-1]) else name, ())
    missing = [each for each in required if each not in call.kwargs]
    if missing and isinstance(call.inputs, (Tensor, list)):
        raise BuildError(f"calls tf.{name} without {', '.join(missing)}", "Missing required positional argument")


_MODULES = ("math.", "__operators__.", "nn.", "linalg.", "compat.v1.")


def _shape_of(value: Any) -> Dims:
    """The shape of a tensor, a number or nested lists of numbers."""
    if isinstance(value, Opaque):
        value = value.value
    if isinstance(value, Tensor):
        if value.shape is None:
            raise _OpenError
        return value.shape
    if isinstance(value, list) and value:
        inner = [_shape_of(each) for each in value]
        if any(each != inner[0] for each in inner):
            raise _OpenError
        return (len(value), *inner[0])
    if isinstance(value, (bool, int, float)):
        return ()
    raise _OpenError


def _input(call: Call) -> Dims:
    if isinstance(call.inputs, (list, dict)):
        raise _OpenError
    return _shape_of(call.inputs)


def _same(call: Call) -> Any:
    return _input(call)


def _cast(call: Call) -> Any:
    dtype = call.kwargs.get("dtype")
    return Tensor(_input(call), dtype if isinstance(dtype, str) else "")


def _binary(call: Call) -> Any:
    """Operations that go element by element over two tensors."""
    left, right = _input(call), _shape_of(call.kwargs.get("y", call.kwargs.get("x")))
    return broadcast(left, right)


def _axis(value: Any, rank: int) -> int:
    if not isinstance(value, int) or not -rank <= value < rank:
        raise _OpenError
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
    shape = _input(call)
    axis = _axis(call.kwargs.get("axis"), len(shape) + 1)
    return (*shape[:axis], 1, *shape[axis:])


def _squeezed(call: Call) -> Any:
    shape = _input(call)
    given = call.kwargs.get("axis")
    if given is None:
        raise _OpenError
    axes = [_axis(each, len(shape)) for each in _listed(given)]
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)


def _reshaped(call: Call) -> Any:
    """One -1, which is what is left."""
    shape, wanted = _input(call), call.kwargs.get("shape")
    if not isinstance(wanted, list) or not all(isinstance(each, int) for each in wanted) or wanted.count(-1) > 1:
        raise _OpenError
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
    if not isinstance(order, list) or sorted(order, key=str) != sorted(range(len(shape)), key=str):
        raise _OpenError
    return tuple(shape[index] for index in order)


def _several(call: Call) -> list[Dims]:
    if not isinstance(call.inputs, list) or not call.inputs:
        raise _OpenError
    shapes = [_shape_of(each) for each in call.inputs]
    if any(len(shape) != len(shapes[0]) for shape in shapes):
        raise _OpenError
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
        raise _OpenError
    left = _turned(left) if call.kwargs.get("transpose_a") else left
    return product(left, _turned(right) if call.kwargs.get("transpose_b") else right)


def _turned(shape: Dims) -> Dims:
    return (*shape[:-2], shape[-1], shape[-2])


def _resized(call: Call) -> Any:
    """`tf.image.resize` of one image or of several."""
    shape, size = _input(call), call.kwargs.get("size")
    if len(shape) not in (3, 4) or call.kwargs.get("preserve_aspect_ratio") or not isinstance(size, list):
        raise _OpenError
    if len(size) != 2 or not all(isinstance(each, int) for each in size):
        raise _OpenError
    return (*shape[:-3], *size, shape[-1])


def _split(call: Call) -> Any:
    """Parts of equal size, or of sizes that are given."""
    shape, sizes = _input(call), call.kwargs.get("num_or_size_splits")
    axis = _axis(call.kwargs.get("axis", 0), len(shape))
    size = shape[axis]
    if isinstance(sizes, int) and sizes > 0:
        parts: list[Dim] = [size if size in (None, UNKNOWN) else (size or 0) // sizes] * sizes
    elif isinstance(sizes, list) and sizes and all(isinstance(each, int) and each >= 0 for each in sizes):
        parts = sizes
    else:
        raise _OpenError
    return [(*shape[:axis], part, *shape[axis + 1 :]) for part in parts]


_REQUIRED = {
    **dict.fromkeys(("add", "subtract", "multiply", "truediv", "divide", "maximum", "minimum", "pow"), ("y",)),
    "matmul": ("b",),
    "cast": ("dtype",),
    "expand_dims": ("axis",),
    "reshape": ("shape",),
    "concat": ("axis",),
    "split": ("num_or_size_splits",),
    "tile": ("multiples",),
    "pad": ("paddings",),
    "image.resize": ("size",),
    "one_hot": ("depth",),
    "gather": ("indices",),
    "clip_by_value": ("clip_value_min", "clip_value_max"),
}
_SHAPES: dict[str, Callable[[Call], Any]] = {
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
}


FUNCTIONS: dict[str, Function] = {"TFOpLambda": function, "SlicingOpLambda": sliced}
