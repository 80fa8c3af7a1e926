"""Merging layers: no weights, shapes that have to go together."""

from __future__ import annotations

from analyzer.keras.calls import Call, Function
from analyzer.keras.encoded import type_name
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Opaque, Shape, Tensor, shape_text


def _several(call: Call, least: int, exactly: bool = False) -> list[Shape] | None:
    """The shapes of the inputs; None where they are not known. Raises BuildError for too few of them.

    Operations such as `a + b` are named like layers, and in H5 files taken for them.
    """
    shapes = call.shapes
    if call.era.is_3 and isinstance(call.inputs, list):
        only_tensors(call)
    if call.era.is_3 and "*" in call.kwargs:
        raise BuildError("takes its inputs in one list, but is called on several", "too many positional arguments")
    if isinstance(call.inputs, Tensor) and not call.era.is_3:
        raise BuildError(
            "merges one tensor, which is no list of them", "A merge layer should be called on a list of inputs."
        )
    if isinstance(call.inputs, list) and (len(shapes) < least or (exactly and len(shapes) != least)):
        number = f"exactly {least}" if exactly else f"at least {least}"
        raise BuildError(
            f"merges {number} inputs, not {len(shapes)}",
            f"A merge layer should be called on a list of {number} inputs.",
        )
    return None if any(shape is None for shape in shapes) else shapes


def only_tensors(call: Call) -> None:
    """Elements without a shape, of which Keras 3 asks each for its. Raises BuildError."""
    odd = [each for each in call.inputs if not isinstance(each, (Tensor, Opaque))]
    if odd:
        error = f"{type_name(odd[0])!r} object has no attribute 'shape'"
        raise BuildError(f"merges tensors with {odd[0]!r}", error)


def _together(left: Dim, right: Dim, *, by_operation: bool) -> Dim:
    """`_Merge._compute_elemwise_op_output_shape` for one dimension, which an operation may know better. Raises ValueError."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    if left is None or right is None:
        known = right if left is None else left
        return known if by_operation and known != 1 else None
    if left == 1:
        return right
    if right == 1 or left == right:
        return left
    raise ValueError


def elementwise(call: Call) -> Shape:
    """Add, Multiply and their kin: shapes must broadcast."""
    shapes = _several(
        call, 2 if call.layer.kind == "Subtract" or not call.era.at_least(2, 4) else 1, call.layer.kind == "Subtract"
    )
    if shapes is None:
        return None
    batches = {shape[0] for shape in shapes if shape} - {None, UNKNOWN}
    if len(batches) > 1:
        raise BuildError(
            f"merges batches of different size: {', '.join(map(shape_text, shapes))}",
            "Cannot merge tensors with different batch sizes.",
        )
    result = shapes[0]
    for shape in shapes[1:]:
        if result is None or shape is None:
            return None
        longer, shorter = (result, shape) if len(result) >= len(shape) else (shape, result)
        more = len(longer) - len(shorter) + 1  # dimensions of the longer one that the shorter one lacks, and the batch
        try:
            pairs = zip(longer[more:], shorter[1:], strict=True)
            merged = [_together(left, right, by_operation=not call.era.is_3) for left, right in pairs]
        except ValueError:
            raise BuildError(
                f"merges {shape_text(result)} with {shape_text(shape)}",
                f"Operands could not be broadcast together with shapes {shape_text(result[1:])} {shape_text(shape[1:])}",
            ) from None
        result = (*longer[:more], *merged)
    if call.era.is_3 and result and result[0] is None and len(batches) == 1 and _one_rank(shapes):
        result = (batches.pop(), *result[1:])
    return result


def _one_rank(shapes: list[Shape]) -> bool:
    return len({len(shape) for shape in shapes if shape is not None}) == 1


def concatenate(call: Call) -> Shape:
    """Concatenate: equal shapes but for the axis."""
    shapes = _several(call, 2 if not call.era.at_least(2, 4) else 1)
    if shapes is None or any(shape is None for shape in shapes):
        return None
    known: list[tuple[Dim, ...]] = [shape for shape in shapes if shape is not None]
    axis, rank = call.get("axis", -1), len(known[0])
    if not isinstance(axis, int):
        raise BuildError(
            f"joins along axis {axis!r}",
            f"list indices must be integers or slices, not {type(axis).__name__}",
            "invalid-argument",
        )
    if call.era.is_3:
        return _concatenated(call, known, axis)
    if any(len(shape) != rank for shape in known):
        raise BuildError(
            f"joins inputs of different rank: {', '.join(map(shape_text, known))}",
            "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis.",
        )
    if not -rank <= axis < rank:
        raise BuildError(f"joins along axis {axis}, but its inputs have {rank} dimensions")
    axis %= rank
    result: list[Dim] = list(known[0])
    for shape in known[1:]:
        for index in range(rank):
            if index == axis:
                sizes = (result[index], shape[index])
                unknown = UNKNOWN if UNKNOWN in sizes else None
                result[index] = unknown if unknown == UNKNOWN or None in sizes else (sizes[0] or 0) + (sizes[1] or 0)
            elif index and not _equal(result[index], shape[index]):
                raise BuildError(
                    f"joins {', '.join(map(shape_text, known))} along axis {axis}",
                    "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis.",
                )
            elif result[index] is None or result[index] == UNKNOWN:
                result[index] = shape[index]
    return tuple(result)


def _concatenated(call: Call, shapes: list[tuple[Dim, ...]], axis: int) -> Shape:
    """`Concatenate.compute_output_shape` of Keras 3, and what `build` compares, which a shape alone may have done before."""
    if not all(-len(shape) <= axis < len(shape) for shape in shapes):
        raise BuildError(f"joins along axis {axis}, but its inputs have {len(shapes[0])} dimensions")
    squeezes = not call.era.at_least(3, 7)
    if call.building and not _match({tuple(_reduced(list(shape), axis, squeezes)) for shape in shapes}):
        raise BuildError(
            f"joins {', '.join(map(shape_text, shapes))} along axis {axis}",
            "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis.",
        )
    result: list[Dim] = list(shapes[0])
    sizes = [shape[axis] for shape in shapes]
    if UNKNOWN in sizes:
        result[axis] = UNKNOWN
    else:
        result[axis] = None if None in sizes else sum(size or 0 for size in sizes)
    return tuple(result)


def _reduced(shape: list[Dim], axis: int, squeezes: bool) -> list[Dim]:
    """A shape without the axis, as `Concatenate.build` of Keras 3 compares it: up to 3.6 without those of size 1 too.

    From 3.7 on the loop that takes them out runs over the shapes, where it should run over the sizes of one.
    """
    kept = axis % len(shape)
    for place, size in enumerate(shape[1:], start=1) if squeezes else ():
        if place != kept and size == 1 and place < len(shape):
            del shape[place]
    if -len(shape) <= axis < len(shape):
        del shape[axis]
    return [None if size == UNKNOWN else size for size in shape]


def _match(shapes: set[tuple[Dim, ...]]) -> bool:
    """Whether shapes have one rank, and one size along each axis where it is known."""
    if len({len(shape) for shape in shapes}) != 1:
        return False
    return all(len({size for size in sizes if size is not None}) < 2 for sizes in zip(*shapes, strict=True))


def _equal(left: Dim, right: Dim) -> bool:
    return left == right or left in (None, UNKNOWN) or right in (None, UNKNOWN)


def dot(call: Call) -> Shape:
    """Dot: the two inputs' axes must be equal."""
    shapes = _several(call, 2, exactly=True)
    if shapes is None or len(shapes) != 2 or shapes[0] is None or shapes[1] is None:
        return None
    left, right = list(shapes[0]), list(shapes[1])
    axes = call.get("axes")
    first, second = (axes, axes) if isinstance(axes, int) else (int(axes[0]), int(axes[1]))
    for axis, sizes in ((first, left), (second, right)):
        if not -len(sizes) <= axis < len(sizes):
            raise BuildError(f"multiplies along axis {axis} of {shape_text(tuple(sizes))}", "tuple index out of range")
    first, second = first % len(left), second % len(right)
    compares = call.building or not call.era.is_3  # of Keras 3 `build` does
    if compares and not _equal(left[first], right[second]):
        raise BuildError(
            f"multiplies {shape_text(shapes[0])} and {shape_text(shapes[1])} along axes {first} and {second}",
            "Dimension incompatibility",
        )
    if not call.era.is_3 and not call.era.at_least(2, 1) and max(len(left), len(right)) > 3:
        return None  # `backend.batch_dot` multiplied matrices then, whatever the axes
    del left[first]
    del right[second]
    result = [*left, *right[1:]]
    return tuple(result) if len(result) > 1 else (*result, 1)


FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), elementwise),
    "Concatenate": concatenate,
    "Dot": dot,
}
