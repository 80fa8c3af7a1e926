"""A function specification that is no Python argument specification.

## Why it matters

`tf.saved_model.load` decodes the arguments of each Python function from a named tuple: ValueError "Encountered duplicate field name: 'args'",
"Type names and field names must be valid identifiers", AttributeError "'FullArgSpec' object has no attribute 'varargs'"
(python/saved_model/nested_structure_coder.py, function_deserialization.py `_deserialize_function_spec_as_nonmethod`).

## How to fix

Export the model again; TensorFlow itself writes all of `inspect.FullArgSpec`.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Sequence
from functools import lru_cache

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.OBJECTS, reads=frozenset({"saved_model", "objects"}))

_FIELDS = ("args", "varargs", "varkw", "defaults", "kwonlyargs", "kwonlydefaults", "annotations")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each function whose specification lacks a field or has an impossible one."""
    assert artifact.saved_model is not None
    file = artifact.saved_model.file
    for meta_graph in artifact.meta_graphs:
        if meta_graph.objects is None:
            continue
        for number, each in enumerate(meta_graph.objects.nodes):
            decoded = each.kind == "function" or target.at_least("2.4")  # of bare concrete functions since 2.4
            if decoded and each.argument_spec is not None:
                error = _wrong(each.named_tuples) or _incomplete(each.argument_spec)
                name = ", ".join(each.concrete_functions[:3]) or "a function"
                yield from _found(error, f"the argument specification of {name}", Location(file, f"object/{number}"))
        for name, function in meta_graph.objects.concrete_functions.items():
            where = Location(file, f"concrete_function/{name}")
            yield from _found(_wrong(function.named_tuples), f"the signature of {name}", where)


def _found(error: str, what: str, where: Location) -> Iterator[Finding]:
    if error:
        yield rule.found(f"{what}: {error}", where, tensorflow_error=error, remedy="export the model again")


@lru_cache  # many functions have the same
def _wrong(tuples: frozenset[tuple[str, ...]]) -> str:
    """What Python says of the first impossible one of some named tuples."""
    return next(filter(None, (_error(name, fields) for name, *fields in sorted(tuples))), "")


def _error(name: str, fields: Sequence[str]) -> str:
    """What `collections.namedtuple` says of a name and fields."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return f"Type names and field names must be valid identifiers: {name!r}"
    for number, name in enumerate(fields):
        if not name.isidentifier() or keyword.iskeyword(name):
            return f"Type names and field names must be valid identifiers: {name!r}"
        if name.startswith("_"):
            return f"Field names cannot start with an underscore: {name!r}"
        if name in fields[:number]:
            return f"Encountered duplicate field name: {name!r}"
    return ""


def _incomplete(fields: Sequence[str]) -> str:
    missing = next((name for name in _FIELDS if name not in fields), "")
    return f"'FullArgSpec' object has no attribute '{missing}'" if missing else ""


def _function(*fields: str, kind: str = "function", name: str = "FullArgSpec") -> str:
    values = " ".join(f'values {{ key: "{field}" value {{ none_value {{ }} }} }}' for field in fields)
    spec = f'fullargspec {{ named_tuple_value {{ name: "{name}" {values} }} }} input_signature {{ none_value {{ }} }}'
    return f"meta_graphs {{ object_graph_def {{ nodes {{ {kind} {{ function_spec {{ {spec} }} }} }} }} }}"


rule.examples(
    ok(saved_model=_function(*_FIELDS)),
    ok(saved_model=_function(*_FIELDS, "later")),
    ok(saved_model=_function(*_FIELDS, name="Point")),
    ok(saved_model="meta_graphs { object_graph_def { nodes { bare_concrete_function { } } } }"),
    ok(saved_model=_function(*_FIELDS[1:], kind="bare_concrete_function"), target="tensorflow==2.1.0"),
    bad("has no attribute 'annotations'", saved_model=_function(*_FIELDS[:-1])),
    bad("duplicate field name: 'args'", saved_model=_function("args", *_FIELDS)),
    bad("must be valid identifiers: ''", saved_model=_function(*_FIELDS, name="")),
    bad("must be valid identifiers: ''", saved_model=_function("", *_FIELDS)),
)
