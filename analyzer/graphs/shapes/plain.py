"""Ops whose shape functions only compare ranks and sizes (core/ops/*_ops.cc), in the words of patterns.py."""

from __future__ import annotations

from analyzer.graphs.shapes.call import ShapeFunction
from analyzer.graphs.shapes.patterns import pattern

_SAME = "S -> S"
_MERGED = "S S -> S"  # common_shape_fns.cc `MergeBothInputsShapeFn`
_DECODED = "[] -> [?,?,?]"

_IMAGES = {
    "CropAndResize": "[?,?,?,c] [n,4] [n] [2] -> [n,?,?,c]",
    **dict.fromkeys(
        ("ResizeBilinear", "ResizeBicubic", "ResizeArea", "ResizeNearestNeighbor"), "[b,?,?,c] [2] -> [b,?,?,c]"
    ),
    "NonMaxSuppression": "[n,4] [n] [] -> [?]",
    "NonMaxSuppressionV2": "[n,4] [n] [] [] -> [?]",
    "NonMaxSuppressionV3": "[n,4] [n] [] [] [] -> [?]",
    "NonMaxSuppressionV4": "[n,4] [n] [] [] [] -> * []",
    "NonMaxSuppressionV5": "[n,4] [n] [] [] [] [] -> * * []",
    "NonMaxSuppressionWithOverlaps": "[n,n] [n] [] [] [] -> [?]",
    "DecodeJpeg": _DECODED,
    "DecodePng": _DECODED,
    "DecodeBmp": _DECODED,
    "DecodeGif": "[] -> [?,?,?,3]",
    "EncodeJpeg": "[?,?,?] -> []",
    "AdjustContrastv2": "[.,?,?,?] [] -> =0",
    **dict.fromkeys(("AdjustHue", "AdjustSaturation"), "[.,?,?,?] * -> =0"),
    **dict.fromkeys(("RGBToHSV", "HSVToRGB"), "[.B,3] -> [.B,3]"),
    "DrawBoundingBoxes": "[b,?,?,?] [b,?,4] -> =0",
}

_ARRAYS = {
    "InvertPermutation": "[n] -> [n]",
    "MatrixBandPart": "S * * -> S",
    "FakeQuantWithMinMaxVars": "S [] [] -> S",
    "FakeQuantWithMinMaxVarsPerChannel": "[.,d] [d] [d] -> =0",
    "FakeQuantWithMinMaxArgs": _SAME,
    "QuantizeAndDequantizeV2": "S [] [] -> S",
    "QuantizeAndDequantizeV3": "S [] [] [] -> S",
    "Requantize": "S [] [] [] [] -> S [] []",
    "RequantizationRange": "* [] [] -> [] []",
    "QuantizeDownAndShrinkRange": "S [] [] -> S [] []",
    "SpaceToBatch": "[?,?,?,c] [2,2] -> [?,?,?,c]",
    "BatchToSpace": "[?,?,?,c] [2,2] -> [?,?,?,c]",
    "Where": "* -> [?,?]",
    "Reverse": "S [?] -> S",
    "ReverseV2": "S [?] -> S",
    "BroadcastArgs": "[?] [?] -> [?]",
    "LinSpace": "[] [] [] -> [?]",
    **dict.fromkeys(("ListDiff", "Unique"), "[?] + -> [?]"),
    "BroadcastTo": "* [?] -> *",
    "Roll": "[.,?] ~1 ~1 -> *",
    "ExtractImagePatches": "[b,?,?,?] -> [b,?,?,?]",
    "RaggedRange": "~1 ~1 ~1 -> [?] [?]",
    "LowerBound": "[?,?] [?,?] -> =1",
    "UpperBound": "[?,?] [?,?] -> =1",
}

_MATH = {
    "Cumsum": "S * -> S",
    "Cumprod": "S * -> S",
    "Cross": "[.B,3] [.B,3] -> =0",
    "HistogramFixedWidth": "* [2] [] -> [?]",
    "Bincount": "* [] * -> [?]",
    "Bucketize": _SAME,
    **dict.fromkeys(("SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin", "SegmentProd"), "[.B,?] [?] -> *"),
    **dict.fromkeys(("SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"), "* [n] [n] -> *"),
    **dict.fromkeys(
        ("UnsortedSegmentSum", "UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd"), "* * [] -> *"
    ),
    **dict.fromkeys(
        ("MatrixInverse", "Cholesky", "MatrixExponential", "MatrixSquareRoot", "MatrixLogarithm"),
        "[.B,n,n] -> [.B,n,n]",
    ),
    "MatrixDeterminant": "[.B,n,n] -> B",
    "MatrixSolve": "[.B,n,n] [.B,n,k] -> [.B,n,k]",
    "MatrixTriangularSolve": "* * -> *",
}

_NETWORKS = {
    "SparseSoftmaxCrossEntropyWithLogits": "[b,c] [b] -> [b] [b,c]",
    "InTopK": "[b,?] [b] -> [b]",
    "InTopKV2": "[b,?] [b] * -> [b]",
    "L2Loss": "* -> []",
    "LRN": "[a,b,c,d] -> [a,b,c,d]",
    "CTCLoss": "[t,b,c] [n,2] [n] [b] -> [b] [t,b,c]",
    "CTCGreedyDecoder": "[?,b,?] [b] -> [?,2] [?] [2] [b,1]",
    "Conv2DBackpropFilter": "* [?] * -> *",
    "Conv3D": "[b,?,?,?,?] [?,?,?,?,o] -> [b,?,?,?,?]",
    **dict.fromkeys(("MaxPool3D", "AvgPool3D"), "[b,?,?,?,?] -> [b,?,?,?,?]"),
    "Dilation2D": "[b,?,?,?] [?,?,?] -> [b,?,?,?]",
    "LSTMBlockCell": "[b,?] [?,c] * + -> [b,c] [b,c] [b,c] [b,c] [b,c] [b,c] [b,c]",
    "GRUBlockCell": "[b,?] [?,c] * + -> [b,c] [b,c] [b,c] [b,c]",
    "BlockLSTM": "* [t,b,?] * + -> *",
    "BiasAddV1": "[.B,c] [c] -> [.B,c]",
    "Multinomial": "[b,?] [] -> [b,?]",
    **dict.fromkeys(
        ("Relu6Grad", "EluGrad", "SeluGrad", "SoftplusGrad", "SoftsignGrad", "ReluGrad", "LeakyReluGrad"), _MERGED
    ),
    "QuantizedMatMul": "[?,?] [?,?] [] [] [] [] -> [?,?] [] []",
    "QuantizedBiasAdd": "[.B,c] [c] [] [] [] [] -> [.B,c] [] []",
    **dict.fromkeys(("QuantizedRelu", "QuantizedRelu6"), "S [] [] -> S [] []"),
}

_TEXT = {
    "RegexReplace": "S [] [] -> S",
    "RegexFullMatch": "S [] -> S",
    "StringSplit": "[?] [] -> [?,2] [?] [2]",
    "StringSplitV2": "[?] [] -> [?,2] [?] [2]",
    "StringNGrams": "[?] [?] -> [?] [?]",
    "DecodeCSV": "S ~1 +",
    "ReadFile": "[] -> []",
    "WriteFile": "[] [] ->",
    "ParseTensor": "* -> *",
    "DecodeWav": "[] -> [?,?] []",
    "EncodeWav": "[?,2] [] -> []",
}

_SPARSE = {
    "SparseReorder": "[n,d] [n] [d] -> =0 =1",
    "SparseReshape": "[n,?] [?] [k] -> [n,k] [k]",
    "SparseTensorDenseMatMul": "[n,2] [n] [2] [?,?] -> [?,?]",
    "SparseToDense": "* [?] * * -> *",
    "SparseFillEmptyRows": "[n,d] [n] [d] [] -> [?,d] [?] [?] [n]",
}

_LISTS = {
    "TensorListStack": "* ~1",
    "LookupTableImportV2": "[] [n] * ->",
}

_CONTROL = {
    "Switch": "S [] -> S S",
    **dict.fromkeys(("NextIteration", "RefNextIteration", "Exit", "RefExit"), "S -> S"),
    "RefSwitch": "S [] -> S S",
    "LoopCond": "[] -> []",
}
_ARRAY_OF_TENSORS = {
    "TensorArrayV3": "[] -> [2] []",
    "TensorArrayConcatV3": "[2] [] -> * [?]",
    "TensorArraySplitV3": "[2] * [?] [] -> []",
    "TensorArraySizeV3": "[2] * -> []",
    "TensorArrayCloseV3": "[2] ->",
    "TensorArrayGradV3": "[2] [] -> [2] []",
}

PLAIN: dict[str, ShapeFunction] = {
    op: pattern(line)
    for table in (_IMAGES, _ARRAYS, _MATH, _NETWORKS, _TEXT, _SPARSE, _LISTS, _CONTROL, _ARRAY_OF_TENSORS)
    for op, line in table.items()
}
