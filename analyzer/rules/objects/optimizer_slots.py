"""An optimizer with slot variables, which only Keras 2 can make again.

## Why it matters

`tf.saved_model.load` makes slot variables through the optimizer: "AttributeError: '_UserObject' object has no attribute 'add_slot'"
when no Keras 2 optimizer is registered: from TensorFlow 2.16 on without tf_keras, and in 2.6, where `keras` is not imported yet,
unless by `load_model`
(python/saved_model/load.py `_load_nodes`, `_recreate_user_object`, revived_types.py `should_load`; https://github.com/tensorflow/tensorflow/issues/70196). Optimizers
written by Keras 2.11 and newer have no slots, unless they are the legacy ones. Those of `tensorflow.python.keras` are
TensorFlow's own from 2.6 on, which registers them itself as `tf_deprecated_optimizer`. A slot takes the shape of its variable: "Cannot
convert a partially known TensorShape (2, None) to a Tensor."

## How to fix

`pip install tf_keras` of the same minor release; in 2.6 import `tensorflow.keras` before loading; or save without the optimizer.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import MetaGraph, SavedObject
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

_OWN = "tf_deprecated_optimizer"

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding a meta graph, at each object that has slots."""
    assert artifact.saved_model is not None
    without = target.at_least("2.16") and target.tf_keras is None
    unimported = target.release == "2.6"
    yield from _no_optimizer(artifact, artifact.saved_model.file, target)
    yield from _partly_known(artifact, artifact.saved_model.file)
    if not (without or unimported):
        return
    for meta_graph in artifact.meta_graphs:
        where = [
            Location(artifact.saved_model.file, f"object/{number}")
            for number, each in _slotted(meta_graph)
            if each.identifier != _OWN
        ]
        if where:
            yield rule.found(
                "the model was saved with an optimizer that has slot variables, and "
                + ("tf_keras is not installed" if without else "TensorFlow 2.6 does not import keras by itself"),
                where,
                check=Check.KERAS_IMPORTED,
                tensorflow_error="AttributeError: '_UserObject' object has no attribute 'add_slot'",
                remedy=f"pip install 'tf_keras~={target.release}.0'"
                if without
                else "import tensorflow.keras before loading",
            )


def _no_optimizer(artifact: Artifact, file: str, target: Target) -> Iterator[Finding]:
    """Objects with slots that this release takes for no optimizer."""
    versions = {"optimizer": 2} | ({_OWN: 1} if target.at_least("2.6") else {})
    for meta_graph in artifact.meta_graphs:
        for number, each in _slotted(meta_graph):
            if each.kind != "user_object" or each.version.min_consumer > versions.get(each.identifier, -1):
                yield rule.found(
                    f"object {number} has slot variables and is no optimizer that can be made again",
                    Location(file, f"object/{number}"),
                    tensorflow_error="AttributeError: '_UserObject' object has no attribute 'add_slot'",
                    remedy="save without the optimizer",
                )


def _partly_known(artifact: Artifact, file: str) -> Iterator[Finding]:
    """Slots of a variable whose shape is open (optimizer_v2.py `add_slot`, which fills one of that shape with zeros)."""
    for meta_graph in artifact.meta_graphs:
        for number, each in _slotted(meta_graph):
            assert meta_graph.objects is not None
            nodes = meta_graph.objects.nodes
            for slot in each.slots:
                variable = nodes[slot.original] if 0 <= slot.original < len(nodes) else None
                if variable is None or variable.kind != "variable" or not 0 <= slot.node < len(nodes):
                    continue
                if variable.shape is None or min(variable.shape, default=0) < 0:
                    yield rule.found(
                        f"object {number} has a slot for variable {slot.original}, whose shape is not known",
                        Location(file, f"object/{number}"),
                        tensorflow_error="Cannot convert a partially known TensorShape to a Tensor.",
                        remedy="save without the optimizer",
                    )
                    return


def _slotted(meta_graph: MetaGraph) -> Iterator[tuple[int, SavedObject]]:
    """The objects that have slot variables, with their numbers."""
    objects = meta_graph.objects.nodes if meta_graph.objects is not None else ()
    for number, each in enumerate(objects):
        if any(0 <= slot.node < len(objects) for slot in each.slots):
            yield number, each


_GRAPH = """meta_graphs { object_graph_def {
  nodes { slot_variables { slot_name: "m" original_variable_node_id: 1 slot_variable_node_id: 2 } user_object { identifier: "optimizer" } }
  nodes { variable { } } nodes { variable { } } } }"""

rule.examples(
    ok(saved_model=_GRAPH),
    ok(saved_model=_GRAPH, target="tensorflow==2.18.0,tf-keras==2.18.0"),
    ok(
        saved_model='meta_graphs { object_graph_def { nodes { user_object { identifier: "optimizer" } } } }',
        target="tensorflow==2.18.0",
    ),
    ok(saved_model=_GRAPH.replace("optimizer", _OWN), target="tensorflow==2.6.0"),
    ok(saved_model=_GRAPH.replace("optimizer", _OWN), target="tensorflow==2.19.0"),
    bad("is no optimizer", saved_model=_GRAPH.replace("optimizer", _OWN), target="tensorflow==2.5.0"),
    bad("tf_keras is not installed", saved_model=_GRAPH, target="tensorflow==2.18.0"),
    bad("does not import keras by itself", saved_model=_GRAPH, target="tensorflow==2.6.0"),
    bad(
        "whose shape is not known",
        saved_model=_GRAPH.replace("variable { }", "variable { shape { dim { size: -1 } } }", 1),
    ),
    ok(saved_model=_GRAPH.replace("variable { }", "variable { shape { dim { size: 2 } } }", 1)),
    bad("is no optimizer that can be made again", saved_model=_GRAPH.replace('"optimizer"', '"_generic_user_object"')),
)
