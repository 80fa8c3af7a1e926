"""Normalization layers."""

from __future__ import annotations

from typing import Any

from analyzer.keras.broadcast import broadcast, dims_of
from analyzer.keras.calls import Call, Function
from analyzer.keras.encoded import type_name
from analyzer.keras.model import UNKNOWN, BuildError, Shape, shape_text


def _axes(call: Call, default: int = -1) -> list[int]:
    axis = call.get("axis", default)
    odd = [each for each in axis if each is None or isinstance(each, str)] if isinstance(axis, (list, tuple)) else []
    if odd and not call.era.is_3:
        error = f"'<' not supported between instances of '{type(odd[0]).__name__}' and 'int'"
        raise BuildError(f"has axis={axis!r}", error, "invalid-argument")
    return [int(each) for each in axis] if isinstance(axis, (list, tuple)) else [int(axis)]


def _dims(call: Call, axes: list[int]) -> list[int]:
    shape = call.shape
    if shape is None:
        return [UNKNOWN] * len(axes)
    dims = []
    for axis in axes:
        if not -len(shape) <= axis < len(shape):
            raise BuildError(f"has axis {axis}, but its input has {len(shape)} dimensions", f"Invalid axis: {axis}")
        dim = shape[axis]
        if dim is None and not call.building:
            dim = UNKNOWN
        if dim is None:
            raise BuildError(f"needs dimension {axis}, which is undefined", "Input has undefined axis dimension.")
        dims.append(dim)
    return dims


def _check_fused(call: Call) -> None:
    """What fused kernels compare and calculate with. Raises BuildError."""
    if call.get("epsilon", 0.001) is None and not call.era.at_least(2, 11):
        raise BuildError(
            "has no epsilon, which fused kernels compare",
            "'>' not supported between instances of 'NoneType' and 'float'",
        )
    momentum = call.get("momentum", 0.99)
    if not call.era.at_least(2, 4) and (momentum is None or isinstance(momentum, str)):
        raise BuildError(
            f"has the momentum {momentum!r}, with which fused kernels calculate",
            f"unsupported operand type(s) for -: 'float' and '{type(momentum).__name__}'",
        )


def _check_epsilon(call: Call, epsilon: list[Any], dims: list[int], *, fused: bool) -> None:
    """It is added to the variance, or compared by a fused kernel. Raises BuildError."""
    if fused:
        raise BuildError(f"has epsilon={epsilon!r}", "'>' not supported between instances of 'list' and 'float'")
    if len(dims) == 1:
        broadcast((dims[0],), dims_of(epsilon))


def batch_normalization(call: Call) -> Shape:
    """`BatchNormalization.build`: gamma, beta, moving_mean, moving_variance of the size of the axis."""
    fused = call.shape is not None and len(call.shape) == 4
    if fused:
        _check_fused(call)
    axes = _axes(call)
    dims = _dims(call, axes)
    if not call.era.is_3 and isinstance(call.get("epsilon"), list):
        _check_epsilon(call, call.get("epsilon"), dims, fused=fused)
    renorm = call.get("renorm", False) and (not call.era.is_3 or call.era.at_least(3, 14))
    if renorm and not call.era.at_least(2, 4):
        call.layer.known = False
    shape: Shape = tuple(dims)
    virtual = not call.era.is_3 and call.get("virtual_batch_size") is not None
    if len(axes) > 1 or virtual:
        shape = None
    if shape is None and call.shape is not None:
        rank = len(call.shape)
        places = {axis % rank: dim for axis, dim in zip(axes, dims, strict=True)}
        spread = tuple(places.get(axis, 1) for axis in range(rank))
        shape = (spread[0], 1, *spread[1:]) if virtual else spread  # with the axis that divides the batch
    for axis, dim in zip(axes, dims, strict=True):
        call.pin(axis, dim, taken=lambda dim, known: 1 in (dim, known) and not fused)
    if call.get("scale", True):
        call.add("gamma", shape)
    if call.get("center", True):
        call.add("beta", shape)
    call.add("moving_mean", shape, trainable=False)
    call.add("moving_variance", shape, trainable=False)
    if renorm:
        for name in ("moving_stddev", "renorm_mean", "renorm_stddev"):
            call.add(name, shape, trainable=False)
    return call.shape


def layer_normalization(call: Call) -> Shape:
    """`LayerNormalization.build`: gamma, beta of the sizes of the axes. `_fused_can_be_used` compares epsilon with a number."""
    epsilon = call.get("epsilon", 0.001)
    if call.era.at_least(2, 4) and not call.era.is_3 and not isinstance(epsilon, (int, float)):
        error = f"'<' not supported between instances of '{type(epsilon).__name__}' and 'float'"
        raise BuildError(f"has epsilon={epsilon!r}", error, "invalid-argument")
    shape: Shape = tuple(_dims(call, _axes(call)))
    if call.get("rms_scaling", False):
        call.add("gamma", shape)
        return call.shape
    if call.get("scale", True):
        call.add("gamma", shape)
    if call.get("center", True):
        call.add("beta", shape)
    return call.shape


def group_normalization(call: Call) -> Shape:
    """`GroupNormalization.build`."""
    axis = call.get("axis", -1)
    if call.era.is_3 and call.building and not isinstance(axis, int):
        error = f"list indices must be integers or slices, not {type_name(axis)}"
        raise BuildError(f"has axis={axis!r}", error, "invalid-argument")
    axes = _axes(call)
    if not call.era.is_3:
        _one_axis(call)
    (dim,) = _dims(call, axes[:1])
    groups: Any = call.get("groups", 32)
    if call.era.is_3 and call.building and not isinstance(groups, (int, float)):
        error = f"'<' not supported between instances of 'int' and '{type_name(groups)}'"
        raise BuildError(f"has groups={groups!r}", error, "invalid-argument")
    if dim != UNKNOWN and isinstance(groups, int):
        count = dim if groups == -1 else groups
        if dim < count or dim % count:
            raise BuildError(
                f"has {count} groups for {dim} channels",
                f"Number of groups ({count}) must be a divisor of the number of channels ({dim}).",
            )
    if call.get("scale", True):
        call.add("gamma", (dim,))
    if call.get("center", True):
        call.add("beta", (dim,))
    return call.shape


def _one_axis(call: Call) -> None:
    """`GroupNormalization._apply_normalization` of Keras 2 takes a number, up to 2.12 none but -1. Raises BuildError."""
    axis, shape = call.get("axis", -1), call.shape
    if isinstance(axis, list):
        raise BuildError(f"has axis={axis}", "tuple indices must be integers or slices, not ListWrapper")
    if axis != -1 and not call.era.at_least(2, 13) and shape is not None and len(shape) > 2:
        raise BuildError(
            f"has axis={axis}, and Keras up to 2.12 takes none but -1", "list assignment index out of range"
        )


def unit_normalization(call: Call) -> Shape:
    """`UnitNormalization.build`: its axes are among the input's."""
    shape = call.shape
    wrong = [axis for axis in _axes(call) if shape is not None and not -len(shape) <= axis < len(shape)]
    if wrong and (not call.era.is_3 or call.era.at_least(3, 6)):  # before, nothing looks at them until data comes
        raise BuildError(
            f"has axis {wrong[0]}, but its input is {shape_text(shape)}",
            "Invalid value for `axis` argument. Expected 0 <= axis < inputs.rank",
        )
    return shape


def rms_normalization(call: Call) -> Shape:
    """`RMSNormalization.build` (Keras 3.10 on)."""
    call.add("scale", tuple(_dims(call, _axes(call))))
    return call.shape


FUNCTIONS: dict[str, Function] = {
    "BatchNormalization": batch_normalization,
    "BatchNormalizationBase": batch_normalization,
    "SyncBatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
    "GroupNormalization": group_normalization,
    "RMSNormalization": rms_normalization,
    "UnitNormalization": unit_normalization,
}
