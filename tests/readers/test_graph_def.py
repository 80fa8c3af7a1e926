"""Functions of a library: those that differ in nothing but their names are decoded once, however their bytes are laid out."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from analyzer.engine import run_rules
from analyzer.parts.graph import Graph
from analyzer.readers.graph_def import GraphReader
from analyzer.readers.protos import DecodeError, message, message_with_raw_nodes
from analyzer.readers.wire import encoded
from tests import examples

_BODY = 'input_arg { name: "a" type: DT_FLOAT } } node_def { name: "n" op: "Identity" input: "a" } ret { key: "r" value: "a" }'


def graph(text: str) -> Graph:
    parsed = text_format.Parse(text, message("tensorflow.GraphDef")())
    return of_bytes(parsed.SerializeToString())


def of_bytes(data: bytes) -> Graph:
    return GraphReader().graph(message_with_raw_nodes("tensorflow.GraphDef").FromString(data))


def function(name: str, body: str = _BODY) -> str:
    return f'function {{ signature {{ name: "{name}" {body} }}'


def test_functions_of_one_definition_share_it() -> None:
    long = "g" * 300
    found = graph(f"library {{ {function('f')} {function(long)} {function('ä')} {function('')} }}").functions
    assert list(found) == ["f", long, "ä", ""]
    first = found["f"]
    assert first.nodes is found[long].nodes is found[""].nodes
    assert [each.name for each in found.values()] == list(found)
    for each in found.values():
        assert (each.inputs, each.ret, list(each.nodes)) == (first.inputs, first.ret, list(first.nodes))


@pytest.mark.parametrize("other", ["DT_INT32", 'DT_FLOAT description: "f"', 'DT_FLOAT } output_arg { name: "r"'])
def test_other_definitions_are_their_own(other: str) -> None:
    found = graph(f"library {{ {function('f')} {function('g', _BODY.replace('DT_FLOAT', other))} }}").functions
    assert found["f"].nodes is not found["g"].nodes


def test_a_name_may_stand_anywhere() -> None:
    """The last of two counts; a name behind the other fields is found as well."""

    def field(tag: int, content: bytes) -> bytes:
        return bytes((tag,)) + encoded(len(content)) + content

    stateful = b"\x88\x01\x01"  # is_stateful, field 17
    signatures = [stateful + field(10, b"late"), field(10, b"first") + field(10, b"last"), field(10, b"plain"), b""]
    functions = b"".join(field(10, field(10, each)) for each in signatures)
    assert list(of_bytes(field(18, functions)).functions) == ["late", "last", "plain", ""]


@pytest.mark.parametrize(
    "cut", [b"\x0a", b"\x0a\x05", b"\x0a\x05\x0a\x09name", b"\x0a\x02\x0a\x04name", b"\x0a\x03\x0a\x01\xff"]
)
def test_what_protobuf_refuses_is_refused(cut: bytes) -> None:
    with pytest.raises(DecodeError):
        message("tensorflow.FunctionDef").FromString(cut)
    with pytest.raises(DecodeError):
        GraphReader().function(cut)


def test_what_is_wrong_is_found_in_each_of_them() -> None:
    text = " ".join(function(name, '} node_def { name: "n" op: "Gone" input: "lost" }') for name in ("f", "g"))
    artifact = examples.artifact({"graph_def": f"library {{ {text} }}"})
    findings = run_rules(artifact, examples.target({}), ["unknown-op", "unknown-input"], [])
    places = {(finding.rule, where.symbol) for finding in findings for where in finding.where}
    assert places >= {(rule, f"function/{name}/n") for rule in ("unknown-op", "unknown-input") for name in ("f", "g")}
