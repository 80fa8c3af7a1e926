"""What operations of `keras.ops` say of shapes and of the model that they stand in, and Keras 3 of objects that are none of its own."""

from __future__ import annotations

OPERATIONS: tuple[tuple[str, ...], ...] = (
    (
        "incompatible-input invalid-graph",
        r"Cannot broadcast shape",
        r"Cannot squeeze axis",
        r"Inner dimensions \(",
        r"Shape must match on the last axis",
        r"Every value in `xs?` must have the same shape",
        r"out-of-bounds index|slice has to many indices",
        r"`pad_width` must have the same length",
        r"dimensions? in the subscript does not match|does not match the number of input specs",
        r"Cannot infer argument `num` from shape",
        r"Unsupported key type for array slice",
    ),
    ("invalid-graph", r"is part of a cycle"),
    (
        "unresolved-name unresolved-module",
        r"'str' object has no attribute '(variable_dtype|compute_dtype|convert_input)'",
        r"Expected object to be an instance of `KerasSaveable`",  # of tf_keras, installed beside Keras 3
        r"local variable 'obj_type'",
    ),
    ("archive-member", r"EOFError: No data left in file"),
)
