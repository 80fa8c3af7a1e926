"""Messages within the collections of a meta graph, and the names that importing them looks up in the graph.

What `ops.register_proto_function` knows (python/ops/control_flow_ops.py, resource_variable_ops.py, python/training/saver.py,
queue_runner_impl.py) is parsed by python/framework/meta_graph.py `import_scoped_meta_graph_with_return_elements`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from analyzer.readers.protos import DecodeError, message

VARIABLES = (
    "variables",
    "trainable_variables",
    "local_variables",
    "model_variables",
    "moving_average_variables",
    "global_step",
    "metric_variables",
)
"""Collections of VariableDef (python/framework/ops.py `GraphKeys`)."""


def type_of(collection: str) -> str | None:
    """The message that a collection of bytes holds; None where they are not looked into."""
    return _TYPES.get(collection)


def parsed(type_name: str, serialized: bytes) -> Any:
    """A message; None for bytes that are none."""
    try:
        return message(f"tensorflow.{type_name}").FromString(serialized)
    except DecodeError:
        return None


def looked_up(raw: Any) -> Iterator[str]:
    """Names of operations and tensors that a context or a queue runner looks up in the graph."""
    names = _NAMES.get(raw.DESCRIPTOR.name)
    if names is not None:
        yield from names(raw)


def _cond(raw: Any) -> Iterator[str]:
    """`CondContext._init_from_proto` and `from_proto`."""
    yield from (raw.pred_name, raw.pivot_name)
    yield from _context(raw)


def _while(raw: Any) -> Iterator[str]:
    """`WhileContext._init_from_proto` and `from_proto`."""
    if raw.maximum_iterations_name:
        yield raw.maximum_iterations_name
    yield from (raw.pivot_for_pred_name, raw.pivot_for_body_name, raw.pivot_name)
    yield from raw.loop_exit_names
    yield from raw.loop_enter_names
    yield from _context(raw)


def _context(raw: Any) -> Iterator[str]:
    """`ControlFlowContext._init_values_from_proto`: operations of own values, tensors for outer ones; then nested contexts."""
    outer = raw.values_def.external_values
    yield from (outer[name] for name in sorted(outer))
    yield from dict.fromkeys(name.partition(":")[0] for name in raw.values_def.values if name not in outer)
    for nested in raw.nested_contexts:
        kind = nested.WhichOneof("ctxt")
        if kind is not None:
            yield from looked_up(getattr(nested, kind))


def _queue_runner(raw: Any) -> Iterator[str]:
    """`QueueRunner._init_from_proto`."""
    yield from (raw.queue_name, *raw.enqueue_op_name, raw.close_op_name, raw.cancel_op_name)


_TYPES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(VARIABLES, "VariableDef")
    | {
        "cond_context": "CondContextDef",
        "while_context": "WhileContextDef",
        "queue_runners": "QueueRunnerDef",
        "savers": "SaverDef",
    }
)
_NAMES: Mapping[str, Callable[[Any], Iterator[str]]] = MappingProxyType(
    {"CondContextDef": _cond, "WhileContextDef": _while, "QueueRunnerDef": _queue_runner}
)
