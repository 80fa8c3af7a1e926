"""Shape functions: what they make of shapes, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.graphs.shapes.algebra import Shape, ShapeError
from analyzer.graphs.shapes.call import Call
from analyzer.graphs.shapes.functions import FUNCTIONS
from analyzer.graphs.shapes.handles import Handles
from analyzer.graphs.shapes.patterns import pattern
from analyzer.parts.graph import Attr, NodeKind
from analyzer.tables.ops import ops

_KINDS = {int: "i", bool: "b", str: "s", tuple: "list"}


def inferred(op: str, *shapes: Shape, values: dict[int, tuple[int, ...]] | None = None, **attrs: Any) -> list[Shape]:
    kind = NodeKind(op, {name: Attr(_KINDS[type(value)], value) for name, value in attrs.items()})
    read = [(values or {}).get(number) for number in range(len(shapes))]
    return list(FUNCTIONS[op](Call(kind, ops("2.15").get(op), shapes, read, 1000)))


def of_line(line: str, *shapes: Shape) -> list[Shape]:
    return list(pattern(line)(Call(NodeKind("X", {}), None, shapes, [None] * len(shapes), 1000)))


@pytest.mark.parametrize(
    ("line", "shapes", "made"),
    [
        ("S S -> S", [(2, -1), (-1, 3)], [(2, 3)]),
        ("S S -> S", [None, (2,)], [(2,)]),
        ("[n,4] [n] -> [n]", [(-1, 4), (3,)], [(3,)]),
        ("[n,4] [n] -> [n]", [None, None], [(-1,)]),
        ("[.B,m,n] -> [.B,n]", [(5, 6, 2, 3)], [(5, 6, 3)]),
        ("[.B,3] -> [.B,3]", [None], [None]),
        ("[.,?] ~1 -> =0 *", [(2, 3), ()], [(2, 3), None]),
        ("* [] + -> [?]", [(9,), (), ()], [(-1,)]),
        ("[] ->", [()], []),
    ],
)
def test_patterns_that_shapes_fit(line: str, shapes: list[Shape], made: list[Shape]) -> None:
    assert of_line(line, *shapes) == made


@pytest.mark.parametrize(
    ("line", "shapes"),
    [
        ("S S -> S", [(2,), (3,)]),
        ("[n,4] [n] -> [n]", [(2, 5), (2,)]),
        ("[n,4] [n] -> [n]", [(2, 4), (3,)]),
        ("[.B,3] -> [.B,3]", [()]),
        ("~1 -> *", [(2, 3)]),
        ("* [] + -> [?]", [(9,), (), (1,)]),
    ],
)
def test_patterns_that_shapes_do_not_fit(line: str, shapes: list[Shape]) -> None:
    with pytest.raises(ShapeError):
        of_line(line, *shapes)


@pytest.mark.parametrize(
    ("op", "shapes", "given", "made"),
    [
        ("Split", [(), (2, 6)], {"values": {0: (-1,)}, "num_split": 3}, [(2, 2)] * 3),
        ("Split", [(), (2, -1)], {"values": {0: (1,)}, "num_split": 2}, [(2, -1)] * 2),
        ("Split", [(), (2, 5)], {"num_split": 2}, [(-1, -1)] * 2),
        ("SplitV", [(5,), (2,), ()], {"values": {1: (2, -1), 2: (0,)}, "num_split": 2}, [(2,), (3,)]),
        ("SplitV", [(5,), (3,), (1,)], {"num_split": 2}, [(-1,)] * 2),
        ("Unpack", [(2, 3)], {"num": 3, "axis": 1}, [(2,)] * 3),
        ("Unpack", [(2, -1)], {"num": 3, "axis": -1}, [(2,)] * 3),
        ("Pad", [(2, -1), (2, 2)], {"values": {1: (1, 1, 0, 2)}}, [(4, -1)]),
        ("Pad", [None, (3, 2)], {}, [(-1, -1, -1)]),
        ("Tile", [(2, 3), (2,)], {"values": {1: (2, 1)}}, [(4, 3)]),
        ("Slice", [(5, 4), (2,), (2,)], {"values": {1: (1, 0), 2: (2, -1)}}, [(2, 4)]),
        ("Slice", [(5, -1), (2,), (2,)], {"values": {2: (9, -1)}}, [(9, -1)]),
        ("Slice", [(5, 4), (2,), (2,)], {"values": {1: (4, 9), 2: (2, 3)}}, [(2, 3)]),  # which the kernel refuses
        ("Slice", [(5, 4), (2,), (2,)], {"values": {1: (5, -1), 2: (-1, -1)}}, [(0, -1)]),
        ("StridedSlice", [(2,), (1,), (1,), None], {}, [None]),
        ("DepthToSpace", [(1, 2, 2, 8)], {"block_size": 2}, [(1, 4, 4, 2)]),
        ("SpaceToDepth", [(1, 4, -1, 2)], {"block_size": 2}, [(1, 2, -1, 8)]),
        ("BatchToSpaceND", [(4, 2, 2), (1,), (1, 2)], {}, [(-1, -1, -1)]),
        ("Select", [(), (2, 3), (2, 3)], {}, [(2, 3)]),
        ("Select", [(2,), (2, 3), (2, 3)], {}, [(2, 3)]),
        ("SelectV2", [(3,), (2, 1), ()], {}, [(2, 3)]),
        ("ArgMax", [(2, 3, 4), ()], {"values": {1: (-1,)}}, [(2, 3)]),
        ("TopKV2", [(2, 5), ()], {"values": {1: (3,)}}, [(2, 3), (2, 3)]),
        ("TopKV2", [(2, -1), ()], {"values": {1: (9,)}}, [(2, 9), (2, 9)]),
        ("BatchMatMul", [(7, 2, 3), (7, 3, 4)], {}, [(7, 2, 4)]),
        ("BatchMatMulV2", [(2, 3), (7, 4, 3)], {"adj_y": True}, [(7, 2, 4)]),
        ("QuantizeV2", [(2,), (), ()], {}, [(2,)]),
        ("SoftmaxCrossEntropyWithLogits", [(2, 3), (1, 3)], {}, [(2,), (2, 3)]),
        ("StringJoin", [(), (2,)], {}, [(2,)]),
        ("ConcatV2", [(2, 3), (4, 5), ()], {}, [(-1, -1)]),
        ("RaggedTensorToSparse", [(4,), (9, 2)], {"RAGGED_RANK": 1}, []),
        ("SparseConcat", [(4, 2), (4,), (2,)], {"N": 1}, []),
        ("Conv2DBackpropInput", [(4,), (3, 3, 1, 2), (1, 8, 8, 2)], {}, [(1, -1, -1, -1)]),
        ("Conv2D", [(1, 8, 8, 4), (3, 3, 2, 6)], {"strides": (1,) * 4, "padding": "SAME"}, [(1, 8, 8, 6)]),
        ("Conv2DBackpropInput", [(2,), (3, 3, 1, 2), (1, 8, 8, 2)], {"values": {0: (9, 8)}}, [(1, 9, 8, 1)]),
        ("Conv2DBackpropInput", [(4,), (3, 3, 1, 2), None], {"values": {0: (-1, 9, 8, 5)}}, [(-1, 9, 8, 5)]),
        (
            "ParseExampleV2",
            [(7,), (0,), (1,), (1,), (0,)],
            {"num_sparse": 1, "dense_shapes": ((2,),)},
            [(-1, 2), (-1,), (2,), (7, 2)],
        ),
        ("ParseExampleV2", [(), None, (1,), (0,), (0,)], {"num_sparse": 1}, [(-1, 1), (-1,), (1,)]),
        ("TensorArrayReadV3", [(2, 3), (), ()], {}, [(2, 3)]),
        ("TensorArrayGatherV3", [(2,), (7,), ()], {"element_shape": (3,)}, [(7, 2)]),
        ("TensorArrayGatherV3", [None, (7,), ()], {"element_shape": (0,)}, [None]),
        ("TensorArrayScatterV3", [(3,), (7,), (7, 3), ()], {}, [()]),
        ("Range", [(), (), ()], {"values": {0: (0,), 1: (7,), 2: (2,)}}, [(4,)]),
        ("Range", [(), (), ()], {"values": {0: (0,), 2: (2,)}}, [(-1,)]),
        ("TensorListFromTensor", [(4, 2), (1,)], {"values": {1: (2,)}}, [()]),
        ("TensorListReserve", [(), ()], {"values": {0: (-1,)}}, [()]),
        ("TensorListGetItem", [(), (), (2,)], {"values": {2: (3, -1)}}, [(3, -1)]),
        ("If", [(), (2,)], {"Tout": (1,)}, []),
        ("IteratorGetNext", [()], {"output_types": (1, 3), "output_shapes": ((2,), None)}, [(2,), None]),
        ("AdjustHue", [(8, 8, 3), (2,)], {}, [(8, 8, 3)]),
        ("InTopKV2", [(4, 9), (4,), (2,)], {}, [(4,)]),
        ("LowerBound", [(4, 9), (5, 2)], {}, [(5, 2)]),
        ("ParseTensor", [(4,)], {}, [None]),
        ("TensorArraySizeV3", [(2,), (3,)], {}, [()]),
        ("TensorScatterAdd", [(5, 2), (3, 1), ()], {}, [(5, 2)]),
        ("Transpose", [None, ()], {}, [None]),
        ("ApplyFtrlV2", [(2,)] * 4 + [()] * 4 + [(1,)], {}, [(2,)]),
        ("GatherNd", [(5, 6, 7), (3, 2)], {}, [(3, 7)]),
        ("GatherNd", [(5,), (3, -1)], {}, [None]),
        ("ScatterNd", [(3, 1), (3, 9), (2,)], {}, [None]),
        ("TensorScatterUpdate", [(5, 2), (3, 1), (3, 2)], {}, [(5, 2)]),
        ("ReverseSequence", [(-1, 4), (2,)], {"seq_dim": 1}, [(2, 4)]),
        ("Einsum", [(2, 3), (3, 4)], {"equation": "ab,bc->ac"}, [(2, 4)]),
        ("Einsum", [(9, 2, 3), (3, 4)], {"equation": "...ab,bc->...ac"}, [None]),
        ("ExpandDims", [(2,), ()], {}, [None]),
        ("Transpose", [None, (4,)], {}, [(-1,) * 4]),
        ("Squeeze", [(1, 2)], {"squeeze_dims": (0,)}, [(2,)]),
        ("Sum", [(2, 3), (1,)], {"values": {1: (0,)}}, [(3,)]),
        ("FusedBatchNormV3", [(1, 2, 3, 3, 4)], {"data_format": "NDHWC"}, [(1, 2, 3, 3, 4)]),
        ("NonMaxSuppressionV3", [(9, 4), (9,), (), (), ()], {}, [(-1,)]),
        ("CropAndResize", [(1, 8, 8, 3), (5, 4), (5,), (2,)], {}, [(5, -1, -1, 3)]),
    ],
)
def test_what_is_inferred(op: str, shapes: list[Shape], given: dict[str, Any], made: list[Shape]) -> None:
    assert inferred(op, *shapes, **given) == made


_ALL_KNOWN = {1: (1, 0), 2: (3, 0), 3: (1, 1)}


@pytest.mark.parametrize(
    ("shape", "values", "masks", "made"),
    [
        ((5, 6), {1: (1, 0), 2: (4, 6), 3: (2, 1)}, {}, (2, 6)),
        ((5, 6), {1: (-2, 0), 2: (9, -1), 3: (1, 1)}, {}, (2, 5)),
        ((5,), {1: (4,), 2: (-9,), 3: (-2,)}, {}, (3,)),
        ((5,), {1: (3,), 2: (1,), 3: (1,)}, {}, (0,)),
        ((5, 6), {1: (1, 2), 2: (2, 0), 3: (1, 1)}, {"shrink_axis_mask": 1, "end_mask": 2}, (4,)),
        ((5, -1), {1: (0, 3), 2: (0, 4), 3: (1, 1)}, {"begin_mask": 1, "end_mask": 1, "shrink_axis_mask": 2}, (5,)),
        ((5, 6), {1: (0, 0), 2: (0, 0), 3: (1, 1)}, {"ellipsis_mask": 1, "new_axis_mask": 2}, (5, 6, 1)),
        ((5, 6, 7), {1: (0, 1), 2: (0, 2), 3: (1, 1)}, {"ellipsis_mask": 1, "shrink_axis_mask": 2}, (5, 6)),
        ((5, 6), {3: (1, 1)}, {"begin_mask": 3, "end_mask": 1}, (5, -1)),
        ((5, 6), {}, {}, None),
        (None, _ALL_KNOWN, {}, None),
    ],
)
def test_slices(shape: Shape, values: dict[int, tuple[int, ...]], masks: dict[str, int], made: Shape) -> None:
    count = len(next(iter(values.values()), (0, 0)))
    assert inferred("StridedSlice", shape, (count,), (count,), (count,), values=values, **masks) == [made]


@pytest.mark.parametrize(
    ("shape", "values", "masks"),
    [
        ((5,), {1: (5,), 2: (6,), 3: (1,)}, {"shrink_axis_mask": 1}),
        ((5,), {1: (0,), 2: (1,), 3: (0,)}, {}),
        ((5,), {1: (0,), 2: (1,), 3: (-1,)}, {"shrink_axis_mask": 1}),
        ((5,), {1: (0, 0), 2: (1, 1), 3: (1, 1)}, {}),
        ((5,), {1: (0, 0), 2: (1, 1), 3: (1, 1)}, {"ellipsis_mask": 3}),
    ],
)
def test_slices_that_are_none(shape: Shape, values: dict[int, tuple[int, ...]], masks: dict[str, int]) -> None:
    count = len(values[3])
    with pytest.raises(ShapeError):
        inferred("StridedSlice", shape, (count,), (count,), (count,), values=values, **masks)


@pytest.mark.parametrize(
    ("op", "shapes", "given"),
    [
        ("Split", [(), (2, 5)], {"values": {0: (1,)}, "num_split": 2}),
        ("SplitV", [(5,), (2,), ()], {"values": {1: (2, 2), 2: (0,)}, "num_split": 2}),
        ("Unpack", [(2, 3)], {"num": 2, "axis": 1}),
        ("Pad", [(2, 3), (3, 2)], {}),
        ("Tile", [(2, 3), (3,)], {}),
        ("Slice", [(5, 4), (2,), (2,)], {"values": {1: (6, 0), 2: (-1, -1)}}),
        ("Slice", [(5, 4), (2,), (2,)], {"values": {1: (0, 0), 2: (2, -2)}}),
        ("StridedSlice", [(2,), (1,), (2,), (1,)], {}),
        ("DepthToSpace", [(1, 2, 2, 6)], {"block_size": 2}),
        ("BatchToSpaceND", [(4, 2, 2), (-1,), (1, 2)], {}),
        ("Select", [(3,), (2, 3), (2, 3)], {}),
        ("SelectV2", [(3,), (2, 2), ()], {}),
        ("ArgMax", [(2, 3), ()], {"values": {1: (2,)}}),
        ("TopKV2", [(2, 5), ()], {"values": {1: (6,)}}),
        ("BatchMatMul", [(7, 2, 3), (1, 3, 4)], {}),
        ("BatchMatMulV2", [(2, 3), (7, 3, 4)], {"adj_y": True}),
        ("QuantizeV2", [(2,), (), (1,)], {}),
        ("SoftmaxCrossEntropyWithLogits", [(3,), (3,)], {}),
        ("StringJoin", [(3,), (2,)], {}),
        ("ConcatV2", [(2, 3), (4,), ()], {}),
        ("RaggedTensorToSparse", [(4, 1), (9, 2)], {"RAGGED_RANK": 1}),
        ("SparseConcat", [(4, 2), (4, 2), (2,)], {"N": 1}),
        *[
            ("Conv2D", [(1, 8, 8, a), (3, 3, b, c)], {"strides": (1,) * 4, "padding": "SAME"})
            for a, b, c in ((0, 2, 4), (4, 0, 4), (4, 2, 3))
        ],
        ("Conv2DBackpropInput", [(4, 1), (3, 3, 1, 2), (1, 8, 8, 2)], {}),
        ("Conv2DBackpropInput", [(3,), (3, 3, 1, 2), (1, 8, 8, 2)], {}),
        ("ParseExampleV2", [(2, 2), (0,), (1,), (1,), (0,)], {}),
        ("MaxPool", [(1, 8, 8, 2)], {"strides": (1,) * 4, "ksize": (1,) * 5, "padding": "SAME"}),
        ("Conv2DBackpropInput", [(4,), (3, 3, 1, 2), (1, 8, 8, 3)], {}),
        ("Conv2DBackpropInput", [(4,), (3, 3, 1, 2), (1, 8, 8, 2)], {"values": {0: (2, 8, 8, 1)}}),
        ("TensorArrayWriteV3", [(3,), (), (4,), ()], {}),
        ("TensorArrayScatterV3", [None, (7,), (6, 3), ()], {}),
        ("Range", [(), (), ()], {"values": {0: (0,), 1: (7,), 2: (-2,)}}),
        ("TensorListFromTensor", [(4, 2), (1,)], {"values": {1: (3,)}}),
        ("TensorListReserve", [(), ()], {"values": {0: (3,)}}),
        ("If", [(), (2,)], {"Tout": (1, 1), "output_shapes": ((2,),)}),
        ("IteratorGetNext", [()], {"output_types": (1, 3), "output_shapes": ((2,),)}),
        ("GatherNd", [(5,), (3, 2)], {}),
        ("ScatterNd", [(3, 1), (4, 9), (2,)], {}),
        ("ReverseSequence", [(2, 4), (3,)], {"seq_dim": 1}),
        ("Einsum", [(2, 3), (2, 4)], {"equation": "ab,bc->ac"}),
        ("Einsum", [(2, 3)], {"equation": "ab"}),
        ("Squeeze", [(1, 2)], {"squeeze_dims": (2,)}),
        ("Sum", [(2, 3), (1, 1)], {}),
        ("FusedBatchNormV3", [(1, 2, 4)], {}),
        ("NonMaxSuppressionV3", [(9, 4), (8,), (), (), ()], {}),
    ],
)
def test_what_does_not_go_together(op: str, shapes: list[Shape], given: dict[str, Any]) -> None:
    with pytest.raises(ShapeError):
        inferred(op, *shapes, **given)


@pytest.mark.parametrize("attrs", [{"element_shape": (2,)}, {"element_shape": (-1,), "identical_element_shapes": True}])
def test_handles_are_followed_to_what_is_behind_them(attrs: dict[str, Any]) -> None:
    kinds = {"element_shape": "shape", "identical_element_shapes": "b"}
    handles = Handles()
    handles.note(NodeKind("TensorArrayV3", {name: Attr(kinds[name], value) for name, value in attrs.items()}), (), 0)
    handles.note(NodeKind("TensorArrayV3", {"element_shape": Attr("shape", (-1,))}), (), 2)
    handles.note(NodeKind("Enter", {}), (0,), 4)
    handles.note(NodeKind("Switch", {}), (4,), 5)
    handles.note(NodeKind("Enter", {}), (3,), 7)
    assert handles.shapes == dict.fromkeys((0, 4, 5, 6), attrs["element_shape"])
    gather = NodeKind("TensorArrayGatherV3", {"element_shape": Attr("shape", (7,))})
    assert handles.behind(gather, 4) == attrs["element_shape"]
    assert handles.behind(gather, 2) == (7,)  # of arrays that say nothing, as 1.15, 2.6 and 2.21 were seen to take it


def test_variables_are_read_as_what_they_are() -> None:
    handles = Handles()
    handles.note(NodeKind("VarHandleOp", {"dtype": Attr("type", 1), "shape": Attr("shape", (2,))}), (), 0)
    handles.note(NodeKind("Identity", {}), (0,), 1)
    assert "Expected float got double" in handles.complaint(
        NodeKind("ReadVariableOp", {"dtype": Attr("type", 2)}), (1,)
    )
    assert not handles.complaint(NodeKind("ReadVariableOp", {"dtype": Attr("type", 1)}), (1,))
    assert not handles.complaint(NodeKind("ReadVariableOp", {"dtype": Attr("type", 2)}), (5,))
    assert not handles.complaint(NodeKind("VariableShape", {}), (0,))


def test_reshape_of_a_shape_with_one_size_unknown() -> None:
    assert inferred("Reshape", (-1, 4), (2,), values={1: (2, 6)}) == [(2, 6)]
    assert inferred("Reshape", (-1, -1), (2,), values={1: (3, 3)}) == [(3, 3)]
    assert inferred("Reshape", (-1, 0), (2,), values={1: (3, 3)}) == [(3, 3)]
    assert inferred("Reshape", (-1, 4), (2,), values={1: (3, -1)}) == [(3, -1)]
    with pytest.raises(ShapeError, match="evenly divisible by 4 but is 9"):
        inferred("Reshape", (-1, 4), (2,), values={1: (3, 3)})
