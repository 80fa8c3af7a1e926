"""`LoadSavedModel` of the C++ API, which TensorFlow Serving uses: what it visits.

Source: cc/saved_model/reader.cc, loader.cc `LoadSavedModelInternal`: the meta graph with exactly the tags, `Session::Create`
of its graph, `RunRestore` (nothing, when variables/variables.index is not there), `RunInitOp`. Object graph and signatures
are not looked at.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.loaders import Visits
from analyzer.loaders.graphs import SESSION, SESSION_IMPORT, served
from analyzer.loaders.saved_model_session import INDEX, session_visits
from analyzer.target import Target

_DEBUG_FILE = "debug/saved_model_debug_info.pb"
_SESSION = SESSION | {
    Check.SAVER,
    Check.FEEDS,
    Check.READ_PROTO,
    Check.OWN_DEVICE,
    Check.FILE_DEVICE,
    Check.INITIALIZER,
}


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    meta_graph = served(artifact, target)
    if meta_graph is None:
        return lambda where, phase, check: (
            where.area == "file" and check in (Check.ANY, Check.TAGS, Check.DEBUG_INFO, Check.READ_PROTO)
        )
    in_session = session_visits(artifact, target, meta_graph, _SESSION, SESSION_IMPORT, always_placed=True)
    tags = meta_graph.tag_set
    restores = INDEX in artifact.files
    debug_info = target.at_least("2.1")  # reader.cc `ReadSavedModelDebugInfoIfPresent` came
    needs_saver = restores and (meta_graph.saver is not None or not target.at_least("2.4"))  # `has_saver_def` came

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if phase is Phase.RESTORE and not restores:
            return False
        if check is Check.SAVED_CONSTANTS:
            return where.area == "function" or where.owner == tags
        if check is Check.DEBUG_INFO or where.file == _DEBUG_FILE:
            return debug_info
        if check is Check.NO_SAVER:
            return needs_saver
        return in_session(where, phase, check)

    return visits
