"""What the arguments of each layer are drawn from, and the rank of what it is called on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

Config = dict[str, Any]


class Kind(NamedTuple):
    """How to draw a layer's configuration, and the rank that it takes."""

    draw: Callable[[Random], Config]
    rank: int


def _some(random: Random, fixed: Config, **optional: Any) -> Config:
    """The fixed arguments and some of the others: each a list of values, or a function that draws one."""
    drawn = {
        key: value() if callable(value) else random.choice(value)
        for key, value in optional.items()
        if random.random() < 0.45
    }
    return {**fixed, **drawn}


def _sizes(random: Random, low: int, high: int, rank: int) -> Any:
    sizes = [random.randint(low, high) for _ in range(rank)]
    return sizes if random.random() < 0.5 else sizes[0]


LAYOUTS = ["channels_last", "channels_first"]


def _convolution(name: str, rank: int) -> Kind:
    def draw(random: Random) -> Config:
        fixed: Config = {"kernel_size": _sizes(random, 1, 4, rank)}
        more: Config = {}
        if not name.startswith("Depthwise"):
            fixed["filters"] = random.choice([1, 2, 3, 4, 6])
        if name.startswith(("Depthwise", "Separable")):
            more["depth_multiplier"] = [1, 2, 3]
        if name.startswith("ConvLSTM"):
            more.update(return_sequences=[True], return_state=[True])
        elif name.endswith("Transpose"):
            more["output_padding"] = lambda: _sizes(random, 0, 2, rank)
        elif name.startswith("Conv"):
            more["groups"] = [1, 2, 3]
        return _some(
            random,
            fixed,
            strides=lambda: _sizes(random, 1, 3, rank),
            dilation_rate=lambda: _sizes(random, 1, 2, rank),
            padding=["valid", "same", *(["causal"] if name in ("Conv1D", "SeparableConv1D") else [])],
            data_format=LAYOUTS,
            use_bias=[False],
            **more,
        )

    return Kind(draw, rank + (3 if name.startswith("ConvLSTM") else 2))


def _spatial(name: str, rank: int) -> Kind:
    layout: Config = {"data_format": LAYOUTS} if rank > 1 else {}
    pairs = [[1, 0], [2, 1], [0, 1]][:rank]
    border = [1, 2, pairs[0] if rank == 1 else pairs]
    draw: Mapping[str, Callable[[Random], Config]] = {
        "Max": lambda random: _some(
            random,
            {},
            pool_size=lambda: _sizes(random, 1, 4, rank),
            strides=[None, 1, 2],
            padding=["valid", "same"],
            data_format=LAYOUTS,
        ),
        "Global": lambda random: _some(random, {}, data_format=LAYOUTS, keepdims=[True]),
        "ZeroPadding": lambda random: _some(random, {}, padding=border, **layout),
        "Cropping": lambda random: _some(random, {}, cropping=border, **layout),
        "UpSampling": lambda random: _some(random, {}, size=[2] if rank > 1 else [1, 3], **layout),
        "SpatialDropout": lambda random: _some(random, {"rate": 0.3}, **layout),
    }
    kind = next(kind for kind in (*draw, "Average") if name.startswith(kind))
    return Kind(draw["Max" if kind == "Average" else kind], rank + 2)


def _recurrent(random: Random) -> Config:
    flags = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll")
    return _some(
        random, {"units": random.choice([1, 2, 4])}, use_bias=[False], dropout=[0.2], **{flag: [True] for flag in flags}
    )


def _plain(rank: int, fixed: Config | None = None, **optional: Any) -> Kind:
    return Kind(lambda random: _some(random, fixed or {}, **optional), rank)


EQUATIONS = [
    "abc,cd->abd",
    "ab,bc->ac",
    "...x,xy->...y",
    "abc,cde->abde",
    "ab...,bc->ac...",
    "abcd,cde->abe",
    "a,b->ab",
]
ENCODED = ["int", "one_hot", "multi_hot", "count"]

KINDS: Mapping[str, Kind] = {
    **{
        name: _convolution(name, rank)
        for rank in (1, 2, 3)
        for name in (f"Conv{rank}D", f"Conv{rank}DTranspose", f"DepthwiseConv{rank}D", f"SeparableConv{rank}D", f"ConvLSTM{rank}D")
    },
    **{
        f"{name}{rank}D": _spatial(name, rank)
        for rank in (1, 2, 3)
        for name in ("MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling", "ZeroPadding", "Cropping", "UpSampling", "SpatialDropout")
    },
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN"), Kind(_recurrent, 3)),
    "Dense": _plain(3, {"units": 3}, use_bias=[False], activation=["relu", "softmax"]),
    "EinsumDense": _plain(3, equation=EQUATIONS, output_shape=[5, [5], [None, 5], [3, 4], [None, 2, 3]], bias_axes=["d", "c", "de", "a"]),
    "Embedding": _plain(2, {"input_dim": 9, "output_dim": 3}, mask_zero=[True]),
    "Flatten": _plain(4, data_format=LAYOUTS),
    "Reshape": _plain(3, {"target_shape": [-1]}, target_shape=[[2, -1], [-1, 2], [4, 3], [6], [2, 2, 3], [3, -1, 2]]),
    "Permute": _plain(3, {"dims": [2, 1]}, dims=[[1], [1, 2], [3, 1, 2]]),
    "RepeatVector": _plain(2, {"n": 3}),
    "Masking": _plain(3, mask_value=[1.0]),
    "BatchNormalization": _plain(4, axis=[-1, 1, 2, 3, [3]], scale=[False], center=[False]),
    "LayerNormalization": _plain(3, axis=[1, 2, [1, 2], [-1]], scale=[False], center=[False]),
    "GroupNormalization": _plain(4, {"groups": 2}, groups=[1, 3, -1, 32], axis=[1, 2, [3]]),
    "UnitNormalization": _plain(3, axis=[1, [1, 2]]),
    "Normalization": _plain(2, {"mean": 1.0, "variance": 2.0}, mean=[[1.0, 2.0, 3.0]], variance=[[1.0, 2.0, 3.0]], axis=[None, 1]),
    "PReLU": _plain(4, shared_axes=[[1], [1, 2]]),
    "Softmax": _plain(3, axis=[1, 2]),
    "Dropout": _plain(3, {"rate": 0.2}),
    "Activation": _plain(3, {"activation": "relu"}),
    **dict.fromkeys(("ReLU", "LeakyReLU", "ELU"), _plain(3)),
    "Rescaling": _plain(4, {"scale": 0.5}),
    "Resizing": _plain(4, {"height": 4, "width": 5}, interpolation=["nearest"], crop_to_aspect_ratio=[True]),
    "CenterCrop": _plain(4, {"height": 3, "width": 2}),
    "RandomCrop": _plain(4, {"height": 3, "width": 2}),
    "RandomFlip": _plain(4, mode=["horizontal"]),
    **dict.fromkeys(("RandomRotation", "RandomContrast"), _plain(4, {"factor": 0.1})),
    "CategoryEncoding": _plain(2, {"num_tokens": 5}, output_mode=ENCODED[1:]),
    "Discretization": _plain(2, {"bin_boundaries": [0.0, 1.0]}, output_mode=ENCODED),
    "Hashing": _plain(2, {"num_bins": 4}, output_mode=ENCODED),
    "IntegerLookup": _plain(2, {"vocabulary": [1, 2, 3], "max_tokens": None}, output_mode=ENCODED),
    "TextVectorization": _plain(2, {"vocabulary": ["a", "b"], "max_tokens": None}, output_mode=ENCODED[:1] + ENCODED[2:], split=["whitespace", None]),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum"), _plain(3)),
    "Concatenate": _plain(3, axis=[1, 2]),
    "Dot": _plain(3, {"axes": 1}, axes=[2, -1, [1, 2], [2, 1]]),
}  # fmt: skip
MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Concatenate", "Dot")
DTYPES = {"Embedding": "int32", "CategoryEncoding": "int32", "Hashing": "int32", "IntegerLookup": "int64", "TextVectorization": "string"}  # fmt: skip
