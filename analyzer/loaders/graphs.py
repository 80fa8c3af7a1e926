"""What the loaders of graphs have in common: the checks of an import, and the parts of a graph that a load runs."""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check
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


def served(artifact: Artifact, target: Target) -> MetaGraph | None:
    """The meta graph whose tags are exactly those asked for; the first of several, None without one."""
    wanted = set(target.tags)
    return next((each for each in artifact.meta_graphs if set(each.tags) == wanted), None)
