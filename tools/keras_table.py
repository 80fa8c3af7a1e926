"""Build `analyzer/tables/keras_*.jsonl` from what `keras_dump.py` wrote under each Keras.

    python -m tools.keras_table pool DUMP...             print the argument names and values to try, for keras_dump.py
    python -m tools.keras_table build DUMP...            make the tables anew from these dumps alone
    python -m tools.keras_table add DUMP...              replace or add these versions, keep the others
    python -m tools.keras_table changes OLD NEW [-v]     what a version has that another has not (`keras-3.6.0`)
    python -m tools.keras_table run PACKAGE OUT [--python EXE] [--path FOLDER]
                                                         write the dump of one installed Keras; FOLDER may hold another

A new Keras: `run` it, `add` its dump, look at `changes`.

A version is named `PACKAGE-RELEASE`: `tf.keras-1.15` is Keras inside TensorFlow, `keras-2.10` Keras 2 by minor release
(its patches do not differ in what is kept here), `keras-3.6.0` every patch of Keras 3, `tf_keras-2.18`.  Versions are
ordered as the code went: standalone Keras to 2.4, Keras in TensorFlow, Keras 2, tf_keras, Keras 3, so that a fact that
did not change between them is one row.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.tables.fold import Row, fold, unfold, write

FOLDER = Path(__file__).parent.parent / "analyzer" / "tables"
# Table file -> the key of its rows.
TABLES = {
    "keras_names.jsonl": "name",
    "keras_symbols.jsonl": "symbol",
    "keras_objects.jsonl": "object",
    "keras_modules.jsonl": "module",
    "keras_rules.jsonl": "rule",
}
Facts = dict[str, dict[str, dict[str, Row]]]  # table file -> version -> key -> row
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
STANDALONE = (["2", "2"], ["2", "3"])  # 2.4 is nothing but `tf.keras` under another name
# Bases whose from_config is `cls(**config)` and no more, as in keras_dump.py.
PLAIN_FROM_CONFIG = ("Layer", "Operation", "Metric", "Loss", "KerasSaveable")
ORDER = {"standalone": 0, "tf.keras": 1, "keras2": 2, "tf_keras": 3, "keras3": 4}


def label(document: Mapping[str, Any]) -> str:
    """The name of the version that a dump describes."""
    package, numbers = document["package"], document["version"].split(".")
    exact = package == "keras" and (numbers[0] == "3" or numbers[:2] in STANDALONE)
    return f"{package}-{'.'.join(numbers[:3] if exact else numbers[:2])}"


def position(version: str) -> tuple[int, tuple[int, ...]]:
    """Where a version stands in the order of the tables."""
    package, _, release = version.rpartition("-")
    numbers = tuple(int(part) for part in release.split("."))
    if package == "keras":
        package = "keras3" if numbers[0] == 3 else "keras2" if numbers[1] >= 6 else "standalone"
    return ORDER[package], numbers


# --------------------------------------------------------------------------------------------------------------------
# From a dump to facts


def facts_of(document: Mapping[str, Any]) -> dict[str, dict[str, Row]]:
    """The rows of one version, table by table, without versions."""
    short = Shortener(document["root"])
    names: dict[str, Row] = {}
    for kind, table in document["names"].items():
        errors = document["string_errors"].get(kind, {})
        for name, target in table.items():
            row: Row = {"object": short(target)}
            if name in errors:
                row["string_error"] = _gist(errors[name])
            names[f"{kind}:{name}"] = row
    public = {name: {"object": short(target)} for name, target in document["symbols"].items()} | imported(
        document, short
    )
    used = {target for kind, table in document["names"].items() for target in table.values()}
    objects = {
        short(target): object_row(target, row)
        for target, row in document["objects"].items()
        if row["class"] or target in used
    }
    return {
        "keras_names.jsonl": names,
        "keras_symbols.jsonl": public,
        "keras_objects.jsonl": objects,
        "keras_modules.jsonl": {short.module(name): module_row(name, document, short) for name in document["modules"]},
        "keras_rules.jsonl": rules_of(document),
    }


def _gist(error: str) -> str:
    """The first sentence of an error, which is the same in neighbouring versions."""
    sentence = re.split(r"\.\s|\n", error, maxsplit=1)[0]
    return re.sub(r"<class '[\w.]*?(\w+)'>", r"\1", sentence)[:120]


class Shortener:
    """Addresses with the implementation package's name left out, so that a package that was renamed keeps its rows."""

    def __init__(self, root: str) -> None:
        self.root = root

    def module(self, name: str) -> str:
        if name == self.root or name.startswith(self.root + "."):
            return "~" + name[len(self.root) :]
        return name

    def __call__(self, address: str) -> str:
        module, _, name = address.partition(":")
        return f"{self.module(module)}:{name}"


def module_row(name: str, document: Mapping[str, Any], short: Shortener) -> Row:
    """What a module holds, by the module that defines it: names, or `alias=name`; the module itself is `.`.

    Modules that define nothing have their names in the table of symbols; without a serialization library nobody asks.
    """
    if not document["symbols"] or not _defines(name, document):
        return {}
    holds: dict[str, list[str]] = defaultdict(list)
    for key, target in sorted(document["held"][name].items()):
        module, _, defined = short(target).partition(":")
        home = "." if module == short.module(name) else module
        holds[home].append(key if key == defined else f"{key}={defined}")
    return {"holds": {home: " ".join(keys) for home, keys in sorted(holds.items())}}


def _defines(name: str, document: Mapping[str, Any]) -> bool:
    return any(target.startswith(f"{name}:") for target in document["held"].get(name, {}).values())


def imported(document: Mapping[str, Any], short: Shortener) -> dict[str, Row]:
    """`import:MODULE.NAME` -> row, for names of modules that define nothing, where they are not public names anyway."""
    found: dict[str, Row] = {}
    for module, held in document["held"].items() if document["symbols"] else ():
        if not _defines(module, document):
            for name, target in held.items():
                if document["symbols"].get(f"{module}.{name}") != target:
                    found[f"import:{short.module(module)}.{name}"] = {"object": short(target)}
    return found


def object_row(address: str, raw: Mapping[str, Any]) -> Row:
    """The facts about one class or function."""
    row: Row = {"kind": raw["kind"]}
    for key in ("api", "registered"):
        if key in raw:
            row[key] = raw[key]
    arguments = raw["arguments"]
    if arguments is None:
        row["unverified"] = "no signature"
        return row
    row["arguments"] = signature(arguments)
    if not raw["class"]:
        return row
    named = {argument[0] for argument in arguments if argument[1] not in ("*", "**")}
    open_ended = any(argument[1] == "**" for argument in arguments)
    if "from_config" in raw:
        row["from_config"] = raw["from_config"]
    if "extra" in raw or raw.get("any"):
        accepted = (set(raw.get("extra", ())) | set(raw.get("config", ()))) - named
        if accepted and not raw["any"]:
            row["extra"] = " ".join(sorted(accepted))
    elif "any" not in raw and "digest" in raw:  # without digest: a class without from_config, made by `cls(**config)`
        row["unverified"] = str(raw.get("no_sample", raw.get("no_roundtrip", "not tried"))).split(":", maxsplit=1)[0]
    knows_more = open_ended or row.get("from_config", "Layer") not in PLAIN_FROM_CONFIG
    if raw.get("any") or ("unverified" in row and knows_more):  # in doubt nothing is refused
        row["any"] = True
    demands = set(raw.get("demands", ())) - {argument[0] for argument in arguments if argument[2]}
    if demands and raw["kind"] != "model":  # those fall back on `cls(**config)` where a config is not a network's
        row["demands"] = " ".join(sorted(demands))
    optional = {argument[0] for argument in arguments if argument[2]} & set(raw.get("config", ())) - set(
        raw.get("demands", ())
    )
    if optional and "demands" in raw:
        row["supplied"] = " ".join(sorted(optional))
    for key in ("drops", "swallows", "refuses") if raw["kind"] != "model" else ():
        if raw.get(key):
            row[key] = " ".join(raw[key])
    if raw.get("renames") and raw["kind"] != "model":
        row["renames"] = {name: " ".join(targets) for name, targets in raw["renames"].items()}
    if raw.get("by_value"):
        row["by_value"] = {name: [value for value, _ in pairs] for name, pairs in raw["by_value"].items()}
    return row


def signature(arguments: Sequence[Sequence[Any]]) -> list[str]:
    """Arguments as Python would write them: `units!` required, `name=null` with its default as JSON, `*`, `**kwargs`."""
    written: list[str] = []
    keyword_only = False
    for name, kind, required, default in arguments:
        if kind == "*":
            keyword_only = True
            written.append("*" + name)
        elif kind == "**":
            written.append("**" + name)
        else:
            if kind == "keyword" and not keyword_only:
                keyword_only = True
                written.append("*")
            written.append(name + "!" if required else f"{name}={json.dumps(default, separators=(',', ':'))}")
    return written


def rules_of(document: Mapping[str, Any]) -> dict[str, Row]:
    """Rules of the era as `rule` -> {"value": ...}."""
    rules: dict[str, Row] = {"root": {"value": document["root"]}}
    root = document["root"] + "."
    for key, value in document["rules"].items():
        rules[key] = {"value": value.replace(root, "~.") if isinstance(value, str) else value}
    for number, (trial, outcome) in enumerate(document["shims"]):
        rules[f"legacy_config:{number}"] = {"value": [trial, outcome]}
    return rules


# --------------------------------------------------------------------------------------------------------------------
# Files


def read_tables(folder: Path = FOLDER) -> Facts:
    """The committed tables, unfolded: what `facts_of` gave for each version."""
    rules = _rows(folder / "keras_rules.jsonl")
    order: list[str] = next((row["value"] for row in rules if row["rule"] == "versions"), [])
    index = {version: number for number, version in enumerate(order)}
    facts: Facts = {}
    for file, key in TABLES.items():
        rows = [row for row in _rows(folder / file) if row[key] != "versions"]
        facts[file] = {version: unfold(key, rows, version, index.__getitem__) for version in order}
    return facts


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_tables(facts: Facts, folder: Path = FOLDER) -> dict[str, int]:
    """Fold and write every table. Returns file -> bytes."""
    sizes = {}
    for file, key in TABLES.items():
        versions = sorted(facts[file], key=position)
        rows = fold(key, facts[file], versions)
        if file == "keras_rules.jsonl":
            rows.append({"rule": "versions", "since": versions[0], "value": versions})
            rows.sort(key=lambda row: row["rule"].encode())
        sizes[file] = write(folder / file, rows)
    return sizes


def add(facts: Facts, dumps: Iterable[str]) -> None:
    """Put the facts of dumps in place of what `facts` has for their versions."""
    for dump in dumps:
        document = json.loads(Path(dump).read_text(encoding="utf-8"))
        for file, rows in facts_of(document).items():
            facts.setdefault(file, {})[label(document)] = rows


# --------------------------------------------------------------------------------------------------------------------
# Commands


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


def objects_of(dumps: Iterable[str]) -> list[Row]:
    """The rows of the object table that dumps give."""
    documents = (json.loads(Path(dump).read_text(encoding="utf-8")) for dump in dumps)
    return [row for document in documents for row in facts_of(document)["keras_objects.jsonl"].values()]


def changes(old: str, new: str, verbose: bool) -> None:
    """Print what differs between two versions."""
    facts = read_tables()
    for file in TABLES:
        before, after = facts[file][old], facts[file][new]
        gone, came = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
        changed = sorted(key for key in before.keys() & after.keys() if before[key] != after[key])
        print(f"{file}: {len(came)} new, {len(gone)} gone, {len(changed)} changed")
        for sign, keys in (("+", came), ("-", gone)):
            for key in keys if verbose or file != "keras_modules.jsonl" else ():
                print(f"  {sign} {key}")
        for key in changed:
            for fact in sorted(before[key].keys() | after[key].keys()):
                if before[key].get(fact) != after[key].get(fact):
                    print(f"  ~ {key} {fact}: {_difference(before[key].get(fact), after[key].get(fact))}")


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, str) and isinstance(after, str) and " " in before + after:
        before, after = before.split(), after.split()
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = ([f"{name}: {value}" for name, value in each.items()] for each in (before, after))
    if isinstance(before, list) and isinstance(after, list):
        signs = [f"-{item}" for item in before if item not in after] + [
            f"+{item}" for item in after if item not in before
        ]
        return " ".join(map(str, signs)) or "order"
    return f"{json.dumps(before)} -> {json.dumps(after)}"


def run(package: str, out: str, python: str, path: str | None) -> None:
    """Write the dump of one installed Keras: once for its names, once more with those of all others tried on it."""
    environment = dict(os.environ) | ({"PYTHONPATH": path} if path else {})
    command = [python, str(Path(__file__).with_name("keras_dump.py")), package, out]
    subprocess.run(command, env=environment, check=True)
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder, "pool.json")
        names.write_text(
            json.dumps(pool([*_rows(FOLDER / "keras_objects.jsonl"), *objects_of([out])])), encoding="utf-8"
        )
        subprocess.run([*command, str(names)], env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("pool", "build", "add"):
        commands.add_parser(name).add_argument("dumps", nargs="+")
    command = commands.add_parser("changes")
    command.add_argument("old")
    command.add_argument("new")
    command.add_argument("-v", "--verbose", action="store_true")
    command = commands.add_parser("run")
    command.add_argument("package", choices=("tf.keras", "keras", "tf_keras"))
    command.add_argument("out")
    command.add_argument("--python", default=sys.executable)
    command.add_argument("--path")
    given = parser.parse_args()
    if given.command == "pool":
        json.dump(pool(objects_of(given.dumps)), sys.stdout, indent=0)
    elif given.command == "changes":
        changes(given.old, given.new, given.verbose)
    elif given.command == "run":
        run(given.package, given.out, given.python, given.path)
    else:
        facts: Facts = {} if given.command == "build" else read_tables()
        add(facts, given.dumps)
        for file, size in write_tables(facts).items():
            print(f"{file}: {size} bytes")


if __name__ == "__main__":
    main()
