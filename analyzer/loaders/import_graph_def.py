"""`tf.import_graph_def(graph_def)`: what it visits.

Source: python/framework/importer.py `import_graph_def`, core/common_runtime/graph_constructor.cc `ImportGraphDef`.
Nothing is placed or run.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.graphs.calls import instantiated
from analyzer.loaders import Visits
from analyzer.loaders.graphs import CALLED_FUNCTION, GRAPH_IMPORT
from analyzer.target import Target

_PHASES = (Phase.OPEN, Phase.PARSE, Phase.IMPORT)


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    called = instantiated(artifact.graph_def) if artifact.graph_def is not None else frozenset()

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if phase not in _PHASES:
            return False
        if where.area == "function":
            return where.owner in called and check in CALLED_FUNCTION
        return check in GRAPH_IMPORT or check is Check.DEFAULT_ATTRIBUTE

    return visits
