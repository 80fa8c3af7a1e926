"""A SavedModel whose variables were not copied with it.

## Why it matters

`tf.saved_model.load`: "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for
.../variables/variables" (core/util/tensor_slice_reader.cc); the v1 loader: "The passed save_path is not a valid checkpoint: ..."
(python/training/saver.py `Saver.restore`). TensorFlow Serving loads the model and restores nothing: the first call fails with
"Error while reading resource variable ... uninitialized" (cc/saved_model/loader.cc `RunRestore`).

## How to fix

Copy the whole folder, `variables/` with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.parts.saved_model import MetaGraph
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"saved_model"}))

_INDEX = "variables/variables.index"
_TABLE = "variables/variables"  # the one file of a checkpoint in the V1 format


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """One finding where a checkpoint is needed and there is none."""
    if _INDEX in artifact.files or _TABLE in artifact.files:
        return
    needing = [meta_graph for meta_graph in artifact.meta_graphs if needs_checkpoint(meta_graph)]
    if not needing:
        return
    near = next((file for file in artifact.files if file.lower() == _INDEX), "")
    there = f"; {near} is, which differs in case" if near else ""
    yield rule.found(
        f"the model has variables, and {_INDEX} is not there{there}",
        Location(_TABLE if any(file.startswith(f"{_TABLE}/") for file in artifact.files) else _INDEX),
        tensorflow_error="Unsuccessful TensorSliceReader constructor: Failed to find any matching files for .../variables/variables",
        remedy=f"rename {near} to {_INDEX}" if near else "copy the model's folder whole, with variables/",
        near=near,
    )
    yield rule.found(
        f"TensorFlow Serving loads the model without its variables ({_INDEX} is not there) and fails when one is read",
        Location(_INDEX),
        phase=Phase.CALL,
        tensorflow_error="Error while reading resource variable from Container: localhost. This could mean that the variable was uninitialized.",
        remedy="copy the model's folder whole, with variables/",
    )


def needs_checkpoint(meta_graph: MetaGraph) -> bool:
    """Whether loading restores: always with an object graph; in version 1 with a saver, or variables to make one for."""
    if meta_graph.objects is not None or meta_graph.saver is not None:
        return True
    return bool(meta_graph.collections.get("variables") or meta_graph.collections.get("saveable_objects"))


_SAVER = 'saver_def { filename_tensor_name: "save/Const:0" restore_op_name: "save/restore_all" }'

rule.examples(
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    ok(saved_model="meta_graphs { object_graph_def { } }", files={"variables/variables.index": b"x"}),
    bad("variables/variables.index is not there", saved_model="meta_graphs { object_graph_def { } }"),
    bad("which differs in case", saved_model=f"meta_graphs {{ {_SAVER} }}", files={"variables/Variables.index": b"x"}),
)
