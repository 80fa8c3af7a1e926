"""Shape functions of ops that train variables (core/ops/training_ops.cc): what they take is of the variable's shape, or a scalar."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, merge, with_rank
from analyzer.graphs.shapes.call import Call, ShapeFunction

_UPDATES = {  # v: a variable, s: a scalar, g: the gradient
    "GradientDescent": "vsg",
    "Momentum": "vvsgs",
    "KerasMomentum": "vvsgs",
    "Adagrad": "vvsg",
    "AdagradV2": "vvssg",
    "Adadelta": "vvvsssg",
    "Adam": "vvvssssssg",
    "RMSProp": "vvvssssg",
    "CenteredRMSProp": "vvvvssssg",
    "Ftrl": "vvvgssss",
    "FtrlV2": "vvvgssss",  # the last scalar is not looked at
}

HANDLES = {f"ResourceApply{name}": roles.count("v") for name, roles in _UPDATES.items()}
"""How many of an op's first inputs are handles of variables, whose shapes count and not the handles' own."""


def _update(roles: str) -> ShapeFunction:
    def shape_function(call: Call) -> tuple[Shape, ...]:
        shape: Shape = None
        for role, each in zip(roles, call.shapes, strict=False):
            if role == "s":
                with_rank(each, 0)
            else:
                shape = merge(shape, each)
        return (shape,)

    return shape_function


UPDATING: dict[str, ShapeFunction] = {
    prefix + name: _update(roles) for name, roles in _UPDATES.items() for prefix in ("Apply", "ResourceApply")
}
