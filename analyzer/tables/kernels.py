"""The kernels that each release registers, from `kernels.jsonl`.

A row:

    op          name
    since until first and last release that the row holds for; no `until`: still so in the newest
    CPU GPU ... by device type: the kernels of the CPU build, each an object of allowed values by attribute, with
                `/label` and `/priority` where the registration has them; types by name, strings in quotes,
                integers and truth values as they are
    cuda        the device types whose kernels differ in the CUDA build, in the same form

Device types are TensorFlow's: `DEFAULT` stands for every device without a kernel of its own; `XLA_CPU` is a device beside
every CPU up to 2.3, whose kernels were had from 1.15 on and are left out where one of the CPU takes all that they take;
`XLA_GPU`, `TPU` and `TPU_SYSTEM` are registered but belong to devices that a plain process does not have.

Source: `TF_GetAllRegisteredKernels` of each release's wheels after `import tensorflow` (tools/tables/dump_release.py),
which C libraries before `FIRST` lack.  From 2.16 on the wheels `tensorflow` and `tensorflow-cpu` register the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

from analyzer.records import dataclass
from analyzer.tables.dtypes import data_type
from analyzer.tables.ops import BUILDS
from analyzer.tables.releases import ORDER, index
from analyzer.tables.rows import Row, Rows

FIRST = "1.11"
"""The first release whose kernels are known, of the CPU build."""

FIRST_CUDA = "1.14"
"""The first release whose kernels are known of the CUDA build."""

Allowed: TypeAlias = "frozenset[int | str]"


class Attributes(Protocol):
    """What is asked for the attributes of a node: of a mapping, or of something that looks them up one by one."""

    def get(self, name: str, default: Any = None, /) -> Any:
        """The attribute's value, the default where there is none."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """Kernels of one device that differ in allowed values only, as `KernelDef` without names of host memory arguments."""

    device: str
    constraints: tuple[tuple[str, Allowed], ...]
    """Attribute and what it may be: DataType numbers, strings, integers or truth values.  Nothing where the op lacks the
    attribute (`TopK` and `index_type`): such a look-up fails with `OpKernel 'TopK' has constraint on attr 'index_type'
    not in NodeDef`."""
    label: str
    """What the node's `_kernel` attribute must say; almost always empty."""
    priority: int

    def matches(self, attrs: Attributes) -> bool:
        """`KernelAttrsMatch` of tensorflow/core/framework/kernel_def_util.cc.

        A list of types matches if every member does.  An attribute that is not given counts as matching: whether it is
        missing in truth is another check's question, and an op's default can be given by the caller.
        """
        for name, allowed in self.constraints:
            value = attrs.get(name)
            if value is None:
                if not allowed:
                    return False
            elif isinstance(value, (tuple, list)):
                if not allowed.issuperset(value):
                    return False
            elif value not in allowed:
                return False
        return True


def known(release: str, build: str = "cpu") -> bool:
    """Whether the kernels of one build (`cpu` or `cuda`) of a release are known."""
    return _known(index(release), build)


def kernels(op: str, release: str, build: str = "cpu") -> tuple[Kernel, ...]:
    """The kernels of an op in one build (`cpu` or `cuda`) of a release; empty where there is none.

    Raises ValueError for a release that `releases.index` does not take or whose kernels are not known.
    """
    position = index(release)
    if not _known(position, build):
        raise ValueError(f"the kernels of TensorFlow {release} ({build} build) are not known")
    return _kernels(op, position, build)


def has_kernel(op: str, release: str, device: str, attrs: Attributes, build: str = "cpu") -> bool:
    """Whether a node would find a kernel: `FindKernelRegistration` of tensorflow/core/framework/op_kernel.cc.

    `device` is a type (`CPU`, `GPU`), `attrs` the node's attributes as DataType numbers, tuples of them, strings or
    truth values; those of no constraint may be left out, and so may those that the caller does not know, which then
    count as fitting.  A device without a kernel of its own falls back on one for `DEFAULT`.  True where the release's
    kernels are not known.  Raises ValueError for a release that `releases.index` does not take.
    """
    position = index(release)
    if not _known(position, build):
        return True
    label = attrs.get("_kernel", "")
    return any(
        kernel.label == label and kernel.device in (device, "DEFAULT") and kernel.matches(attrs)
        for kernel in _kernels(op, position, build)
    )


_TABLE = Rows("kernels.jsonl", "op")
_KERNELS: dict[tuple[str, int, str], tuple[Kernel, ...]] = {}


def _known(position: int, build: str) -> bool:
    if build not in BUILDS:
        raise ValueError(f"no build {build!r}; known are {', '.join(BUILDS)}")
    return position >= ORDER[FIRST_CUDA if build == "cuda" else FIRST]


def _kernels(op: str, position: int, build: str) -> tuple[Kernel, ...]:
    try:
        return _KERNELS[op, position, build]
    except KeyError:
        row = _TABLE.holding(op, position, ORDER)
        found = _KERNELS[op, position, build] = tuple(_decode(row, build)) if row else ()
        return found


def _decode(row: Row, build: str) -> Iterator[Kernel]:
    by_device: dict[str, Any] = {
        name: rows for name, rows in row.items() if name not in ("op", "since", "until", "cuda")
    }
    if build == "cuda":
        by_device |= row.get("cuda", {})
    for device, entries in by_device.items():
        for entry in entries:
            constraints = tuple(
                (name, frozenset(map(_value, values))) for name, values in entry.items() if not name.startswith("/")
            )
            yield Kernel(device, constraints, entry.get("/label", ""), entry.get("/priority", 0))


def _value(value: str | int) -> int | str:
    if isinstance(value, int):
        return value
    return value[1:-1] if value.startswith("'") else data_type(value)
