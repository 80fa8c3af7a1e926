"""Columns of nodes, against the messages that the same bytes parse to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.readers.attrs import AttrDecoder
from analyzer.readers.nodes import Kinds, NodeColumns
from analyzer.readers.protos import message

TEXT = st.text(max_size=200)
FIELDS = st.fixed_dictionaries(
    {
        "name": TEXT,
        "op": TEXT,
        "device": TEXT,
        "input": st.lists(TEXT, max_size=4),
        "types": st.dictionaries(TEXT, st.integers(0, 99), max_size=3),
    }
)


def node(fields: dict) -> object:
    made = message("tensorflow.NodeDef")(**{key: value for key, value in fields.items() if key != "types"})
    for key, value in fields["types"].items():
        made.attr[key].type = value
    return made


def columns(serialized: list[bytes]) -> tuple[list, list, list, list, list]:
    made = NodeColumns(serialized, Kinds(AttrDecoder()))
    kinds = made.kinds()
    return (
        list(made.names()),
        [kind.op for kind in kinds],
        [list(inputs) for inputs in made.inputs()],
        list(made.devices()),
        [{name: attr.value for name, attr in kind.attrs.items()} for kind in kinds],
    )


def expected(nodes: list) -> tuple[list, list, list, list, list]:
    return (
        [each.name for each in nodes],
        [each.op for each in nodes],
        [list(each.input) for each in nodes],
        [each.device for each in nodes],
        [{name: each.attr[name].type for name in each.attr} for each in nodes],
    )


@given(st.lists(FIELDS, max_size=5))
def test_columns_are_what_the_messages_say(fields: list[dict]) -> None:
    nodes = [node(each) for each in fields]
    assert columns([each.SerializeToString() for each in nodes]) == expected(nodes)


@given(FIELDS, st.permutations(range(5)))
def test_fields_may_stand_in_any_order(fields: dict, order: list[int]) -> None:
    parts = [
        {"name": fields["name"]},
        {"op": fields["op"]},
        {"input": fields["input"]},
        {"device": fields["device"]},
        {},
    ]
    pieces = [node({"types": {}, **part}).SerializeToString() for part in parts[:4]]
    pieces.append(node({"types": fields["types"]}).SerializeToString())
    serialized = b"".join(pieces[number] for number in order)
    assert columns([serialized]) == expected([message("tensorflow.NodeDef").FromString(serialized)])


def test_debug_information_makes_no_kinds() -> None:
    nodes = [message("tensorflow.NodeDef")(name=str(number), op="NoOp") for number in range(3)]
    for number, each in enumerate(nodes):
        each.attr["T"].type = 1
        each.experimental_debug_info.original_node_names.append(f"original_{number}")
    kinds = NodeColumns([each.SerializeToString() for each in nodes], Kinds(AttrDecoder())).kinds()
    assert len(set(kinds)) == 1
