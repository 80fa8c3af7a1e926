"""What the given sources say of a name that the load has to be given: where it is, whether it is registered, whether it fits."""

from __future__ import annotations

from analyzer.code import Definition, Misfit, misfit
from analyzer.code.sources import opened
from analyzer.findings import Finding
from analyzer.keras.era import era_of
from analyzer.records import replace
from analyzer.target import Target


def with_sources(finding: Finding, target: Target) -> Finding:
    """The finding with what `--code` found, as it stands where there is none or the name is Keras's own."""
    code = opened(target.code)
    facts = finding.facts
    name = facts.get("name") or next(iter(facts.get("names", ())), "")
    if code is None or not facts.get("custom") or not isinstance(name, str):
        return finding
    module = str(facts.get("module", ""))
    definition = code.find(name, module)
    if definition is None:
        return replace(finding, message=f"{finding.message}; the given sources do not define it")
    keys = facts.get("keys", [])
    unfit = misfit(code, era_of(target).api, name, module, keys) if keys else None
    reached = "get_custom_objects" not in finding.remedy
    message, remedy = _unfitting(*unfit) if unfit is not None else _fitting(definition, name, reached)
    return replace(
        finding,
        message=f"{finding.message}; {message}",
        remedy=remedy,
        facts={**facts, "defined": definition.place, "registered": definition.registered or ""},
    )


def _unfitting(definition: Definition, why: Misfit) -> tuple[str, str]:
    said = [f"its constructor does not take {', '.join(why.refused)}"] if why.refused else []
    said += [f"the configuration has no {', '.join(why.lacking)}"] if why.lacking else []
    made = f"{definition.name}.__init__ ({definition.place})"
    remedy = [f"let {made} take {', '.join(why.refused)}"] if why.refused else []
    remedy += [f"give {', '.join(why.lacking)} of {made} a default"] if why.lacking else []
    return (
        f"found at {definition.place}, but {' and '.join(said)}",
        f"{' and '.join(remedy)}; then {_line(definition, definition.name, True)}",
    )


def _fitting(definition: Definition, name: str, reached: bool) -> tuple[str, str]:
    line = _line(definition, name, reached)
    if not definition.registered:
        return f"found at {definition.place}, not registered", line
    message = f"found at {definition.place}, registered as {definition.registered}"
    if definition.registered != name:
        return message, f"the file wants {name!r}: {line}"
    if not definition.module:
        return message, f"run the code of {definition.place} before loading: it registers {name!r}"
    return message, f"import {definition.module} before loading: it registers {name!r}"


def _line(definition: Definition, name: str, reached: bool) -> str:
    """What to write so that the load has the object."""
    given = f"load_model(..., custom_objects={{{name!r}: {definition.name}}})"
    if not reached:
        given = f"keras.utils.get_custom_objects()[{name!r}] = {definition.name} before loading"
    if definition.module:
        return f"from {definition.module} import {definition.name}; {given}"
    return f"pass {given}" if reached else given
