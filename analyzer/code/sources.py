"""Sources that are read when a name is first looked up: most artifacts name no custom code."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.code.index import CodeIndex, Definition, index


class Sources:
    """Python files and folders that stand for their index. Pickled with or without it."""

    __slots__ = ("_index", "paths")

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = tuple(paths)
        self._index: CodeIndex | None = None

    def find(self, name: str) -> Definition | None:
        """As `CodeIndex.find`."""
        if self._index is None:
            self._index = index(self.paths)
        return self._index.find(name)
