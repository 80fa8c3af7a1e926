"""Records are dataclasses to whoever looks at them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from analyzer.records import NamedTuple, dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Point:
    """A point."""

    x: int
    y: int = 2
    facts: dict[str, Any] = field(default_factory=dict, hash=False)
    note: str = field(default="", compare=False, repr=False)

    @property
    def sum(self) -> int:
        return self.x + self.y


@dataclass(slots=True, eq=False)
class Open:
    items: list[int] = field(default_factory=list)


@dataclass()
class Plain:
    name: str = "none"


class Special(Point):
    """A class below a record takes the record's fields."""

    __slots__ = ()


def like(cls: type, **options: Any) -> Any:
    """The standard library's dataclass of the same fields."""
    fields = [
        (
            each.name,
            each.type,
            dataclasses.field(
                default=each.default,
                default_factory=each.default_factory,
                compare=each.compare,
                repr=each.repr,
                hash=each.hash,
            ),
        )
        for each in dataclasses.fields(cls)
    ]
    return dataclasses.make_dataclass(cls.__name__, fields, **options)


@pytest.mark.parametrize("arguments", [(1,), (1, 3), (1, 3, {"a": 1}), (1, 3, {}, "n")])
def test_instances_are_as_those_of_the_standard_library(arguments: tuple[Any, ...]) -> None:
    ours, theirs = Point(*arguments), like(Point, frozen=True, slots=True)(*arguments)
    assert repr(ours) == repr(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert hash(ours) == hash(theirs)
    assert ours == Point(*arguments) and ours != theirs
    assert Point.__match_args__ == theirs.__match_args__


def test_what_is_not_compared_does_not_matter() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Point(2)
    assert Point(1) != (1, 2, {}, "")


def test_every_instance_has_its_own_default() -> None:
    first, second = Open(), Open()
    first.items.append(1)
    assert second.items == []
    assert first != Open([1])
    assert first in {first}


def test_a_frozen_record_refuses_changes() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 3  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises((AttributeError, TypeError)):
        point.other = 3  # type: ignore[attr-defined]


def test_arguments_are_checked() -> None:
    with pytest.raises(TypeError, match=r"Point.__init__\(\) missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=1)  # type: ignore[call-arg]


def test_replace_copy_and_pickle() -> None:
    point = Point(1, facts={"a": [1]}, note="n")
    assert replace(point, y=5) == dataclasses.replace(point, y=5) == Point(1, 5, {"a": [1]})
    assert replace(point, y=5).note == "n"
    for again in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):
        assert again == point and again.note == "n" and again is not point
    plain = pickle.loads(pickle.dumps(Plain("a")))
    assert plain == Plain("a") and Plain.name == "none"
    with pytest.raises(TypeError):
        hash(plain)


def test_the_standard_library_knows_records() -> None:
    assert dataclasses.is_dataclass(Point) and dataclasses.is_dataclass(Point(1))
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "y", "facts", "note"]
    match Point(1, 7):
        case Point(x, y):
            assert (x, y) == (1, 7)
    assert dataclasses.asdict(Plain()) == {"name": "none"}


def test_a_class_below_a_record() -> None:
    assert Special(1) == Special(1)
    assert Special(1) != Point(1)
    assert Special(1).sum == 3


class Pair(NamedTuple):
    """Two values."""

    first: int
    second: str = "b"

    @property
    def both(self) -> str:
        return f"{self.first}{self.second}"


def test_named_tuples() -> None:
    pair = Pair(1)
    assert pair == (1, "b") == Pair(first=1, second="b")
    assert pair._replace(first=2) == Pair(2) and pair.both == "1b"
    assert repr(pair) == "Pair(first=1, second='b')"
    assert Pair.__doc__ == "Two values." and Pair._field_defaults == {"second": "b"}
    assert Pair.__annotations__ == {"first": "int", "second": "str"}
    assert pickle.loads(pickle.dumps(pair)) == pair and type(copy.deepcopy(pair)) is Pair
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'first'"):
        Pair()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Wrong: a field without a default follows"):

        class Wrong(NamedTuple):
            first: int = 1
            second: str  # type: ignore[misc]


def test_the_first_instances_are_made_as_all_others() -> None:
    """However few there are; what is given wrongly is refused from the first one on, in Python's words."""

    @dataclass(frozen=True, slots=True)
    class New:
        x: int
        items: list[int] = field(default_factory=list)
        y: int = 2

    for wrong in (New, lambda: New(1, z=2), lambda: New(1, [], 2, 3), lambda: New(1, x=1)):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            wrong()

    @dataclass(frozen=True, slots=True)
    class Again:
        x: int
        items: list[int] = field(default_factory=list)
        y: int = 2

    made = [Again(1) if number % 2 else Again(1, y=2, items=[]) for number in range(50)]
    assert all(each == made[0] and each.items == [] for each in made)
    assert len({id(each.items) for each in made}) == 50
    with pytest.raises(dataclasses.FrozenInstanceError):
        made[0].x = 2  # type: ignore[misc]
