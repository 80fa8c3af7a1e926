"""Write every Keras artifact that the running interpreter's release is dealt: ``python corpus/write_keras OUTDIR [--all]``."""

import importlib
import os
import sys

import _writing

for _file in sorted(os.listdir(os.path.dirname(os.path.abspath(__file__)))):
    if _file.endswith(".py") and not _file.startswith("_"):
        importlib.import_module(_file[:-3])

if __name__ == "__main__":
    _writing.main(sys.argv[1:])
