"""`PY corpus/write_tf OUTDIR [THEME...]`: write every case (or those of the themes) in one interpreter."""

import importlib
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

recipe = importlib.import_module("recipe")  # its folder is on the path only now

for name in sorted(os.listdir(here)):
    theme = os.path.splitext(name)[0]
    if name.endswith(".py") and theme not in ("__main__", "hanging", "recipe"):
        importlib.import_module(theme)

sys.exit(1 if recipe.write_all(sys.argv[1], set(sys.argv[2:]) or None) else 0)
