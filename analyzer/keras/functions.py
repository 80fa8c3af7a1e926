"""Functions of TensorFlow that layers of functional models call by name: `TFOpLambda` and `ClassMethod`.

After their `from_config` (layers/core.py, layers/core/tf_op_layer.py): the name is looked up among those that `tf_export`
registered, which differ from release to release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.tables.keras_functions import has_function

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer


def check(d: Deserializer, key: str, config: Mapping[str, Any], where: str) -> None:
    """Say of a function that this TensorFlow does not have. `key`: the argument that names it."""
    name = config.get(key)
    known = has_function(d.era.api, name) if isinstance(name, str) else isinstance(name, (list, Mapping))
    if not known and key in config:
        release = ".".join(map(str, d.era.tensorflow[:2]))
        d.out.say(
            "unresolved-name",
            f"{where}: the layer calls tf.{name}, which TensorFlow {release} does not have",
            f"{where}/{key}",
            f"TF symbol `{'' if d.era.at_least(2, 7) else 'tf.'}{name}` could not be found.",
            remedy="load it with a TensorFlow that has the function, or build the model without it",
            name=name,
        )
