"""A device specification that does not parse.

## Why it matters

"Malformed device specification 'X'" (core/common_runtime/placer.cc, through core/util/device_name_utils.cc
`ParseFullName`) stops every loader that places the node, soft placement or not.

## How to fix

Write `/job:NAME/replica:N/task:N/device:TYPE:N`, any part left out, or clear the devices.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import bodies
from analyzer.graphs.device_names import parse
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.PLACE, noticed_by=Check.DEVICE_NAME, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each malformed specification once, at every node that has it."""
    places: dict[str, list[Location]] = {}
    for body in bodies(artifact):
        wrong = {device for device in set(body.nodes.devices) if device and parse(device) is None}
        for position, device in enumerate(body.nodes.devices) if wrong else ():
            if device in wrong:
                places.setdefault(device, []).extend(body.at((position,)))
    for device, where in sorted(places.items()):
        yield rule.found(
            f"the device specification {device!r} does not parse",
            where,
            tensorflow_error=f"Malformed device specification '{device}'",
            remedy="write /job:NAME/replica:N/task:N/device:TYPE:N, or clear the devices",
            device=device,
        )


rule.examples(
    ok(graph_def='node { name: "x" op: "NoOp" device: "/device:GPU:0" }'),
    ok(graph_def='node { name: "x" op: "NoOp" device: "/job:ps/task:0/cpu:0" }'),
    ok(graph_def='node { name: "x" op: "NoOp" }'),
    bad("'gpu:0' does not parse", graph_def='node { name: "x" op: "NoOp" device: "gpu:0" }'),
    bad("'/device:GPU:x'", graph_def='node { name: "x" op: "NoOp" device: "/device:GPU:x" }'),
)
