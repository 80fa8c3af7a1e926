"""Names of rules that the same errors stand for."""

from __future__ import annotations

# Rules that explain any failure to read a file: what is there is not what its name says, or not all of it.
UNREADABLE = "unreadable-file unreadable-keras-file lfs-pointer empty-file"
NAMES = "unresolved-custom-object unresolved-name unresolved-module unknown-loss unknown-metric unknown-optimizer"
CONFIG = (
    "malformed-config unknown-argument missing-argument invalid-argument string-in-training-config invalid-graph "
    "incompatible-input weight-shape"
)
