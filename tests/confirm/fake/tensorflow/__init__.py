"""A TensorFlow for tests: its loaders do what the file at the path says (`ok`, `raise`, `abort`, `hang`, ...)."""

import os
import sys
import time
from types import SimpleNamespace

__version__ = "2.15.0"


class LoadError(Exception):
    """What a load that should fail raises."""


def load(path, tags=None, compile=None, safe_mode=None):
    """Do what the file says."""
    with open(path) as file:
        order, _, text = file.read().strip().partition(" ")
    print("noise on standard output")
    if order == "raise":
        raise LoadError(text.replace("TAGS", str(tags)).replace("COMPILE", str(compile)))
    if order == "abort":
        sys.stderr.write("2020-01-01: F tensorflow/core/x.cc:1] Check failed: dtype\n")
        sys.stderr.flush()
        os.abort()
    if order == "hang":
        time.sleep(600)
    if order == "exit":
        sys.exit(3)
    if order == "leave":
        os._exit(3)
    if order == "eat":
        return [bytearray(2**24) for _ in range(1000)]
    if order == "write":
        with open("left-behind", "w") as file:
            file.write("x")
    return None


saved_model = SimpleNamespace(load=load)
compat = SimpleNamespace(v2=SimpleNamespace(saved_model=saved_model))
keras = SimpleNamespace(models=SimpleNamespace(load_model=load))
