"""What `load_weights_from_hdf5_group` says of weights of a file that do not fit the model, in the words of each release."""

from __future__ import annotations

from analyzer.findings import Confidence
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.model import Layer, Weight, shape_text
from analyzer.parts.keras import Dataset


def layer_count(expected: int, found: int, at: str, era: Era, out: Recorder) -> None:
    """Another number of layers with weights."""
    if era.at_least(2, 6):
        error = (
            "Layer count mismatch when loading weights from file. "
            f"Model expected {expected} layers, found {found} saved layers."
        )
    else:
        error = f"You are trying to load a weight file containing {found} layers into a model with {expected} layers."
    out.say(
        "layer-count",
        f"the model of the configuration has {expected} layers with weights, the file holds weights of {found}",
        f"/{at}",
        error,
        remedy="configuration and weights come from different models: save them together again",
        expected=expected,
        found=found,
    )


def opaque(what: str, where: str, stored: Dataset, era: Era, out: Recorder) -> None:
    """What h5py makes of bfloat16, which the loaders hand on as it is."""
    out.say(
        "weight-dtype",
        f"{what} is stored as opaque values of {stored.dtype[2:]} bytes, as h5py writes bfloat16; "
        f"Keras {era.version} cannot assign them",
        where,
        "ValueError: No cast function available.",
        remedy="save the model as .keras, or in float32",
        dtype=stored.dtype,
    )


def text(layer: Layer, weight: Weight, where: str, stored: Dataset, era: Era, out: Recorder) -> None:
    """Texts, which numpy takes for numbers only where they are spelled as such; `0.0` is the shortest that it writes."""
    numbers = not era.is_3 and stored.dtype[1:2] == "S" and int(stored.dtype[2:]) > 2
    out.say(
        "weight-dtype",
        f"{layer.kind} {layer.name!r}: {weight.name} holds text ({stored.dtype}) in the file",
        where,
        "could not convert string to float",
        remedy="save the model again",
        confidence=Confidence.LOW if numbers else Confidence.HIGH,
        dtype=stored.dtype,
    )


def weight_count(
    layer: Layer, where: str, name: str, index: int, expected: int, found: int, era: Era, out: Recorder
) -> None:
    """Another number of weights for a layer."""
    if era.at_least(2, 6):
        error = (
            f"Weight count mismatch for layer #{index} (named {layer.name} in the current model, {name} in the save file). "
            f"Layer expects {expected} weight(s). Received {found} saved weight(s)"
        )
    else:
        error = (
            f'Layer #{index} (named "{layer.name}" in the current model) was found to correspond to layer {name} in the save file. '
            f"However the new layer {layer.name} expects {expected} weights, but the saved weights have {found} elements."
        )
    out.say(
        "weight-count",
        f"{layer.kind} {layer.name!r} has {expected} weights, the file {found} for it",
        where,
        error,
        expected=expected,
        found=found,
    )


def shape(
    layer: Layer, weight: Weight, where: str, index: int, name: str, dataset: Dataset, era: Era, out: Recorder
) -> None:
    """Values of another shape."""
    expected = shape_text(weight.shape)
    if era.is_3:
        error = (
            f"Shape mismatch in layer #{index} (named {layer.name}) for weight {weight.name}. Weight expects shape {expected}. "
            f"Received saved weight with shape {dataset.shape}"
        )
    else:
        error = f"Shape mismatch.The variable shape {expected}, and the assigned value shape {dataset.shape} are incompatible."
    out.say(
        "weight-shape",
        f"{layer.kind} {layer.name!r}: {weight.name} is {expected} by the configuration, {dataset.shape} in the file",
        where,
        error,
        expected=expected,
        found=list(dataset.shape),
    )
