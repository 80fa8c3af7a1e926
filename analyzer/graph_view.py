"""How the parts of an artifact hang together, as edges between string keys.

Keys are `file:NAME`, `shard:NAME`, `var:KEY` (a checkpoint entry), `fn:NAME`, `op:TYPE`, `sig:KEY`, `object:NUMBER`,
`class:NAME` (Keras) and `device:SPEC`. An edge leads from what needs to what is needed, so questions of reach are paths: which
signature gets to this op, which shard holds this variable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analyzer.findings import Finding, Location
from analyzer.graphs.calls import ancestors, called_by
from analyzer.parts.graph import Graph, Nodes
from analyzer.parts.saved_model import MetaGraph

if TYPE_CHECKING:
    import networkx

    from analyzer.artifact import Artifact

Edge = tuple[str, str]
_ENTRANCES = ("sig:", "object:0", "file:")  # in the order in which they are tried


def build(artifact: Artifact) -> networkx.DiGraph[str]:
    """A networkx view of the artifact; each node carries its `kind`, the part of its key before the colon."""
    import networkx

    view: networkx.DiGraph[str] = networkx.DiGraph()
    for source, target in edges(artifact):
        for key in (source, target):
            if key not in view:
                view.add_node(key, kind=key.partition(":")[0])
        view.add_edge(source, target)
    return view


def edges(artifact: Artifact) -> Iterator[Edge]:
    """Every edge, without repetition within a part."""
    for file, _, graph in artifact.graphs():
        yield from _graph_edges(f"file:{file}", graph)
    for meta_graph in artifact.meta_graphs:
        yield from _signature_edges(meta_graph)
        yield from _object_edges(meta_graph)
    yield from _checkpoint_edges(artifact)
    if artifact.keras is not None:
        root = f"file:{artifact.keras.file}"
        for part in (artifact.keras.config, artifact.keras.training_config):
            yield from dict.fromkeys((root, f"class:{name}") for name in _class_names(part))


class Paths:
    """Shortest paths from an artifact's entry points; its edges are gathered when the first path is asked for."""

    def __init__(self, artifact: Artifact) -> None:
        self._artifact = artifact

    @cached_property
    def _following(self) -> dict[str, list[str]]:
        following: dict[str, list[str]] = {}
        for source, target in edges(self._artifact):
            following.setdefault(source, []).append(target)
        return following

    def to(self, finding: Finding) -> tuple[str, ...]:
        """The path to the finding's first place: from a signature, else the root object, else a file. Empty without one."""
        wanted = _key(finding.where[0], finding) if finding.where else ""
        for prefix in _ENTRANCES if wanted else ():
            starts = [key for key in self._following if key.startswith(prefix)]
            found = _search(self._following, starts, wanted)
            if found:
                return found
        return ()


def _search(following: dict[str, list[str]], starts: Iterable[str], wanted: str) -> tuple[str, ...]:
    came: dict[str, str] = dict.fromkeys(starts, "")
    waiting = deque(came)
    while waiting:
        key = waiting.popleft()
        if key == wanted:
            path = [key]
            while came[path[-1]]:
                path.append(came[path[-1]])
            return tuple(reversed(path))
        for target in following.get(key, ()):
            if target not in came:
                came[target] = key
                waiting.append(target)
    return ()


def _key(where: Location, finding: Finding) -> str:
    """The key that stands nearest to a place."""
    op, device = finding.facts.get("op"), finding.facts.get("device")
    if where.area in ("graph", "function") and isinstance(op, str):
        return f"op:{op}"
    if where.area in ("graph", "function") and isinstance(device, str):
        return f"device:{device}"
    if where.area == "function":
        return f"fn:{where.owner}"
    if where.area == "entry":
        return f"var:{where.owner}"
    if where.area == "object":
        return f"object:{where.owner}"
    return ""


def _graph_edges(root: str, graph: Graph) -> Iterator[Edge]:
    for function, nodes in graph.bodies():
        key = root if function is None else f"fn:{function}"
        yield from _body_edges(key, nodes, range(len(nodes)), graph)


def _body_edges(key: str, nodes: Nodes, positions: Iterable[int], graph: Graph) -> Iterator[Edge]:
    kinds = {nodes.kinds[position] for position in positions}
    yield from dict.fromkeys((key, f"fn:{name}") for kind in kinds for name in called_by(kind, graph.functions))
    yield from dict.fromkeys((key, f"op:{kind.op}") for kind in kinds if kind.op not in graph.functions)
    yield from dict.fromkeys(
        (key, f"device:{nodes.devices[position]}") for position in positions if nodes.devices[position]
    )


def _signature_edges(meta_graph: MetaGraph) -> Iterator[Edge]:
    nodes = meta_graph.graph.nodes
    for name, signature in meta_graph.signatures.items():
        outputs = [tensor for info in signature.outputs.values() for tensor in info.names]
        yield from _body_edges(f"sig:{name}", nodes, ancestors(nodes, outputs), meta_graph.graph)


def _object_edges(meta_graph: MetaGraph) -> Iterator[Edge]:
    objects = meta_graph.objects.nodes if meta_graph.objects is not None else ()
    for number, each in enumerate(objects):
        key = f"object:{number}"
        yield from ((key, f"object:{child.node}") for child in each.children)
        yield from ((key, f"object:{slot.node}") for slot in each.slots)
        yield from ((key, f"fn:{name}") for name in each.concrete_functions)
        if each.identifier:
            yield key, f"class:{each.identifier}"


def _checkpoint_edges(artifact: Artifact) -> Iterator[Edge]:
    checkpoint = artifact.checkpoint
    if checkpoint is None:
        return
    for entry in checkpoint.entries:
        yield f"file:{checkpoint.index_file}", f"var:{entry.key}"
        if 0 <= entry.shard < len(checkpoint.shards):
            yield f"var:{entry.key}", f"shard:{checkpoint.shards[entry.shard].file}"
    for number, each in enumerate(checkpoint.objects or ()):
        yield from ((f"object:{number}", f"var:{attribute.checkpoint_key}") for attribute in each.attributes)


def _class_names(config: Any) -> Iterator[str]:
    """Every `class_name` in a Keras configuration."""
    pending = [config]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                yield value["class_name"]
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
