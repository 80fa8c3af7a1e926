"""A saver that restores the state of an iterator which nothing has initialised.

## Why it matters

`make_saveable_from_iterator` has the saver restore an iterator's position: "Restore() failed because the iterator has not been
initialized. Ensure that you have run the initializer operation for this iterator before restoring it." (core/kernels/data/iterator_ops.cc
`IteratorResource::Restore`). A fresh session that restores right after the import has run no initialiser.

## How to fix

Run the iterator's initializer before `Saver.restore`, or save the iterator with a saver of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import Body, bodies
from analyzer.graphs.calls import node_of
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.RESTORE_NAMES, reads=frozenset({"graph"}))

_ITERATORS = ("IteratorV2", "Iterator")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The nodes that restore iterators, of each graph."""
    for body in bodies(artifact):
        positions = (
            []
            if body.function
            else [each for each in body.nodes.by_op.get("DeserializeIterator", ()) if _unset(body, each)]
        )
        if positions:
            yield rule.found(
                f"{body.nodes.names[positions[0]]!r} restores an iterator that has not been initialized",
                body.at(positions),
                tensorflow_error="Restore() failed because the iterator has not been initialized.",
                remedy="run the iterator's initializer before restoring",
            )


def _unset(body: Body, position: int) -> bool:
    """Whether the iterator comes without a dataset, unlike a OneShotIterator."""
    inputs = body.nodes.inputs[position]
    source = body.nodes.index.get(node_of(inputs[0])) if inputs else None
    return source is not None and body.nodes.kinds[source].op in _ITERATORS


_GRAPH = 'node {{ name: "i" op: "{}" }} node {{ name: "s" op: "Placeholder" }} node {{ name: "r" op: "DeserializeIterator" input: "i" input: "s" }}'

rule.examples(
    ok(graph_def=_GRAPH.format("OneShotIterator")),
    ok(graph_def='node { name: "i" op: "IteratorV2" } node { name: "r" op: "SerializeIterator" input: "i" }'),
    bad("restores an iterator that has not been initialized", graph_def=_GRAPH.format("IteratorV2")),
)
