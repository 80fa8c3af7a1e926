"""A tensor of a type that the target does not know.

## Why it matters

A type that is newer than the release aborts the process when the tensor is read: "Check failed" with signal 6
(core/framework/tensor.cc, CASES_WITH_DEFAULT: "Unexpected type"). Resources and variants cannot become NumPy arrays: "Tensorflow
type 21 not convertible to numpy dtype". V1 checkpoints are read for the types of their time only: "Data type not supported"
(core/util/tensor_slice_reader.cc `GetTensor`). Big-endian checkpoints are swapped for the older types only.

## How to fix

Read with a release that knows the type, or save the tensor with another type.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.parts.checkpoint import RESOURCE, VARIANT
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._places import entry_place
from analyzer.tables.dtypes import name_of
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"checkpoint"}))

_SINCE = {
    **dict.fromkeys((24, 25), "2.12"),
    **dict.fromkeys((29, 30), "2.15"),
    **dict.fromkeys((26, 27, 28), "2.19"),
    **dict.fromkeys((31, 32), "2.20"),
    33: "2.21",
}  # measured by reading a tensor of each type under every release
_LAST = 23  # every release from 1.15 on knows the types up to here
_BOOL = 10
_BOOL_IN_V1 = "2.12"


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each type once, at every tensor that has it."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    for dtype, keys in checkpoint.uncommon.items():
        known = 0 < dtype <= _LAST or (dtype in _SINCE and target.at_least(_SINCE[dtype]))
        where = [entry_place(checkpoint, key) for key in keys]
        if not known:
            since = f"; TensorFlow {_SINCE[dtype]} and newer do" if dtype in _SINCE else ""
            yield rule.found(
                f"{keys[0]} has type {name_of(dtype)}, which TensorFlow {target.tensorflow} does not know{since}",
                where,
                check=Check.VAR_MAPS,
                tensorflow_error=f"Unexpected type: {dtype}",
                remedy=f"read it with TensorFlow {_SINCE[dtype]} or newer"
                if since
                else "save the tensor with another type",
                dtype=dtype,
            )
        elif checkpoint.version == 1:
            if dtype != _BOOL or not target.at_least(_BOOL_IN_V1):
                yield _listed(
                    f"{keys[0]} has type {name_of(dtype)}, which cannot be read from a V1 checkpoint", where, dtype
                )
        elif dtype in (RESOURCE, VARIANT):
            text = f"{keys[0]} has type {name_of(dtype)}, of which there are no NumPy arrays"
            yield _listed(text, where, dtype)
        elif not checkpoint.little_endian and dtype > _LAST:
            yield rule.found(
                f"{keys[0]} has type {name_of(dtype)}, which is not read from a checkpoint of a big-endian machine",
                where,
                tensorflow_error=f"Byte-swapping not supported for tensors with dtype {dtype}",
                remedy="save the checkpoint on a little-endian machine",
                dtype=dtype,
            )


def _listed(message: str, where: list, dtype: int) -> Finding:  # type: ignore[type-arg]
    return rule.found(
        message,
        where,
        check=Check.GET_TENSOR,
        tensorflow_error="Data type not supported"
        if dtype not in (RESOURCE, VARIANT)
        else f"Tensorflow type {dtype} not convertible to numpy dtype.",
        remedy="read the other tensors only, or restore it into a variable",
        dtype=dtype,
    )


rule.examples(
    ok(checkpoint={"a": ("float32", (2,)), "b": ("bfloat16", (2,)), "c": ("bool", ()), "d": ("complex128", (1,))}),
    ok(checkpoint={"a": {"dtype": 24, "shape": (2,)}}, target="tensorflow==2.15.0"),
    ok(checkpoint={"a": ("bool", (2,))}, v1=True),
    bad(
        "which TensorFlow 2.10.0 does not know",
        checkpoint={"a": {"dtype": 24, "shape": (2,)}},
        target="tensorflow==2.10.0",
    ),
    bad("does not know", checkpoint={"a": {"dtype": 99, "shape": (2,)}}),
    bad("cannot be read from a V1 checkpoint", checkpoint={"a": ("float16", (2,))}, v1=True),
)
