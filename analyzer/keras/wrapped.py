"""What constructors of wrappers ask of the layers that they hold (layers/rnn/bidirectional.py, layers/rnn/base_rnn.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.keras.model import Layer

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_NO_CELLS = ("Dense", "Dropout", "BatchNormalization", "Activation", "Conv1D", "Conv2D", "Embedding", "Flatten")
_SAME = ("stateful", "return_sequences", "return_state")


def check(d: Deserializer, layer: Layer, where: str) -> None:
    """Whether both layers of a Bidirectional go together. The one that it makes itself goes the other way, in Keras 3 always backwards."""
    if layer.kind == "Pipeline":
        _pipeline(d, layer)
        return
    if layer.kind in ("RNN", "StackedRNNCells"):
        _cells(d, layer, where)
        return
    forward, given = layer.parts.get("layer"), layer.parts.get("backward_layer")
    if layer.kind != "Bidirectional" or forward is None or forward.symbol is None:
        return
    if not d.era.is_3 and forward.symbol.parameter("go_backwards") is None:
        message = f"holds {forward.kind}, which is not recurrent"
        _say(d, layer, message, "KeyError: 'go_backwards'", where)
    elif given is None and layer.config.get("backward_layer") is None:
        if d.era.is_3:
            _one_way(d, layer, forward.get("go_backwards", False), True, where)
    elif given is not None and given.symbol is not None:
        _one_way(d, layer, forward.get("go_backwards", False), given.get("go_backwards", False), where)
        for key in _SAME:
            one, other = forward.get(key, False), given.get(key, False)
            if one != other:
                _say(
                    d,
                    layer,
                    f"holds layers of which one has {key}={one!r} and the other {other!r}",
                    "Forward layer and backward layer are expected to have the same value for attribute "
                    f'"{key}", got "{one}" for forward layer and "{other}" for backward layer',
                    where,
                )
                return


def _cells(d: Deserializer, layer: Layer, where: str) -> None:
    """`RNN.__init__` and `StackedRNNCells.__init__` of Keras 2 ask for the size of a cell's state, which other layers have not."""
    held = [layer.parts["cell"]] if "cell" in layer.parts else layer.cells
    plain = [each for each in held if each.symbol is not None and not each.is_model and each.kind in _NO_CELLS]
    if plain and not d.era.is_3:
        message = f"takes {plain[0].kind} for a cell, which has no state"
        _say(d, layer, message, "The RNN cell should have a `state_size` attribute", where)


def _pipeline(d: Deserializer, layer: Layer) -> None:
    """`Pipeline` of Keras 3.6 has no `from_config` of its own, so that it calls the configurations of its layers."""
    if not d.era.is_3 or d.era.at_least(3, 7) or not layer.config.get("layers"):
        return
    with d.when_called():
        d.out.say(
            "incompatible-input",
            f"{layer.where}: Pipeline {layer.name!r} calls its layers, which Keras {d.era.version} does not deserialize",
            layer.where,
            "Exception encountered when calling Pipeline.call(). 'dict' object has no attribute '_call_has_mask_arg'",
        )


def _one_way(d: Deserializer, layer: Layer, forward: object, backward: object, where: str) -> None:
    if forward == backward:
        _say(
            d,
            layer,
            "holds layers that both go backwards" if forward else "holds layers of which none goes backwards",
            "Forward layer and backward layer should have different `go_backwards` value. Received: "
            f"forward_layer.go_backwards {forward}, backward_layer.go_backwards={backward}",
            where,
        )


def _say(d: Deserializer, layer: Layer, message: str, error: str, where: str) -> None:
    d.out.say(
        "invalid-argument",
        f"{where}: {layer.kind} {layer.name!r} of Keras {d.era.version} {message}",
        where,
        error,
        argument="layer",
        class_name=layer.kind,
    )
