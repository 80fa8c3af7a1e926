"""`tf.compat.v1.saved_model.load(session, tags, path)`: what it visits.

Source: python/saved_model/loader_impl.py `SavedModelLoader.load`: the meta graph with exactly the tags, `import_meta_graph`
of all its nodes, then `Session.run` of the saver's restore op and of the init op. The first run hands the whole graph to the
runtime, which places every node (core/common_runtime/direct_session.cc, placer.cc) on hard devices.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.loaders import Visits
from analyzer.loaders.graphs import GRAPH_IMPORT, SESSION, served
from analyzer.loaders.saved_model_session import session_visits
from analyzer.target import Target

_SESSION = SESSION | {Check.SAVER, Check.COLLECTIONS, Check.FILE_DEVICE, Check.INITIALIZER}


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    meta_graph = served(artifact, target)
    if meta_graph is None:
        return lambda where, phase, check: where.area == "file" and check in (Check.ANY, Check.TAGS)
    in_session = session_visits(artifact, target, meta_graph, _SESSION, GRAPH_IMPORT, always_placed=False)

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if check is Check.FILE_DEVICE and where.area == "graph":
            return False  # Python's import has written it anew
        return in_session(where, phase, check)

    return visits
