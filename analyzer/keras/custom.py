"""Classes of the user's own that the load is given: whether their sources, where we have them, take the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analyzer.findings import Confidence

if TYPE_CHECKING:
    from analyzer.keras.deserialize import Deserializer


def check(d: Deserializer, name: Any, inner: Any, where: str) -> None:
    """`cls.from_config(config)` of a class that only its source tells about."""
    if d.target.code is None or not isinstance(name, str) or not isinstance(inner, Mapping):
        return
    from analyzer.code import misfit
    from analyzer.code.sources import opened

    code = opened(d.target.code)
    found = misfit(code, d.era.api, name, "", inner) if code is not None else None
    if found is None:
        return
    definition, (refused, lacking) = found
    if refused:
        d.out.say(
            "unknown-argument",
            f"{where}: {definition.name} ({definition.place}) does not take {', '.join(refused)}",
            where,
            f"got an unexpected keyword argument '{refused[0]}'",
            remedy=f"make {definition.name}.__init__ take what its get_config returns, or drop {', '.join(refused)} there",
            confidence=Confidence.MEDIUM,
            arguments=list(refused),
            class_name=definition.name,
        )
    if lacking:
        d.out.say(
            "missing-argument",
            f"{where}: {definition.name} ({definition.place}) needs {', '.join(lacking)}",
            where,
            f"missing {len(lacking)} required positional argument{'s' if len(lacking) > 1 else ''}: {lacking[0]!r}",
            remedy=f"return {', '.join(lacking)} from {definition.name}.get_config and save again, or give it a default",
            confidence=Confidence.MEDIUM,
            arguments=list(lacking),
            class_name=definition.name,
        )
