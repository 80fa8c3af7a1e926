"""Dataclasses and named tuples that cost little to define.

`dataclasses` imports `inspect` and compiles six methods for every class, `typing.NamedTuple` compiles every annotation: together
more than a third of a small scan, which makes instances of a few of its classes. A record looks the same, to type checkers
and to the functions of `dataclasses` too, but its `__init__` is compiled when many instances are made, and what compares,
hashes, prints and pickles is shared by all. What is not used here is not offered: ordering, fields of a base class,
`__post_init__`. A named tuple is one of `collections`, its annotations are not looked at.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from typing import NamedTuple
else:

    class _NamedTuples(type):
        """Makes a named tuple of every class statement with `NamedTuple` as its base."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            optional = tuple(field for field in fields if field in body)
            if optional != fields[len(fields) - len(optional) :]:
                raise TypeError(f"{name}: a field without a default follows one with a default")
            defaults = [body.pop(field) for field in optional]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                if key not in ("__module__", "__slots__"):
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_NamedTuples):
        """`typing.NamedTuple`."""

    def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True) -> Callable[[type], type]:
        """`dataclasses.dataclass`, for the classes of this package."""
        return lambda cls: _record(cls, frozen=frozen, slots=slots, eq=eq)

    def field(**settings: Any) -> Any:
        """`dataclasses.field`."""
        return _Field(**settings)

    def replace(record: Any, /, **changes: Any) -> Any:
        """`dataclasses.replace`."""
        return type(record)(**{name: getattr(record, name) for name in record._record_fields} | changes)


__all__ = ["NamedTuple", "dataclass", "field", "replace"]

_MISSING: Any = object()
_FEW = 20  # instances, from which on compiling an `__init__` costs less than going without


class _Field(NamedTuple):
    default: Any = _MISSING
    default_factory: Any = _MISSING
    repr: bool = True
    hash: bool | None = None
    compare: bool = True


def _record(cls: type, *, frozen: bool, slots: bool, eq: bool) -> type:
    given = cls.__dict__
    fields = {name: _as_field(given.get(name, _MISSING)) for name in cls.__annotations__}
    body: dict[str, Any] = {name: value for name, value in given.items() if name not in ("__dict__", "__weakref__")}
    for name, settings in fields.items():
        body.pop(name, None)
        if not slots and settings.default is not _MISSING:
            body[name] = settings.default
    if slots:
        body["__slots__"] = tuple(fields)
    body |= {"_record_fields": fields, "__match_args__": tuple(fields), "__dataclass_fields__": _StandardFields()}
    body |= {
        "__repr__": _repr,
        "__getstate__": _getstate,
        "__setstate__": _setstate,
        "__init__": _first_inits,
        "_record_made": 0,
        "_record_defaults": {name: each.default for name, each in fields.items() if each.default is not _MISSING},
        "_record_factories": {
            name: each.default_factory for name, each in fields.items() if each.default_factory is not _MISSING
        },
    }
    if frozen:
        body |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if eq:
        body["__eq__"] = _equal_by([name for name, settings in fields.items() if settings.compare])
        hashed = [name for name, each in fields.items() if (each.compare if each.hash is None else each.hash)]
        body["__hash__"] = _hash_by(hashed) if frozen else None
    return type(cls)(cls.__name__, cls.__bases__, body)


def _as_field(default: Any) -> _Field:
    return default if isinstance(default, _Field) else _Field(default)


def _owner(cls: type) -> Any:
    """The record among a class and its bases."""
    if "_record_fields" in cls.__dict__:
        return cls
    return next(each for each in cls.__mro__ if "_record_fields" in each.__dict__)


def _first_inits(self: Any, /, *args: Any, **kwargs: Any) -> None:
    """The `__init__` of a class's first instances, until there are enough of them to be worth one of its own.

    That also takes over what is given too much or too little, and raises as any function does.
    """
    cls = _owner(type(self))
    cls._record_made += 1
    given = dict(zip(cls._record_fields, args, strict=False), **kwargs)
    values = cls._record_defaults | given
    for name, factory in cls._record_factories.items():
        if name not in given:
            values[name] = factory()
    clear = len(given) == len(args) + len(kwargs) and values.keys() == cls._record_fields.keys()
    if cls._record_made > _FEW or not clear:
        cls.__init__ = _init(cls)
        cls.__init__(self, *args, **kwargs)
        return
    for name, value in values.items():
        object.__setattr__(self, name, value)


def _init(cls: Any) -> Callable[..., None]:
    """An `__init__` that takes the fields; slots are set through their descriptors, which freezing does not reach."""
    names: dict[str, Any] = {"_MISSING": _MISSING}
    parameters, lines = ["self"], []
    for name, settings in cls._record_fields.items():
        parameter, value = name, name
        if settings.default_factory is not _MISSING:
            names[f"_make_{name}"] = settings.default_factory
            parameter, value = f"{name}=_MISSING", f"_make_{name}() if {name} is _MISSING else {name}"
        elif settings.default is not _MISSING:
            names[f"_default_{name}"] = settings.default
            parameter = f"{name}=_default_{name}"
        parameters.append(parameter)
        if "__slots__" in cls.__dict__:
            names[f"_set_{name}"] = cls.__dict__[name].__set__
            lines.append(f" _set_{name}(self, {value})")
        else:
            lines.append(f" self.__dict__[{name!r}] = {value}")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines or [" pass"]), names)
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _repr(self: Any) -> str:
    shown = (name for name, settings in self._record_fields.items() if settings.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _equal_by(names: list[str]) -> Callable[[Any, Any], bool]:
    values = attrgetter(*names) if names else lambda record: ()

    def __eq__(self: Any, other: Any) -> bool:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        equal: bool = values(self) == values(other)
        return equal

    return __eq__


def _hash_by(names: list[str]) -> Callable[[Any], int]:
    values = attrgetter(*names) if names else lambda record: ()
    return lambda self: hash(values(self))


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self._record_fields]


def _setstate(self: Any, state: list[Any]) -> None:
    for name, value in zip(self._record_fields, state, strict=True):
        object.__setattr__(self, name, value)


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


class _StandardFields:
    """`__dataclass_fields__`, by which the `dataclasses` module knows a class; made if that ever asks."""

    def __get__(self, instance: Any, cls: type) -> Mapping[str, Any]:
        import dataclasses

        def standard(settings: _Field) -> Any:
            return dataclasses.field(
                **{key: value for key, value in settings._asdict().items() if value is not _MISSING}
            )

        record = _owner(cls)
        items = [(name, record.__annotations__[name], standard(each)) for name, each in record._record_fields.items()]
        fields: Mapping[str, Any] = vars(dataclasses.make_dataclass(cls.__name__, items))["__dataclass_fields__"]
        return fields
