"""A variable of a type that the target's TensorFlow holds and cannot assign.

## Why it matters

`tf.saved_model.load` makes the variables that the object graph describes and assigns them their values one by one: NotFoundError "No
registered 'AssignVariableOp' OpKernel for 'CPU' devices compatible with node {{node AssignVariableOp}}" (core/kernels/resource_variable_ops.cc).
Variables of uint32, in which Keras 3 keeps the state of its random layers, can be assigned since 2.3, those of uint64 since 2.4.

## How to fix

Load with a release that has the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.restored import bound_objects
from analyzer.parts.checkpoint import Checkpoint
from analyzer.parts.saved_model import ObjectGraph
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.tables.kernels import has_kernel, kernels, known
from analyzer.target import Target

rule = Rule(
    __name__, Phase.RESTORE, noticed_by=Check.ASSIGNED, reads=frozenset({"saved_model", "checkpoint", "objects"})
)

_OP = "AssignVariableOp"


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each type once, with the variables of it that have a value. In graph mode, which 1.15 loads in, nothing is assigned."""
    objects, checkpoint = artifact.meta_graphs[0].objects, artifact.checkpoint
    assert artifact.saved_model is not None
    if objects is None or checkpoint is None or not target.at_least("2.0") or not known(target.release):
        return
    types = {each.dtype for each in objects.nodes if each.kind == "variable"}
    for dtype in sorted(each for each in types if _lacking(each, target)):
        where = [
            Location(artifact.saved_model.file, f"object/{number}") for number in _bound(objects, checkpoint, dtype)
        ]
        if where:
            yield rule.found(
                f"{len(where)} variable(s) are of type {name_of(dtype)}, which TensorFlow {target.tensorflow} cannot assign",
                where,
                tensorflow_error=f"No registered '{_OP}' OpKernel for 'CPU' devices compatible with node {{{{node {_OP}}}}}",
                remedy=f"load with a TensorFlow that assigns variables of {name_of(dtype)}",
                dtype=name_of(dtype),
            )


def _lacking(dtype: int, target: Target) -> bool:
    """Whether no device of the target takes the type; an eager assignment is not moved to an XLA device."""
    devices = {device.partition(":")[0] for device in target.devices} | {"CPU"}
    attrs = {"dtype": dtype}
    return bool(kernels(_OP, target.release, target.build)) and not any(
        has_kernel(_OP, target.release, device, attrs, target.build) for device in devices
    )


def _bound(objects: ObjectGraph, checkpoint: Checkpoint, dtype: int) -> Iterator[int]:
    for number, bound in bound_objects(objects, checkpoint.objects or ()).items():
        if bound.saved.kind == "variable" and bound.saved.dtype == dtype and bound.trackable.attributes:
            yield number


_MODEL = """meta_graphs {{ object_graph_def {{
  nodes {{ children {{ node_id: 1 local_name: "w" }} user_object {{ identifier: "_generic_user_object" version {{ producer: 1 }} }} }}
  nodes {{ variable {{ dtype: {} shape {{ }} name: "w" }} }} }} }}"""
_OBJECTS = """nodes {{ children {{ node_id: 1 local_name: "{}" }} }}
nodes {{ attributes {{ name: "VARIABLE_VALUE" full_name: "w" checkpoint_key: "w" }} }}"""
_UINT32, _W = _MODEL.format("DT_UINT32"), {"w": ("uint32", ())}

rule.examples(
    ok(saved_model=_UINT32, checkpoint=_W, objects=_OBJECTS.format("w"), target="tensorflow==2.3.0"),
    ok(saved_model=_UINT32, checkpoint=_W, objects=_OBJECTS.format("w"), target="tensorflow==1.15.0"),
    ok(saved_model=_UINT32, checkpoint=_W, objects=_OBJECTS.format("other"), target="tensorflow==2.2.0"),
    ok(saved_model=_MODEL.format("DT_FLOAT"), checkpoint=_W, objects=_OBJECTS.format("w"), target="tensorflow==2.2.0"),
    bad("of type uint32", saved_model=_UINT32, checkpoint=_W, objects=_OBJECTS.format("w"), target="tensorflow==2.2.0"),
    bad(
        "of type uint64",
        saved_model=_MODEL.format("DT_UINT64"),
        checkpoint=_W,
        objects=_OBJECTS.format("w"),
        target="tensorflow==2.3.0",
    ),
)
