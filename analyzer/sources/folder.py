"""Files of a local folder. Symbolic links are followed, loops and what is not a plain file are listed with size -1."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from analyzer.artifact import FileEntry


class FolderSource:
    """The files below a folder, or those of them that `wanted` accepts."""

    def __init__(self, root: str, wanted: Callable[[str], bool] | None = None, *, recursive: bool = True) -> None:
        self.root = root
        self._wanted = wanted
        self._recursive = recursive
        self._listing: dict[str, FileEntry] | None = None

    def list(self) -> Mapping[str, FileEntry]:
        """Every file by name, in name order; unreadable folders are passed over."""
        if self._listing is None:
            self._listing = dict(sorted((entry.name, entry) for entry in self._walk(self.root, "", frozenset())))
        return self._listing

    def _walk(self, folder: str, prefix: str, seen: frozenset[tuple[int, int]]) -> Iterator[FileEntry]:
        try:
            here = os.stat(folder)
            entries = list(os.scandir(folder))
        except OSError:
            return
        identity = (here.st_dev, here.st_ino)
        if identity in seen:
            return
        for entry in entries:
            name = prefix + entry.name
            try:
                status = entry.stat()
            except OSError:
                if self._wanted is None or self._wanted(name):
                    yield FileEntry(name, -1)
                continue
            if stat.S_ISDIR(status.st_mode):
                if self._recursive:
                    yield from self._walk(entry.path, name + "/", seen | {identity})
            elif self._wanted is None or self._wanted(name):
                yield FileEntry(name, status.st_size if stat.S_ISREG(status.st_mode) else -1)

    def open(self, name: str) -> BinaryIO:
        """A stream of the file. Raises OSError, also for what is not a plain file: opening a FIFO would wait forever."""
        path = os.path.join(self.root, name)
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise OSError(f"{name} is not a regular file")
        return open(path, "rb")

    def read(self, name: str, limit: int = -1) -> bytes:
        """The first `limit` bytes, all without a limit. Raises OSError."""
        with self.open(name) as stream:
            return stream.read(limit)
