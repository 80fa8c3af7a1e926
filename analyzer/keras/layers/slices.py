"""`SlicingOpLambda` of Keras 2.4 to 2.15: what indices leave of a shape, and which a tensor does not take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.calls import Call
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Tensor, flatten

_SLICE = {"start", "stop", "step"}


def sliced(call: Call) -> Any:
    """`SlicingOpLambda`: `tensor[slice_spec]`, of integers, slices and new axes."""
    _check_arguments(call)
    spec = call.kwargs.get("slice_spec")
    if isinstance(spec, bool):
        raise BuildError(f"slices with {spec}", "mask cannot be scalar.")
    spec = [spec] if isinstance(spec, (int, float, str, Mapping)) else spec
    shape = list(call.shape or ())
    for each in spec if isinstance(spec, list) else ():
        _check_index(each)
    if call.shape is None or not isinstance(spec, list) or isinstance(call.kwargs.get("var"), Tensor):
        call.open = call.shape is None
        return None
    result: list[Dim] = []
    for each in spec:
        if each is None:
            result.append(1)
        elif not (isinstance(each, int) or (isinstance(each, Mapping) and set(each) == _SLICE)):
            return None
        elif not shape:
            raise BuildError(
                f"slices {len(call.shape)} dimensions with {len(spec)} indices", "Index out of range using input dim"
            )
        elif isinstance(each, Mapping):
            result.append(_part(shape.pop(0), each))
        else:
            _check_place(each, shape.pop(0))
    return (*result, *shape)


def _check_arguments(call: Call) -> None:
    """What `_slice_helper(tensor, slice_spec, var=None)` takes. Raises BuildError."""
    surplus = [key for key in call.kwargs if key not in ("slice_spec", "var", "name", "training", "mask", "*")]
    if surplus:
        raise BuildError(
            f"slices with {', '.join(surplus)}",
            f"_slice_helper() got an unexpected keyword argument '{surplus[0]}'",
            "unknown-argument",
        )


def _check_index(index: Any) -> None:
    """`array_ops._check_index`, and the strides of a slice. Raises BuildError."""
    if isinstance(index, Mapping) and not index.keys() >= _SLICE:
        raise BuildError(f"slices with {dict(index)!r}, which has no start, stop and step", "KeyError: 'start'")
    bounds = [index.get(key) for key in _SLICE] if isinstance(index, Mapping) else [index]
    odd: Any = next(
        (each for each in bounds if isinstance(each, (float, str, list)) and not _holds_tensors(each)), None
    )
    if isinstance(index, Mapping) and odd is None:
        odd = next((each for each in bounds if isinstance(each, Mapping)), None)
    if odd is not None:
        raise BuildError(
            f"slices with {odd!r}",
            "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid indices",
        )
    if isinstance(index, Mapping) and index.get("step") == 0 and set(index) == _SLICE:
        raise BuildError("slices in steps of zero", "strides must be non-zero")


def _holds_tensors(index: Any) -> bool:
    return any(not isinstance(each, (int, float, str, type(None))) for each in flatten(index))


def _check_place(index: int, size: Dim) -> None:
    """Raises BuildError for an index behind the end."""
    if size not in (None, UNKNOWN) and not -(size or 0) <= index < (size or 0):
        raise BuildError(f"takes index {index} of {size}", f"slice index {index} of dimension out of bounds.")


def _part(size: Dim, piece: Mapping[str, Any]) -> Dim:
    """How many of a dimension a slice takes."""
    ends = [piece[key] for key in ("start", "stop", "step")]
    if ends in ([None, None, None], [None, None, 1]):
        return size
    if not all(end is None or isinstance(end, int) for end in ends):
        return UNKNOWN
    return size if size in (None, UNKNOWN) else len(range(*slice(*ends).indices(size)))
