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
from collections.abc import Iterator

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
    for meta_graph in artifact.meta_graphs:
        for number, each in enumerate(meta_graph.objects.nodes if meta_graph.objects is not None else ()):
            decoded = each.kind == "function" or target.at_least("2.4")  # of bare concrete functions since 2.4
            error = _error(each.argument_spec) if decoded and each.argument_spec is not None else ""
            if error:
                yield rule.found(
                    f"the argument specification of {', '.join(each.concrete_functions[:3]) or 'a function'}: {error}",
                    Location(artifact.saved_model.file, f"object/{number}"),
                    tensorflow_error=error,
                    remedy="export the model again",
                )


def _error(fields: tuple[str, ...]) -> str:
    """What Python says of a named tuple with these fields, or of what it lacks."""
    for number, name in enumerate(fields):
        if not name.isidentifier() or keyword.iskeyword(name):
            return f"Type names and field names must be valid identifiers: {name!r}"
        if name.startswith("_"):
            return f"Field names cannot start with an underscore: {name!r}"
        if name in fields[:number]:
            return f"Encountered duplicate field name: {name!r}"
    missing = next((name for name in _FIELDS if name not in fields), "")
    return f"'FullArgSpec' object has no attribute '{missing}'" if missing else ""


def _function(*fields: str, kind: str = "function") -> str:
    values = " ".join(f'values {{ key: "{name}" value {{ none_value {{ }} }} }}' for name in fields)
    spec = f"fullargspec {{ named_tuple_value {{ {values} }} }} input_signature {{ none_value {{ }} }}"
    return f"meta_graphs {{ object_graph_def {{ nodes {{ {kind} {{ function_spec {{ {spec} }} }} }} }} }}"


rule.examples(
    ok(saved_model=_function(*_FIELDS)),
    ok(saved_model=_function(*_FIELDS, "later")),
    ok(saved_model="meta_graphs { object_graph_def { nodes { bare_concrete_function { } } } }"),
    ok(saved_model=_function(*_FIELDS[1:], kind="bare_concrete_function"), target="tensorflow==2.1.0"),
    bad("has no attribute 'annotations'", saved_model=_function(*_FIELDS[:-1])),
    bad("duplicate field name: 'args'", saved_model=_function("args", *_FIELDS)),
    bad("must be valid identifiers: ''", saved_model=_function("", *_FIELDS)),
)
