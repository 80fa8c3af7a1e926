"""What constructors of wrappers ask of the layers that they hold (layers/rnn/bidirectional.py `_verify_layer_config`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.keras.model import Layer

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer

_SAME = ("stateful", "return_sequences", "return_state")


def check(d: Deserializer, layer: Layer, where: str) -> None:
    """Whether both layers of a Bidirectional of Keras 3 go together. The one that it makes itself always goes backwards."""
    if layer.kind == "Pipeline":
        _pipeline(d, layer)
        return
    forward, given = layer.parts.get("layer"), layer.parts.get("backward_layer")
    if layer.kind != "Bidirectional" or not d.era.is_3 or forward is None or forward.symbol is None:
        return
    if given is None and layer.config.get("backward_layer") is None:
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
        f"{where}: Bidirectional {layer.name!r} of Keras {d.era.version} {message}",
        where,
        error,
        argument="layer",
        class_name="Bidirectional",
    )
