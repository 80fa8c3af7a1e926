"""The saver that importing a meta graph without a SaverDef makes of its variables.

Source: python/training/saver.py `_create_saver_from_imported_meta_graph`, `Saver.build` (`variables._all_saveable_objects`),
python/training/saving/saveable_object_util.py `op_list_to_dict`: a variable is restored by the name of its operation, a piece of a
partitioned one as a slice of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graphs.bodies import Body
from analyzer.graphs.calls import node_of
from analyzer.graphs.restore_node import RestoreNode
from analyzer.parts.saved_model import MetaGraph, VariableDef

COLLECTIONS = ("variables", "saveable_objects")


def makes_saver(meta_graph: MetaGraph) -> bool:
    """Whether there is no saver in the meta graph, and something that one is made for."""
    return meta_graph.saver is None and any(meta_graph.collections.get(name) for name in COLLECTIONS)


def made_saver(meta_graph: MetaGraph, body: Body) -> Iterator[RestoreNode]:
    """What the saver restores, at the variables that it restores into; variables that are not in the graph left out."""
    for each in meta_graph.variables.get("variables", ()):
        position = body.nodes.index.get(node_of(each.variable_name))
        dtype = body.nodes.kinds[position].attrs.get("dtype") if position is not None else None
        if position is not None and dtype is not None and dtype.kind == "type":
            yield RestoreNode(body, position, (saved_name(each),), (_slice(each),), (dtype.value,))


def saved_name(variable: VariableDef) -> str:
    """The name that a saver of all variables gives one."""
    return variable.save_slice[0] if variable.save_slice else node_of(variable.variable_name)


def _slice(variable: VariableDef) -> str:
    """`SaveSliceInfo.spec`."""
    if variable.save_slice is None:
        return ""
    _, full, offset, shape = variable.save_slice
    pieces = ":".join(f"{start},{length}" for start, length in zip(offset, shape, strict=False))
    return " ".join([*map(str, full), pieces])
