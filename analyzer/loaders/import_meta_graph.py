"""`tf.compat.v1.train.import_meta_graph(PREFIX.meta)` and `Saver.restore(session, PREFIX)`: what they visit.

Source: python/training/saver.py `_import_meta_graph_with_return_elements` (the whole graph, then its collections),
`_create_saver_from_imported_meta_graph` (no saver where the graph has neither a SaverDef nor variables), `Saver.restore`: one
`Session.run` of the restore op, for which the runtime places every node of the graph (core/common_runtime/placer.cc). The restore
reads the tensors that its operations name, and no others.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.graphs.calls import CallGraph, ancestors, called_when_run, inspected, instantiated, lowered, node_of
from analyzer.graphs.made_saver import makes_saver, saved_name
from analyzer.graphs.restored import node_keys
from analyzer.loaders import Visits
from analyzer.loaders.graphs import GRAPH_IMPORT, SESSION, session_functions
from analyzer.parts.saved_model import MetaGraph
from analyzer.target import Target

_FILE = GRAPH_IMPORT | {Check.GRAPH_CONSTRUCTOR}


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    meta_graph = artifact.meta_graph
    graph_file = f"{artifact.name}.meta"
    if meta_graph is None:
        return lambda where, phase, check: where.file == graph_file and where.area == "file" and check in _FILE
    nodes, functions, run_calls = _restored(meta_graph)
    in_functions = session_functions(
        SESSION | {Check.FILE_DEVICE}, target, functions, instantiated(meta_graph.graph), run_calls
    )
    inspects, lowers = inspected(meta_graph.graph), lowered(meta_graph.graph)
    restores = has_saver(meta_graph)
    keys = node_keys(artifact, nodes, functions, meta_graph.tag_set) if nodes else None
    if makes_saver(meta_graph) and "saveable_objects" not in meta_graph.collections:
        keys = frozenset(map(saved_name, meta_graph.variables.get("variables", ())))

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if where.file == "checkpoint":
            return False
        if where.area == "function":
            is_inlined = restores and check is Check.LOOK_UP_OP and where.owner in lowers
            return is_inlined or in_functions(where, phase, check)
        if where.area == "graph" and check is Check.FUNCTION_LIBRARY:
            return restores and where.node in inspects
        if where.area == "graph":
            if phase is Phase.PLACE:
                return restores and (check in SESSION or check is Check.SAVER)
            if phase in (Phase.RESTORE, Phase.RUN):
                return where.node in nodes and check in SESSION
            return check in GRAPH_IMPORT
        if where.area == "collection":
            return check in (Check.ANY, Check.COLLECTIONS)
        if where.area == "saver_def":
            return restores and (check in SESSION or check in (Check.SAVER, Check.COLLECTIONS))
        if where.area == "entry":
            return restores and check in SESSION and (keys is None or where.owner in keys)
        if where.file == graph_file:
            return check in _FILE
        return restores and where.area == "file" and check in SESSION

    return visits


def has_saver(meta_graph: MetaGraph) -> bool:
    """Whether importing gives a Saver, which then restores."""
    return meta_graph.saver is not None or makes_saver(meta_graph)


def _restored(meta_graph: MetaGraph) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names of the nodes and functions, and of functions called as such, that the restore runs."""
    saver = meta_graph.saver
    if makes_saver(meta_graph):
        variables = meta_graph.variables.get("variables", ())
        return frozenset(node_of(each.variable_name) for each in variables), frozenset(), frozenset()
    if saver is None or not saver.restore_op_name:
        return frozenset(), frozenset(), frozenset()
    positions = ancestors(meta_graph.graph.nodes, [saver.restore_op_name])
    names = meta_graph.graph.nodes.names
    called = CallGraph(meta_graph.graph).from_nodes(positions)
    as_such = called_when_run(meta_graph.graph, positions)
    return frozenset(names[position] for position in positions), frozenset(called), as_such
