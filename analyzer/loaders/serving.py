"""`LoadSavedModel` of the C++ API, which TensorFlow Serving uses: what it visits.

Source: cc/saved_model/reader.cc, loader.cc `LoadSavedModelInternal`: the meta graph with exactly the tags, `Session::Create`
of its graph, `RunRestore` (nothing, when variables/variables.index is not there), `RunInitOp`. Object graph and signatures
are not looked at.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.graphs.calls import inspected, instantiated
from analyzer.graphs.initial import running
from analyzer.graphs.restored import node_keys
from analyzer.loaders import Visits
from analyzer.loaders.graphs import CALLED_FUNCTION, NOT_IN_FUNCTIONS, RUN_FUNCTION, SESSION, SESSION_IMPORT, served
from analyzer.target import Target

_SESSION = SESSION | {Check.SAVER, Check.FEEDS, Check.READ_PROTO, Check.OWN_DEVICE, Check.INITIALIZER}
_FUNCTION = _SESSION - NOT_IN_FUNCTIONS
_INDEX = "variables/variables.index"


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    meta_graph = served(artifact, target)
    if meta_graph is None:
        return lambda where, phase, check: (
            where.area == "file" and check in (Check.ANY, Check.TAGS, Check.DEBUG_INFO, Check.READ_PROTO)
        )
    ran = running(meta_graph)
    called, inspects = instantiated(meta_graph.graph), inspected(meta_graph.graph)
    tags = meta_graph.tag_set
    keys = node_keys(artifact, ran.nodes, ran.functions, tags)
    restores = _INDEX in artifact.files
    within = _FUNCTION if target.at_least("2.5") else _FUNCTION - {Check.OTHER_PROCESS}  # which 2.5 began to mind

    debug_info = target.at_least("2.1")  # reader.cc `ReadSavedModelDebugInfoIfPresent` came
    needs_saver = not target.at_least("2.4") and restores

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if phase is Phase.RESTORE and not restores:
            return False
        if check is Check.SAVED_CONSTANTS:
            return where.area == "function" or where.owner == tags
        if check in (Check.DEBUG_INFO, Check.NO_SAVER):
            return debug_info if check is Check.DEBUG_INFO else needs_saver
        if where.area == "entry":
            return check in _SESSION and (keys is None or where.owner in keys)
        if where.area == "function":
            if phase in (Phase.PLACE, Phase.RESTORE, Phase.RUN):
                return where.owner in ran.functions and check in within
            return (where.owner in called and check in CALLED_FUNCTION) or (
                where.owner in ran.called and check in RUN_FUNCTION
            )
        if where.area == "graph" and check is Check.FUNCTION_LIBRARY:
            return where.node in inspects
        if where.area == "graph":
            if where.owner != tags:
                return False
            if phase is Phase.PLACE:
                return check in _SESSION
            if phase in (Phase.RESTORE, Phase.RUN):
                return where.node in ran.nodes and check in _SESSION
            return check in SESSION_IMPORT
        if where.area in ("collection", "saver_def", "init_op") and where.owner != tags:
            return False
        return check in _SESSION and where.area not in ("signature", "object", "concrete_function")

    return visits
