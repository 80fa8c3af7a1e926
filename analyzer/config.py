"""Settings from `[tool.analyze]` of the nearest pyproject.toml, or `analyze.toml` with the same keys at its top level.

[tool.analyze]
target = ["tensorflow==2.15.0"]
rules = ["ops", "devices"]          # as on the command line; so are ignore, devices, loader, fail-on
custom-objects = ["MyLayer", "pkg>Other"]
code = ["src"]                      # where custom classes are defined

[[tool.analyze.accept]]             # findings that are known and accepted
rule = "device-pin"
artifact = "models/legacy*"         # a pattern for the path, optional
symbol = "graph/serve/*"            # a pattern for the place, optional
reason = "served on a machine with GPUs"
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analyzer.findings import Finding
from analyzer.records import NamedTuple

_LISTS = ("target", "rules", "ignore", "devices", "loader", "custom-objects", "code", "tags")
_WORDS = ("fail-on", "format")
_ACCEPT_KEYS = {"rule", "artifact", "symbol", "reason"}


class ConfigError(ValueError):
    """A configuration file that cannot be used; the message names the file and the key."""


class Acceptance(NamedTuple):
    """A known finding, with the reason why it is accepted."""

    rule: str
    reason: str
    artifact: str = "*"
    symbol: str = "*"

    def covers(self, path: str, finding: Finding) -> bool:
        """Whether every place of the finding is one that is accepted."""
        from fnmatch import fnmatch

        return (
            finding.rule == self.rule
            and fnmatch(path, self.artifact)
            and all(fnmatch(place.symbol or place.file, self.symbol) for place in finding.where)
        )


class Config(NamedTuple):
    """Settings by option name, and what is accepted."""

    file: str = ""
    options: Mapping[str, Any] = MappingProxyType({})
    accept: tuple[Acceptance, ...] = ()


def find(start: str) -> Config:
    """The configuration that applies to a folder: of it or of the nearest folder above. Raises ConfigError."""
    folder = os.path.abspath(start)
    while True:
        for name in ("analyze.toml", "pyproject.toml"):
            file = os.path.join(folder, name)
            if os.path.isfile(file):
                config = read(file)
                if config is not None:
                    return config
        parent = os.path.dirname(folder)
        if parent == folder:
            return Config()
        folder = parent


def read(file: str) -> Config | None:
    """The configuration in a file; None for a pyproject.toml without a `[tool.analyze]` table. Raises ConfigError."""
    with open(file, "rb") as stream:
        text = stream.read()
    if os.path.basename(file) == "pyproject.toml" and b"tool.analyze" not in text:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        parsed = tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from None
    table = parsed.get("tool", {}).get("analyze") if os.path.basename(file) == "pyproject.toml" else parsed
    return None if table is None else _config(file, dict(table))


def _config(file: str, table: dict[str, Any]) -> Config:
    accept = tuple(_acceptance(file, entry) for entry in table.pop("accept", []))
    options: dict[str, Any] = {}
    for key, value in table.items():
        if key in _LISTS:
            options[key] = [value] if isinstance(value, str) else value
            if not isinstance(options[key], list) or not all(isinstance(each, str) for each in options[key]):
                raise ConfigError(f"{file}: {key} must be a list of strings")
        elif key in _WORDS and isinstance(value, str):
            options[key] = value
        else:
            raise ConfigError(f"{file}: unknown key {key!r}; known are {', '.join((*_LISTS, *_WORDS, 'accept'))}")
    return Config(file, options, accept)


def _acceptance(file: str, entry: Mapping[str, Any]) -> Acceptance:
    unknown = set(entry) - _ACCEPT_KEYS
    if unknown or not entry.get("rule") or not entry.get("reason"):
        wrong = f"unknown keys {sorted(unknown)}" if unknown else "`rule` and `reason` are required"
        raise ConfigError(f"{file}: an [[accept]] entry: {wrong}")
    return Acceptance(**entry)
