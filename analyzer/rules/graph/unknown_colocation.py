"""A node that is to stand beside a node which is not there.

## Why it matters

"Node 'x' expects to be colocated with unknown node 'y'" (core/common_runtime/graph_constructor.cc
`ValidateColocationConstraints`) stops an import of the main graph. Functions are imported without that check. Python's import
reads all groups as text (python/framework/importer.py `_GetColocationNames`): "'utf-8' codec can't decode byte".

## How to fix

Delete the `_class` attributes, or export from the whole graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body, nodes_with
from analyzer.parts.graph import NodeKind
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.COLOCATION, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each missing node once a body, at every node that wants to stand beside it."""
    places: dict[tuple[Body, str], list[Location]] = {}
    for body, _, positions, name in nodes_with(artifact, lambda _: _beside):
        if name not in body.nodes.index:
            places.setdefault((body, name), []).extend(body.at(positions))
    for (_, name), where in places.items():
        yield rule.found(
            f"{len(where)} node(s) are to be colocated with {name!r}, which is not in the graph",
            where,
            tensorflow_error=f"Node '{where[0].node}' expects to be colocated with unknown node '{name}'",
            remedy="delete the `_class` attributes, or export from the whole graph",
            colocated_with=name,
        )
    for body, _, positions, group in nodes_with(artifact, lambda _: _no_text):
        yield rule.found(
            f"the colocation group {group!r} is not UTF-8",
            body.at(positions),
            check=Check.DEVICE_SPEC,
            tensorflow_error="'utf-8' codec can't decode byte",
            remedy="delete the `_class` attributes, or copy the file again",
            group=repr(group),
        )


def _groups(kind: NodeKind) -> list[bytes]:
    group = kind.attrs.get("_class")
    return list(group.value) if group is not None and group.element == "s" else []


def _no_text(kind: NodeKind) -> Iterator[bytes]:
    """Colocation groups that are not UTF-8."""
    for group in _groups(kind):
        try:
            group.decode()
        except UnicodeDecodeError:
            yield group


def _beside(kind: NodeKind) -> Iterator[str]:
    """The nodes that a kind of node wants to stand beside."""
    for group in _groups(kind):
        name = group.decode("utf-8", "replace")
        if name.startswith("loc:@"):
            yield name[5:]


_CLASS = 'attr {{ key: "_class" value {{ list {{ s: "{}" }} }} }}'

rule.examples(
    ok(graph_def=f'node {{ name: "x" op: "NoOp" }} node {{ name: "y" op: "NoOp" {_CLASS.format("loc:@x")} }}'),
    ok(graph_def=f'node {{ name: "y" op: "NoOp" {_CLASS.format("other")} }}'),
    bad("is not UTF-8", graph_def=f'node {{ name: "y" op: "NoOp" {_CLASS.format("loc:@" + chr(92) + "377")} }}'),
    bad("colocated with 'gone'", graph_def=f'node {{ name: "y" op: "NoOp" {_CLASS.format("loc:@gone")} }}'),
)
