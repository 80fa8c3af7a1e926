"""What the loaders of graphs have in common: the checks of an import, and the parts of a graph that a load runs."""

from __future__ import annotations

from collections.abc import Set

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.loaders import Visits
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
        Check.OUTPUT_SHAPES,
        Check.DEVICE_SPEC,
        Check.FUNCTION_DEF,
        Check.FUNC_GRAPH,
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
        Check.OUTPUT_SHAPES,
        Check.ADD_LIBRARY,
        Check.GRADIENTS,
        Check.DEVICE_SPEC,
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
        Check.ADD_LIBRARY,
        Check.EMPTY_ATTRIBUTE,
        Check.COLOCATION,
        Check.SHAPE,
        Check.OUTPUT_SHAPES,
    }
)
"""core/common_runtime/graph_execution_state.cc `MakeForBaseGraph` (ConvertGraphDefToGraph, which infers no shapes), then
c/c_api.cc `TF_LoadSessionFromSavedModel`, which imports the graph once more for its caller."""

SESSION = frozenset(
    {
        Check.ANY,
        Check.PLACER,
        Check.DEVICE_NAME,
        Check.OTHER_PROCESS,
        Check.KERNEL,
        Check.RESTORE_NAMES,
        Check.TENSOR_BYTES,
        Check.VAR_MAPS,
    }
)
"""core/common_runtime/direct_session.cc: the first run places the whole main graph on hard devices; a restore reads tensors."""

NOT_IN_FUNCTIONS = frozenset({Check.PLACER, Check.KERNEL})
"""What a session does not check in functions: they are placed softly (core/common_runtime/process_function_library_runtime.cc),
and inlined nodes that nothing needs are pruned before their kernels are made."""

CALLED_FUNCTION = frozenset(
    {
        Check.ANY,
        Check.LOOK_UP_OP,
        Check.FUNCTION_DEF,
        Check.CALL_INPUTS,
        Check.RESULT_TYPES,
        Check.IN_OUT_TYPES,
        Check.GRAPH_CONSTRUCTOR,
        Check.SHAPE,
    }
)
"""Function bodies that shape inference of a calling node instantiates (shape_refiner.cc `InferShapesForFunction`)."""

RUN_FUNCTION = CALLED_FUNCTION - {Check.SHAPE} | {Check.VALIDATE_NODE, Check.DEFAULT_ATTRIBUTE}
"""Function bodies that a session instantiates, kernels and all, because it runs a node that calls them
(core/framework/op_kernel.cc `CreateOpKernel` validates the node)."""


def session_functions(
    checks: frozenset[Check], target: Target, ran: Set[str], instantiated: Set[str], called: Set[str]
) -> Visits:
    """What a session that makes `checks` visits in function bodies.

    `ran` are the functions whose nodes it runs, `called` those of them that a node calls as such, `instantiated` those
    that shape inference looks into while the graph is imported.
    """
    within = checks - NOT_IN_FUNCTIONS
    if not target.at_least("2.5"):
        within -= {Check.OTHER_PROCESS}  # which 2.5 began to mind

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if phase in (Phase.PLACE, Phase.RESTORE, Phase.RUN):
            return where.owner in ran and check in within
        return (where.owner in instantiated and check in CALLED_FUNCTION) or (
            where.owner in called and check in RUN_FUNCTION
        )

    return visits


def served(artifact: Artifact, target: Target) -> MetaGraph | None:
    """The meta graph whose tags are exactly those asked for; the first of several, None without one."""
    wanted = set(target.tags)
    return next((each for each in artifact.meta_graphs if set(each.tags) == wanted), None)
