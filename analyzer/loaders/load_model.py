"""`tf.keras.models.load_model(path)`: what it visits.

An H5 file or archive is read by Keras alone: everything that a rule finds in it counts. A SavedModel folder is loaded by
Keras 2 on top of `tf.saved_model.load` (keras/saving/saved_model/load.py `load`, which calls `load_partial` for what it
does not revive from metadata; up to TensorFlow 2.4 that is in the graph of objects, and nobody opens keras_metadata.pb), so both sets of checks are made, but for what fails only while nobody has imported keras.
Keras 3 turns folders away before it opens anything
(keras/src/saving/saving_api.py `load_model`).
"""

from __future__ import annotations

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Location, Phase
from analyzer.loaders import Visits
from analyzer.target import Target


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    if artifact.format is not Format.SAVED_MODEL:
        return lambda where, phase, check: True
    if target.is_keras_3:
        return lambda where, phase, check: check is Check.KERAS
    from analyzer.keras import emulation
    from analyzer.keras.saved_model import KERAS_METADATA
    from analyzer.loaders import saved_model_load

    beneath = saved_model_load.plan(artifact, target)
    separate = target.at_least("2.5")
    replaced, made = emulation.replaced(artifact, target), emulation.made(artifact, target)

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if where.file == KERAS_METADATA and not separate:
            return False
        if check is Check.RESTORE_OBJECTS and where.symbol in replaced:
            return False
        if check in (Check.OBJECTS, Check.ASSIGNED) and where.symbol in made:
            return False  # `_load_nodes` makes no object that there is
        return check is Check.KERAS or (check is not Check.KERAS_IMPORTED and beneath(where, phase, check))

    return visits
