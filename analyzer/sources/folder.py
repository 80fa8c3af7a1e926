"""Files of a local folder. Symbolic links are followed; loops and what is not a plain file are listed with size -1.

Links that lead nowhere are not listed: nobody who asks for such a file finds it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from analyzer.artifact import FileEntry


class FolderSource:
    """The files below a folder, those of them that `wanted` accepts, or the one file of a name: then no other is looked at."""

    def __init__(
        self, root: str, wanted: Callable[[str], bool] | None = None, *, recursive: bool = True, only: str = ""
    ) -> None:
        self.root = root
        self._wanted = wanted
        self._recursive = recursive
        self._only = only
        self._listing: dict[str, FileEntry] | None = None

    def list(self) -> Mapping[str, FileEntry]:
        """Every file by name, in name order; unreadable folders are passed over."""
        if self._listing is None:
            found = self._one() if self._only else self._walk(self.root, "", frozenset())
            self._listing = dict(sorted((entry.name, entry) for entry in found))
        return self._listing

    def _one(self) -> Iterator[FileEntry]:
        path = os.path.join(self.root, self._only)
        try:
            status = os.stat(path)
        except OSError:
            if os.path.lexists(path):
                yield FileEntry(self._only, -1)
            return
        if not stat.S_ISDIR(status.st_mode):
            yield FileEntry(self._only, status.st_size if stat.S_ISREG(status.st_mode) else -1)

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
            wanted = self._wanted is None or self._wanted(name)
            if not wanted and not self._recursive:
                continue
            try:
                status = entry.stat()
            except FileNotFoundError:
                continue  # a link that leads nowhere
            except OSError:
                if wanted:
                    yield FileEntry(name, -1)
                continue
            if stat.S_ISDIR(status.st_mode):
                if wanted and name.endswith(".index"):
                    yield FileEntry(name, -1)  # who asks for an index finds it there
                if self._recursive:
                    yield from self._walk(entry.path, name + "/", seen | {identity})
            elif wanted:
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
            # `read` takes memory for all that it is asked for
            return stream.read(min(limit, os.fstat(stream.fileno()).st_size) if limit >= 0 else -1)
