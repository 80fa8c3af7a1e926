"""Weights in several HDF5 files: an index NAME.weights.json, as `save_weights(..., max_shard_size=...)` of Keras 3.10 and later writes it.

`ShardedH5IOStore` opens NAME_00000.weights.h5 whatever the index says, and each other file when variables are asked for that the
index has there. The tree is that of all files together. What is wrong with one of them stands in its member's `fault`.
"""

from __future__ import annotations

import json
from typing import Any

from analyzer.findings import Problem
from analyzer.parts.keras import Group, KerasFile, Member
from analyzer.readers.keras_h5 import layout_of, read_h5
from analyzer.readers.limits import Limits
from analyzer.sources import Source


def read_index(source: Source, file: str, limits: Limits) -> tuple[KerasFile, list[Problem]]:
    """The weights of an index and its files."""
    problems: list[Problem] = []
    index, fault = _index(source, file, limits, problems)
    members = [Member(file, 0, 0, fault)] if fault else []
    tree = Group({}, {}, {})
    for name in [] if fault else _shards(file, index):
        entry = source.list().get(name)
        if entry is None:
            members.append(Member(name, -1, -1, f"Unable to synchronously open file: {name} is not there"))
            continue
        found, damage, met = read_h5(source, name, limits)
        problems += met
        fault = "" if found is not None else damage[0].message if damage else "HDF5 does not open it"
        members.append(Member(name, entry.size, entry.size, fault))
        if found is not None and found.root is not None:
            tree = _joined(tree, found.root)
    return (
        KerasFile(
            container="shards",
            file=file,
            weights=tree,
            weights_file=file,
            members=tuple(members),
            layout=layout_of(tree),
            root=tree,
        ),
        problems,
    )


def _index(source: Source, file: str, limits: Limits, problems: list[Problem]) -> tuple[Any, str]:
    """The index and why there is none, as `json.load` and `sharding_config["weight_map"]` say it."""
    try:
        data = source.read(file, limits.json + 1)
        if len(data) > limits.json:
            problems.append(Problem(file, "limit", f"more than {limits.json} bytes are over the limit"))
            return None, ""
        index = json.loads(data)
        return index["weight_map"], ""
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        return None, f"{type(error).__name__}: {error}"
    except OSError as error:
        problems.append(Problem(file, "permission", f"cannot read it: {error.strerror or error}"))
        return None, ""


def _shards(file: str, weight_map: Any) -> list[str]:
    """The files that are opened: the first one, then those of the index."""
    names = [f"{file.removesuffix('.json').replace('.weights', '')}_00000.weights.h5"]
    for files in weight_map.values() if isinstance(weight_map, dict) else ():
        names += [name for name in (files if isinstance(files, list) else [files]) if isinstance(name, str)]
    return list(dict.fromkeys(names))


def _joined(one: Group, other: Group) -> Group:
    """Both trees as one: variables of a layer may lie in several files."""
    groups = dict(one.groups)
    for name, group in other.groups.items():
        groups[name] = _joined(groups[name], group) if name in groups else group
    return Group(
        {**other.attributes, **one.attributes},
        groups,
        {**one.datasets, **other.datasets},
        {**one.links, **other.links},
        tuple(dict.fromkeys((*one.order, *other.order))),
    )
