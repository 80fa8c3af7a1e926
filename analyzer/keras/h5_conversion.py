"""What Keras 2 makes of the weights of an H5 file before it assigns them: kernels transposed, CuDNN and plain layers converted.

After `preprocess_weights_for_loading` (saving/hdf5_format.py, saving/legacy/hdf5_format.py).
"""

from __future__ import annotations

from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.model import Layer, Weight, fits

RECURRENT = ("LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU")
_FUNCTIONAL_UNKNOWN = ((2, 3), (2, 4), (2, 5))
CONVERTED = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")


def preprocessed(
    layer: Layer, weights: list[Weight], shapes: list[tuple[int, ...]], era: Era, out: Recorder, where: str
) -> list[tuple[int, ...]] | None:
    """Keras 2 transposes kernels and converts between CuDNN and plain layers (`preprocess_weights_for_loading`)."""
    if era.is_3:
        return shapes
    shapes = list(shapes)
    if layer.kind in CONVERTED and weights and not fits(weights[0].shape, shapes[0]):
        if len(shapes[0]) != 4:
            out.say(
                "weight-shape",
                f"{layer.kind} {layer.name!r}: {weights[0].name} is {shapes[0]} in the file",
                where,
                "axes don't match array",
            )
            return None
        shapes[0] = tuple(shapes[0][axis] for axis in (3, 2, 0, 1))
    if layer.kind in ("LSTM", "CuDNNLSTM") and len(shapes) == 3:
        return _converted_lstm(layer, shapes, out, where)
    if layer.kind in ("GRU", "CuDNNGRU") and len(shapes) == 3:
        return _converted_gru(layer, shapes, out, where)
    return shapes


def nested_model(layer: Layer, era: Era) -> Layer | None:
    """The model whose weights Keras 2 converts layer by layer, alone or for each step; 2.3 to 2.5 do not know `Functional` by name."""
    inner = layer.parts.get("layer") if layer.kind == "TimeDistributed" else layer
    named = inner is not None and (inner.kind == "Sequential" or era.level not in _FUNCTIONAL_UNKNOWN)
    return inner if inner is not None and inner.is_model and named and not era.is_3 else None


def nested(model: Layer, shapes: list[tuple[int, ...]], era: Era, out: Recorder, where: str) -> bool:
    """`convert_nested_model`, before weights are counted: whether those of the layers within can be converted."""
    left = shapes[: len(model.trainable_weights())]
    for layer in model.layers:
        weights = layer.trainable_weights()
        part, left = left[: len(weights)], left[len(weights) :]
        convoluted = layer.kind in CONVERTED and weights and part
        if convoluted and preprocessed(layer, weights, part, era, out, where) is None:
            return False
    return True


def _converted_lstm(
    layer: Layer, shapes: list[tuple[int, ...]], out: Recorder, where: str
) -> list[tuple[int, ...]] | None:
    if not shapes[1]:
        return None
    units, bias = shapes[1][0], shapes[2]
    if bias not in ((8 * units,), (4 * units,)):
        _invalid_bias(layer, bias, out, where)
        return None
    shapes[2] = (8 * units,) if layer.kind == "CuDNNLSTM" else (4 * units,)
    return shapes


def _converted_gru(
    layer: Layer, shapes: list[tuple[int, ...]], out: Recorder, where: str
) -> list[tuple[int, ...]] | None:
    if not shapes[1]:
        return None
    units, bias = shapes[1][0], shapes[2]
    sources = {
        (6 * units,): "CuDNNGRU",
        (2, 3 * units): "GRU(reset_after=True)",
        (3 * units,): "GRU(reset_after=False)",
    }
    source = sources.get(bias)
    if source is None:
        _invalid_bias(layer, bias, out, where)
        return None
    target = "CuDNNGRU"
    if layer.kind == "GRU":
        cell = layer.parts.get("cell", layer)
        after = any(
            weight.name == "bias" and weight.shape is not None and len(weight.shape) == 2 for weight in cell.own
        )
        target = f"GRU(reset_after={after})"
    if source != target and "GRU(reset_after=False)" in (source, target):
        out.say(
            "weight-shape",
            f"{layer.name!r}: {source} is not compatible with {target}",
            where,
            f"{source} is not compatible with {target}",
        )
        return None
    shapes[2] = (6 * units,) if target == "CuDNNGRU" else (2, 3 * units) if target.endswith("True)") else (3 * units,)
    return shapes


def _invalid_bias(layer: Layer, bias: tuple[int, ...], out: Recorder, where: str) -> None:
    out.say(
        "weight-shape",
        f"{layer.kind} {layer.name!r}: a bias of shape {bias} fits no variant of the layer",
        where,
        f"Invalid bias shape: {bias}",
    )
