"""A function signature with a kind of value or type that the target cannot decode.

## Why it matters

`tf.saved_model.load` decodes the structured signature of every concrete function and the specification of every function:
"NotEncodableError: No encoder for object of type <class 'tensorflow.core.protobuf.struct_pb2.StructuredValue'>" for a kind that
a newer release added (tensors as default values since 2.13, numpy values since 2.14, bounded specs since 2.3), "0 does not correspond to
a valid tensorflow::DataType" for the type of a specification, and "The type 'X' has not been registered. It must be registered before
you load this object (typically by importing its module)." for a TypeSpec of another package (python/saved_model/nested_structure_coder.py,
python/framework/dtypes.py `DType`).

## How to fix

Load with a newer release, or import the package that defines the type before loading.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.objects._structures import holders
from analyzer.tables.dtypes import REF_OFFSET
from analyzer.tables.releases import release
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_VALUES = {"": "", "bounded_tensor_spec_value": "2.3", "tensor_value": "2.13", "numpy_value": "2.14"}
_CLASSES = {
    9: "2.1",
    10: "2.3",
    11: "1.15",
    12: "2.6",
    13: "2.6",
}  # TypeSpecProto.TypeSpecClass: variable, row partition, registered, extension
_ALWAYS = frozenset(f"TypeSpec class {number}" for number in range(1, 9))
_OURS = ("tf.", "tensorflow.", "tf_keras.", "keras.")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each unknown kind once, at every function or object that has it."""
    assert artifact.saved_model is not None
    known = release(target.tensorflow).data_types
    for meta_graph in artifact.meta_graphs:
        places: dict[tuple[str, str], list[Location]] = {}
        if meta_graph.objects is None:
            continue
        types: dict[int, list[Location]] = {}
        for symbol, each in holders(meta_graph.objects, target):
            for dtype in each.value_dtypes:
                if dtype % REF_OFFSET not in known or dtype > 2 * REF_OFFSET:
                    types.setdefault(dtype, []).append(Location(artifact.saved_model.file, symbol))
            wanted = [(kind or "value of no kind", _VALUES[kind]) for kind in each.value_kinds if kind in _VALUES]
            wanted += [(f"TypeSpec class {number}", _CLASSES.get(number, "")) for number, _ in each.built_in_specs]
            wanted += [(f"type {name!r}", "") for name in each.type_specs if not name.startswith(_OURS)]
            wanted = [(what, since) for what, since in wanted if what not in _ALWAYS]
            for what, since in wanted:
                if not since or not target.at_least(since):
                    places.setdefault((what, since), []).append(Location(artifact.saved_model.file, symbol))
        for (what, since), where in sorted(places.items()):
            yield rule.found(
                f"{len(where)} signature(s) hold a {what}, which "
                + (f"TensorFlow knows from {since} on" if since else "TensorFlow itself does not know"),
                where,
                tensorflow_error="No encoder for object of type <class 'tensorflow.core.protobuf.struct_pb2.StructuredValue'>.",
                remedy=f"load with TensorFlow {since} or newer"
                if since
                else "import the package that registers the type before loading, or export again",
                kind=what,
            )
        yield from (_unknown_type(dtype, where) for dtype, where in sorted(types.items()))


def _unknown_type(dtype: int, where: list[Location]) -> Finding:
    return rule.found(
        f"{len(where)} signature(s) name type {dtype}, which there is not",
        where,
        tensorflow_error=f"{dtype} does not correspond to a valid tensorflow::DataType",
        remedy="load with the release that wrote the model, or export again",
        dtype=dtype,
    )


_FUNCTION = """meta_graphs {{ object_graph_def {{ concrete_functions {{ key: "f" value {{
  canonicalized_input_signature {{ tuple_value {{ values {{ {} }} }} }} output_signature {{ none_value {{ }} }} }} }} }} }}"""

rule.examples(
    ok(saved_model=_FUNCTION.format('tensor_spec_value { name: "x" dtype: DT_FLOAT }'), target="tensorflow==1.15.0"),
    ok(
        saved_model="meta_graphs { object_graph_def { nodes { bare_concrete_function { function_spec { } } } } }",
        target="tensorflow==2.3.0",
    ),
    bad(
        "hold a value of no kind",
        saved_model="meta_graphs { object_graph_def { nodes { bare_concrete_function { function_spec { } } } } }",
    ),
    ok(saved_model=_FUNCTION.format("numpy_value { }"), target="tensorflow==2.14.0"),
    bad(
        "hold a tensor_value, which TensorFlow knows from 2.13 on",
        saved_model=_FUNCTION.format("tensor_value { }"),
        target="tensorflow==2.10.0",
    ),
    bad(
        "hold a value of no kind, which TensorFlow itself does not know",
        saved_model='meta_graphs { object_graph_def { concrete_functions { key: "f" value { } } } }',
    ),
    bad("hold a value of no kind", saved_model="meta_graphs { object_graph_def { nodes { function { } } } }"),
    ok(saved_model="meta_graphs { object_graph_def { nodes { bare_concrete_function { } } } }"),
    ok(saved_model=_FUNCTION.format("tensor_dtype_value: DT_FLOAT_REF")),
    ok(saved_model=_FUNCTION.format("tensor_dtype_value: 25"), target="tensorflow==2.21.0"),
    bad("signature(s) name type 0, which there is not", saved_model=_FUNCTION.format("tensor_spec_value { }")),
    bad("name type 25", saved_model=_FUNCTION.format("tensor_dtype_value: 25"), target="tensorflow==2.4.0"),
)
