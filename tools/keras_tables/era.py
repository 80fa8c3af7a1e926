"""The Keras of this process, and what its classes are.

Runs, like the modules that import it, under the interpreter of the release in question (Python 3.6 and later).
"""

import importlib
import inspect
import os
import sys
import types
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if sys.argv[1:2] == ["tf_keras"]:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
warnings.simplefilter("ignore")

KINDS = (
    ("Model", "model"),
    ("Layer", "layer"),
    ("Metric", "metric"),
    ("Loss", "loss"),
    ("LearningRateSchedule", "schedule"),
    ("Optimizer", "optimizer"),
    ("OptimizerV2", "optimizer"),
    ("BaseOptimizer", "optimizer"),
    ("_BaseOptimizer", "optimizer"),
    ("Initializer", "initializer"),
    ("Regularizer", "regularizer"),
    ("Constraint", "constraint"),
    ("Policy", "policy"),
    ("PolicyV1", "policy"),
    ("DTypePolicy", "policy"),
    ("FloatDTypePolicy", "policy"),
    ("LossScale", "loss_scale"),
    ("Operation", "operation"),
)


class Era:
    """The Keras of this process: its implementation package and the modules that deserialize."""

    def __init__(self, package):
        self.package = package
        importlib.import_module("tensorflow")
        if package == "tf.keras":
            self.public, self.root = None, "tensorflow.python.keras"
        else:
            self.public = self.root = package
        self.keras = importlib.import_module(self.root)
        if self.public and self.exists(self.public + ".src"):
            self.root = self.public + ".src"
        importlib.import_module(self.root)
        if package == "tf.keras":
            import tensorflow as tf

            self.version = tf.__version__
            importlib.import_module("tensorflow.keras" if hasattr(tf, "keras") else self.root)
        else:
            self.version = self.keras.__version__
        self.major = 3 if package == "keras" and self.version.startswith("3.") else 2
        if self.major == 3:
            self.exists("keras._tf_keras.keras")  # `tf.keras`, which registers `keras._legacy` from 3.3 to 3.9

    @staticmethod
    def exists(name):
        try:
            importlib.import_module(name)
        except ImportError:
            return False
        return True

    def module(self, *names):
        """The first of several modules below the root that there is."""
        for name in names:
            try:
                return importlib.import_module(self.root + "." + name)
            except ImportError:
                continue
        return None

    def owns(self, value):
        module = getattr(value, "__module__", None) or ""
        roots = ("keras.", "tf_keras.", "tensorflow.python.", "tensorflow_core.python.", "tensorflow.keras")
        return module in ("keras", "tf_keras") or module.startswith(roots)


def kind_of(value):
    """What a class is, by the names of the Keras classes it derives from."""
    if not inspect.isclass(value):
        return "function"
    names = [base.__name__ for base in value.__mro__]
    for name, kind in KINDS:
        if name in names:
            return kind
    return "other"


def address(value):
    """Where a class or function is defined, `module:name`."""
    module = value.__module__.replace("tensorflow_core.", "tensorflow.")
    return module + ":" + getattr(value, "__qualname__", value.__name__)


PLUMBING = {"deserialize", "serialize", "get", "deserialize_keras_object", "serialize_keras_object", "keras_export"}


def deserializable(era, value):
    """Whether a value found in a table of names is a class or function that a config could mean."""
    if getattr(value, "__name__", None) in PLUMBING:
        return False
    if inspect.isclass(value):
        return hasattr(value, "from_config") or (era.owns(value) and kind_of(value) != "other")
    return isinstance(value, types.FunctionType) and bool(getattr(value, "__name__", None))
