"""What `tf.compat.v1.saved_model.load` and the serving loader have in common: one session over the served meta graph.

Source: core/common_runtime/direct_session.cc: the graph is imported, the restore op and the init op are run, and the first
run places every node of the graph.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.graphs.calls import inspected, instantiated, lowered
from analyzer.graphs.initial import running
from analyzer.graphs.restored import node_keys
from analyzer.loaders import Visits
from analyzer.loaders.graphs import session_functions
from analyzer.parts.saved_model import MetaGraph
from analyzer.target import Target

INDEX = "variables/variables.index"


def session_visits(
    artifact: Artifact,
    target: Target,
    meta_graph: MetaGraph,
    checks: frozenset[Check],
    imports: frozenset[Check],
    always_placed: bool,
) -> Visits:
    """What the session visits: `imports` while the graph is imported, `checks` from then on.

    With `always_placed` the graph is placed even where the load runs none of its nodes.
    """
    ran = running(meta_graph)
    tags = meta_graph.tag_set
    in_functions = session_functions(checks, target, ran.functions, instantiated(meta_graph.graph), ran.called)
    inspects, lowers = inspected(meta_graph.graph), lowered(meta_graph.graph)
    keys = node_keys(artifact, ran.nodes, ran.functions, tags)
    reads_nothing = (
        keys is not None and not keys
    )  # neither index nor shard is opened then; that the index is there is looked at
    there = {"variables/variables", *({INDEX} & artifact.files.keys())}
    placed = always_placed or bool(ran.nodes)

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if where.area == "entry":
            return check in checks and (keys is None or where.owner in keys)
        if reads_nothing and phase is Phase.RESTORE and (".data-" in where.file or where.file in there):
            return False
        if where.area == "function":
            inlined = placed and check in (Check.LOOK_UP_OP, Check.FUNCTION_DEF) and where.owner in lowers
            return in_functions(where, phase, check) or inlined
        if where.area == "graph" and check is Check.FUNCTION_LIBRARY:
            return placed and where.node in inspects
        if where.area == "graph":
            if where.owner != tags:
                return False
            if phase is Phase.PLACE:
                return placed and check in checks
            if phase in (Phase.RESTORE, Phase.RUN):
                return where.node in ran.nodes and check in checks
            return check in imports
        if where.area in ("collection", "saver_def", "init_op") and where.owner != tags:
            return False
        return check in checks and where.area not in ("signature", "object", "concrete_function")

    return visits
