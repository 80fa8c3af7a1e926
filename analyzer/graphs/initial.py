"""What loading a SavedModel runs: the restore op, the init op, and the functions that make and initialise resources.

python/saved_model/loader_impl.py `get_init_op`, cc/saved_model/loader_util.cc `GetInitOp`, python/saved_model/load.py `Loader`.
"""

from __future__ import annotations

from analyzer.graphs.calls import CallGraph, ancestors, called_when_run
from analyzer.parts.saved_model import MetaGraph
from analyzer.records import NamedTuple

INIT_OP = "__saved_model_init_op"
MAIN_OPS = ("saved_model_main_op", "legacy_init_op")


class Running(NamedTuple):
    """Names of top-level nodes and of functions that a load runs."""

    nodes: frozenset[str]
    functions: frozenset[str]
    called: frozenset[str]  # of the functions, those that nodes call as such, not as a branch or a loop's body


def init_ops(meta_graph: MetaGraph) -> list[str]:
    """Names of the operations that initialise a version 1 model: signature, main op, or legacy init op.

    python/saved_model/loader_impl.py `get_init_op`, cc/saved_model/loader_util.cc `GetInitOp`.
    """
    signature = meta_graph.signatures.get(INIT_OP)
    if signature is not None:
        return list(signature.outputs[INIT_OP].names) if INIT_OP in signature.outputs else []
    for name in MAIN_OPS:
        collection = meta_graph.collections.get(name)
        if collection is not None:
            return [str(value) for value in collection.values] if collection.kind == "node_list" else []
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
        called_when_run(meta_graph.graph, positions),
    )


def initializer_functions(meta_graph: MetaGraph) -> frozenset[str]:
    """The functions that making and initialising the resources of an object graph run, and all that they call."""
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


def lifted_handles(meta_graph: MetaGraph) -> frozenset[str]:
    """The handles of resource variables, which `tf.saved_model.load` makes anew instead of running their nodes.

    python/saved_model/load_v1_in_v2.py through python/eager/wrap_function.py `_lift_unlifted_variables`: those of the collections.
    """
    return frozenset(
        variable.variable_name.partition(":")[0]
        for name in ("variables", "local_variables")
        for variable in meta_graph.variables.get(name, ())
        if variable.is_resource
    )
