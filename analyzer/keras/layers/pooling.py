"""Pooling: no weights, smaller shapes."""

from __future__ import annotations

from analyzer.keras.calls import Call, Function
from analyzer.keras.layers.convolution import output_length, window
from analyzer.keras.model import BuildError, Shape


def pooling(rank: int) -> Function:
    """`Pooling.compute_output_shape`."""

    def pool(call: Call) -> Shape:
        call.ndim(rank + 2)
        padding = _padding(call)
        shape = call.shape
        if shape is None:
            return None
        size = window(call.get("pool_size", 2), rank)
        given = call.get("strides")
        strides = window(given, rank) if given is not None else size
        first = (call.get("data_format") or "channels_last") == "channels_first"
        space = shape[2:] if first else shape[1:-1]
        least = 0 if call.era.is_3 and not call.era.at_least(3, 15) else 1  # `compute_pooling_output_shape`
        out = [output_length(length, size[i], padding, strides[i], least=least) for i, length in enumerate(space)]
        return (*shape[:2], *out) if first else (shape[0], *out, shape[-1])

    return pool


def _padding(call: Call) -> str:
    """`compute_pooling_output_shape` of Keras 3 compares it as it is; Keras 2 made it lower. Raises BuildError."""
    padding = call.get("padding", "valid")
    if call.era.is_3 and padding not in ("valid", "same"):
        raise BuildError(
            f"has padding={padding!r}",
            f"Argument `padding` must be either 'valid' or 'same'. Received: padding={padding}",
        )
    return str(padding).lower()


def global_pooling(rank: int) -> Function:
    """`GlobalPooling.compute_output_shape`."""

    def pool(call: Call) -> Shape:
        call.ndim(rank + 2)
        shape = call.shape
        if shape is None:
            return None
        first = (call.get("data_format") or "channels_last") == "channels_first"
        channels = shape[1] if first else shape[-1]
        if call.get("keepdims", False):
            ones = (1,) * rank
            return (shape[0], channels, *ones) if first else (shape[0], *ones, channels)
        return (shape[0], channels)

    return pool


def adaptive_pooling(call: Call) -> Shape:
    """Adaptive pooling of Keras 3: no weights; the sizes that it is given are not modelled."""
    return None


FUNCTIONS: dict[str, Function] = {
    **{f"{kind}Pooling{rank}D": pooling(rank) for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{kind}Pooling{rank}D": global_pooling(rank) for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Adaptive{kind}Pooling{rank}D": adaptive_pooling for kind in ("Max", "Average") for rank in (1, 2, 3)},
}
