"""Layers around layers and cells: what TimeDistributed, Bidirectional, RNN and SpectralNormalization are drawn from."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tools.keras_layers.pools import DTYPES, KINDS, MERGING

Config = dict[str, Any]
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
_FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask")


def held(class_name: str, config: Config) -> Config:
    """A layer or cell as its holder's configuration has it."""
    return {"class_name": class_name, "config": config}


def wrapper(random: Random, rank: int, new: Callable[[str], str]) -> tuple[str, Config, int]:
    """A wrapper for inputs of that rank: its class and configuration, and the rank of what comes out."""
    if rank == 3 and random.random() < 0.7:
        if random.random() < 0.5:
            config = _rnn(random, new)
            return "RNN", config, 3 if config.get("return_sequences") else 2
        return _bidirectional(random, new)
    if random.random() < 0.25:
        name = random.choice(["Dense", "Conv1D", "Conv2D", "Embedding", "Conv2DTranspose", "LSTM"])
        config = _layer(random, name, new)
        return "SpectralNormalization", {"layer": config, "power_iterations": random.choice([1, 2, 0])}, rank
    inner, after = _timed(random, rank - 1, new)
    return "TimeDistributed", {"layer": inner}, after + 1


def _timed(random: Random, rank: int, new: Callable[[str], str]) -> tuple[Config, int]:
    """What is called on each step: a layer, a stack of layers, another wrapper."""
    drawn = random.random()
    if drawn < 0.25 and rank > 1:
        kind, config, after = wrapper(random, rank, new)
        return held(kind, {"name": new(kind.lower()), **config}), after
    fitting = [name for name, kind in KINDS.items() if kind.rank == rank and name not in (*MERGING, *DTYPES)]
    if drawn < 0.4:
        layers = [_layer(random, random.choice(fitting or ["Dense"]), new) for _ in range(2)]
        stack = held("Sequential", {"name": new("stack"), "layers": layers})
        return stack, rank
    name = random.choice(fitting or ["Dense"])
    return _layer(random, name, new), 2 if name == "Flatten" else rank


def _layer(random: Random, name: str, new: Callable[[str], str]) -> Config:
    return held(name, {"name": new(name.lower()), **KINDS[name].draw(random)})


def _bidirectional(random: Random, new: Callable[[str], str]) -> tuple[str, Config, int]:
    if random.random() < 0.7:
        name = random.choice(RECURRENT)
        inner = _layer(random, name, new)
    else:
        name = "RNN"
        inner = held("RNN", {"name": new("rnn"), **_rnn(random, new)})
    config: Config = {"layer": inner, "merge_mode": random.choice(["concat", "sum", "mul", "ave", "concat", None])}
    if random.random() < 0.25:
        other = {**inner["config"], "name": new("back"), "go_backwards": not inner["config"].get("go_backwards", False)}
        if random.random() < 0.2:
            other["return_sequences"] = not other.get("return_sequences", False)
        config["backward_layer"] = {**inner, "config": other}
    return "Bidirectional", config, 3 if inner["config"].get("return_sequences") else 2


def _rnn(random: Random, new: Callable[[str], str]) -> Config:
    config: Config = {flag: True for flag in _FLAGS[:5] if random.random() < (0.5 if flag == _FLAGS[0] else 0.15)}
    if random.random() < 0.6:
        return {"cell": _cell(random, new), **config}
    cells = [_cell(random, new) for _ in range(random.randint(1, 3))]
    return {"cell": held("StackedRNNCells", {"name": new("cells"), "cells": cells}), **config}


def _cell(random: Random, new: Callable[[str], str]) -> Config:
    name = random.choice(["LSTMCell", "GRUCell", "SimpleRNNCell"])
    config: Config = {"name": new(name.lower()), "units": random.choice([1, 2, 3])}
    if random.random() < 0.2:
        config["use_bias"] = False
    if name == "GRUCell" and random.random() < 0.3:
        config["reset_after"] = random.random() < 0.5
    return held(name, config)
