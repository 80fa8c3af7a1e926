"""Write as one JSON document the names under which TensorFlow finds functions for Keras 2 (`get_symbol_from_name`).

    functions.py PACKAGE OUT

Runs under the interpreter of the release, beside `dump.py` (Python 3.6 and later).
"""

import importlib
import json
import sys

from era import Era


def names():
    """Every name that `tf_export` and `keras_export` registered; nothing where this release has no such table."""
    for module in ("tensorflow.python.util.tf_export", "tensorflow_core.python.util.tf_export"):
        try:
            table = getattr(importlib.import_module(module), "_NAME_TO_SYMBOL_MAPPING", {})
        except ImportError:
            continue
        return sorted(name for name in table if isinstance(name, str))
    return []


def main(package, out):
    era = Era(package)
    with open(out, "w") as stream:
        json.dump({"package": package, "version": era.version, "names": names()}, stream, indent=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
