"""An op without a kernel for its types on any device of the target.

## Why it matters

Sessions place the whole main graph before they run anything: "No OpKernel was registered to support Op 'CudnnRNN' used by {{node
x}} with these attrs: [...] Registered devices: [CPU]" (core/common_runtime/placer.cc, core/framework/op_kernel.cc
`SupportedDeviceTypesForNode`). So the v1 loader, TensorFlow Serving and `import_meta_graph` fail at load, `tf.saved_model.load` only where
it restores or initialises; elsewhere the first call fails. Ops of the TPU and of cuDNN have no kernel on a CPU.

## How to fix

Load where the device exists, or export the inference graph without the op.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import nodes_with
from analyzer.graphs.op_defs import of_registered
from analyzer.parts.graph import NodeKind
from analyzer.records import NamedTuple
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.tables.kernels import has_kernel, kernels, known
from analyzer.tables.ops import OpDef
from analyzer.target import Target

rule = Rule(__name__, Phase.PLACE, noticed_by=Check.KERNEL, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each op and its types once, at every node that finds no kernel."""
    if not known(target.release):
        return
    types = {device.partition(":")[0] for device in target.devices}
    if not target.at_least("2.4"):
        types |= {f"XLA_{each}" for each in types}
    lacking = of_registered(target, lambda kind, op: _lacking(kind, op, target, types))
    places: dict[tuple[str, str], list[Location]] = {}
    for body, kind, positions, words in nodes_with(artifact, lacking):
        places.setdefault((kind.op, words), []).extend(body.at(positions))
    for (op_name, words), where in places.items():
        yield _finding(op_name, words, where, target)


def _lacking(kind: NodeKind, op: OpDef, target: Target, devices: Iterable[str]) -> Iterator[str]:
    """The types of a node, where no kernel on these kinds of devices takes them."""
    attrs = _Attributes(kind, op)
    release, build = target.release, target.build
    if any(has_kernel(kind.op, release, device, attrs, build) for device in devices):
        return
    if _may_have_more(target) and any(kernel.device == "CPU" for kernel in kernels(kind.op, release, build)):
        return
    if not any(attr.kind == "placeholder" for attr in kind.attrs.values()):
        yield _words(attrs, op)


def _may_have_more(target: Target) -> bool:
    """Whether an XLA device takes more types than the table knows.

    Up to 2.3 (`tf_xla_enable_xla_devices`) there is one beside every other device, whose kernels are registered when it
    is made: what XLA_CPU has was had from 1.15 on, XLA_GPU is made only where there is a GPU.
    """
    return not target.at_least("2.4") and not (target.at_least("1.15") and all(map(_is_cpu, target.devices)))


def _is_cpu(device: str) -> bool:
    return device.partition(":")[0] == "CPU"


class _Attributes(NamedTuple):
    """The attributes as kernels compare them: types, lists of types and strings; the op's defaults where a node has none."""

    kind: NodeKind
    op: OpDef

    def get(self, name: str, default: Any = None, /) -> Any:
        """One of them."""
        value = self.kind.attrs.get(name)
        if value is not None and value.kind in ("type", "list", "i", "b"):
            return value.value
        if value is not None and value.kind == "s":
            return value.value.decode("utf-8", "replace")
        defined = self.op.attrs.get(name)
        return defined.default if defined is not None and defined.has_default else default


def _words(attrs: _Attributes, op: OpDef) -> str:
    typed = [name for name, attr in op.attrs.items() if attr.type == "type" and isinstance(attrs.get(name), int)]
    return ", ".join(f"{name}={name_of(attrs.get(name))}" for name in typed)


def _finding(op: str, words: str, where: list[Location], target: Target) -> Finding:
    there = sorted({kernel.device for kernel in kernels(op, target.release, target.build)})
    return rule.found(
        f"op {op}{f' with {words}' if words else ''} has no kernel on {', '.join(target.devices)}"
        + (f"; kernels are registered for {', '.join(there)}" if there else ""),
        where,
        tensorflow_error=f"No OpKernel was registered to support Op '{op}' used by {{{{node {where[0].node}}}}} with these attrs",
        remedy="load where the device exists, or export the inference graph without the op",
        op=op,
        devices=there,
    )


_RNN = 'node { name: "x" op: "CudnnRNN" attr { key: "T" value { type: DT_FLOAT } } }'
_MATMUL = 'node { name: "x" op: "MatMul" attr { key: "T" value { type: DT_INT16 } } }'
_BIAS = 'node { name: "x" op: "BiasAdd" attr { key: "T" value { type: DT_QINT8 } } }'

rule.examples(
    ok(graph_def='node { name: "x" op: "MatMul" attr { key: "T" value { type: DT_FLOAT } } }'),
    ok(graph_def=_RNN, options={"devices": ("CPU:0", "GPU:0")}),
    ok(graph_def='node { name: "x" op: "f" } library { function { signature { name: "f" } } }'),
    ok(graph_def=_BIAS, target="tensorflow==2.3.0"),
    ok(graph_def=_MATMUL, target="tensorflow==1.14.0"),
    bad("op MatMul with T=int16 has no kernel on CPU:0", graph_def=_MATMUL, target="tensorflow==1.15.0"),
    bad("op BiasAdd with T=qint8 has no kernel on CPU:0", graph_def=_BIAS, target="tensorflow==2.4.0"),
    bad("op CudnnRNN with T=float has no kernel on CPU:0", graph_def=_RNN),
)
