"""Zip archives in the plain form that Keras writes, read from their bytes.

`zipfile` imports a dozen modules and copies every member to compute its CRC. This reads archives without comment, encryption,
extra fields, zip64, data descriptors or members over one another, checks what `zipfile` checks (names in both headers, sizes,
CRCs), and is None for anything else, also for anything inconsistent: then `zipfile` is asked, so that damage is judged by it
alone. Layout: PKWARE's APPNOTE.TXT 4.3.
"""

from __future__ import annotations

import _thread
import mmap
import os
import struct
import zlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO

from analyzer.readers.limits import Limits
from analyzer.records import NamedTuple

_END = struct.Struct("<4s4H2LH")  # signature, disks, entries, size and offset of the directory, comment
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_HARMLESS = 0x0806  # how hard deflate tried; names in UTF-8
_NEWEST = 45  # version needed to extract that zipfile of every Python takes
_STORED, _DEFLATED = 0, 8
_MUCH = 1 << 20  # bytes from which on a thread for the CRCs costs less than it gains


class PlainInfo(NamedTuple):
    """A member, with the names of zipfile.ZipInfo; `start` is where its bytes are."""

    filename: str
    file_size: int
    compress_size: int
    method: int
    crc: int
    header: int
    start: int

    def is_dir(self) -> bool:
        """Whether it is a folder: there are none."""
        return False


class PlainZip:
    """An archive whose members are all in order. Holds a map of the file until it is closed."""

    def __init__(self, buffer: Any, infos: list[PlainInfo]) -> None:
        self._buffer = buffer
        self._infos = infos
        self.NameToInfo = {info.filename: info for info in infos}
        self._views = {
            info.filename: memoryview(buffer)[info.start : info.start + info.compress_size] for info in infos
        }
        self._contents = {info.filename: self._inflated(info) for info in infos if info.method == _DEFLATED}
        self._sums: dict[str, int] = {}
        self._summing = _started(self._sum_up) if len(buffer) > _MUCH else None

    def infolist(self) -> list[PlainInfo]:
        """Every member in the order of the directory."""
        return self._infos

    def getinfo(self, name: str) -> PlainInfo:
        """The member of that name."""
        return self.NameToInfo[name]

    def read(self, info: PlainInfo) -> bytes | memoryview:
        """The member's content: of a stored one a view, which is valid until the archive is closed."""
        return self._contents[info.filename] if info.method == _DEFLATED else self._views[info.filename]

    def intact(self) -> bool:
        """Whether every member has the size and the CRC that the directory says."""
        if self._summing is None:
            self._sum_up()
        else:
            self._wait()
        return all(
            self._sums.get(info.filename) == info.crc and len(self.read(info)) == info.file_size for info in self._infos
        )

    def _wait(self) -> None:
        if self._summing is not None:
            with self._summing:
                pass

    def _inflated(self, info: PlainInfo) -> bytes:
        """A deflated member's content; of a damaged one something of another size."""
        inflate = zlib.decompressobj(-15)
        content = inflate.decompress(self._views[info.filename], info.file_size + 1)
        return content if inflate.eof and not inflate.unused_data else b"" if info.file_size else b"\0"

    def _sum_up(self) -> None:
        for info in sorted(self._infos, key=lambda info: -info.file_size):  # nothing is waited for before the most work
            self._sums[info.filename] = zlib.crc32(self.read(info))

    def __enter__(self) -> PlainZip:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._wait()
        for view in self._views.values():
            view.release()
        if isinstance(self._buffer, mmap.mmap):
            self._buffer.close()


def open_plain(stream: BinaryIO, limits: Limits) -> PlainZip | None:
    """The archive in a stream, not yet known to be intact; None where zipfile has to be asked."""
    buffer = _mapped(stream, limits)
    if buffer is None:
        return None
    try:
        infos = _members(buffer, limits)
        if infos:
            return PlainZip(buffer, infos)
    except (struct.error, zlib.error, UnicodeDecodeError):
        pass
    return None


def _started(work: Callable[[], None]) -> _thread.LockType:
    """The work, begun beside everything else; the lock is free once it is done. zlib lets go of the interpreter meanwhile.

    `threading` costs as much to import as a third of a 14 MB archive's CRCs. A thread that is not waited for begins when
    this one is made to let go, after 5 ms (`sys.getswitchinterval`).
    """
    begun, done = _thread.allocate_lock(), _thread.allocate_lock()
    begun.acquire()
    done.acquire()

    def run() -> None:
        begun.release()
        try:
            work()
        finally:
            done.release()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:  # there are no threads, or no more of them
        run()
    begun.acquire()
    return done


def _mapped(stream: BinaryIO, limits: Limits) -> Any:
    size = stream.seek(0, os.SEEK_END)
    if size < _END.size:
        return None
    try:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, AttributeError):
        pass
    if size > limits.asset:
        return None
    stream.seek(0)
    return stream.read()


def _members(buffer: Any, limits: Limits) -> list[PlainInfo] | None:
    """The members in the central directory; None where it is not plain."""
    end = len(buffer) - _END.size
    signature, disk, first, here, count, size, offset, comment = _END.unpack_from(buffer, end)
    if signature != b"PK\5\6" or disk or first or here != count or not count or comment or offset + size != end:
        return None
    found: list[PlainInfo] = []
    at = offset
    for _ in range(count):
        fields = _ENTRY.unpack_from(buffer, at)
        name = bytes(buffer[at + _ENTRY.size : at + _ENTRY.size + fields[10]])
        info = _member(buffer, fields, name, limits)
        if info is None:
            return None
        found.append(info)
        at += _ENTRY.size + len(name)
    if at != end or len({info.filename for info in found}) != count:
        return None
    ordered = sorted(found, key=lambda info: info.header)
    bounds = [*(info.header for info in ordered[1:]), offset]
    apart = all(info.start + info.compress_size <= bound for info, bound in zip(ordered, bounds, strict=True))
    return found if apart else None


def _member(buffer: Any, fields: tuple[Any, ...], name: bytes, limits: Limits) -> PlainInfo | None:
    """A member by its entry in the directory and its own header."""
    signature, _, needed, flags, method, _, _, crc, packed, size, length, extra, comment, disk, _, _, header = fields
    plain = signature == b"PK\1\2" and needed <= _NEWEST and not flags & ~_HARMLESS and not extra + comment + disk
    if not plain or method not in (_STORED, _DEFLATED) or (method == _STORED and packed != size):
        return None
    if size > (limits.asset if method == _DEFLATED else limits.archive_member) or len(name) != length:
        return None
    if not name or b"\0" in name or name.endswith(b"/") or b"\\" in name:
        return None
    local = _LOCAL.unpack_from(buffer, header)
    start = header + _LOCAL.size
    if local[0] != b"PK\3\4" or local[2] != flags or buffer[start : start + local[9]] != name:
        return None
    return PlainInfo(name.decode("ascii"), size, packed, method, crc, header, start + local[9] + local[10])
