"""`python corpus/mutate_tf ROOT [MUTATION...]`: write the mutants of the artifacts in ROOT/manifest-tf.jsonl and list them there."""

import importlib
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))

recipe = importlib.import_module("recipe")  # its folder is on the path only now

for file in sorted(here.glob("*.py")):
    if file.stem not in ("__main__", "bases", "bundle", "recipe"):
        importlib.import_module(file.stem)

failed = recipe.make_all(Path(sys.argv[1]), set(sys.argv[2:]) or None)
if failed:
    sys.exit(f"{failed} mutants could not be made")
