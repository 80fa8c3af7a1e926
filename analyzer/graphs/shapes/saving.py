"""Shape functions of ops that write checkpoints (core/ops/io_ops.cc)."""

from __future__ import annotations

from analyzer.graphs.shapes.algebra import Shape, merge, with_rank
from analyzer.graphs.shapes.call import Call, ShapeFunction


def _sharded_filename(call: Call) -> tuple[Shape, ...]:
    for shape in call.shapes:
        with_rank(shape, 0)
    return ((),)


def _save(call: Call) -> tuple[Shape, ...]:
    """SaveV2: as many names as slice specifications; a sliced tensor is not looked at."""
    with_rank(call.shapes[0], 0)
    merge(with_rank(call.shapes[1], 1), with_rank(call.shapes[2], 1))
    return ()


def _merge_checkpoints(call: Call) -> tuple[Shape, ...]:
    with_rank(call.shapes[0], 1)
    with_rank(call.shapes[1], 0)
    return ()


SAVING: dict[str, ShapeFunction] = {
    "MergeV2Checkpoints": _merge_checkpoints,
    "SaveV2": _save,
    "ShardedFilename": _sharded_filename,
}
