"""The order of a functional model's layers, and the walk over the calls behind its outputs.

After `_map_graph_network` of Keras 2 (engine/functional.py; TensorFlow 1.15: engine/network.py) and `map_graph` of Keras 3
(ops/function.py): weights in H5 files are matched to layers in this order.
"""

from __future__ import annotations

from analyzer.keras.model import Layer, Node, Tensor


def order(inputs: list[Tensor], outputs: list[Tensor]) -> list[Layer]:
    """The layers of a graph in the order of `Model.layers`: by depth, then by first visit from the outputs."""
    indices: dict[int, int] = {}
    layers: dict[int, Layer] = {}
    finished: list[Node] = []
    seen: set[int] = set()
    for output in outputs:
        visit(output, indices, layers, finished, seen)
    node_depth: dict[int, int] = {}
    layer_depth: dict[int, int] = {}
    for node in reversed(finished):
        depth = max(node_depth.get(id(node), 0), layer_depth.get(id(node.layer), 0))
        layer_depth[id(node.layer)] = depth
        node_depth[id(node)] = depth
        for tensor in node.inputs:
            if tensor.node is not None:
                node_depth[id(tensor.node)] = max(depth + 1, node_depth.get(id(tensor.node), 0))
    for tensor in inputs:
        if tensor.node is not None and id(tensor.node.layer) not in layer_depth:
            layer_depth[id(tensor.node.layer)] = 0
            indices[id(tensor.node.layer)] = -1
            layers[id(tensor.node.layer)] = tensor.node.layer
    return sorted(layers.values(), key=lambda layer: (-layer_depth[id(layer)], indices[id(layer)]))


def visit(
    tensor: Tensor, indices: dict[int, int], layers: dict[int, Layer], finished: list[Node], seen: set[int]
) -> None:
    """Depth-first post-order over the calls behind a tensor, without recursion: graphs are deep."""
    if tensor.node is None:
        return
    stack: list[tuple[Node, int]] = []

    def enter(node: Node) -> None:
        seen.add(id(node))
        if id(node.layer) not in indices:
            indices[id(node.layer)] = len(indices)
            layers[id(node.layer)] = node.layer
        stack.append((node, 0))

    if id(tensor.node) not in seen:
        enter(tensor.node)
    while stack:
        node, position = stack.pop()
        while position < len(node.inputs):
            parent = node.inputs[position].node
            position += 1
            if parent is not None and id(parent) not in seen:
                stack.append((node, position))
                enter(parent)
                break
        else:
            finished.append(node)
