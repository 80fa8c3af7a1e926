"""Where an artifact's bytes come from: one listing, bounded reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, Protocol

from analyzer.artifact import FileEntry


class Source(Protocol):
    """The files of one artifact, under names relative to it with forward slashes."""

    def list(self) -> Mapping[str, FileEntry]:
        """Every file by name; a size of -1 marks what is there but is not a readable file."""

    def open(self, name: str) -> BinaryIO:
        """A seekable binary stream. Raises OSError."""

    def read(self, name: str, limit: int = -1) -> bytes:
        """The first `limit` bytes, all without a limit. Raises OSError."""
