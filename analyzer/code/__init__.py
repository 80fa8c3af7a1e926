"""Custom classes and functions in Python sources, found without running them.

`index(paths)` reads files and folders with `ast`; `CodeIndex.find` answers where a name that a configuration uses is
defined, whether it is registered with Keras, and `Definition.refuses` which keys of the configuration its constructor would
not take.
"""

from __future__ import annotations

from analyzer.code.index import CodeIndex, Definition, index

__all__ = ["CodeIndex", "Definition", "index"]
