"""Names of tensors as parameters of a Python function: core/function/polymorphism/function_type.py `sanitize_arg_name`."""

from __future__ import annotations

import keyword
from collections.abc import Iterable


def sanitized(name: str) -> str:
    """A name as `sanitize_arg_name` writes it."""
    text = "".join(each if each.isalnum() else "_" for each in name)
    return text if text[:1].isalpha() else f"arg_{text}"


def naming_error(names: Iterable[str]) -> str:
    """What Python says of the first of some names that no parameter can have; empty where all can be parameters of one function."""
    seen: set[str] = set()
    for name in names:
        if not name:
            return "string index out of range"
        parameter = sanitized(name)
        if not parameter.isidentifier() or keyword.iskeyword(parameter):
            return f"{parameter!r} is not a valid parameter name"
        if parameter in seen:
            return f"duplicate parameter name: {parameter!r}"
        seen.add(parameter)
    return ""
