"""`.keras` archives: members, configuration, metadata and the weights' tree, read in memory.

Every member's CRC is checked as zipfile checks it when the member is read to its end. Damage kinds: those of
`analyzer.readers.magic`, and `truncated` (no end of central directory). What is wrong with a single member stands in its
`fault`, since which members a load reads depends on the loader.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.parts.keras import Group, KerasFile, Member
from analyzer.readers import magic
from analyzer.readers.keras_h5 import layout_of, read_tree
from analyzer.readers.limits import Limits
from analyzer.readers.plain_zip import PlainZip, open_plain
from analyzer.sources import Source

if TYPE_CHECKING:
    import zipfile

CONFIG, METADATA = "config.json", "metadata.json"
WEIGHTS, WEIGHTS_NPZ = "model.weights.h5", "model.weights.npz"
VOCABULARY = "/vocabulary.txt"


def read_archive(source: Source, file: str, limits: Limits) -> tuple[KerasFile | None, list[Damage], list[Problem]]:
    """A `.keras` archive; None where zipfile cannot open it."""
    try:
        stream = source.open(file)
    except PermissionError as error:
        return None, [], [Problem(file, "permission", f"cannot read it: {error.strerror or error}")]
    except OSError as error:
        return None, [Damage(file, "not-a-file", f"cannot read it: {error.strerror or error}")], []
    with stream:
        plain = open_plain(stream, limits)
        if plain is not None:
            with plain:
                found = _Archive(plain, file, limits).read()
                if plain.intact():
                    return found
        import zipfile

        stream.seek(0)
        head = stream.read(magic.HEAD)
        kind = magic.recognize(head)
        stream.seek(0)
        try:
            with zipfile.ZipFile(stream) as archive:
                return _Archive(archive, file, limits).read()
        except _faults() as error:
            if kind != "zip":
                return None, [magic.damage(file, kind, head)], []
            return None, [Damage(file, _kind_of(stream), f"zipfile cannot open it: {error}")], []


def _faults() -> tuple[type[Exception], ...]:
    """What zipfile raises of an archive; asked for only where something was raised."""
    import zipfile

    return (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, zlib.error, EOFError, ValueError)


def count_words(text: bytes) -> int:
    """Words of a vocabulary as `IndexLookup.load_assets` splits it into lines."""
    lines = text.decode("utf-8", "replace").splitlines()
    while lines and not lines[-1]:
        lines.pop()
    return len(lines)


def _kind_of(stream: BinaryIO) -> str:
    """Without an end-of-central-directory record an archive is truncated, else it is damaged."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 65557))
    return "garbage" if b"PK\x05\x06" in stream.read() else "truncated"


class _Archive:
    def __init__(self, archive: zipfile.ZipFile | PlainZip, file: str, limits: Limits) -> None:
        self._archive: Any = archive
        self._file = file
        self._limits = limits
        self._problems: list[Problem] = []

    def read(self) -> tuple[KerasFile | None, list[Damage], list[Problem]]:
        """The file's parts. What is not JSON or not HDF5 is None, with the member's fault saying why."""
        infos = self._archive.infolist()
        if len(infos) > self._limits.archive_members:
            message = f"{len(infos)} members are over the limit of {self._limits.archive_members}"
            return None, [], [Problem(self._file, "limit", message)]
        faults: dict[str, str] = {}
        contents: dict[str, Any] = {
            name: self._content(name, faults) for name in (CONFIG, METADATA, WEIGHTS) if self._has(name)
        }
        config = self._json(contents, CONFIG, faults)
        metadata = self._json(contents, METADATA, faults)
        weights = self._tree(contents.get(WEIGHTS), faults)
        members = tuple(self._member(info, faults) for info in infos)
        version = metadata.get("keras_version") if isinstance(metadata, dict) else None
        text = contents.get(CONFIG)
        found = KerasFile(
            container="archive",
            file=self._file,
            config=config,
            config_text=text.decode("utf-8", "replace") if text is not None else None,
            keras_version=version if isinstance(version, str) else None,
            metadata=metadata if isinstance(metadata, dict) else None,
            weights=weights,
            weights_file=f"{self._file}/{WEIGHTS}" if self._has(WEIGHTS) else "",
            members=members,
            layout=layout_of(weights) if weights is not None else "npz" if self._has(WEIGHTS_NPZ) else "",
        )
        return found, [], self._problems

    def _member(self, info: zipfile.ZipInfo, faults: dict[str, str]) -> Member:
        fault = faults.get(info.filename) or self._crc(info)
        lines = None
        if info.filename.endswith(VOCABULARY) and not fault and info.file_size <= self._limits.json:
            lines = count_words(bytes(self._archive.read(info)))
        return Member(info.filename, info.file_size, info.compress_size, fault, lines)

    def _has(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def _content(self, name: str, faults: dict[str, str]) -> bytes | memoryview | None:
        info = self._archive.getinfo(name)
        if info.file_size > self._limits.archive_member:
            self._problems.append(
                Problem(f"{self._file}/{name}", "limit", f"{info.file_size} bytes are over the limit")
            )
            return None
        try:
            content: bytes | memoryview = self._archive.read(info)
            return content if name == WEIGHTS else bytes(content)
        except _faults() as error:
            faults[name] = f"{type(error).__name__}: {error}"
            return self._unchecked(info) if name == WEIGHTS and "Bad CRC-32" in faults[name] else None

    def _unchecked(self, info: zipfile.ZipInfo) -> bytes | None:
        """A member's bytes, whatever its CRC: zipfile lets them pass to whoever seeks in them."""
        from copy import copy

        unchecked = copy(info)
        unchecked.CRC = None  # type: ignore[assignment]
        try:
            with self._archive.open(unchecked) as member:
                content: bytes = member.read()
        except _faults():
            return None
        return content

    def _json(self, contents: dict[str, Any], name: str, faults: dict[str, str]) -> Any:
        data = contents.get(name)
        if data is None:
            return None
        if len(data) > self._limits.json:
            self._problems.append(Problem(f"{self._file}/{name}", "limit", f"{len(data)} bytes are over the limit"))
            return None
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            faults[name] = f"{type(error).__name__}: {error}"
            return None

    def _tree(self, data: Any, faults: dict[str, str]) -> Group | None:
        if data is None:
            return None
        try:
            return read_tree(data, f"{self._file}/{WEIGHTS}", self._limits, self._problems)
        except OSError as error:
            faults[WEIGHTS] = str(error)
            return None

    def _crc(self, info: zipfile.ZipInfo) -> str:
        """What zipfile would refuse in a member that was not read above; large members are read in pieces."""
        if (
            isinstance(self._archive, PlainZip)  # which is read to its end before it counts
            or info.is_dir()
            or info.filename in (CONFIG, METADATA, WEIGHTS)
            or info.file_size > self._limits.archive_member
        ):
            return ""
        try:
            with self._archive.open(info) as member:
                while member.read(1 << 20):
                    pass
        except _faults() as error:
            return f"{type(error).__name__}: {error}"
        return ""
