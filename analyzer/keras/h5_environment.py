"""H5 loads that fail for what is installed beside Keras: h5py 3 under TensorFlow up to 2.4."""

from __future__ import annotations

from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.parts.keras import Group, KerasFile
from analyzer.target import Target, version_tuple


def check(keras: KerasFile, target: Target, era: Era, out: Recorder) -> None:
    """`model_config.decode('utf-8')` without a look at the type, as Keras up to 2.4 does it."""
    if era.at_least(2, 5):
        return
    h5py = target.libraries.get("h5py")
    text = keras.root is not None and (_text_attributes(keras.root, target) or _text_names(keras.root))
    new = h5py is not None and version_tuple(h5py) >= (3,)
    if not new and not text:
        return
    reason = (
        f"h5py {h5py} reads attributes as text"
        if new
        else "the file holds its configuration or names as text, not bytes"
    )
    out.say(
        "h5py-text",
        f"{reason}, which Keras {era.version} cannot take",
        "/config",
        "AttributeError: 'str' object has no attribute 'decode'",
        remedy="pip install 'h5py<3'" if new else "load it with TensorFlow 2.5 or newer",
    )


def _text_attributes(root: Group, target: Target) -> bool:
    """Whether what Keras decodes unasked is text: configurations, and in the group of weights the version and the backend."""
    weights = root.groups.get("model_weights")
    decoded = [root.attributes.get("model_config")]
    if target.compile:
        decoded.append(root.attributes.get("training_config"))
    if isinstance(weights, Group):
        decoded += [weights.attributes.get(name) for name in ("keras_version", "backend")]
    return any(isinstance(each, str) for each in decoded)


def _text_names(root: Group) -> bool:
    """Whether names of layers or weights are text, on which `n.decode('utf8')` fails alike."""
    weights = root.groups.get("model_weights")
    if weights is None:
        return False
    groups = [weights, *weights.groups.values()]
    return any(
        isinstance(value, list) and any(isinstance(each, str) for each in value)
        for group in groups
        for name, value in group.attributes.items()
        if name.startswith(("layer_names", "weight_names"))
    )
