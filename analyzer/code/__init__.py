"""Custom classes and functions in Python sources, found without running them.

`index(paths)` searches files and folders; `CodeIndex.find` answers where a name that a configuration uses is defined and
whether it is registered with Keras, `misfit` which keys of the configuration its constructor would not take.
"""

from __future__ import annotations

from analyzer.code.definitions import Definition
from analyzer.code.fit import Misfit, misfit
from analyzer.code.index import CodeIndex, index

__all__ = ["CodeIndex", "Definition", "Misfit", "index", "misfit"]
