"""Reshaping, padding, cropping, upsampling: no weights."""

from __future__ import annotations

from typing import Any

from analyzer.keras.calls import Call, Function
from analyzer.keras.layers.convolution import window
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Shape, shape_text


def _product(dims: tuple[Dim, ...]) -> int | None:
    total = 1
    for dim in dims:
        if dim is None or dim == UNKNOWN:
            return None
        total *= dim
    return total


def flatten(call: Call) -> Shape:
    """`Flatten`."""
    shape = call.shape
    if shape is None:
        return None
    if len(shape) == 1:
        return (shape[0], 1)
    return (shape[0], _product(shape[1:]) if UNKNOWN not in shape[1:] else UNKNOWN)


def reshape(call: Call) -> Shape:
    """`Reshape._fix_unknown_dimension`."""
    wanted = call.get("target_shape")
    if not call.era.is_3 and wanted and any(each is None or isinstance(each, (str, list, dict)) for each in wanted):
        raise BuildError(f"makes {wanted!r} of its input", "Tried to convert 'shape' to a tensor and failed.")
    shape = call.shape
    if call.era.is_3 and not isinstance(wanted, dict):
        _sizes(call, wanted, shape)
    target = [int(each) for each in wanted]
    batch: Dim = shape[0] if shape is not None else UNKNOWN
    if shape is not None and batch is None and not call.era.is_3 and not call.era.at_least(2, 3):
        return (None, *(None if each == -1 else each for each in target))  # only the operation looks, and cannot know
    total = _product(shape[1:]) if shape is not None else None
    if shape is None or total is None:
        rest: Dim = None if shape is not None and UNKNOWN not in shape else UNKNOWN
        return (batch, *(rest if each == -1 else each for each in target))
    known = 1
    for each in target:
        known *= each if each != -1 else 1
    fits = total == known if -1 not in target else known != 0 and total % known == 0
    if not fits or target.count(-1) > 1:
        raise BuildError(
            f"makes {shape_text(tuple(target))} of {shape_text(shape[1:])}",
            f"total size of new array must be unchanged, input_shape = {list(shape[1:])}, output_shape = {target}",
        )
    return (batch, *(total // known if each == -1 else each for each in target))


def _sizes(call: Call, wanted: Any, shape: Shape) -> None:
    """`compute_reshape_output_shape` of Keras 3: numbers; None too where the size of the input is not known. Raises BuildError."""
    known = shape is not None and _product(shape[1:]) is not None
    odd = [each for each in wanted if not (isinstance(each, int) or (each is None and not known))]
    if odd:
        error = f"Cannot convert '{wanted}' to a shape. Found invalid dimension '{odd[0]}' of type '{type(odd[0])}'."
        raise BuildError(f"makes {wanted!r} of its input", error, "invalid-argument")


def permute(call: Call) -> Shape:
    """`Permute`."""
    dims = [int(each) for each in call.get("dims")]
    call.ndim(len(dims) + 1)
    shape = call.shape
    return None if shape is None else (shape[0], *(shape[each] for each in dims))


def repeat_vector(call: Call) -> Shape:
    """`RepeatVector`."""
    call.ndim(2)
    shape = call.shape
    return None if shape is None else (shape[0], call.size("n"), shape[1])


def _pairs(value: Any, rank: int) -> list[tuple[int, int]]:
    if rank == 1:
        return [(int(value), int(value))] if isinstance(value, int) else [(int(value[0]), int(value[1]))]
    if isinstance(value, int):
        return [(value, value)] * rank
    return [(each, each) if isinstance(each, int) else (int(each[0]), int(each[1])) for each in value]


def _spatial(rank: int, key: str, change: Any) -> Function:
    def resize(call: Call) -> Shape:
        call.ndim(rank + 2)
        shape = call.shape
        if shape is None:
            return None
        first = (call.get("data_format") or "channels_last") == "channels_first"
        space = shape[2:] if first else shape[1:-1]
        out = change(call, call.get(key), space, rank)
        return (*shape[:2], *out) if first else (shape[0], *out, shape[-1])

    return resize


def _pad(call: Call, value: Any, space: tuple[Dim, ...], rank: int) -> list[Dim]:
    pairs = _pairs(value, rank)
    return [dim if dim in (None, UNKNOWN) else dim + sum(pair) for dim, pair in zip(space, pairs, strict=True)]


def _crop(call: Call, value: Any, space: tuple[Dim, ...], rank: int) -> list[Dim]:
    pairs = _pairs(value, rank)
    out: list[Dim] = []
    for dim, pair in zip(space, pairs, strict=True):
        if dim is None or dim == UNKNOWN:
            out.append(dim)
            continue
        if dim - sum(pair) <= 0 and (call.era.is_3 or (call.era.at_least(2, 7) and rank < 3)):
            raise BuildError(f"crops {sum(pair)} of {dim}", "Values in `cropping` must be greater than the input shape")
        out.append(max(dim - sum(pair), 0))
    return out


def upsample_3d(call: Call) -> Any:
    """`UpSampling3D`: in Keras 2 `Layer.__init__` comes after its `input_spec` and forgets it, so that any rank will do
    that `backend.resize_volumes` finds three axes to repeat in.
    """
    if call.era.is_3:
        return _spatial(3, "size", _upsample)(call)
    first = 2 if (call.get("data_format") or "channels_last") == "channels_first" else 1
    call.ndim(at_least=first + 3)
    shape = call.shape
    if shape is None:
        return None
    return (*shape[:first], *_upsample(call, call.get("size"), shape[first : first + 3], 3), *shape[first + 3 :])


def _upsample(call: Call, value: Any, space: tuple[Dim, ...], rank: int) -> list[Dim]:
    sizes = window(value, rank)
    if rank == 2 and None in space and not call.era.is_3 and call.era.at_least(2, 5):
        return [None, None]  # `backend.resize_images` reads both sizes or none
    return [dim if dim in (None, UNKNOWN) else dim * size for dim, size in zip(space, sizes, strict=True)]


def spatial_dropout(rank: int) -> Function:
    """`SpatialDropout`: the input's shape, of a fixed rank."""

    def drop(call: Call) -> Shape:
        call.ndim(rank + 2)
        return call.shape

    return drop


FUNCTIONS: dict[str, Function] = {
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "RepeatVector": repeat_vector,
    **{f"ZeroPadding{rank}D": _spatial(rank, "padding", _pad) for rank in (1, 2, 3)},
    **{f"Cropping{rank}D": _spatial(rank, "cropping", _crop) for rank in (1, 2, 3)},
    **{f"UpSampling{rank}D": _spatial(rank, "size", _upsample) for rank in (1, 2)},
    "UpSampling3D": upsample_3d,
    **{f"SpatialDropout{rank}D": spatial_dropout(rank) for rank in (1, 2, 3)},
}
