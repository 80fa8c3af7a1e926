"""Arguments of an operation's call, `call` and `compute_output_spec` of src/ops: tensors, and what is a setting of the class elsewhere.

Keras 3.11 made settings of what calls took before: a model that `ops.ones_like` was used in by an older one calls it with a dtype.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.model import BuildError

_EVER, _NOW = (3,), (4,)
_TENSORS = frozenset(  # which operations have those is not told apart
    (
        *("*", "x", "x1", "x2", "xs"),
        *("inputs", "image", "images", "image1", "image2", "volumes"),
        *("data", "segment_ids", "targets", "predictions", "target", "output", "target_length", "output_length"),
        *("indices", "index", "values", "updates", "start_indices", "start", "stop", "fill_value", "constant_values"),
        *("kernel", "depthwise_kernel", "pointwise_kernel", "mean", "variance", "offset", "scale", "gamma", "beta"),
        *("query", "key", "value", "bias", "mask", "condition", "condlist", "choicelist", "default", "weights", "bins"),
        *("sequence_lengths", "sorted_sequence", "init", "init_val", "elems", "elements", "branches", "operands"),
        *("pred", "true_fn", "false_fn", "loop_vars", "fun", "primals", "tangents"),
        *("array", "abs_", "angle", "variable"),
        *("transform", "coordinates", "start_points", "end_points", "translation", "tensor", "pattern"),
    )
)
_LETTERS = {
    **dict.fromkeys(("Lstsq", "Solve", "SolveTriangular"), "ab"),
    "Diff": "a",
    **dict.fromkeys(("Quantile", "Nanquantile"), "q"),
    **dict.fromkeys(("AssociativeScan", "Map", "Scan"), "f"),
    **dict.fromkeys((f"Bitwise{name}" for name in ("And", "Or", "Xor", "LeftShift", "RightShift")), "y"),
    **dict.fromkeys(("LeftShift", "RightShift", "Trapezoid"), "y"),
}
_FREE = ("Rearrange", "Operation", "Function", "Map")  # which take whatever they are given
_SETTINGS = {  # by operation and argument: the releases whose calls take it
    **{(kind, "dtype"): (_EVER, (3, 11)) for kind in ("OnesLike", "FullLike", "Full", "Arange")},
    **{
        (kind, "dtype"): (_EVER, _NOW)
        for kind in ("ZerosLike", "Array", "Empty", "Zeros", "Ones", "Tri", "Eye", "Identity")
    },
    **{(kind, "shape"): (_EVER, (3, 11)) for kind in ("Scatter", "Slice", "Full")},
    **{(kind, "shape"): (_EVER, _NOW) for kind in ("Empty", "Zeros", "Ones")},
    **{(kind, each): (_EVER, _NOW) for kind in ("Tri", "Eye", "Identity") for each in ("n", "k", "N", "M")},
    **{("Isclose", each): ((3, 4), _NOW) for each in ("rtol", "atol")},
    ("Isclose", "equal_nan"): ((3, 4), (3, 11)),
    ("SearchSorted", "side"): (_EVER, (3, 11)),
    ("Scan", "length"): (_EVER, (3, 11)),
    ("AssociativeScan", "axis"): (_EVER, (3, 11)),
    ("Arange", "step"): (_EVER, _NOW),
    ("ScaleAndTranslate", "output_shape"): (_EVER, _NOW),
    ("DotProductAttention", "flash_attention"): ((3, 7), (3, 11)),
    ("DotProductAttention", "attn_logits_soft_cap"): ((3, 10), (3, 11)),
}

_TWO = (  # operations that need two arguments; most need one, and take no more
    *("Add", "AffineTransform", "AllClose", "Append", "Arctan2"),
    *("BinaryCrossentropy", "BitwiseAnd", "BitwiseLeftShift"),
    *("BitwiseOr", "BitwiseRightShift", "BitwiseXor", "CDist", "CTCDecode", "CategoricalCrossentropy", "Conv"),
    *("ConvTranspose", "Correlate", "Cross", "DepthwiseConv", "Digitize", "Divide", "DivideNoNan", "Dot", "Equal"),
    *("FloorDivide", "Fmax", "Fmin", "Fmod", "Gcd", "Geomspace", "GetItem"),
    *("Greater", "GreaterEqual", "Heaviside", "Hypot"),
    *("InTopK", "Inner", "IsIn", "Kron", "Lcm", "Ldexp", "LeftShift", "Less", "LessEqual", "Linspace", "Logaddexp"),
    *("Logaddexp2", "LogicalAnd", "LogicalOr", "LogicalXor", "Logspace", "Lstsq", "Map", "MapCoordinates", "Matmul"),
    *("Maximum", "Minimum", "Mod", "Multiply"),
    *("Nanpercentile", "Nanquantile", "Nextafter", "NotEqual", "Outer", "PSNR"),
    *("Percentile", "Polar", "Power", "Quantile", "Rearrange", "RightShift", "SSIM", "SegmentMax", "SegmentMin"),
    *("SegmentProd", "SegmentSum", "Solve", "SolveTriangular", "SparseCategoricalCrossentropy", "Subtract", "Take"),
    *("TakeAlongAxis", "Tensordot", "TrueDivide", "Vdot"),
)
_COUNTS = {  # how many arguments a call needs, and how many it takes
    **dict.fromkeys(_TWO, (2, 2)),
    **dict.fromkeys(("Array", "Average", "Empty", "Identity", "Ones", "Pad", "Zeros", "ZerosLike"), (1, 2)),
    **dict.fromkeys(("Cond", "JVP", "LayerNorm", "PerspectiveTransform", "ScatterUpdate"), (3, 3)),
    **dict.fromkeys(("SeparableConv", "SliceUpdate", "Where"), (3, 3)),
    **dict.fromkeys(("CTCLoss", "CtcLoss", "ScaleAndTranslate"), (4, 4)),
    **dict.fromkeys(("Einsum", "Meshgrid"), (0, 99)),
    "BatchNorm": (5, 5),
    "Select": (2, 3),
    "Switch": (2, 99),
}
_OLD_COUNTS = {  # by operation: the first release with another count, what it was before, what it is since
    "Arange": ((3, 11), (1, 4), (1, 3)),
    "AssociativeScan": ((3, 11), (3, 3), (2, 2)),
    "DotProductAttention": ((3, 11), (3, 8), (3, 6)),
    "Eye": ((3, 3), (1, 4), (1, 2)),
    "Full": ((3, 11), (2, 3), (1, 1)),
    "FullLike": ((3, 11), (2, 3), (2, 2)),
    "Isclose": ((3, 11), (2, 5), (2, 4)),
    "OnesLike": ((3, 11), (1, 2), (1, 1)),
    "RMSNorm": ((3, 11), (1, 1), (2, 2)),
    "Scan": ((3, 11), (4, 4), (2, 3)),
    "Scatter": ((3, 11), (3, 3), (2, 2)),
    "SearchSorted": ((3, 11), (2, 3), (2, 2)),
    "Slice": ((3, 11), (3, 3), (2, 2)),
    "Tri": ((3, 3), (1, 4), (1, 2)),
}


def check(era: Era, kind: str, inputs: Any, kwargs: Mapping[str, Any]) -> None:
    """`Operation.symbolic_call` hands on what the call was given. Raises BuildError."""
    if kind in _FREE:
        return
    level = era.numbers[:2]
    for key in kwargs:
        since, until = _SETTINGS.get((kind, key), (_NOW, _NOW))
        letter = key in _LETTERS.get(kind, "") and not (key == "a" and inputs is not None)
        if key not in _TENSORS and not letter and not since <= level < until:
            raise BuildError(
                f"is called with {key}", f"{kind}.compute_output_spec() got an unexpected keyword argument {key!r}"
            )
    if inputs is not None:
        _count(kind, level, 1 + len(kwargs.get("*") or ()), sum(key != "*" for key in kwargs))


def _count(kind: str, level: tuple[int, ...], given: int, named: int) -> None:
    least, most = _counts(kind, level)
    if given > most:
        raise BuildError(
            f"is called with {given} arguments in order, of which this Keras takes {most}",
            f"{kind}.compute_output_spec() takes {most + 1} positional arguments but {given + 1} were given",
        )
    if given + named < least:
        missing = least - given - named
        raise BuildError(
            f"is called with {given + named} arguments and needs {least}",
            f"{kind}.compute_output_spec() missing {missing} required positional argument{'s' * (missing > 1)}",
            "missing-argument",
        )


def _counts(kind: str, level: tuple[int, ...]) -> tuple[int, int]:
    if kind == "Isclose" and level < (3, 4):
        return 2, 2
    if kind in _OLD_COUNTS:
        first, before, since = _OLD_COUNTS[kind]
        return since if level >= first else before
    return _COUNTS.get(kind, (1, 1))
