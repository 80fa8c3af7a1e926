"""Layers of Keras 3 that load what is not in the file: TFSMLayer and its SavedModel (export/tfsm_layer.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.findings import Confidence

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer


def check(d: Deserializer, config: Mapping[str, Any], where: str) -> None:
    """`TFSMLayer.from_config` minds safe mode from some patch releases on; its constructor loads the SavedModel."""
    path = config.get("filepath")
    if not isinstance(path, str):
        return
    if d.target.safe_mode and d.era.guards_saved_models:
        d.out.say(
            "unsafe-lambda",
            f"{where}: a TFSMLayer, which loads the SavedModel at {path}: safe mode refuses to deserialize it",
            where,
            "Requested the deserialization of a `TFSMLayer`, which loads an external SavedModel.",
            remedy="if you trust the file and the SavedModel: load_model(..., safe_mode=False)",
        )
        return
    d.out.say(
        "invalid-argument",
        f"{where}: a TFSMLayer, which needs the SavedModel at {path}",
        f"{where}/filepath",
        f"SavedModel file does not exist at: {path}/{{saved_model.pbtxt|saved_model.pb}}",
        remedy=f"put the SavedModel where the layer looks for it, {path}",
        confidence=Confidence.LOW,
        argument="filepath",
        class_name="TFSMLayer",
    )
