"""From the dump of one Keras to the rows of the tables."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tools.tables.fold import Row

STANDALONE = (["2", "2"], ["2", "3"])  # 2.4 is nothing but `tf.keras` under another name
# Bases whose from_config is `cls(**config)` and no more, as in probe.py.
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
