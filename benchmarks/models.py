"""Models of any size, made of the layers that real exports are made of."""

from __future__ import annotations

from pathlib import Path

from analyzer.readers.protos import message


def saved_model(folder: Path, nodes: int, *, per_function: int = 2000) -> Path:
    """A SavedModel with about that many nodes: dense layers in the main graph (a fifth) and in functions, as TF 2 exports
    them, with the attributes and shapes that such nodes carry. Every second function has the definition of the one before, as is so in
    an EfficientNetB4 of TensorFlow 2.11 (1,182 definitions of 2,285 functions). Returns the folder.
    """
    model = message("tensorflow.SavedModel")(saved_model_schema_version=1)
    meta_graph = model.meta_graphs.add()
    meta_graph.meta_info_def.tags.append("serve")
    meta_graph.meta_info_def.tensorflow_version = "2.15.0"
    graph = meta_graph.graph_def
    graph.versions.producer = 1645
    _layers(graph.node, nodes // 5, "")
    rest = nodes - nodes // 5
    while rest > 0:
        function = graph.library.function.add()
        number = len(graph.library.function)
        function.signature.name = f"__inference_block_{number}"
        _layers(function.node_def, min(rest, per_function), "output:0", f"part_{number // 2}/")
        rest -= per_function
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "saved_model.pb").write_bytes(model.SerializeToString())
    return folder


def _layers(nodes: object, count: int, output: str, scope: str = "") -> None:
    """Layers of five nodes: a constant kernel and bias, MatMul, BiasAdd, Relu."""
    last = _node(nodes, "inputs", "Placeholder", [], dtype=1)
    _shape(last, 8)
    name, made, outputs = "inputs", 1, {"MatMul": "product", "BiasAdd": "output", "Relu": "activations"}
    while made + 5 <= count:
        layer = f"{scope}block_{made % 7}/dense_{made}"
        suffix = (lambda op: f":{outputs.get(op, 'output')}:0") if output else (lambda op: "")
        for part, sizes in (("kernel", (8, 8)), ("bias", (8,))):
            constant = _node(nodes, f"{layer}/{part}", "Const", [], dtype=1)
            tensor = constant.attr["value"].tensor
            tensor.dtype = 1
            for size in sizes:
                tensor.tensor_shape.dim.add(size=size)
            tensor.tensor_content = bytes(4 * 8 ** len(sizes))
        previous = name + (suffix("Relu" if made > 1 else "Placeholder") if output else "")
        for op, second in (("MatMul", "kernel"), ("BiasAdd", "bias"), ("Relu", "")):
            inputs = [previous, *([f"{layer}/{second}" + suffix("Const")] if second else [])]
            node = _node(nodes, f"{layer}/{op}", op, inputs, T=1)
            _shape(node, 8)
            name, previous = node.name, node.name + suffix(op)
        made += 5


def _node(nodes: object, name: str, op: str, inputs: list[str], **types: int) -> object:
    node = nodes.add(name=name, op=op, input=inputs)
    for key, value in types.items():
        node.attr[key].type = value
    return node


def _shape(node: object, size: int) -> None:
    shape = node.attr["_output_shapes"].list.shape.add()
    shape.dim.add(size=-1)
    shape.dim.add(size=size)
