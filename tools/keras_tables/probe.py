"""What a class does with arguments that its signature does not show: every name of a pool is tried on it."""

import inspect
import json
import re

from era import kind_of
from from_config import UNKNOWN, fresh_graph, received, refuses, revive, text, words_of
from samples import arguments_of, models_of, sample

# Classes whose from_config is `cls(**config)` with a better error message, or with nested objects revived.
PLAIN_FROM_CONFIG = ("Layer", "Operation", "Metric", "Loss", "KerasSaveable")
# Names of which every value of the pool is tried: their value decides in some releases.
SPECIAL = {
    "decay",
    "lr",
    "is_legacy_optimizer",
    "query_shape",
    "key_shape",
    "value_shape",
    "fused",
    "input_length",
    "batch_size",
}


class Probe:
    """Tries argument names of the pool on classes and keeps what happened."""

    def __init__(self, era, pool):
        self.era, self.pool = era, pool
        self.models = models_of(era)

    def facts(self, cls):
        """Facts about a class that only running it shows."""
        import tensorflow as tf

        facts = {}
        try:
            with fresh_graph(tf):
                instance = sample(self.era, cls, self.models)
                config = dict(instance.get_config())
        except Exception as error:
            facts["no_sample"] = text(error)
            return facts
        facts["config"] = {key: plain_config(value) for key, value in config.items()}
        error = revive(cls, config)
        if error is not None:
            facts["no_roundtrip"] = text(error)
            if not refuses(error):
                return facts
        self.demands(cls, config, facts)
        if error is None and self.pool is not None:
            self.arguments(cls, config, facts)
        return facts

    def demands(self, cls, config, facts):
        """Keys that `from_config` asks for by name; a value that it finds missing may have come under another name."""
        needed = []
        for key in config:
            error = revive(cls, {name: value for name, value in config.items() if name != key})
            if isinstance(error, KeyError) or (error is not None and " missing " in str(error)):
                needed.append(key)
        facts["demands"] = sorted(needed)

    def arguments(self, cls, config, facts):
        """Every name of the pool: does `from_config` take it, and does the constructor see it."""
        named = {row[0] for row in arguments_of(cls) or [] if row[1] not in ("*", "**")}
        open_ended = any(row[1] == "**" for row in arguments_of(cls) or [])
        unknown = revive(cls, dict(config, **{UNKNOWN: None}))
        facts["any"] = unknown is None
        # The constructors of models put other classes into their bases: no place to watch them from.
        passed = None if kind_of(cls) == "model" else received(cls, config)
        if passed is not None:
            facts["drops"] = sorted(set(config) - passed)
        if not open_ended and own_from_config(cls) in (None, *PLAIN_FROM_CONFIG):
            return
        extra, refused, odd = [], [], {}
        pool = self.pool.get(kind_of(cls), self.pool["layer"])
        words = words_of(self.era, cls)
        pool = {key: values for key, values in pool.items() if key in named or key in words}
        strange = [key for key in pool if key not in named and key not in config]
        together = self.era.major == 3 and kind_of(cls) != "model"  # `inputs` and `outputs` would change a model class
        listed = self.refused_together(cls, config, strange) if together else set()
        for key, values in sorted(pool.items()):
            if key in config or key in listed:
                continue
            outcomes = [refuses(error, unknown, key) for error in self.tried(cls, config, key, values)]
            if all(outcomes):
                if key in named:
                    refused.append(key)
                continue
            if any(outcomes):
                odd[key] = [value for value, bad in zip(values, outcomes) if bad]  # noqa: B905
            if key not in named:
                extra.append(key)
            if passed is not None and not facts["any"]:
                self.passing_on(cls, dict(config, **{key: values[0]}), key, passed, facts)
        if not facts["any"]:
            facts["extra"] = extra
        if refused:
            facts["refuses"] = refused
        if odd:
            facts["by_value"] = odd

    @staticmethod
    def refused_together(kind, config, keys):
        """Keys that Keras 3's base layer names in one error when given them all; nothing where another error comes first."""
        error = revive(kind, dict(config, **dict.fromkeys(keys)))
        together = re.search(r"Unrecognized keyword arguments passed to \w+: (\{.*?\})", str(error), re.S)
        return {key for key in keys if f"'{key}': None" in together.group(1)} if together else set()

    def tried(self, cls, config, key, values):
        """What `from_config` says to each value; only the first where it is a name of no special history."""
        for number, value in enumerate(values):
            if number and key not in SPECIAL:
                return
            yield revive(cls, dict(config, **{key: value}))

    @staticmethod
    def passing_on(kind, config, key, passed, facts):
        here = received(kind, config)
        if here is not None and key not in here:
            facts.setdefault("swallows", []).append(key)
            renamed = sorted(here - passed)
            if renamed:
                facts.setdefault("renames", {})[key] = renamed


def own_from_config(cls):
    """The class whose `from_config` is used, where it is more than `cls(**config)`; else None."""
    method = getattr(cls, "from_config", None)
    try:
        source = inspect.getsource(method)
    except (OSError, TypeError):
        return None
    code = re.sub(r'""".*?"""', "", source, flags=re.S)
    lines = [line.strip() for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]
    body = [line for line in lines if not line.startswith(("@", "def ", "return cls(**config)"))]
    if not body:
        return None
    return getattr(method, "__qualname__", "").split(".")[0]


def plain_config(value):
    """A value of a config as JSON, or its type's name in angle brackets."""
    try:
        json.dumps(value)
        return value
    except (TypeError, ValueError):
        return f"<{type(value).__name__}>"
