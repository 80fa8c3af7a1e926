"""An asset that the model's initialisation reads and that is not in the folder.

## Why it matters

Tables are filled from files while the model loads: ".../assets/vocab.txt; No such file or directory" (core/kernels/lookup_util.cc
`InitializeTableFromTextFile`). TensorFlow 1.15's `tf.saved_model.load` does not run initialisers. An asset that no initialiser reads is
missed only when something uses it.

## How to fix

Copy the model's folder whole, `assets/` with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase, Severity
from analyzer.graphs.assets import reads
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.INITIALIZER, reads=frozenset({"saved_model"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each missing asset once, at everything that reads it."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        needed: dict[str, list[str]] = {}
        for read in reads(meta_graph):
            needed.setdefault(read.filename, []).append(read.symbol)
        for filename in dict.fromkeys(asset.filename for asset in meta_graph.assets):
            file = f"assets/{filename}"
            if file in artifact.files:
                continue
            near = next((each for each in artifact.files if each.lower() == file.lower()), "")
            symbols = dict.fromkeys(needed.get(filename, ()))
            said = f"{file} is not there" if filename else "an asset has no name, so its path is that of the folder"
            yield rule.found(
                said + (f"; {near} is, which differs in case" if near else ""),
                [Location(artifact.saved_model.file, symbol) for symbol in symbols] or Location(file),
                phase=Phase.RUN if symbols else Phase.CALL,
                severity=Severity.ERROR if symbols else Severity.WARNING,
                tensorflow_error=f"{file}; No such file or directory" if filename else "assets; Is a directory",
                remedy=f"rename {near}" if near else "copy the model's folder whole, with assets/",
            )


_GRAPH = """meta_graphs { meta_info_def { tags: "serve" } asset_file_def { tensor_info { name: "a:0" } filename: "v.txt" }
  graph_def { node { name: "a" op: "Const" } node { name: "t" op: "HashTableV2" }
    node { name: "i" op: "InitializeTableFromTextFileV2" input: "t" input: "a" } node { name: "init" op: "NoOp" input: "^i" } }
  collection_def { key: "saved_model_main_op" value { node_list { value: "init" } } } }"""

rule.examples(
    ok(saved_model=_GRAPH, files={"assets/v.txt": b"a\n"}),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    ok(
        saved_model='meta_graphs { asset_file_def { tensor_info { name: "a:0" } filename: "v.txt" } }',
        files={"assets/v.txt": b""},
    ),
    bad("assets/v.txt is not there", saved_model=_GRAPH),
    bad("an asset has no name", saved_model=_GRAPH.replace("v.txt", ""), files={"assets/v.txt": b"a\n"}),
    bad("differs in case", saved_model=_GRAPH, files={"assets/V.txt": b"a\n"}),
)
