"""HDF5 files as Keras writes them: the tree of groups and datasets without their values, and the configuration.

What Keras writes is read by `analyzer.readers.hdf5_metadata`, in a tenth of the time; anything else by h5py, as it is for
Keras, so that what HDF5 refuses there it refuses here. Soft and external links are listed, never followed. Kinds of damage: those of `analyzer.readers.magic`, `truncated` (the superblock's end-of-file address lies
beyond the file), `garbage` (HDF5 refuses the file or an object that every load visits).
"""

from __future__ import annotations

import io
import json
import mmap
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeVar

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.parts.keras import Dataset, Group, KerasFile, Link, Unreadable
from analyzer.readers import hdf5_attributes, hdf5_metadata, magic
from analyzer.readers.limits import Limits
from analyzer.sources import Source

_T = TypeVar("_T")
_ASKED_FOR = (b"model_weights", b"optimizer_weights")
_DEPTH = 64  # nested groups; a hard link to a parent would never end


def read_h5(source: Source, file: str, limits: Limits) -> tuple[KerasFile | None, list[Damage], list[Problem]]:
    """An HDF5 file with a model or with weights; None where HDF5 cannot open it."""
    try:
        stream = source.open(file)
    except PermissionError as error:
        return None, [], [Problem(file, "permission", f"cannot read it: {error.strerror or error}")]
    except OSError as error:
        return None, [Damage(file, "not-a-file", f"cannot read it: {error.strerror or error}")], []
    with stream:
        return read_stream(stream, file, limits)


def read_stream(stream: BinaryIO, file: str, limits: Limits) -> tuple[KerasFile | None, list[Damage], list[Problem]]:
    """The same from an open stream; `file` is for messages."""
    damage: list[Damage] = []
    problems: list[Problem] = []
    head = stream.read(magic.HEAD)
    kind = magic.recognize(head)
    if kind != "hdf5" and not _signature_further_on(stream):
        return None, [magic.damage(file, kind, head)], problems
    try:
        tree = _mapped(stream, _quick)
        if tree is None:
            with _opened(stream) as root:
                tree = _Tree(file, limits, problems, endless=_mapped(stream, hdf5_attributes.endless)).group(
                    root, "", 0
                )
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        return None, [_refused(file, stream, error)], problems
    return _keras_file(tree, file, limits, problems), damage, problems


def read_tree(content: Any, file: str, limits: Limits, problems: list[Problem]) -> Group:
    """The tree of an HDF5 file in memory (any buffer). Raises OSError with HDF5's own words."""
    try:
        return hdf5_metadata.read(content)
    except hdf5_metadata.UnusualError:
        pass
    try:
        stream = io.BytesIO(content)
        with _opened(stream) as root:
            endless = hdf5_attributes.endless(stream.getvalue())
            return _Tree(file, limits, problems, endless=endless).group(root, "", 0)
    except (RuntimeError, KeyError, ValueError) as error:
        raise OSError(str(error)) from None


def _mapped(stream: BinaryIO, read: Callable[[Any], _T]) -> _T:
    """What is read from the bytes of the stream, which are not copied if they are a file's."""
    try:
        number = stream.fileno()
    except (OSError, AttributeError):
        stream.seek(0)
        return read(stream.read())
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as buffer:
        return read(buffer)


def _quick(buffer: Any) -> Group | None:
    """The tree where the file is in the classic form, read without HDF5's library; None where it has to be asked."""
    try:
        return hdf5_metadata.read(buffer)
    except hdf5_metadata.UnusualError:
        return None


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
        names = self._names(group, attributes)
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
        order = tuple(raw.decode("utf-8", "surrogateescape") for raw in names)
        return Group(attributes, groups, datasets, links, order)

    def _names(self, group: Any, attributes: Mapping[str, Any]) -> list[bytes]:
        """Names of members. That they cannot be listed stops no load of a model, which asks for names that it knows."""
        names: list[bytes] = []
        try:
            self._h5.h5g.iterate(group, names.append)
        except (OSError, RuntimeError):
            if not attributes:
                raise
            listed = [value for values in attributes.values() if isinstance(values, list) for value in values]
            known = [value.encode() if isinstance(value, str) else value for value in (*listed, *_ASKED_FOR)]
            first = {value.partition(b"/")[0] for value in known if isinstance(value, bytes)}
            return [name for name in sorted(first) if self._is_or_fails(group, name)]
        return names

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
            return Unreadable(hdf5_attributes.ENDLESS)
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


def plain_text(value: Any) -> str | None:
    """An attribute's text, None where it holds none."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None


def _json_text(attributes: Mapping[str, Any], name: str) -> str | None:
    """An attribute that is JSON; empty where it is no text, which json.loads refuses too."""
    text = plain_text(attributes.get(name))
    return "" if text is None and name in attributes else text


def _keras_file(tree: Group, file: str, limits: Limits, problems: list[Problem]) -> KerasFile:
    attributes = tree.attributes
    config_text, training_text = _json_text(attributes, "model_config"), _json_text(attributes, "training_config")
    weights = tree.groups.get("model_weights")
    layout = "model_weights"
    if config_text is None or weights is None:
        weights, layout = tree, layout_of(tree)
    inner = weights.attributes if weights is not None else {}
    return KerasFile(
        container="h5",
        file=file,
        config=_json(config_text, file, limits, problems),
        config_text=config_text,
        training_config=_json(training_text, file, limits, problems),
        training_text=training_text,
        keras_version=plain_text(attributes.get("keras_version") or inner.get("keras_version")),
        backend=plain_text(attributes.get("backend") or inner.get("backend")),
        weights=weights,
        weights_file=file,
        layout=layout,
        root=tree,
    )


def layout_of(tree: Group) -> str:
    """Which of the layouts of weights a tree has: the attribute or group that its reader looks for first."""
    if "layer_names" in tree.attributes or "layer_names0" in tree.attributes:
        return "layer_names"
    for name in ("_layer_checkpoint_dependencies", "layers", "model_weights"):
        if name in tree.groups:
            return name
    return "vars" if "vars" in tree.groups else ""


def _json(text: str | None, file: str, limits: Limits, problems: list[Problem]) -> Any:
    """The parsed text; None where there is none or it does not parse, which the rules see from the text."""
    if text is None:
        return None
    if len(text) > limits.json:
        problems.append(Problem(file, "limit", f"a configuration of {len(text)} characters is over the limit"))
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _signature_further_on(stream: BinaryIO) -> bool:
    """Whether the HDF5 signature stands behind a user block (H5FD_locate_signature: 512, 1024, 2048 ...)."""
    size = stream.seek(0, os.SEEK_END)
    offset = 4096
    while offset < size:
        stream.seek(offset)
        if stream.read(8) == b"\x89HDF\r\n\x1a\n":
            return True
        offset *= 2
    return False


def _refused(file: str, stream: BinaryIO, error: Exception) -> Damage:
    text = str(error) or type(error).__name__
    kind = "truncated" if "truncated" in text else "garbage"
    size = stream.seek(0, os.SEEK_END) if not stream.closed else -1
    return Damage(file, kind, text, None, {"size": size})
