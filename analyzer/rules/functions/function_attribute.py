"""An attribute of a function that TensorFlow does not allow for functions.

## Why it matters

From TensorFlow 2.12 on `tf.saved_model.load` takes only attributes that it knows for the functions that it makes: ValueError "Allowlist does not
support `_note` as an attribute." (python/eager/polymorphic_function/attributes.py `parse_func_attrs`; "ConcreteFunction does not support" until 2.13,
monomorphic_function.py). Sessions take any.

## How to fix

Delete the attribute, or load with another release.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.IMPORT, noticed_by=Check.FUNC_GRAPH, reads=frozenset({"graph"}))

_ALLOWED = frozenset(
    [
        "_OutputsOnOpDevice",
        "_XlaCompile",
        "_XlaMustCompile",
        "_XlaScope",
        "_XlaSeparateCompiledGradients",
        "_construction_context",
        "_disable_call_shape_inference",
        "_implements",
        "_input_shapes",
        "_noinline",
        "_original_func_name",
        "_tf_data_function",
        "_tftrt_allow_build_at_runtime",
        "_tftrt_convert_function",
        "_tftrt_is_dyn_op",
        "_tftrt_max_batch_size",
        "_tftrt_max_cached_engines",
        "_tftrt_max_workspace_size_bytes",
        "_tftrt_minimum_segment_size",
        "_tftrt_precision_mode",
        "_tftrt_profile_strategy",
        "_tftrt_trt_logger_name",
        "_tftrt_use_calibration",
        "_tftrt_use_implicit_batch",
        "api_implements",
        "api_preferred_device",
        "backward_function_name",
        "experimental_ints_on_device",
        "forward_function_name",
        "go_backwards",
        "shared_rendezvous",
        "tf_quant.composite_function",
        "tf_quant.quantized_ops",
        "time_major",
    ]
)
_LATER = {
    "runtime_constant_optimization": "2.13",
    "disable_summaries_at_runtime": "2.14",
    "_disable_acd": "2.15",
    "function_runs_at_most_once": "2.20",
}


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each attribute once, at every function that has it."""
    if not target.at_least("2.12"):
        return
    holder = "Allowlist" if target.at_least("2.14") else "ConcreteFunction"
    for file, _, graph in artifact.graphs():
        places: dict[str, list[Location]] = {}
        for name, function in graph.functions.items():
            for attr in function.attrs:
                if attr not in _ALLOWED and not (attr in _LATER and target.at_least(_LATER[attr])):
                    places.setdefault(attr, []).append(Location(file, f"function/{name}"))
        for attr, where in places.items():
            yield rule.found(
                f"{len(where)} function(s) have the attribute {attr!r}, which TensorFlow {target.tensorflow} does not allow",
                where,
                tensorflow_error=f"{holder} does not support `{attr}` as an attribute.",
                remedy="delete the attribute, or load with TensorFlow 2.11 or older",
                attribute=attr,
            )


_F = 'library {{ function {{ signature {{ name: "f" }} attr {{ key: "{}" value {{ s: "x" }} }} }} }}'

rule.examples(
    ok(graph_def=_F.format("_input_shapes")),
    ok(graph_def=_F.format("_note"), target="tensorflow==2.11.0"),
    ok(graph_def=_F.format("disable_summaries_at_runtime"), target="tensorflow==2.14.0"),
    bad(
        "which TensorFlow 2.13.0 does not allow",
        graph_def=_F.format("disable_summaries_at_runtime"),
        target="tensorflow==2.13.0",
    ),
    bad("have the attribute '_note'", graph_def=_F.format("_note")),
)
