"""A compiled module (XlaCallModule) that the target is too old for, or that was made for other platforms.

## Why it matters

Models exported from JAX carry StableHLO modules: "XlaCallModuleOp with version 9 is not supported; the maximum supported version is 5" and "The current
platform CPU is not among the platforms required by the module: [TPU]" (compiler/tf2xla/kernels/xla_call_module_loader.cc). The kernel is made when the
function is called, so the model loads and its first use fails.

## How to fix

Load with a newer release, or export again with `native_serialization_platforms=("cpu", ...)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase, Severity
from analyzer.graphs.bodies import nodes_with
from analyzer.parts.graph import NodeKind
from analyzer.rule import Rule, bad, ok
from analyzer.tables.releases import release
from analyzer.target import Target

rule = Rule(__name__, Phase.CALL, Severity.WARNING, noticed_by=Check.KERNEL, reads=frozenset({"graph"}))

_PLATFORMS = {"CPU": ("CPU",), "GPU": ("CUDA", "ROCM")}  # as the attribute spells them, by kind of device


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each version that is too new, and each set of platforms without one of the target's."""
    highest = release(target.tensorflow).xla_call_module
    here = {name for device in target.devices for name in _PLATFORMS.get(device.partition(":")[0], ())}
    places: dict[tuple[str, str], list[Location]] = {}
    for body, _, positions, fault in nodes_with(artifact, lambda _: lambda kind: _faults(kind, highest, here)):
        places.setdefault(fault, []).extend(body.at(positions))
    for (message, error), where in places.items():
        yield rule.found(message, where, tensorflow_error=error, remedy="load with a newer release, or export again")


def _faults(kind: NodeKind, highest: int | None, here: set[str]) -> Iterator[tuple[str, str]]:
    if kind.op != "XlaCallModule":
        return
    version = kind.attrs.get("version")
    if highest is not None and version is not None and version.kind == "i" and version.value > highest:
        yield (
            f"XlaCallModule of version {version.value}; the target runs up to {highest}, so that calls fail",
            f"XlaCallModuleOp with version {version.value} is not supported",
        )
    platforms = kind.attrs.get("platforms")
    if platforms is not None and platforms.element == "s" and platforms.value and here:
        wanted = [value.decode("utf-8", "replace") for value in platforms.value]
        if not here & set(wanted):
            yield (
                f"XlaCallModule for {', '.join(wanted)}, which the target does not have, so that calls fail",
                f"The current platform {min(here)} is not among the platforms required by the module: [{', '.join(wanted)}]",
            )


_NODE = 'node {{ name: "x" op: "XlaCallModule" attr {{ key: "version" value {{ i: {} }} }} attr {{ key: "platforms" value {{ list {{ s: "{}" }} }} }} }}'

rule.examples(
    ok(graph_def=_NODE.format(4, "CPU"), target="tensorflow==2.15.0"),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    ok(graph_def=_NODE.format(4, "CUDA"), options={"devices": ("CPU:0", "GPU:0")}),
    bad("XlaCallModule of version 99", graph_def=_NODE.format(99, "CPU")),
    bad("XlaCallModule for TPU", graph_def=_NODE.format(4, "TPU")),
)
