"""Argument names and values that `dump.py` tries on every class whose signature does not show what it takes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from tools.tables.fold import Row

# Arguments that configs carry and that no signature or default config of any dump shows, with values as found in files.
HISTORICAL: dict[str, list[Any]] = {
    "batch_input_shape": [[None, 3]],
    "batch_shape": [[None, 3]],
    "input_shape": [[3]],
    "input_dim": [3],
    "input_length": [None, 4],
    "input_dtype": ["float32"],
    "batch_size": [None, 2],
    "weights": [None],
    "ragged": [False],
    "sparse": [False],
    "optional": [False],
    "autocast": [True],
    "experimental_autocast": [True],
    "query_shape": [None, [None, 2, 2]],
    "key_shape": [None, [None, 2, 2]],
    "value_shape": [None, [None, 2, 2]],
    "has_input_vocabulary": [True],
    "is_legacy_optimizer": [False, True],
    "decay": [0.0, 0.01],
    "lr": [0.001],
    "function_type": ["lambda"],
    "output_shape_type": ["raw"],
    "output_shape_module": [None],
    "module": ["__main__"],
    "build_config": [{"input_shape": [None, 3]}],
    "registered_name": [None],
    "shared_object_id": [1],
    "l": [0.01],
    "init": ["glorot_uniform"],
    "border_mode": ["valid"],
    "nb_filter": [2],
    "nb_row": [2],
    "nb_col": [2],
    "subsample": [[1, 1]],
    "dim_ordering": ["tf"],
    "bias": [True],
    "W_regularizer": [None],
    "b_regularizer": [None],
    "W_constraint": [None],
    "b_constraint": [None],
    "inner_init": ["orthogonal"],
    "inner_activation": ["hard_sigmoid"],
    "forget_bias_init": ["one"],
    "dropout_W": [0.0],
    "dropout_U": [0.0],
    "consume_less": ["cpu"],
    "p": [0.5],
    "output_mode": ["int"],
    "fused": [None, True],
    "_scope": [None],
}


def pool(rows: Iterable[Row]) -> dict[str, dict[str, list[Any]]]:
    """Kind -> argument name -> values to try: up to three defaults that the rows of the object table have most often."""
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        if row["kind"] in ("other", "operation", "function"):
            continue
        names = seen["layer" if row["kind"] == "model" else row["kind"]]
        for name in row.get("extra", "").split():
            names[name]["null"] += 0
        for written in row.get("arguments", ()):
            name, _, default = written.rstrip("!").partition("=")
            if not name.startswith("*"):
                names[name][_typical(default)] += bool(default)
    found = {kind: {name: _values(counts) for name, counts in names.items()} for kind, names in seen.items()}
    for tried in found.values():
        for name, values in HISTORICAL.items():
            tried[name] = values + [value for value in tried.get(name, ()) if value not in values]
    return {kind: dict(sorted(names.items())) for kind, names in sorted(found.items())}


def _values(counts: Counter[str]) -> list[Any]:
    return [json.loads(value) for value, _ in counts.most_common(3)]


def _typical(default: str) -> str:
    return "null" if not default or len(default) > 200 or '"<' in default else default
