"""Really load artifacts in processes of their own, and say where a prediction was right.

    from analyzer.confirm import Load, attach, confirm

    confirmation = confirm([Load("model/", "tf.saved_model.load")], python="/envs/tf2.15/bin/python")
    document = attach(document, confirmation)

Loading runs what the artifact contains: `WARNING` says so, and whoever offers this to users shows it.
"""

from __future__ import annotations

from analyzer.confirm.attach import attach, loads_of
from analyzer.confirm.environments import prepare
from analyzer.confirm.parent import Confirmation, ConfirmError, Environment, Load, Outcome, confirm

WARNING = (
    "--confirm really loads the artifact, and loading runs what it contains (Lambda layers, Python functions, file "
    "operations). Do it only with artifacts you trust, or in a sandbox."
)

__all__ = [
    "WARNING",
    "ConfirmError",
    "Confirmation",
    "Environment",
    "Load",
    "Outcome",
    "attach",
    "confirm",
    "loads_of",
    "prepare",
]
