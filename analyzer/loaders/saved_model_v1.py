"""`tf.compat.v1.saved_model.load(session, tags, path)`: what it visits.

Source: python/saved_model/loader_impl.py `SavedModelLoader.load`: the meta graph with exactly the tags, `import_meta_graph`
of all its nodes, then `Session.run` of the saver's restore op and of the init op. The first run hands the whole graph to the
runtime, which places every node (core/common_runtime/direct_session.cc, placer.cc) on hard devices.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.graphs.calls import inspected, instantiated
from analyzer.graphs.initial import running
from analyzer.graphs.restored import node_keys
from analyzer.loaders import Visits
from analyzer.loaders.graphs import CALLED_FUNCTION, GRAPH_IMPORT, NOT_IN_FUNCTIONS, RUN_FUNCTION, SESSION, served
from analyzer.target import Target

_SESSION = SESSION | {Check.SAVER, Check.COLLECTIONS, Check.INITIALIZER}
_FUNCTION = _SESSION - NOT_IN_FUNCTIONS


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    meta_graph = served(artifact, target)
    if meta_graph is None:
        return lambda where, phase, check: where.area == "file" and check in (Check.ANY, Check.TAGS)
    ran = running(meta_graph)
    called, inspects = instantiated(meta_graph.graph), inspected(meta_graph.graph)
    tags = meta_graph.tag_set
    keys = node_keys(artifact, ran.nodes, ran.functions, tags)
    within = _FUNCTION if target.at_least("2.5") else _FUNCTION - {Check.OTHER_PROCESS}  # which 2.5 began to mind

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if where.area == "entry":
            return check in _SESSION and (keys is None or where.owner in keys)
        if where.area == "function":
            if phase in (Phase.PLACE, Phase.RESTORE, Phase.RUN):
                return where.owner in ran.functions and check in within
            return (where.owner in called and check in CALLED_FUNCTION) or (
                where.owner in ran.called and check in RUN_FUNCTION
            )
        if where.area == "graph" and check is Check.FUNCTION_LIBRARY:
            return bool(ran.nodes) and where.node in inspects
        if where.area == "graph":
            if where.owner != tags:
                return False
            if phase is Phase.PLACE:
                return bool(ran.nodes) and check in _SESSION
            if phase in (Phase.RESTORE, Phase.RUN):
                return where.node in ran.nodes and check in _SESSION
            return check in GRAPH_IMPORT
        if where.area in ("collection", "saver_def", "init_op") and where.owner != tags:
            return False
        return check in _SESSION and where.area not in ("signature", "object", "concrete_function")

    return visits
