"""The ops that each release registers, from `ops.jsonl`; a look-up decodes the rows of one op and keeps them.

A row, all keys but the first two optional:

    op          name
    since until first and last release that the row holds for; no `until`: still so in the newest
    in out      arguments in the words of `OpDefBuilder::Input`: `x: T`, `values: N*T`, `ref: Ref(T)`, `size: int32`
    control     names of control outputs
    attrs       by name: the type alone, or {"type", "min", "in" (allowed values), "default"}; types by name
    is          stateful, commutative, aggregate, uninitialized (allows uninitialized input), distributed
    deprecated  [GraphDef version from which it is gone, what to use instead]
    marks       test, private, python (registered by the Python package, not by the C library), build:cuda (not in
                the CPU build), build:mkl

Source: `TF_GetAllOpList` of each release's wheel after `import tensorflow` (tools/tables/dump_release.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from analyzer.records import dataclass
from analyzer.tables.dtypes import DATA_TYPES, REF_OFFSET
from analyzer.tables.releases import ORDER, RELEASES, index
from analyzer.tables.rows import Row, Rows, holds

BUILDS = ("cpu", "cuda")

Value: TypeAlias = "bool | int | float | str | tuple[Any, ...] | None"
"""A plain attribute value: a type is its number, a shape a tuple of sizes (-1 unknown; None: unknown rank), a function
its name, a tensor its text form, a list a tuple."""


@dataclass(frozen=True, slots=True)
class ArgDef:
    """`OpDef.ArgDef`; names are empty where they do not apply."""

    name: str
    type: int
    """DataType, without the 100 of a reference; 0 where an attribute gives it."""
    type_attr: str
    number_attr: str
    type_list_attr: str
    is_ref: bool


@dataclass(frozen=True, slots=True)
class AttrDef:
    """`OpDef.AttrDef` with plain values."""

    name: str
    type: str
    default: Value
    has_default: bool
    minimum: int | None
    """Least value of an int, least length of a list."""
    allowed: tuple[int | str, ...] | None


@dataclass(frozen=True, slots=True)
class OpDef:
    """`OpDef` of one release."""

    name: str
    inputs: tuple[ArgDef, ...]
    outputs: tuple[ArgDef, ...]
    control_outputs: tuple[str, ...]
    attrs: Mapping[str, AttrDef]
    is_stateful: bool
    is_commutative: bool
    is_aggregate: bool
    allows_uninitialized_input: bool
    is_distributed_communication: bool
    deprecated: tuple[int, str] | None
    """GraphDef version in which the op was removed, and the explanation that TensorFlow gives."""
    marks: frozenset[str]


class OpTable(Mapping[str, OpDef]):
    """The ops of one build of one release. Decodes the rows that are asked for."""

    __slots__ = ("_cuda", "_defs", "_names", "_position", "build", "release")

    def __init__(self, release: str, build: str = "cpu") -> None:
        """The table of a release as `releases.index` takes it; raises ValueError as that does."""
        self._position = index(release)
        self._cuda = _is_cuda(build)
        self.release, self.build = RELEASES[self._position], build
        self._defs: dict[str, OpDef | None] = {}
        self._names: tuple[str, ...] | None = None

    def __getitem__(self, name: str) -> OpDef:
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The definition of an op, or the default."""
        found = self._find(name)
        return default if found is None else found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._find(name) is not None

    def __iter__(self) -> Iterator[str]:
        if self._names is None:
            self._names = tuple(row["op"] for row in ROWS if _registered(row, self._position, self._cuda))
        return iter(self._names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, name: str) -> OpDef | None:
        try:
            return self._defs[name]
        except KeyError:
            row = ROWS.holding(name, self._position, ORDER)
            here = row is not None and _registered(row, self._position, self._cuda)
            found = self._defs[name] = _decode(row) if row is not None and here else None
            return found


def ops(release: str, build: str = "cpu") -> OpTable:
    """The ops that a release registers. One table is kept per release and build.

    The builds, `cpu` and `cuda`, differ in a few ops (`TRTEngineOp` and its kin, up to 2.15): the Linux wheels named
    `tensorflow` are CUDA builds from 2.1 on, those named `tensorflow-cpu` are not before 2.16. Raises ValueError for
    another build and for a release that `releases.index` does not take.
    """
    position = index(release)
    table = _OPS.get((position, build))
    if table is None:
        table = _OPS[position, build] = OpTable(RELEASES[position], build)
    return table


def releases_with(op: str, build: str = "cpu") -> tuple[str, ...]:
    """The releases that register an op, in order; empty for one that no release knows."""
    rows, cuda = ROWS.find(op), _is_cuda(build)
    return tuple(
        name for position, name in enumerate(RELEASES) if any(_registered(row, position, cuda) for row in rows)
    )


ROWS = Rows("ops.jsonl", "op")
_OPS: dict[tuple[int, str], OpTable] = {}


def _is_cuda(build: str) -> bool:
    if build not in BUILDS:
        raise ValueError(f"no build {build!r}; known are {', '.join(BUILDS)}")
    return build == "cuda"


def _registered(row: Row, position: int, cuda: bool) -> bool:
    return holds(row, position, ORDER) and (cuda or "build:cuda" not in row.get("marks", ()))


def _decode(row: Row) -> OpDef:
    attrs = {name: _attr(name, fact) for name, fact in row.get("attrs", {}).items()}
    flags = row.get("is", ())
    deprecated = row.get("deprecated")
    return OpDef(
        name=row["op"],
        inputs=tuple(_arg(text, attrs) for text in row.get("in", ())),
        outputs=tuple(_arg(text, attrs) for text in row.get("out", ())),
        control_outputs=tuple(row.get("control", ())),
        attrs=attrs,
        is_stateful="stateful" in flags,
        is_commutative="commutative" in flags,
        is_aggregate="aggregate" in flags,
        allows_uninitialized_input="uninitialized" in flags,
        is_distributed_communication="distributed" in flags,
        deprecated=(deprecated[0], deprecated[1]) if deprecated else None,
        marks=frozenset(row.get("marks", ())),
    )


def _arg(text: str, attrs: Mapping[str, AttrDef]) -> ArgDef:
    """An argument from its words; as in `FinalizeInputOrOutput` of op_def_builder.cc an attribute's own type decides
    whether its name stands for a type or a list of types."""
    name, _, kind = text.partition(": ")
    is_ref = kind.startswith("Ref(")
    if is_ref:
        kind = kind[4:-1]
    number, _, kind = kind.rpartition("*")
    attr = attrs.get(kind)
    if attr is None:
        return ArgDef(name, DATA_TYPES[kind], "", number, "", is_ref)
    if attr.type.startswith("list("):
        return ArgDef(name, 0, "", number, kind, is_ref)
    return ArgDef(name, 0, kind, number, "", is_ref)


def _attr(name: str, fact: Any) -> AttrDef:
    if isinstance(fact, str):
        return AttrDef(name, fact, None, False, None, None)
    kind, default, allowed = fact["type"], fact.get("default"), fact.get("in")
    if kind == "type" or kind == "list(type)":
        default = tuple([_TYPES[one] for one in default]) if isinstance(default, list) else _TYPES.get(default)
        if allowed is not None:
            allowed = tuple([_TYPES[one] for one in allowed])
    else:
        default = _frozen(default)
        if allowed is not None:
            allowed = tuple(allowed)
    return AttrDef(name, kind, default, "default" in fact, fact.get("min"), allowed)


_TYPES = DATA_TYPES | {f"{name}_ref": number + REF_OFFSET for name, number in DATA_TYPES.items()}


def _frozen(value: Any) -> Any:
    return tuple([_frozen(item) for item in value]) if isinstance(value, list) else value
