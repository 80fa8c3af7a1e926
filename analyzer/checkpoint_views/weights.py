"""Whether a file of Keras weights fits a model: `analyze FILE.weights.h5 --against MODEL.keras`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.artifact import Artifact
from analyzer.keras import load_weights
from analyzer.keras.era import era_of
from analyzer.keras.events import Event
from analyzer.keras.model import Layer
from analyzer.records import NamedTuple
from analyzer.target import Target


class WeightsFit(NamedTuple):
    """What `load_weights` of one Keras says: `succeeds` is None where that hangs on code that is not in the files.

    `restored` are the variables that get their value; `faults` pair a place in the file, or in the model, with what is wrong.
    """

    way: str
    target: str
    succeeds: bool | None
    restored: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    because: tuple[str, ...]


def fit(weights: Artifact, model: Artifact, target: Target) -> WeightsFit:
    """How a file of weights fits the model of another file. Raises ValueError where no table covers the target's Keras."""
    era = era_of(target)
    made, said = load_weights.made(model, target, era)
    way = "load_weights"
    if made is None or said:
        custom = bool(said) and all(event.facts.get("custom") for event in said)
        return WeightsFit(way, target.spec, None if custom else False, (), _faults(said), _causes(said))
    config = model.keras.config if model.keras is not None else None
    found = load_weights.load(weights, made, config, era)
    restored = () if found else tuple(_names(made))
    return WeightsFit(way, target.spec, not found, restored, _faults(found), _causes(found))


def render(found: WeightsFit) -> Iterator[str]:
    """A fit as text."""
    word = {True: "succeeds", False: "fails", None: "hangs on code that is not in the files"}[found.succeeds]
    count = f"; {len(found.restored)} variables restored" if found.succeeds else ""
    yield f"{found.way} ({found.target}): {word}{count}"
    for place, text in found.faults:
        yield f"  {place}: {text}" if place else f"  {text}"


def _faults(events: Iterable[Event]) -> tuple[tuple[str, str], ...]:
    return tuple((event.symbol, event.message.removeprefix(f"{event.symbol}: ")) for event in events)


def _causes(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event.cause for event in events))


def _names(layer: Layer, prefix: str = "") -> Iterator[str]:
    for weight in layer.own:
        yield f"{prefix}{weight.name}"
    for each in layer.sublayers():
        yield from _names(each, f"{prefix}{each.name or each.kind}/")
