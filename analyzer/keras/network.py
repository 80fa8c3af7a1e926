"""Models from their configuration, whichever kind they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras import values
from analyzer.keras.model import Layer
from analyzer.tables.keras import FUNCTIONAL_KEYS
from analyzer.tables.keras_symbol import KerasSymbol

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer


def model_from_config(d: Deserializer, symbol: KerasSymbol, config: Any, where: str) -> Layer | None:
    """A Sequential or functional model."""
    if d.era.is_3 and isinstance(config, Mapping):
        problem = values.refused(d.era, symbol, "name", config.get("name"), config)
        if problem:
            d.out.say(
                "invalid-argument",
                f"{where}: {problem}",
                f"{where}/name",
                problem,
                argument="name",
                class_name=symbol.name,
            )
    if symbol.name == "Sequential":
        from analyzer.keras.sequential import sequential

        return sequential(d, symbol, config, where)
    if not isinstance(config, Mapping):
        d.malformed(f"the configuration of {symbol.name} is no object", where)
        return None
    wanted = FUNCTIONAL_KEYS if d.era.at_least(2, 7) else FUNCTIONAL_KEYS[1:]
    missing = [key for key in wanted if key not in config]
    if missing:
        d.malformed(f"a functional model without {', '.join(missing)}", where, f"KeyError: '{missing[0]}'")
        return None
    from analyzer.keras.functional import Functional

    return Functional(d, symbol, config, where).model()
