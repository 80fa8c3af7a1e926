"""Write as one JSON document the names under which TensorFlow finds functions for Keras 2 (`get_symbol_from_name`).

    functions.py PACKAGE OUT

Functions that a layer may call (`dispatch.add_dispatch_support`) come with their arguments: `=` behind one that has a default,
`*` and `**` for any further ones.
Runs under the interpreter of the release, beside `dump.py` (Python 3.6 and later).
"""

import importlib
import json
import sys

from era import Era

DISPATCHED = ("_tf_dispatchers", "_tf_fallback_dispatchers")  # up to 2.4, from 2.5 on


def table():
    """Every name that `tf_export` and `keras_export` registered; nothing where this release has no such table."""
    for module in ("tensorflow.python.util.tf_export", "tensorflow_core.python.util.tf_export"):
        try:
            found = getattr(importlib.import_module(module), "_NAME_TO_SYMBOL_MAPPING", {})
        except ImportError:
            continue
        return {name: symbol for name, symbol in sorted(found.items(), key=str) if isinstance(name, str)}
    return {}


def arguments(symbol):
    """The arguments of a function, in the order in which it takes them."""
    from tensorflow.python.util import tf_inspect

    try:
        spec = tf_inspect.getfullargspec(symbol)
    except TypeError:
        return None
    optional = len(spec.args) - len(spec.defaults or ())
    words = [name if place < optional else name + "=" for place, name in enumerate(spec.args)]
    words += ["*"] if spec.varargs else []
    words += [name if name not in (spec.kwonlydefaults or {}) else name + "=" for name in spec.kwonlyargs]
    return " ".join(words + (["**"] if spec.varkw else []))


def main(package, out):
    era = Era(package)
    found = table()
    called = {name: arguments(each) for name, each in found.items() if any(hasattr(each, mark) for mark in DISPATCHED)}
    with open(out, "w") as stream:
        json.dump(
            {"package": package, "version": era.version, "names": sorted(found), "arguments": called}, stream, indent=0
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
