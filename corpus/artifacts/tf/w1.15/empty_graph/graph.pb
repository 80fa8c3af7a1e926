

nothingNoOp"†