"""Operations of `keras.ops` with random arguments, as nodes of functional models name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

Config = dict[str, Any]


class Operation(NamedTuple):
    """A class of a module, how its configuration is drawn, and what it is called on beside tensors."""

    module: str
    draw: Callable[[Random], Config] = lambda random: {}
    tensors: int = 1
    further: Callable[[Random], list[Any]] = lambda random: []
    listed: bool = False  # its tensors come in one list
    outputs: int = 1


def _slice(start: int | None, stop: int | None, step: int | None = None) -> Config:
    return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}


_ELLIPSIS: Config = {"class_name": "__ellipsis__", "config": {}}


def _axis(random: Random) -> int:
    return random.choice([-1, -1, 0, 1, 1, 2, -2, 3])


def _axes(random: Random) -> Any:
    return random.choice([None, -1, 1, 2, [1], [-1], [1, 2], [-1, -2], [0, 1], [-1, 1]])


def _reducing(random: Random) -> Config:
    return {"axis": _axes(random), "keepdims": random.random() < 0.4}


def _key(random: Random) -> list[Any]:
    parts = [_slice(None, None), _slice(None, 2), _slice(1, None), _slice(None, None, -1), 0, -1, 3, None, _ELLIPSIS]
    return [random.choice([0, -1, [random.choice(parts) for _ in range(random.randint(1, 4))]])]


def _constant(random: Random) -> list[Any]:
    shape = [random.choice([1, 2, 3, 4]) for _ in range(random.randint(1, 3))]
    value: Any = 1.0
    for size in reversed(shape):
        value = [value] * size
    return [{"class_name": "__tensor__", "config": {"value": value, "dtype": "float32"}}]


def _number_or_constant(random: Random) -> list[Any]:
    return [2.0] if random.random() < 0.5 else _constant(random)


_SAME = {
    "numpy": ("Absolute", "Exp", "Log1p", "Sqrt", "Square", "Sign", "Tanh", "Negative", "Isnan", "LogicalNot", "Sort"),
    "nn": ("Relu", "Sigmoid", "Silu", "Softplus", "HardSigmoid"),
    "math": ("Rsqrt",),
}
_TWO = ("Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum", "Power", "Greater", "Equal", "LogicalAnd")

OPERATIONS: Mapping[str, Operation] = {
    **{name: Operation(module) for module, names in _SAME.items() for name in names},
    **{name: Operation("numpy", tensors=2) for name in _TWO},
    **{f"{name}/constant": Operation("numpy", further=_number_or_constant) for name in (*_TWO[:6], "Matmul", "Dot")},
    **{
        name: Operation("numpy", _reducing)
        for name in ("Mean", "Sum", "Max", "Min", "Prod", "Var", "Std", "Any", "All", "Amax")
    },
    "Logsumexp": Operation("math", _reducing),
    "Softmax": Operation("nn", lambda random: {"axis": _axis(random)}),
    "Argmax": Operation("numpy", lambda random: {"axis": random.choice([None, -1, 1, 2])}),
    "Clip": Operation("numpy", lambda random: {"x_min": 0.0, "x_max": 1.0}),
    "Cast": Operation("core", lambda random: {"dtype": random.choice(["float16", "int32", "bool"])}),
    "Reshape": Operation(
        "numpy",
        lambda random: {"newshape": random.choice([[-1, 12], [-1, 2, 3], [2, -1], [-1], [4, 6], [-1, 1, 4]])},
    ),
    "Transpose": Operation(
        "numpy", lambda random: {"axes": random.choice([None, [0, 2, 1], [1, 0], [0, 3, 1, 2], [2, 0, 1], [0, 0, 1]])}
    ),
    "ExpandDims": Operation("numpy", lambda random: {"axis": random.choice([0, 1, -1, 2, -2, 5])}),
    "Squeeze": Operation("numpy", lambda random: {"axis": random.choice([None, 1, -1, 2])}),
    "Swapaxes": Operation("numpy", lambda random: {"axis1": _axis(random), "axis2": _axis(random)}),
    "Moveaxis": Operation("numpy", lambda random: {"source": _axis(random), "destination": _axis(random)}),
    "Flip": Operation("numpy", lambda random: {"axis": random.choice([None, 1, -1])}),
    "Roll": Operation("numpy", lambda random: {"shift": 1, "axis": random.choice([None, 1, -1])}),
    "Tile": Operation("numpy", lambda random: {"repeats": random.choice([[2], [1, 2], [1, 2, 1], [1, 1, 2, 2]])}),
    "Repeat": Operation("numpy", lambda random: {"repeats": 2, "axis": random.choice([None, 1, -1, 2])}),
    "Pad": Operation(
        "numpy",
        lambda random: {
            "pad_width": random.choice([1, [1, 2], [[1, 1]], [[0, 0], [1, 1]], [[0, 0], [1, 0], [0, 2]]]),
            "mode": "constant",
        },
    ),
    "BroadcastTo": Operation("numpy", lambda random: {"shape": random.choice([[2, 4, 3], [2, 3], [2, 2, 4, 3]])}),
    "Concatenate": Operation("numpy", lambda random: {"axis": _axis(random)}, tensors=2, listed=True),
    "Stack": Operation("numpy", lambda random: {"axis": _axis(random)}, tensors=2, listed=True),
    "Split": Operation(
        "numpy",
        lambda random: {"indices_or_sections": random.choice([2, 2, 3, [1], [1, 3]]), "axis": _axis(random)},
        outputs=2,
    ),
    "Unstack": Operation("core", lambda random: {"num": random.choice([None, 2, 3]), "axis": _axis(random)}, outputs=2),
    "GetItem": Operation("numpy", further=_key),
    "Take": Operation(
        "numpy",
        lambda random: {"axis": random.choice([None, 1, -1])},
        further=lambda random: [random.choice([0, [0], [0, 1], [[0, 1], [1, 0]]])],
    ),
    "Where": Operation("numpy", tensors=3),
    "Matmul": Operation("numpy", tensors=2),
    "Dot": Operation("numpy", tensors=2),
    "Einsum": Operation(
        "numpy",
        lambda random: {"subscripts": random.choice(["abc,abd->acd", "abc,adc->abd", "ab,ac->abc", "ab,ab->a"])},
        tensors=2,
    ),
    "OneHot": Operation("nn", lambda random: {"num_classes": 3, "axis": random.choice([-1, 1, 3])}),
    "TopK": Operation("math", lambda random: {"k": random.choice([1, 2])}, outputs=2),
}
