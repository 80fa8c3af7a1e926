"""A device specification that does not parse.

## Why it matters

"Malformed device specification 'X'" (core/common_runtime/placer.cc, through core/util/device_name_utils.cc
`ParseFullName`) stops every loader that places the node, soft placement or not. Python's import sets the device of every
node anew: "Unknown attribute 'gpu' is encountered while parsing the device spec" (python/framework/importer.py `_ProcessNewOps`,
device_spec.py), unless the node is colocated with another.

## How to fix

Write `/job:NAME/replica:N/task:N/device:TYPE:N`, any part left out, or clear the devices.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, bodies_with
from analyzer.graphs.device_names import as_imported, is_colocated, parse, python_fault
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.PLACE, noticed_by=Check.DEVICE_NAME, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each malformed specification once for the placer and once for Python's import, at every node that has it."""
    places: dict[tuple[str, Check], list[Location]] = {}
    for body, faults in bodies_with(artifact, _faults):
        for position, check in faults:
            places.setdefault((body.nodes.devices[position], check), []).extend(body.at((position,)))
    for (device, check), where in sorted(places.items()):
        imported = check is Check.DEVICE_SPEC
        yield rule.found(
            f"the device specification {device!r} does not parse{_WHERE.get(check, '')}",
            where,
            phase=Phase.IMPORT if imported else Phase.PLACE,
            check=check,
            tensorflow_error=python_fault(device) if imported else f"Malformed device specification '{device}'",
            remedy="write /job:NAME/replica:N/task:N/device:TYPE:N, or clear the devices",
            device=device,
        )


_FROM_FILE = (Check.FILE_DEVICE,)  # Python's import drops a colocated node's own device, whatever it says
_WHERE = {Check.DEVICE_SPEC: " in Python's import", Check.FILE_DEVICE: " where Python has not written it anew"}


def _faults(body: Body) -> Iterator[tuple[int, Check]]:
    """Positions of nodes whose device somebody cannot parse, and who that is."""
    nodes = body.nodes
    wrong = {device: found for device in set(nodes.devices) if device and (found := _who(device))}
    for position, device in enumerate(nodes.devices) if wrong else ():
        checks = wrong.get(device, ())
        if checks and is_colocated(nodes.kinds[position], nodes.names[position]):
            checks = _FROM_FILE if parse(device) is None else ()
        for check in checks:
            yield position, check


def _who(device: str) -> tuple[Check, ...]:
    """Who cannot parse it: the placer, Python's import, the placer where Python has not imported it."""
    malformed = parse(device) is None
    if python_fault(device):
        return (Check.DEVICE_NAME, Check.DEVICE_SPEC) if malformed else (Check.DEVICE_SPEC,)
    if malformed:
        return (Check.DEVICE_NAME,) if as_imported(device) is None else (Check.FILE_DEVICE,)
    return ()


rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" device: "/device:GPU:0" }'),
    ok(graph_def='node { name: "x" op: "NoOp" device: "/job:ps/task:0/cpu:0" }'),
    ok(graph_def='node { name: "x" op: "NoOp" device: "/cpu:0" }'),
    ok(graph_def='node { name: "x" op: "NoOp" device: "/device:GPU:*" }'),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad(
        "'/device:GPU' does not parse in Python's import",
        graph_def='node { name: "x" op: "NoOp" device: "/device:GPU" }',
    ),
    bad("'gpu:0' does not parse", graph_def='node { name: "x" op: "NoOp" device: "gpu:0" }'),
    bad("'/device:GPU:x'", graph_def='node { name: "x" op: "NoOp" device: "/device:GPU:x" }'),
)
