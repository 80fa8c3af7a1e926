"""Files that hold one graph: a frozen GraphDef, the MetaGraphDef beside a checkpoint; binary, or text where that fails."""

from __future__ import annotations

from typing import Any

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.parts.graph import Graph
from analyzer.parts.saved_model import MetaGraph
from analyzer.readers import magic, proto_file
from analyzer.readers.graph_def import GraphReader
from analyzer.readers.limits import Limits
from analyzer.readers.meta_graph import meta_graph
from analyzer.sources import Source


def read_graph_def(source: Source, file: str, limits: Limits) -> tuple[Graph | None, list[Damage], list[Problem]]:
    """A GraphDef: binary, and where that fails text, as the callers of tf.import_graph_def read it."""
    damage: list[Damage] = []
    problems: list[Problem] = []
    data = proto_file.read_bytes(source, file, limits.proto, damage, problems)
    if data is None:
        return None, damage, problems
    graph = proto_file.parse("tensorflow.GraphDef", file, data, damage, GraphReader().graph)
    if graph is None and len(data) <= limits.text_proto:
        text_damage: list[Damage] = []
        graph = proto_file.parse_text("tensorflow.GraphDef", file, data, text_damage, GraphReader().graph)
        if graph is not None or magic.recognize(data[: magic.HEAD]) == "text":
            damage[:] = text_damage
    return graph, damage, problems


def read_meta_graph(
    source: Source, file: str, limits: Limits, damage: list[Damage], problems: list[Problem]
) -> MetaGraph | None:
    """A MetaGraphDef: binary, else text (python/framework/meta_graph.py `read_meta_graph_file`)."""
    data = proto_file.read_bytes(source, file, limits.proto, damage, problems)
    if data is None:
        return None
    found = proto_file.parse("tensorflow.MetaGraphDef", file, data, damage, _meta_graph)
    if found is None and magic.recognize(data[: magic.HEAD]) == "text":
        damage[:] = [each for each in damage if each.file != file]
        found = proto_file.parse_text("tensorflow.MetaGraphDef", file, data, damage, _meta_graph)
    return found


def _meta_graph(raw: Any) -> MetaGraph:
    return meta_graph(raw, GraphReader())
