"""Says which TensorFlow loader will fail on an artifact, at which step, and why, without importing TensorFlow."""

from __future__ import annotations

__version__ = "0.1.0"
