"""An output of a signature whose shape is not the one that the graph gives it.

## Why it matters

`tf.saved_model.load` lifts each signature of a version 1 model into a graph of its own, infers the shapes there, and then sets those of the
signature: ValueError "Shapes must be equal rank, but are 2 and 0" (python/eager/wrap_function.py `WrappedFunction.prune`). A signature that was
written without shapes stands for scalars. The session loaders do not look.

## How to fix

Load with `tf.compat.v1.saved_model.load`, or write the signature with `tf.compat.v1.saved_model.utils.build_tensor_info`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.bodies import Body
from analyzer.graphs.calls import node_of
from analyzer.graphs.shapes.algebra import Shape, ShapeError, merge, words
from analyzer.graphs.shapes.infer import Shapes, import_shapes
from analyzer.graphs.wiring import UNKNOWN
from analyzer.parts.saved_model import Signature, TensorInfo
from analyzer.rule import Rule, bad, ok
from analyzer.tables.releases import release
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.LIFT, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each output that differs, of meta graphs without object graph: others are not lifted."""
    assert artifact.saved_model is not None
    file = artifact.saved_model.file
    for meta_graph in artifact.meta_graphs:
        if meta_graph.objects is not None or not any(each.outputs for each in meta_graph.signatures.values()):
            continue
        graph = meta_graph.graph
        body = Body(file, f"graph/{meta_graph.tag_set}", None, graph.nodes, graph)
        imported = import_shapes(body, target)
        now = release(target.tensorflow).graph_def_version
        for key, signature in meta_graph.signatures.items():
            if next(_differing(signature, imported), None) is None:
                continue  # lifting knows no more than the import did
            lifted = Shapes(body, target, now, declared=False, given=_fed(signature, imported))
            for name, info, shape, error in _differing(signature, lifted):
                yield rule.found(
                    f"output {name!r} of signature {key!r} is {words(info.shape)}, and its tensor {info.names[0]!r} is {words(shape)}",
                    Location(file, f"signature/{key}"),
                    tensorflow_error=f"ValueError: {error}",
                    remedy="load with tf.compat.v1.saved_model.load, or export the signature with its shapes",
                    tensor=info.names[0],
                )


def _fed(signature: Signature, imported: Shapes) -> dict[int, Shape]:
    """The shapes of the placeholders that take the place of the inputs."""
    numbers = (imported.wires.output(name) for info in signature.inputs.values() for name in info.names)
    return {number: imported.shapes[number] for number in numbers if number is not None and number != UNKNOWN}


def _differing(signature: Signature, lifted: Shapes) -> Iterator[tuple[str, TensorInfo, Shape, str]]:
    for name, info in signature.outputs.items():
        if info.encoding != "name" or node_of(info.names[0]) == info.names[0]:
            continue  # composite tensors and operations are left as they are
        number = lifted.wires.output(info.names[0])
        shape = lifted.shapes[number] if number is not None and number != UNKNOWN else None
        try:
            merge(shape, info.shape)
        except ShapeError as error:
            yield name, info, shape, str(error)


_NODE = 'node {{ name: "x" op: "Placeholder" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} attr {{ key: "shape" value {{ shape {{ {} }} }} }} }}'
_GRAPH = """meta_graphs {{ graph_def {{ versions {{ producer: 500 }} %s }} signature_def {{ key: "s" value {{
  inputs {{ key: "x" value {{ name: "x:0" }} }} outputs {{ key: "y" value {{ name: "x:0" {} }} }} }} }} }}"""
_SHAPED = _GRAPH % _NODE.format("dim { size: 2 } dim { size: 3 }").replace("{", "{{").replace("}", "}}")
_UNKNOWN = _GRAPH % _NODE.format("unknown_rank: true").replace("{", "{{").replace("}", "}}")

rule.examples(
    ok(saved_model=_SHAPED.format("tensor_shape { dim { size: -1 } dim { size: 3 } }")),
    ok(saved_model=_SHAPED.format("tensor_shape { unknown_rank: true }")),
    ok(saved_model=_UNKNOWN.format("")),
    bad("is [], and its tensor 'x:0' is [2,3]", saved_model=_SHAPED.format("")),
    bad("is [4,3]", saved_model=_SHAPED.format("tensor_shape { dim { size: 4 } dim { size: 3 } }")),
)
