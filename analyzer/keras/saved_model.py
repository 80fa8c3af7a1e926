"""Keras SavedModels through Keras 2 (`saving/saved_model/load.py`)."""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.target import Target


def load(artifact: Artifact, target: Target, era: Era, out: Recorder) -> None:
    """Say what `load_model` would refuse in the folder's Keras metadata."""
