"""A node pinned to a device that the target does not have.

## Why it matters

Sessions place every node of the main graph before they run anything, and keep to explicit devices: "Cannot assign a
device for operation X: {{node X}} was explicitly assigned to /device:GPU:0 but available devices are [
/job:localhost/replica:0/task:0/device:CPU:0 ]" (core/common_runtime/placer.cc `Placer::Run`). The v1 loader, the C++
loader of TensorFlow Serving and `import_meta_graph` with `Saver.restore` run such sessions. `tf.saved_model.load` runs
functions, with soft placement, and puts the node elsewhere, unless the pin names another job or task.

A pin of a node that is colocated with another counts for the C++ loader only: Python's import drops it.

## How to fix

`tf.compat.v1.ConfigProto(allow_soft_placement=True)`, `clear_devices=True` when importing or exporting, or a machine that has
the device.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.graphs.device_names import DeviceName, as_imported, available, is_colocated, parse
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.PLACE, noticed_by=Check.PLACER, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each device once, at every node that is pinned to it; one that Python's import writes otherwise, for those that do not import so."""
    places: dict[tuple[str, bool], list[Location]] = {}
    for body, pins in bodies_with(artifact, lambda body: _pins(body, target)):
        for position, beside in pins:
            places.setdefault((body.nodes.devices[position], beside), []).extend(body.at((position,)))
    for (device, beside), where in sorted(places.items()):
        yield _finding(device, beside, where, target)


def _pins(body: Body, target: Target) -> Iterator[tuple[int, bool]]:
    """Positions of nodes that are pinned to what is not there, and whether only loaders that do not import so mind."""
    devices = {device for device in set(body.nodes.devices) if device}
    missing = {device for device in devices if _is_missing(as_imported(device) or parse(device), target)}
    as_written = {device for device in devices - missing if _is_missing(parse(device), target)}
    only_beside = as_written | (missing - set(_own_devices(body)) if missing else missing)
    if body.function is None:
        missing |= as_written
    for position, device in enumerate(body.nodes.devices) if missing else ():
        if device in missing:
            yield position, body.function is None and device in only_beside


def _own_devices(body: Body) -> Iterator[str]:
    """The devices of nodes that are not colocated with others; a pin to one of them stops Python's loaders too."""
    nodes = body.nodes
    for position, device in enumerate(nodes.devices):
        if device and not is_colocated(nodes.kinds[position], nodes.names[position]):
            yield device


def _is_missing(name: DeviceName | None, target: Target) -> bool:
    return name is not None and not available(name, target.devices, _xla_devices(target))


def _is_elsewhere(device: str) -> bool:
    name = parse(device) or as_imported(device) or DeviceName()
    return name.job not in (None, "localhost") or name.task not in (None, 0) or name.replica not in (None, 0)


def _xla_devices(target: Target) -> tuple[str, ...]:
    """Until 2.4 a session registers an XLA device beside each CPU and GPU (compiler/jit/xla_cpu_device.cc)."""
    return () if target.at_least("2.4") else tuple(f"XLA_{device}" for device in target.devices)


def _finding(device: str, beside: bool, where: list[Location], target: Target) -> Finding:
    elsewhere = _is_elsewhere(device)
    there = ", ".join(target.devices)
    return rule.found(
        f"{len(where)} node{'s are' if len(where) > 1 else ' is'} pinned to {device}; the target has {there}",
        where,
        check=Check.OWN_DEVICE if beside else Check.OTHER_PROCESS if elsewhere else Check.PLACER,
        tensorflow_error=f"Cannot assign a device for operation: was explicitly assigned to {device} but available devices are [ "
        + ", ".join(f"/job:localhost/replica:0/task:0/device:{each}" for each in target.devices)
        + " ]",
        remedy="load with allow_soft_placement=True or clear_devices=True, or on a machine that has the device",
        device=device,
        other_process=elsewhere,
    )


rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    ok(graph_def='node { name: "x" op: "NoOp" device: "/job:localhost/replica:0/task:0/device:CPU:0" }'),
    ok(graph_def='node { name: "x" op: "NoOp" device: "/gpu:*" }', options={"devices": ("CPU:0", "GPU:1")}),
    bad(
        "1 node is pinned to /device:GPU:0; the target has CPU:0",
        graph_def='node { name: "x" op: "NoOp" device: "/device:GPU:0" }',
    ),
    ok(graph_def='node { name: "x" op: "NoOp" device: "cpu:0" }'),
    bad("pinned to gpu:0", graph_def='node { name: "x" op: "NoOp" device: "gpu:0" }'),
    bad(
        "pinned to /gpu:1",
        graph_def='node { name: "x" op: "NoOp" device: "/gpu:1" }',
        options={"devices": ("CPU:0", "GPU:0")},
    ),
    bad("/job:worker/task:1", graph_def='node { name: "x" op: "NoOp" device: "/job:worker/task:1" }'),
)
