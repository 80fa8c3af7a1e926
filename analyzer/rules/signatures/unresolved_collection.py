"""A collection that names an operation or tensor which is not in the graph.

## Why it matters

Importing a meta graph looks up every element of every node list, every variable, every queue runner and every context of a loop or
condition: KeyError "The name 'gone' refers to an Operation
not in the graph." (python/framework/meta_graph.py `import_scoped_meta_graph_with_return_elements`, python/ops/variables.py
`_init_from_proto`). A `saved_model_main_op` that was pruned away is the usual one.

## How to fix

Export again, or delete the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.op_defs import op_defs
from analyzer.graphs.tensors import look_up
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.COLLECTIONS, reads=frozenset({"meta_graphs"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each collection with the first name that leads nowhere."""
    for (file, _, graph), meta_graph in zip(artifact.graphs(), artifact.meta_graphs, strict=False):
        ops = op_defs(graph, target)
        for collection, kind in meta_graph.malformed.items():
            yield rule.found(
                f"collection {collection!r} holds bytes that are no {kind}",
                Location(file, f"collection/{meta_graph.tag_set}/{collection}"),
                tensorflow_error="DecodeError: Error parsing message",
                remedy="export again, or delete the collection",
                collection=collection,
            )
            if collection == "saved_model_assets":  # which C++ unpacks too
                yield rule.found(
                    f"collection {collection!r} holds bytes that are no {kind}, which C++ unpacks",
                    Location(file, f"init_op/{meta_graph.tag_set}/assets"),
                    phase=Phase.RUN,
                    check=Check.FEEDS,
                    tensorflow_error="Failed to unpack",
                    remedy="export again, or delete the collection",
                    collection=collection,
                )
        for collection, name in _names(meta_graph):
            error = look_up(name, graph, ops).error
            if error:
                yield rule.found(
                    f"collection {collection!r} names {name!r}, which is not in the graph",
                    Location(file, f"collection/{meta_graph.tag_set}/{collection}"),
                    tensorflow_error=f'KeyError: "{error}"',
                    remedy="export again, or delete the collection",
                    collection=collection,
                    name=name,
                )


def _names(meta_graph: MetaGraph) -> Iterator[tuple[str, str]]:
    """Collections and the names that they look up. A variable may be without names of its snapshot and its initial value."""
    for key, collection in meta_graph.collections.items():
        if collection.kind == "node_list" and key != "unbound_inputs":
            yield from ((key, str(value)) for value in collection.values)
    for key, names in meta_graph.looked_up.items():
        yield from ((key, name) for name in names)
    for key, variables in meta_graph.variables.items():
        for variable in variables:
            yield key, variable.variable_name
            yield key, variable.initializer_name
            yield from ((key, name) for name in (variable.snapshot_name, variable.initial_value_name) if name)


_GRAPH = 'meta_graphs {{ graph_def {{ node {{ name: "init" op: "NoOp" }} }} collection_def {{ key: "{}" value {{ node_list {{ value: "{}" }} }} }} }}'

_CONTEXT = 'meta_graphs {{ graph_def {{ node {{ name: "init" op: "NoOp" }} }} collection_def {{ key: "while_context" value {{ bytes_list {{ value: "\\052\\004{0}\\062\\004{0}\\072\\004{0}" }} }} }} }}'

_BYTES = 'meta_graphs {{ collection_def {{ key: "{}" value {{ bytes_list {{ value: "{}" }} }} }} }}'

# variable_name, initializer_name, initial_value_name: fields 1, 2 and 6 of a VariableDef
_VARIABLE = 'meta_graphs {{ graph_def {{ node {{ name: "init" op: "Placeholder" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} }} }} collection_def {{ key: "variables" value {{ bytes_list {{ value: "\\012\\006init:0\\022\\004init{}" }} }} }} }}'
_ASSETS = """meta_graphs {{ collection_def {{ key: "saved_model_assets" value {{ any_list {{ value {{
  type_url: "type.googleapis.com/tensorflow.AssetFileDef" value: "{}" }} }} }} }} }}"""

rule.examples(
    ok(saved_model=_ASSETS.format("\\022\\001a")),
    bad("no AssetFileDef, which C++", saved_model=_ASSETS.format("\\022\\001a\\n")),
    ok(saved_model=_VARIABLE.format("")),
    ok(saved_model=_VARIABLE.format("\\062\\006init:0")),
    bad("'variables' names 'gone:0'", saved_model=_VARIABLE.format("\\062\\006gone:0")),
    ok(saved_model=_BYTES.format("other", "\\377")),
    ok(saved_model=_BYTES.format("other", "")),
    bad("holds bytes that are no VariableDef", saved_model=_BYTES.format("variables", "\\377")),
    bad("holds bytes that are no WhileContextDef", saved_model=_BYTES.format("while_context", "\\377")),
    bad("holds bytes that are no SaverDef", saved_model=_BYTES.format("savers", "\\377")),
    ok(saved_model=_BYTES.format("savers", "\\022\\001s\\032\\001r")),
    bad("'queue_runners' names ''", saved_model=_BYTES.format("queue_runners", "")),
    ok(saved_model=_GRAPH.format("saved_model_main_op", "init")),
    ok(saved_model=_GRAPH.format("unbound_inputs", "gone")),
    ok(saved_model=_CONTEXT.format("init")),
    bad("'while_context' names 'gone'", saved_model=_CONTEXT.format("gone")),
    bad("'saved_model_main_op' names 'gone'", saved_model=_GRAPH.format("saved_model_main_op", "gone")),
)
