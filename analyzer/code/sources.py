"""Sources that are read when a name is first looked up: most artifacts name no custom code."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.code.index import CodeIndex, index


class Sources:
    """Python files and folders that stand for their index. Pickled with or without it."""

    __slots__ = ("_index", "paths")

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = tuple(paths)
        self._index: CodeIndex | None = None

    def index(self) -> CodeIndex:
        """The index, made when first asked for."""
        if self._index is None:
            self._index = index(self.paths)
        return self._index


def opened(code: CodeIndex | Sources | None) -> CodeIndex | None:
    """The index that a target's code stands for."""
    return code.index() if isinstance(code, Sources) else code
