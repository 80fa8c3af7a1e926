"""Write as one JSON document what an installed Keras deserializes: names, modules, constructor arguments.

    dump.py PACKAGE OUT [POOL [EARLIER]]

PACKAGE is `tf.keras` (Keras inside TensorFlow up to 2.5), `keras` or `tf_keras`.  Runs under the interpreter of the
release in question (Python 3.6 and later) and needs nothing but that Keras.  Nothing is taken from signatures alone
where a class has `**kwargs` or a `from_config` of its own: with a POOL (`table.py pool`: argument names with
typical values, from the dumps of all releases) every name is tried on such a class, and what `from_config` did with it
is written down.
"""

import inspect
import json
import sys
import types

from era import Era, address, deserializable, kind_of
from from_config import digest
from names import all_modules, name_tables, registered, symbols
from probe import Probe, own_from_config
from rules import legacy_shims, module_rules, string_outcomes
from samples import arguments_of

# Kinds of objects that configurations name by plain strings.
WORDS = ("activation", "loss", "metric", "initializer", "regularizer", "constraint")


def describe(era, value, canonical, names):
    """The row of one class or function, without what only running it shows."""
    row = {"kind": kind_of(value), "class": inspect.isclass(value), "name": value.__name__}
    if value in canonical:
        row["api"] = canonical[value]
    row["arguments"] = arguments_of(value)
    if value in names and names[value] != value.__name__:
        row["registered"] = names[value]
    if inspect.isclass(value):
        owner = own_from_config(value)
        if owner:
            row["from_config"] = owner
        row["bases"] = [b.__name__ for b in value.__mro__[1:] if era.owns(b) and b.__name__ not in ("Module",)]
    return row


def hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True


FOUND_BY_RUNNING = (
    "config",
    "no_sample",
    "no_roundtrip",
    "demands",
    "any",
    "drops",
    "extra",
    "refuses",
    "by_value",
    "swallows",
    "renames",
)


def read(path):
    with open(path) as stream:
        return json.load(stream)


class Objects:
    """Classes and functions by address, each once however many names it has."""

    def __init__(self):
        self.by_address = {}

    def keep(self, value):
        key = address(value)
        self.by_address.setdefault(key, value)
        return key

    def of_names(self, era, tables, custom):
        """Kind -> name -> address."""
        found = {
            kind: {
                name: self.keep(value)
                for name, value in table.items()
                if isinstance(name, str) and deserializable(era, value)
            }
            for kind, table in tables.items()
        }
        found["registered"] = {name: self.keep(value) for name, value in custom.items() if callable(value)}
        return found

    def of_modules(self, era, modules):
        """Module -> name -> address of the classes that it holds, its own or imported."""
        held = {}
        for name, module in sorted(modules.items()):
            entries = {}
            for key, value in sorted(vars(module).items()):
                if inspect.isclass(value) and hasattr(value, "from_config") and era.owns(value):
                    entries[key] = self.keep(value)
            if entries:
                held[name] = entries
        return held


def canonical_names(public):
    """Object -> the shortest of its public names."""
    found = {}
    for name, value in sorted(public.items(), key=lambda item: (len(item[0]), item[0])):
        found.setdefault(value, name)
    return found


def rows(era, objects, pool, earlier, canonical, names):
    """Address -> row. What an earlier dump found by running the same source is taken from there."""
    before = read(earlier)["objects"].values() if earlier else ()
    known = {row.get("digest"): row for row in before if "no_sample" not in row and "no_roundtrip" not in row}
    probe = Probe(era, pool)
    found = {}
    for key, value in sorted(objects.items()):
        row = found[key] = describe(era, value, canonical, names)
        if not inspect.isclass(value) or not hasattr(value, "from_config"):
            continue
        row["digest"] = digest(era, value)
        if row["digest"] in known:
            same = known[row["digest"]]
            row.update({name: same[name] for name in FOUND_BY_RUNNING if name in same})
        else:
            row.update(probe.facts(value))
    return found


def main(package, out, pool_file=None, earlier=None):
    era = Era(package)
    tables, custom, public = name_tables(era), registered(era), symbols(era)
    document = {"package": package, "version": era.version, "root": era.root, "python": sys.version.split()[0]}
    document["rules"], document["shims"] = module_rules(era), legacy_shims(era)
    document["string_errors"] = {kind: string_outcomes(era, kind, tables[kind]) for kind in WORDS if kind in tables}
    public = {name: value for name, value in public.items() if hashable(value) and hasattr(value, "__module__")}
    objects = Objects()
    document["names"] = objects.of_names(era, tables, custom)
    document["symbols"] = {
        name: objects.keep(value)
        for name, value in public.items()
        if inspect.isclass(value) or isinstance(value, types.FunctionType)
    }
    modules = all_modules(era)
    document["modules"], document["held"] = sorted(modules), objects.of_modules(era, modules)
    pool = read(pool_file) if pool_file else None
    names = {value: name for name, value in custom.items()}
    document["objects"] = rows(era, objects.by_address, pool, earlier, canonical_names(public), names)
    with open(out, "w") as stream:
        json.dump(document, stream, sort_keys=True, indent=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
