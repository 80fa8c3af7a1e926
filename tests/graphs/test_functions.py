"""What loading sees of functions: which it looks into, in which order it imports them, and what their nodes call."""

from __future__ import annotations

import pytest

from analyzer.graphs.calls import inspected, instantiated
from analyzer.graphs.function_order import dependencies, taken, too_early
from analyzer.parts.graph import Graph
from analyzer.target import parse
from tests import examples

_CALL = '{} {{ name: "{}" op: "PartitionedCall" {} attr {{ key: "f" value {{ func {{ name: "{}" }} }} }} }}'
_DISABLED = 'attr { key: "_disable_call_shape_inference" value { b: true } }'


def graph(text: str) -> Graph:
    found = examples.artifact({"graph_def": text}).graph_def
    assert found is not None
    return found


def library(*functions: tuple[str, str]) -> str:
    return "library { " + " ".join(f'function {{ signature {{ name: "{n}" }} {body} }}' for n, body in functions) + " }"


def test_shape_inference_follows_calls_from_the_top_level() -> None:
    inner = _CALL.format("node_def", "n", "", "g")
    found = graph(_CALL.format("node", "x", "", "f") + library(("f", inner), ("g", ""), ("unreached", "")))
    assert instantiated(found) == {"f", "g"}


def test_shape_inference_stops_where_it_is_disabled() -> None:
    found = graph(_CALL.format("node", "x", _DISABLED, "f") + library(("f", "")))
    assert instantiated(found) == frozenset()


def test_branches_are_no_calls() -> None:
    branch = 'node { name: "x" op: "If" attr { key: "then_branch" value { func { name: "f" } } } }'
    assert instantiated(graph(branch + library(("f", "")))) == frozenset()


def test_the_placer_looks_up_missing_functions_too() -> None:
    assert inspected(graph(_CALL.format("node", "x", "", "gone"))) == {"x"}


def test_lists_of_functions_count_since_2_3() -> None:
    case = 'node_def { name: "n" op: "Case" attr { key: "branches" value { list { func { name: "g" } } } } }'
    found = graph(library(("f", case), ("g", "")))
    assert dependencies(found, parse("tensorflow==2.2.0")) == {"f": set(), "g": set()}
    assert dependencies(found, parse("tensorflow==2.3.0")) == {"f": {"g"}, "g": set()}


@pytest.mark.parametrize(
    ("waits", "library", "order", "early"),
    [
        ({"f": {"g"}, "g": set()}, "fg", "gf", ""),
        ({"f": {"g"}, "g": {"f"}}, "fg", "", ""),
        ({"f": {"gone"}}, "f", "", ""),
        ({"f": {"g"}, "g": set()}, "fgg", "gfg", ""),
        ({"f": {"g"}, "g": set()}, "fgf", "gf", ""),
        ({"f": {"g", "h"}, "g": set(), "h": set()}, "fghg", "ghfg", ""),
        ({"f": {"g", "h"}, "g": set(), "h": set()}, "fhgg", "ggfh", "fh"),
    ],
)
def test_sorting(waits: dict[str, set[str]], library: str, order: str, early: str) -> None:
    assert "".join(taken(waits, library)) == order
    assert "".join(too_early(waits, order)) == early
