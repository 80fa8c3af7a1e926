"""The tree of an HDF5 file as HDF5's own library reads it, for what `analyzer.readers.hdf5_metadata` leaves to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from analyzer.findings import Problem
from analyzer.parts.keras import Dataset, Group, Link, Unreadable
from analyzer.readers.hdf5_attributes import ENDLESS
from analyzer.readers.limits import Limits

_ASKED_FOR = (
    *("model_weights", "optimizer_weights"),
    *("layers", "_layer_checkpoint_dependencies", "optimizer", "vars"),
)
_DEPTH = 64  # nested groups; a hard link to a parent would never end


def read(stream: BinaryIO, file: str, limits: Limits, problems: list[Problem], *, endless: bool) -> Group:
    """The root group; `endless`: the file has a global heap in which the library would go round for ever.

    Raises OSError, RuntimeError, KeyError or ValueError with HDF5's words.
    """
    with _opened(stream) as root:
        return _Tree(file, limits, problems, endless=endless).group(root, "", 0)


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[Any]:
    """The root group. A file on disk is opened by HDF5 itself, which is faster than through Python."""
    import h5py

    path = getattr(stream, "name", None)
    if isinstance(path, str) and os.path.isfile(path):
        file = h5py.File(path, "r", locking=False)
    else:
        stream.seek(0)
        file = h5py.File(stream, "r")
    try:
        yield h5py.h5g.open(file.id, b"/")
    finally:
        file.close()


class _Tree:
    """One walk over a file's groups."""

    def __init__(self, file: str, limits: Limits, problems: list[Problem], *, endless: bool) -> None:
        import h5py

        self._h5 = h5py
        self._file = file
        self._left = limits.archive_members * 10
        self._values = limits.asset
        self._problems = problems
        self._endless = endless  # then no value of variable length may be asked for

    def group(self, group: Any, path: str, depth: int) -> Group:
        """A group with everything below it."""
        attributes = self._attributes(group)
        names, listed = self._names(group, attributes)
        groups: dict[str, Group] = {}
        datasets: dict[str, Dataset] = {}
        links: dict[str, Link] = {}
        self._left -= len(names)
        if self._left < 0 or depth > _DEPTH:
            self._problems.append(Problem(self._file, "limit", f"too many or too deeply nested groups at /{path}"))
            names = []
        for raw in names:
            name = raw.decode("utf-8", "surrogateescape")
            try:
                info = group.links.get_info(raw)
                if info.type != self._h5.h5l.TYPE_HARD:
                    links[name] = self._link(group, raw, info)
                    continue
                item = self._h5.h5o.open(group, raw)
                if isinstance(item, self._h5.h5g.GroupID):
                    groups[name] = self.group(item, f"{path}{name}/", depth + 1)
                elif isinstance(item, self._h5.h5d.DatasetID):
                    datasets[name] = self._dataset(item)
                else:
                    datasets[name] = Dataset((), "", fault="a named datatype, not a dataset")
            except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
                datasets[name] = Dataset((), "", fault=str(error) or type(error).__name__)
        order = tuple(raw.decode("utf-8", "surrogateescape") for raw in names) if listed else ()
        return Group(attributes, groups, datasets, links, order)

    def _names(self, group: Any, attributes: Mapping[str, Any]) -> tuple[list[bytes], bool]:
        """Names of members, and whether they can be listed. If not, they are those that a load asks for without listing them."""
        names: list[bytes] = []
        try:
            self._h5.h5g.iterate(group, names.append)
        except (OSError, RuntimeError):
            listed = [value for values in attributes.values() if isinstance(values, list) for value in values]
            known = [value.encode() if isinstance(value, str) else value for value in (*listed, *_ASKED_FOR)]
            first = {value.partition(b"/")[0] for value in known if isinstance(value, bytes)}
            return [name for name in sorted(first) if self._is_or_fails(group, name)], False
        return names, True

    def _is_or_fails(self, group: Any, name: bytes) -> bool:
        try:
            return bool(group.links.exists(name))
        except (OSError, RuntimeError, KeyError):
            return True

    def _link(self, group: Any, name: bytes, info: Any) -> Link:
        if info.type == self._h5.h5l.TYPE_SOFT:
            return Link("soft", "", group.links.get_val(name).decode("utf-8", "replace"))
        file, target = group.links.get_val(name)
        return Link("external", file.decode("utf-8", "replace"), target.decode("utf-8", "replace"))

    def _dataset(self, dataset: Any) -> Dataset:
        creation = dataset.get_create_plist()
        storage, fault = "plain", ""
        filters: tuple[str, ...] = ()
        layout = creation.get_layout()
        if layout == self._h5.h5d.VIRTUAL:
            storage = "virtual"
        elif layout == self._h5.h5d.CONTIGUOUS and creation.get_external_count():
            storage = "external"
        elif layout == self._h5.h5d.CHUNKED:
            count = creation.get_nfilters()
            codes = [creation.get_filter(each)[0] for each in range(count)]
            filters = tuple(map(str, codes))
        try:
            kind = dataset.dtype.str
        except TypeError as error:
            kind, fault = "", str(error)
        if filters and not fault:
            fault = self._unreadable(dataset)
        return Dataset(tuple(dataset.shape or ()), kind, storage, filters, fault)

    def _unreadable(self, dataset: Any) -> str:
        """What HDF5 says of compressed or checksummed values that it cannot read; Keras itself writes plain ones."""
        import numpy

        shape = tuple(dataset.shape or ())
        if dataset.dtype.hasobject or dataset.dtype.itemsize * int(numpy.prod(shape, dtype="int64")) > self._values:
            return ""
        try:
            dataset.read(self._h5.h5s.ALL, self._h5.h5s.ALL, numpy.empty(shape, dataset.dtype))
        except (OSError, RuntimeError) as error:
            return str(error)
        return ""

    def _attributes(self, group: Any) -> dict[str, Any]:
        """Attributes as plain values: variable-length UTF-8 text as str, other text as bytes, numbers, or lists of these."""
        found: dict[str, Any] = {}
        for index in range(self._h5.h5a.get_num_attrs(group)):
            attribute = self._h5.h5a.open(group, index=index)
            name = attribute.name.decode("utf-8", "surrogateescape")
            try:
                found[name] = self._value(attribute)
            except (OSError, RuntimeError, ValueError, TypeError) as error:
                found[name] = Unreadable(str(error) or type(error).__name__)
        return found

    def _value(self, attribute: Any) -> Any:
        import numpy

        kind = attribute.get_type()
        text = isinstance(kind, self._h5.h5t.TypeStringID) and kind.is_variable_str()
        if self._endless and (text or kind.detect_class(self._h5.h5t.VLEN)):
            return Unreadable(ENDLESS)
        if attribute.get_space().get_simple_extent_type() == self._h5.h5s.NULL:
            return ""
        array = numpy.empty(attribute.shape, dtype=attribute.dtype)
        attribute.read(array)
        values = array.tolist()
        if text:
            unicode = kind.get_cset() == self._h5.h5t.CSET_UTF8
            return _text(values, unicode)
        return values


def _text(values: Any, unicode: bool) -> Any:
    if isinstance(values, list):
        return [_text(value, unicode) for value in values]
    data = values.encode("utf-8", "surrogateescape") if isinstance(values, str) else bytes(values)
    return data.decode("utf-8", "replace") if unicode else data
