"""MobileNetV2 as Keras 2.15 saves it to `.h5` and Keras 3 to `.keras`: the same configuration, datasets and size, without Keras.

The architecture is that of `keras/applications/mobilenet_v2.py` with alpha 1.0, 224 x 224 pixels and 1000 classes: 156 layers,
262 weights, 14 MB. The weights are zeros.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

# Expansion, filters, stride of each block.
BLOCKS = (
    *((1, 16, 1),),
    *((6, 24, 2), (6, 24, 1)),
    *((6, 32, 2), (6, 32, 1), (6, 32, 1)),
    *((6, 64, 2), (6, 64, 1), (6, 64, 1), (6, 64, 1)),
    *((6, 96, 1), (6, 96, 1), (6, 96, 1)),
    *((6, 160, 2), (6, 160, 1), (6, 160, 1)),
    *((6, 320, 1),),
)
CLASSES = 1000


class Layer(NamedTuple):
    """A layer, the layers it is called on, and its weights by name."""

    kind: str
    name: str
    config: dict[str, Any]
    inputs: list[str]
    shape: list[int | None]  # of what comes out
    weights: dict[str, tuple[int, ...]]


class _Network:
    def __init__(self) -> None:
        self.layers = [Layer("InputLayer", "input", {}, [], [None, 224, 224, 3], {})]

    def add(self, kind: str, name: str, shape: list[int | None], weights: dict[str, Any], **config: Any) -> Layer:
        """A layer on the last one."""
        self.layers.append(Layer(kind, name, config, [self.last.name], shape, weights))
        return self.last

    @property
    def last(self) -> Layer:
        return self.layers[-1]

    def convolution(
        self, name: str, filters: int, size: int, stride: int, *, depthwise: bool = False, padding: str = "same"
    ) -> None:
        batch, height, width, channels = self.last.shape
        assert height and width and channels
        valid = depthwise and stride == 2
        space = [(each - size) // stride + 1 if valid else -(-each // stride) for each in (height, width)]
        kernel = (size, size, channels, 1 if depthwise else filters)
        self.add(
            "DepthwiseConv2D" if depthwise else "Conv2D",
            name,
            [batch, *space, filters],
            {"depthwise_kernel" if depthwise else "kernel": kernel},
            **({"depth_multiplier": 1} if depthwise else {"filters": filters}),
            kernel_size=[size, size],
            strides=[stride, stride],
            padding="valid" if valid else padding,
            data_format="channels_last",
            dilation_rate=[1, 1],
            groups=1,
            activation="linear",
            use_bias=False,
            **_settings("depthwise" if depthwise else "kernel", "bias"),
        )

    def normalization(self, name: str) -> None:
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        self.add(
            "BatchNormalization",
            name,
            self.last.shape,
            dict.fromkeys(names, (self.last.shape[-1],)),
            axis=[3],
            momentum=0.999,
            epsilon=0.001,
            center=True,
            scale=True,
            **{f"{each}_initializer": _object("Ones" if each in ("gamma", names[3]) else "Zeros") for each in names},
            **{f"{each}_{kind}": None for kind in ("regularizer", "constraint") for each in ("beta", "gamma")},
        )

    def relu(self, name: str) -> None:
        self.add("ReLU", name, self.last.shape, {}, max_value=6.0, negative_slope=0.0, threshold=0.0)

    def block(self, number: int, expansion: int, filters: int, stride: int) -> None:
        """`_inverted_res_block`."""
        start = self.last
        prefix = f"block_{number}_" if number else "expanded_conv_"
        channels = start.shape[-1] or 0
        if number:
            self.convolution(f"{prefix}expand", expansion * channels, 1, 1)
            self.normalization(f"{prefix}expand_BN")
            self.relu(f"{prefix}expand_relu")
        if stride == 2:
            batch, height, width, wide = self.last.shape
            padded = [batch, (height or 0) + 1, (width or 0) + 1, wide]
            self.add("ZeroPadding2D", f"{prefix}pad", padded, {}, padding=[[0, 1], [0, 1]], data_format="channels_last")
        self.convolution(f"{prefix}depthwise", self.last.shape[-1] or 0, 3, stride, depthwise=True)
        self.normalization(f"{prefix}depthwise_BN")
        self.relu(f"{prefix}depthwise_relu")
        self.convolution(f"{prefix}project", filters, 1, 1)
        self.normalization(f"{prefix}project_BN")
        if channels == filters and stride == 1:
            end = self.last.name
            self.layers.append(Layer("Add", f"{prefix}add", {}, [start.name, end], self.last.shape, {}))


def layers() -> list[Layer]:
    """The network's layers, in the order of its configuration."""
    network = _Network()
    network.convolution("Conv1", 32, 3, 2)
    network.normalization("bn_Conv1")
    network.relu("Conv1_relu")
    for number, (expansion, filters, stride) in enumerate(BLOCKS):
        network.block(number, expansion, filters, stride)
    network.convolution("Conv_1", 1280, 1, 1, padding="valid")
    network.normalization("Conv_1_bn")
    network.relu("out_relu")
    pool = {"data_format": "channels_last", "keepdims": False}
    network.add("GlobalAveragePooling2D", "global_average_pooling2d", [None, 1280], {}, **pool)
    network.add(
        "Dense",
        "predictions",
        [None, CLASSES],
        {"kernel": (1280, CLASSES), "bias": (CLASSES,)},
        units=CLASSES,
        activation="softmax",
        use_bias=True,
        **_settings("kernel", "bias"),
    )
    return network.layers


def _object(class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.initializers", "class_name": class_name, "config": config, "registered_name": None}


def _settings(kernel: str, bias: str) -> dict[str, Any]:
    """The last arguments of layers with a kernel."""
    return {
        f"{kernel}_initializer": _object("GlorotUniform", seed=None),
        f"{bias}_initializer": _object("Zeros"),
        f"{kernel}_regularizer": None,
        f"{bias}_regularizer": None,
        "activity_regularizer": None,
        f"{kernel}_constraint": None,
        f"{bias}_constraint": None,
    }


def write_h5(path: Path, count: int | None = None) -> Path:
    """The file that Keras 2.15 writes, of so many layers."""
    import h5py
    import numpy

    network = layers()[:count]
    items = []
    for layer in network:
        config = {"name": layer.name, "trainable": True, "dtype": "float32", **layer.config}
        if layer.kind == "InputLayer":
            config = {
                "batch_input_shape": layer.shape,
                "dtype": "float32",
                "sparse": False,
                "ragged": False,
                "name": layer.name,
            }
        nodes = [[[name, 0, 0, {}] for name in layer.inputs]] if layer.inputs else []
        items.append({"class_name": layer.kind, "config": config, "name": layer.name, "inbound_nodes": nodes})
    with h5py.File(path, "w") as file:
        file.attrs["backend"], file.attrs["keras_version"] = "tensorflow", "2.15.0"
        file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": _functional(network, items)})
        group = file.create_group("model_weights")
        group.attrs["backend"], group.attrs["keras_version"] = "tensorflow", "2.15.0"
        group.attrs["layer_names"] = [layer.name.encode() for layer in network]
        file.create_group("model_weights/top_level_model_weights").attrs["weight_names"] = numpy.zeros(0, "S1")
        for layer in network:
            inner = group.create_group(layer.name)
            inner.attrs["weight_names"] = [f"{layer.name}/{name}:0".encode() for name in layer.weights]
            for name, shape in layer.weights.items():
                inner.create_dataset(f"{layer.name}/{name}:0", data=numpy.zeros(shape, "float32"))
    return path


def write_keras(path: Path, count: int | None = None) -> Path:
    """The archive that Keras 3 writes, of so many layers."""
    network = layers()[:count]
    by_name = {layer.name: layer for layer in network}
    items = []
    for layer in network:
        config = {"name": layer.name, "trainable": True, "dtype": "float32", **layer.config}
        if layer.kind == "DepthwiseConv2D":
            del config["groups"]
        if layer.kind == "BatchNormalization":
            config |= {"axis": -1, "synchronized": False}
        item = {"module": "keras.layers", "class_name": layer.kind, "config": config, "registered_name": None}
        if layer.kind == "InputLayer":
            item["config"] = {"batch_shape": layer.shape, "dtype": "float32", "sparse": False, "name": layer.name}
        shapes = [by_name[name].shape for name in layer.inputs]
        if shapes:
            item["build_config"] = {"input_shape": shapes if layer.kind == "Add" else shapes[0]}
        tensors = [_tensor(by_name[name]) for name in layer.inputs]
        nodes = [{"args": [tensors] if layer.kind == "Add" else tensors, "kwargs": _kwargs(layer)}] if tensors else []
        items.append({**item, "name": layer.name, "inbound_nodes": nodes})
    config = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": _functional(network, items),
        "registered_name": "Functional",
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.6.0", "date_saved": "2024-10-03@16:09:10"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", _stored(network))
    return path


def _functional(network: list[Layer], items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "mobilenetv2_1.00_224",
        "trainable": True,
        "layers": items,
        "input_layers": [[network[0].name, 0, 0]],
        "output_layers": [[network[-1].name, 0, 0]],
    }


def _kwargs(layer: Layer) -> dict[str, Any]:
    return {"mask": None} if layer.kind == "BatchNormalization" else {}


def _tensor(layer: Layer) -> dict[str, Any]:
    config = {"shape": layer.shape, "dtype": "float32", "keras_history": [layer.name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def _stored(network: list[Layer]) -> bytes:
    """`model.weights.h5`: a group for every layer, named after its class and numbered."""
    import h5py
    import numpy

    content = io.BytesIO()
    counts: dict[str, int] = {}
    with h5py.File(content, "w") as file:
        for layer in network:
            kind = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", layer.kind)).lower()
            number = counts[kind] = counts.get(kind, -1) + 1
            group = file.create_group(f"layers/{kind}{f'_{number}' if number else ''}/vars")
            for index, shape in enumerate(layer.weights.values()):
                group.create_dataset(str(index), data=numpy.zeros(shape, "float32"))
        file.create_group("vars")
    return content.getvalue()
