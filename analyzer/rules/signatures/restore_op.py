"""A saver whose restore op or file name is not in the graph.

## Why it matters

Sessions restore by running `saver_def.restore_op_name` and feeding `filename_tensor_name`: "Argument fetch = save/none cannot be
interpreted as a Tensor. (The name 'save/none' refers to an Operation not in the graph)" (python/training/saver.py
`Saver.restore`), KeyError in `tf.saved_model.load` of a version 1 model, "Some target nodes not found" in TensorFlow Serving.

## How to fix

Export again, so that the saver belongs to the graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.op_defs import op_defs
from analyzer.graphs.tensors import is_target, look_up
from analyzer.parts.saved_model import Saver
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.SAVER, reads=frozenset({"meta_graphs"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each name of a saver that leads nowhere."""
    for (file, _, graph), meta_graph in zip(artifact.graphs(), artifact.meta_graphs, strict=False):
        for each in meta_graph.savers:
            yield from _incomplete(each, Location(file, f"collection/{meta_graph.tag_set}/savers"))
        saver = meta_graph.saver
        where = Location(file, f"saver_def/{meta_graph.tag_set}")
        if saver is not None:
            yield from _incomplete(saver, where)
        if saver is None or not (saver.restore_op_name or saver.filename_tensor_name):
            if saver is None and target.at_least("2.4"):
                continue
            yield rule.found(
                "the saver is empty"
                if saver is not None
                else "there is no saver, with which TensorFlow Serving restored until 2.3",
                where,
                check=Check.NO_SAVER,
                tensorflow_error="Tensor :0, specified in either feed_devices or fetch_devices was not found in the Graph",
                remedy="export with a saver" if saver else "load with TensorFlow 2.4 or newer, or export with a saver",
            )
            continue
        ops = op_defs(graph, target)
        for field, name in (
            ("restore_op_name", saver.restore_op_name),
            ("filename_tensor_name", saver.filename_tensor_name),
        ):
            error = look_up(name, graph, ops).error
            if error:
                yield rule.found(
                    f"saver_def.{field} is {name!r}, which is not in the graph",
                    Location(file, f"saver_def/{meta_graph.tag_set}/{field}"),
                    check=Check.COLLECTIONS if field == "restore_op_name" and is_target(name, graph) else Check.SAVER,
                    tensorflow_error=f"Argument fetch = {name} cannot be interpreted as a Tensor. ({error})",
                    remedy="export again",
                    name=name,
                )


def _incomplete(saver: Saver, where: Location) -> Iterator[Finding]:
    """`Saver._check_saver_def`."""
    if not saver.save_tensor_name or not saver.restore_op_name:
        field = "restore_op_name" if saver.save_tensor_name else "save_tensor_name"
        yield rule.found(
            f"the saver has no {field}, without which Python makes none",
            where,
            phase=Phase.IMPORT,
            check=Check.COLLECTIONS,
            tensorflow_error=f"saver_def must specify the {field}",
            remedy="export again",
        )


_GRAPH = """meta_graphs {{ graph_def {{ node {{ name: "save/Const" op: "Const" attr {{ key: "dtype" value {{ type: DT_STRING }} }} }}
  node {{ name: "save/restore_all" op: "NoOp" }} }} saver_def {{ filename_tensor_name: "{}" save_tensor_name: "save/Const:0" restore_op_name: "{}" }} }}"""

rule.examples(
    ok(saved_model=_GRAPH.format("save/Const:0", "save/restore_all")),
    ok(saved_model=_GRAPH.format("save/Const:0", "save/restore_all"), target="tensorflow==1.15.0"),
    ok(saved_model=_GRAPH.format("save/Const:0", "save/restore_all"), target="tensorflow==2.3.0"),
    ok(saved_model="meta_graphs { }", target="tensorflow==2.4.0"),
    ok(files={"saved_model.pb": b""}),
    ok(saved_model="meta_graphs { }"),
    bad("the saver is empty", saved_model="meta_graphs { saver_def { } }"),
    bad(
        "has no save_tensor_name",
        saved_model='meta_graphs { collection_def { key: "savers" value { bytes_list { value: "" } } } }',
    ),
    bad(
        "has no save_tensor_name",
        saved_model=_GRAPH.format("save/Const:0", "save/restore_all").replace('save_tensor_name: "save/Const:0"', ""),
    ),
    bad("there is no saver", saved_model="meta_graphs { }", target="tensorflow==2.3.0"),
    bad("restore_op_name is 'save/none'", saved_model=_GRAPH.format("save/Const:0", "save/none")),
    bad("filename_tensor_name is 'gone:0'", saved_model=_GRAPH.format("gone:0", "save/restore_all")),
)
