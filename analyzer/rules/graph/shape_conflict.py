"""Shapes that do not go together.

## Why it matters

An import runs the shape function of every node: "Dimensions must be equal, but are 3 and 4 for '{{node m}} = MatMul[...](a, b)' with
input shapes: [2,3], [4,4]", "Node 'm' has an _output_shapes attribute inconsistent with the GraphDef for output #0"
(core/common_runtime/shape_refiner.cc, graph_constructor.cc `ValidateShape`). The C++ loader of TensorFlow Serving does not. Common ops are
modelled; shapes that other ops make are taken for unknown, which conflicts with nothing.

## How to fix

Correct the node that was edited, or export again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.graphs.bodies import bodies_with
from analyzer.graphs.shapes.infer import import_shapes
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.SHAPE, reads=frozenset({"graph"}))


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each conflict, at its node."""
    for body, conflicts in bodies_with(artifact, lambda body: import_shapes(body, target).conflicts):
        for position, error, declaration, only_python in conflicts:
            yield rule.found(
                f"node {body.nodes.names[position]!r}: {error.rstrip('.')}",
                body.at((position,)),
                check=Check.FUNC_GRAPH if only_python else Check.OUTPUT_SHAPES if declaration else Check.SHAPE,
                tensorflow_error=error,
                remedy="correct the shape of the node's inputs, or export again",
                op=body.nodes.kinds[position].op,
            )


def _p(name: str, *sizes: int) -> str:
    dims = " ".join(f"dim {{ size: {size} }}" for size in sizes)
    shape = f'attr {{ key: "shape" value {{ shape {{ {dims} }} }} }}'
    return f'node {{ name: "{name}" op: "Placeholder" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} {shape} }}'


_M = 'node { name: "m" op: "MatMul" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } }'
_I = 'node {{ name: "m" op: "Identity" input: "a" attr {{ key: "T" value {{ type: DT_FLOAT }} }} attr {{ key: "_output_shapes" value {{ list {{ {} }} }} }} }}'

_G = """node { name: "g" op: "FusedBatchNormGrad" input: "x" input: "x" input: "s" input: "s" input: "s"
  attr { key: "T" value { type: DT_FLOAT } } attr { key: "is_training" value { b: false } }
  attr { key: "_output_shapes" value { list { shape { unknown_rank: true } shape { unknown_rank: true } shape { unknown_rank: true }
    shape { dim { size: 4 } } shape { dim { size: 4 } } } } } }"""
_R = """node { name: "f" op: "Const" attr { key: "dtype" value { type: DT_STRING } } attr { key: "value" value { tensor { dtype: DT_STRING string_val: "" tensor_shape { } } } } }
  node { name: "n" op: "Placeholder" attr { key: "dtype" value { type: DT_STRING } } attr { key: "shape" value { shape { dim { size: 1 } } } } }
  node { name: "s" op: "Placeholder" attr { key: "dtype" value { type: DT_STRING } } attr { key: "shape" value { shape { dim { size: 2 } } } } }
  node { name: "r" op: "RestoreV2" input: "f" input: "n" input: "n" attr { key: "dtypes" value { list { type: DT_FLOAT } } } }"""

_E = """node {{ name: "e" op: "Enter" input: "a" attr {{ key: "T" value {{ type: DT_FLOAT }} }} attr {{ key: "frame_name" value {{ s: "f" }} }}
  attr {{ key: "is_constant" value {{ b: {} }} }} }}"""

_STITCH = """node { name: "x" op: "ParallelDynamicStitch" input: "i" input: "j" input: "a" input: "b"
  attr { key: "T" value { type: DT_FLOAT } } attr { key: "N" value { i: 2 } } }"""
_INDICES = "".join(_p(name, 3).replace("DT_FLOAT", "DT_INT32") for name in "ij")
_UPDATE = """node { name: "v" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { dim { size: 2 } } } } }
  node { name: "x" op: "ResourceApplyGradientDescent" input: "v" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } }"""
_STEP = """library { function { signature { name: "f" input_arg { name: "v" type: DT_RESOURCE } input_arg { name: "a" type: DT_FLOAT } input_arg { name: "b" type: DT_FLOAT } }
  attr { key: "_input_shapes" value { list { shape { } shape { } shape { dim { size: 1 } } } } }
  node_def { name: "x" op: "ResourceApplyGradientDescent" input: "v" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } } } }"""
_SHAPE = """node {{ name: "s" op: "Const" attr {{ key: "dtype" value {{ type: DT_INT32 }} }}
  attr {{ key: "value" value {{ tensor {{ dtype: DT_INT32 tensor_shape {{ dim {{ size: 1 }} }} tensor_content: "{}" }} }} }} }}
  node {{ name: "x" op: "Reshape" input: "a" input: "s" attr {{ key: "T" value {{ type: DT_FLOAT }} }} }}"""
_SLICES = """node { name: "s" op: "Const" attr { key: "dtype" value { type: DT_STRING } }
  attr { key: "value" value { tensor { dtype: DT_STRING tensor_shape { dim { size: 2 } } string_val: "" } } } }"""

_FLATTEN = """node { name: "n" op: "Placeholder" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "shape" value { shape { } } } }
  node { name: "c" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32 int_val: 6 tensor_shape { } } } } }
  node { name: "p" op: "Pack" input: "n" input: "c" attr { key: "N" value { i: 2 } } attr { key: "T" value { type: DT_INT32 } } }
  node { name: "a" op: "Reshape" input: "x" input: "p" attr { key: "T" value { type: DT_FLOAT } } }"""
_LIKE = """node { name: "p" op: "Shape" input: "y" attr { key: "T" value { type: DT_FLOAT } } }
  node { name: "a" op: "Reshape" input: "x" input: "p" attr { key: "T" value { type: DT_FLOAT } } }"""

_NO_SPLIT = """node { name: "s" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape { } } } } }
  node { name: "x" op: "Split" input: "s" input: "a" attr { key: "num_split" value { i: 0 } } attr { key: "T" value { type: DT_FLOAT } } }"""

_CONV = """node { name: "c" op: "Conv2D" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } attr { key: "padding" value { s: "VALID" } }
  attr { key: "strides" value { list { i: 1 i: 1 i: 1 i: 1 } } } attr { key: "explicit_paddings" value { list { } } } }"""
_PADDED = _CONV.replace(
    "explicit_paddings" + '" value { list { }',
    "explicit_paddings" + '" value { list { i: 0 i: 0 i: 1 i: 1 i: 1 i: 1 i: 0 i: 0 }',
)
_RAGGED = """node { name: "x" op: "RaggedTensorToTensor" input: "n" input: "a" input: "n" input: "p" attr { key: "T" value { type: DT_FLOAT } }
  attr { key: "Tindex" value { type: DT_INT32 } } attr { key: "Tshape" value { type: DT_INT32 } } attr { key: "num_row_partition_tensors" value { i: 1 } }
  attr { key: "row_partition_types" value { list { s: "ROW_SPLITS" } } } }"""
_PARTS = _p("a", 4) + "".join(
    _p(name, *sizes).replace("DT_FLOAT", "DT_INT32") for name, sizes in (("n", ()), ("p", (3,)))
)
_SLICE = (
    _R.replace(
        'dtype: DT_STRING string_val: "" tensor_shape { } } } } }',
        'dtype: DT_STRING string_val: "m" tensor_shape { } } } } }',
    ).replace('input: "n" input: "n"', 'input: "n" input: "s"')
    + """
  node { name: "s" op: "Const" attr { key: "dtype" value { type: DT_STRING } } attr { key: "value" value { tensor {
    dtype: DT_STRING tensor_shape { dim { size: 1 } } string_val: "4 2 0,2:-" } } } }"""
)
_SLICE = _SLICE.replace(
    _SLICE[_SLICE.index('  node { name: "s" op: "Placeholder"') : _SLICE.index('  node { name: "r"')], ""
)
_ONES = """node { name: "s" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32 int_val: 1 tensor_shape { dim { size: 1 } } } } } }
  node { name: "o" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32 int_val: 3 tensor_shape { } } } } }
  node { name: "f" op: "Fill" input: "s" input: "o" attr { key: "T" value { type: DT_INT32 } } }
  node { name: "x" op: "Reshape" input: "a" input: "f" attr { key: "T" value { type: DT_FLOAT } } }"""

rule.examples(
    ok(graph_def=_p("a", 1, 5, 5, 3) + _p("b", 3, 3, 3, 2) + _CONV),
    ok(graph_def=_p("a", 1, 5, 5, 3) + _p("b", 3, 3, 3, 2) + _PADDED.replace("VALID", "EXPLICIT")),
    bad("must be empty if the padding", graph_def=_p("a", 1, 5, 5, 3) + _p("b", 3, 3, 3, 2) + _PADDED),
    bad(
        "must contain 8 values",
        graph_def=_p("a", 1, 5, 5, 3) + _p("b", 3, 3, 3, 2) + _CONV.replace("VALID", "EXPLICIT"),
    ),
    ok(graph_def=_PARTS + _RAGGED),
    bad("Unknown string for partition", graph_def=_PARTS + _RAGGED.replace("ROW_SPLITS", "ROWS")),
    bad("must be a scalar", graph_def=_PARTS + _RAGGED.replace("ROW_SPLITS", "FIRST_DIM_SIZE")),
    ok(graph_def=_SLICE),
    bad("Need least two elements", graph_def=_SLICE.replace("4 2 0,2:-", "nine")),
    bad("Expected a pair of numbers", graph_def=_SLICE.replace("0,2:-", "0,2:nine")),
    bad("Extent in dimension 0", graph_def=_SLICE.replace("0,2:-", "0,5:-")),
    ok(graph_def=_SLICE.replace("0,2:-", "-:0,2")),
    ok(graph_def=_PARTS + _RAGGED.replace("ROW_SPLITS", "VALUE_ROWIDS")),
    ok(graph_def=_p("a", 3) + _ONES),
    ok(graph_def=_p("a", -1) + _ONES),
    bad("Cannot reshape a tensor", graph_def=_p("a", 4) + _ONES),
    ok(graph_def=_p("a", 4) + _NO_SPLIT),  # which is what invalid-attribute says
    ok(graph_def=_p("x", -1, 2, 3) + _FLATTEN + _p("b", 6, 2) + _M),
    ok(graph_def=_p("x", -1, 2, 3) + _p("y", -1, -1) + _LIKE + _p("b", 5, 2) + _M),
    bad("must be equal, but are 6 and 5", graph_def=_p("x", -1, 2, 3) + _FLATTEN + _p("b", 5, 2) + _M),
    bad("must be equal, but are 6 and 5", graph_def=_p("x", -1, 2, 3) + _p("y", -1, 6) + _LIKE + _p("b", 5, 2) + _M),
    ok(graph_def=_INDICES + _p("a", 3, 2) + _p("b", 3, 2) + _STITCH),
    bad("must be equal, but are 2 and 5", graph_def=_INDICES + _p("a", 3, 2) + _p("b", 3, 5) + _STITCH),
    ok(graph_def=_p("a") + _p("b", 2) + _UPDATE),
    ok(graph_def=_p("a") + _p("b", -1) + _UPDATE),
    bad("must be equal, but are 2 and 1", graph_def=_p("a") + _p("b", 1) + _UPDATE),
    bad("must be rank 0 but is rank 1", graph_def=_p("a", 1) + _p("b", 2) + _UPDATE),
    ok(graph_def=_STEP, target="tensorflow==2.2.0"),
    bad("must be equal rank, but are 0 and 1", graph_def=_STEP, target="tensorflow==2.1.0"),
    ok(graph_def=_p("a", 4) + _SHAPE.format("\\004\\000\\000\\000")),
    ok(
        graph_def=_p("a", 4)
        + _SHAPE.format("\\004\\000\\000\\000\\000\\000\\000\\000").replace("{ dtype: DT_INT32", "{ dtype: DT_INT64")
    ),
    bad(
        "dtype() == expected_dtype",
        graph_def=_p("a", 4) + _SHAPE.format("\\004").replace("{ dtype: DT_INT32", "{ dtype: DT_UINT8"),
    ),
    ok(graph_def=_p("a", 4) + _SHAPE.format("abc"), target="tensorflow==2.12.0"),
    bad("Unable to evaluate a constant", graph_def=_p("a", 4) + _SHAPE.format("abc"), target="tensorflow==2.13.0"),
    bad(
        "number of shape_and_slice doesn't match",
        graph_def=_R.replace('input: "n" input: "n"', 'input: "s" input: "s"').split('node { name: "s"')[0]
        + _SLICES
        + _R[_R.index('node { name: "r"') :].replace('input: "n" input: "n"', 'input: "s" input: "s"'),
    ),
    ok(graph_def=_p("a", 3) + _p("b", 4, 4) + _E.format("false") + _M.replace('"a"', '"e"')),
    bad(
        "Shape must be rank 2 but is rank 1",
        graph_def=_p("a", 3) + _p("b", 4, 4) + _E.format("true") + _M.replace('"a"', '"e"'),
    ),
    ok(graph_def=_p("x", 2, 3, 3, 4) + _p("s", 4) + _G, target="tensorflow==2.1.0"),
    bad(
        "inconsistent with the GraphDef for output #3",
        graph_def=_p("x", 2, 3, 3, 4) + _p("s", 4) + _G,
        target="tensorflow==2.2.0",
    ),
    ok(graph_def=_R),
    ok(graph_def=_p("x", 2, 3, 3, 4) + _p("s", 4) + _G.replace("size: 4", "size: 0"), target="tensorflow==2.15.0"),
    bad(
        "Dimension 0 in both shapes must be equal, but are 1 and 2",
        graph_def=_R.replace('input: "n" input: "n"', 'input: "n" input: "s"'),
    ),
    bad(
        "has 1 outputs but the _output_shapes attribute specifies shapes for 0",
        graph_def=_p("a", 2, 3) + _I.format("").replace("list {  }", ""),
    ),
    ok(graph_def=_p("a", 2, 3) + _p("b", 3, 4) + _M),
    ok(graph_def=_p("a", -1, -1) + _p("b", 4, 4) + _M),
    ok(graph_def=_p("a", 2, 3) + _I.format("shape { unknown_rank: true } shape { unknown_rank: true }")),
    bad("Dimensions must be equal, but are 3 and 4", graph_def=_p("a", 2, 3) + _p("b", 4, 4) + _M),
    bad("Shape must be rank 2 but is rank 1", graph_def=_p("a", 2) + _p("b", 4, 4) + _M),
    bad("attribute inconsistent with the GraphDef", graph_def=_p("a", 2, 3) + _I.format("shape { dim { size: 9 } }")),
)
