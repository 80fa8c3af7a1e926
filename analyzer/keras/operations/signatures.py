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
        *(
            "*",
            "x",
            "x1",
            "x2",
            "xs",
            "y",
            "a",
            "b",
            "q",
            "f",
            "inputs",
            "image",
            "images",
            "image1",
            "image2",
            "volumes",
        ),
        *("data", "segment_ids", "targets", "predictions", "target", "output", "target_length", "output_length"),
        *("indices", "index", "values", "updates", "start_indices", "start", "stop", "fill_value", "constant_values"),
        *("kernel", "depthwise_kernel", "pointwise_kernel", "mean", "variance", "offset", "scale", "gamma", "beta"),
        *("query", "key", "value", "bias", "mask", "condition", "condlist", "choicelist", "default", "weights", "bins"),
        *("sequence_lengths", "sorted_sequence", "init", "init_val", "elems", "elements", "branches", "operands"),
        *(
            "pred",
            "true_fn",
            "false_fn",
            "loop_vars",
            "fun",
            "primals",
            "tangents",
            "array",
            "abs_",
            "angle",
            "variable",
        ),
        *("transform", "coordinates", "start_points", "end_points", "translation", "tensor", "pattern"),
    )
)
_FREE = ("Rearrange", "Operation", "Function")  # which take whatever they are given
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
    **{("DotProductAttention", each): ((3, 7), (3, 11)) for each in ("flash_attention", "attn_logits_soft_cap")},
}


def check(era: Era, kind: str, kwargs: Mapping[str, Any]) -> None:
    """`Operation.symbolic_call` hands on what the call was given. Raises BuildError."""
    if kind in _FREE:
        return
    level = era.numbers[:2]
    for key in kwargs:
        since, until = _SETTINGS.get((kind, key), (_NOW, _NOW))
        if key not in _TENSORS and not since <= level < until:
            raise BuildError(
                f"is called with {key}", f"{kind}.compute_output_spec() got an unexpected keyword argument {key!r}"
            )
    given, most = 1 + len(kwargs.get("*") or ()), _most(kind, level)
    if given > most:
        raise BuildError(
            f"is called with {given} arguments in order, of which this Keras takes {most}",
            f"{kind}.compute_output_spec() takes {most + 1} positional arguments but {given + 1} were given",
        )


def _most(kind: str, level: tuple[int, ...]) -> int:
    """How many arguments a call takes in order, of those that have lost or won some."""
    if kind == "Isclose":
        return 2 if level < (3, 4) else 5 if level < (3, 11) else 4
    return 99
