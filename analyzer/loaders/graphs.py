"""What the loaders of graphs have in common: the checks of an import, and the parts of a graph that a load runs."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.artifact import Artifact
from analyzer.findings import Check
from analyzer.graphs.calls import CallGraph, ancestors
from analyzer.parts.saved_model import MetaGraph
from analyzer.target import Target

FUNCTION_IMPORT = frozenset(
    {
        Check.ANY,
        Check.LOOK_UP_OP,
        Check.VALIDATE_NODE,
        Check.DEFAULT_ATTRIBUTE,
        Check.IN_OUT_TYPES,
        Check.DEPRECATION_NOW,
        Check.GRAPH_CONSTRUCTOR,
        Check.SHAPE,
        Check.FUNCTION_DEF,
        Check.FUNCTION_SORT,
    }
)
"""function_deserialization.py: each function becomes a GraphDef of the running release's version and is imported."""

GRAPH_IMPORT = frozenset(
    {
        Check.ANY,
        Check.CHECK_VERSIONS,
        Check.LOOK_UP_OP,
        Check.VALIDATE_NODE,
        Check.IN_OUT_TYPES,
        Check.DEPRECATION,
        Check.GRAPH_CONSTRUCTOR,
        Check.COLOCATION,
        Check.SHAPE,
    }
)
"""python/framework/importer.py `import_graph_def` of a meta graph: `_RemoveDefaultAttrs` comes first."""

SESSION_IMPORT = frozenset(
    {
        Check.ANY,
        Check.CHECK_VERSIONS,
        Check.LOOK_UP_OP,
        Check.IN_OUT_TYPES,
        Check.VALIDATE_NODE,
        Check.DEFAULT_ATTRIBUTE,
        Check.DEPRECATION,
        Check.GRAPH_CONSTRUCTOR,
    }
)
"""core/common_runtime/graph_execution_state.cc `MakeForBaseGraph`, ConvertGraphDefToGraph: not importing."""

CALLED_FUNCTION = frozenset({Check.ANY, Check.LOOK_UP_OP, Check.FUNCTION_DEF, Check.IN_OUT_TYPES})
"""Function bodies that shape inference of a calling node instantiates (shape_refiner.cc `InferShapesForFunction`)."""


class Running(NamedTuple):
    """Names of top-level nodes and of functions that a load runs."""

    nodes: frozenset[str]
    functions: frozenset[str]


def init_ops(meta_graph: MetaGraph) -> list[str]:
    """Names of the operations that initialise a version 1 model: signature, main op, or legacy init op.

    python/saved_model/loader_impl.py `get_init_op`, cc/saved_model/loader_util.cc `GetInitOp`.
    """
    signature = meta_graph.signatures.get("__saved_model_init_op")
    if signature is not None and "__saved_model_init_op" in signature.outputs:
        return list(signature.outputs["__saved_model_init_op"].names)
    for name in ("saved_model_main_op", "legacy_init_op"):
        collection = meta_graph.collections.get(name)
        if collection is not None and collection.kind == "node_list" and collection.values:
            return [str(value) for value in collection.values]
    return []


def running(meta_graph: MetaGraph) -> Running:
    """What restoring and initialising a meta graph run."""
    saver = meta_graph.saver
    names = [saver.restore_op_name] if saver is not None and saver.restore_op_name else []
    positions = ancestors(meta_graph.graph.nodes, names + init_ops(meta_graph))
    nodes = meta_graph.graph.nodes.names
    return Running(
        frozenset(nodes[position] for position in positions),
        frozenset(CallGraph(meta_graph.graph).from_nodes(positions)),
    )


def subgraphs(artifact: Artifact) -> Running:
    """What restoring and initialising the artifact's first meta graph run."""
    return running(artifact.meta_graphs[0])


def initializer_functions(artifact: Artifact) -> frozenset[str]:
    """The functions that making and initialising the resources of an object graph run, and all that they call."""
    meta_graph = artifact.meta_graphs[0]
    objects = meta_graph.objects
    if objects is None:
        return frozenset()
    names: set[str] = set()
    for each in objects.nodes:
        if each.kind != "resource":
            continue
        for child in each.children:
            if child.name in ("_create_resource", "_initialize") and 0 <= child.node < len(objects.nodes):
                names.update(objects.nodes[child.node].concrete_functions)
    return frozenset(CallGraph(meta_graph.graph).reachable(names))


def served(artifact: Artifact, target: Target) -> MetaGraph | None:
    """The meta graph whose tags are exactly those asked for; the first of several, None without one."""
    wanted = set(target.tags)
    return next((each for each in artifact.meta_graphs if set(each.tags) == wanted), None)
