"""Write as one JSON document what an installed Keras deserializes: names, modules, constructor arguments.

    keras_dump.py PACKAGE OUT [POOL [EARLIER]]

PACKAGE is `tf.keras` (Keras inside TensorFlow up to 2.5), `keras` or `tf_keras`.  Runs under the interpreter of the
release in question (Python 3.6 and later) and needs nothing but that Keras.  Nothing is taken from signatures alone
where a class has `**kwargs` or a `from_config` of its own: with a POOL (`keras_table.py pool`: argument names with
typical values, from the dumps of all releases) every name is tried on such a class, and what `from_config` did with it
is written down.
"""

import collections
import contextlib
import copy
import hashlib
import importlib
import inspect
import io
import json
import os
import pkgutil
import re
import sys
import types
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if sys.argv[1:2] == ["tf_keras"]:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
warnings.simplefilter("ignore")

# Words with which some Keras refuses an argument that it does not know, whatever its value.
REFUSAL = re.compile(
    r"unexpected keyword|[Uu]nrecognized keyword|not understood|is deprecated in|is not a valid argument"
    r"|Unexpected keyword|Unknown keyword|Invalid keyword|argument\(s\) (?:are )?not supported|not supported in Keras 3"
    r"|multiple values for (?:keyword )?argument|Unrecognized argument|[Uu]nknown argument|unrecognized arguments"
    r"|has no argument|Only (?:allowed|supported) (?:keyword )?arguments|not recognized",
    re.S,
)
UNKNOWN = "an_argument_that_no_keras_knows"
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


# ------------------------------------------------------------------------------------------------------------------
# Names


class CapturedError(Exception):
    """Carries what a `deserialize` function handed to Keras's common deserializer."""

    def __init__(self, config, module_objects):
        Exception.__init__(self)
        self.config, self.module_objects = config, module_objects


def captured(module, call):
    """What `call`, a function of `module`, hands to the common deserializer: (config, module_objects), or None."""

    def capture(config=None, module_objects=None, *args, **kwargs):
        raise CapturedError(config if config is not None else kwargs.get("identifier"), module_objects)

    places = []
    root = module.__name__.split(".src.")[0] + ".src" if ".src." in module.__name__ else None
    common = sys.modules.get(f"{root}.saving.serialization_lib")
    holders = [module] + [value for value in vars(module).values() if isinstance(value, types.ModuleType)]
    if common is not None and common not in holders:
        holders.append(common)
    for holder in holders:
        if "deserialize_keras_object" in vars(holder):
            places.append((holder, holder.deserialize_keras_object))
            holder.deserialize_keras_object = capture
    try:
        call()
    except CapturedError as caught:
        return caught.config, caught.module_objects
    except Exception as error:
        print("not captured", module.__name__, repr(error)[:300], file=sys.stderr)
    finally:
        for holder, original in places:
            holder.deserialize_keras_object = original
    return None


def name_tables(era):
    """kind -> the table of names that this kind's `deserialize` looks in."""
    found = {}

    def table(kind, module, call):
        if module is None:
            return
        result = captured(module, lambda: call(module))
        if result is not None and result[1] is not None:
            found[kind] = dict(result[1])

    if era.major == 3:
        saving = era.module("legacy.saving.saving_utils")
        table("layer", saving, lambda m: m.model_from_config({"class_name": "Dense", "config": {}}))
    else:
        table(
            "layer",
            era.module("layers.serialization", "layers"),
            lambda m: m.deserialize({"class_name": "Dense", "config": {}}),
        )
    plain = {
        "activation": ("activations",),
        "initializer": ("initializers",),
        "regularizer": ("regularizers",),
        "constraint": ("constraints",),
        "loss": ("losses",),
        "metric": ("metrics",),
    }
    for kind, names in plain.items():
        table(kind, era.module(*names), lambda m: m.deserialize("an unknown name"))
    optimizers = era.module("optimizers")
    table("optimizer", optimizers, lambda m: m.deserialize({"class_name": "Adam", "config": {"learning_rate": 0.1}}))
    if era.major == 2:
        for kind, flag in (("legacy_optimizer", True), ("new_optimizer", False)):
            config = {"class_name": "Adam", "config": {"is_legacy_optimizer": flag}}
            table(kind, optimizers, lambda m, c=config: m.deserialize(c))
        if found.get("legacy_optimizer") == found.get("new_optimizer"):
            found.pop("legacy_optimizer", None)
            found.pop("new_optimizer", None)
    schedule = era.module(
        "optimizers.schedules.learning_rate_schedule",
        "optimizer_v2.learning_rate_schedule",
        "optimizers.optimizer_v2.learning_rate_schedule",
    )
    table("schedule", schedule, lambda m: m.deserialize({"class_name": "ExponentialDecay", "config": {}}))
    policy = era.module("dtype_policies", "mixed_precision.policy", "mixed_precision.experimental.policy")
    name = "DTypePolicy" if era.major == 3 else "Policy"
    table("policy", policy, lambda m: m.deserialize({"class_name": name, "config": {"name": "float32"}}))
    return found


def registered(era):
    """Names under which Keras registers classes of its own for deserialization (`Custom>Adam`)."""
    registration = era.module("saving.object_registration", "utils.generic_utils")
    for name in ("GLOBAL_CUSTOM_OBJECTS", "_GLOBAL_CUSTOM_OBJECTS"):
        table = getattr(registration, name, None)
        if table is not None:
            return dict(table)
    return {}


def symbols(era):
    """Public name (`keras.layers.Dense`) -> object, as the serialization library looks it up."""
    if era.major == 3:
        return dict(era.module("api_export").REGISTERED_NAMES_TO_OBJS)
    library = era.module("saving.serialization_lib", "saving.experimental.serialization_lib")
    if library is None or not hasattr(library, "tf_export"):
        return {}
    table = library.tf_export._NAME_TO_SYMBOL_MAPPING
    wanted = ("keras.", "tf_keras.", "compat.v1.keras.__internal__.legacy", "compat.v1.tf_keras.__internal__.legacy")
    return {name: value for name, value in table.items() if name.startswith(wanted)}


def all_modules(era):
    """Every importable module of the package, by name; tests and generated copies of the public names left out."""
    package = importlib.import_module(era.public or era.root)
    skip = re.compile(
        r"_test$|\.tests?(\.|$)|test_util|testing|integration_test|\.api\.|\.benchmarks|\.protobuf|\._tf_keras|_pb2$"
        r"|\.trainers\.data_adapters\.torch|\.backend\.(jax|torch|numpy|openvino|mlx)"
    )
    found = {package.__name__: package}
    aside = io.StringIO()
    stdout, stderr = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = aside
    try:
        walk = pkgutil.walk_packages(package.__path__, package.__name__ + ".", onerror=lambda name: None)
        names = [entry[1] for entry in walk if not skip.search(entry[1] + (".x" if entry[2] else ""))]
        for name in names:
            if skip.search(name):
                continue
            try:
                found[name] = importlib.import_module(name)
            except BaseException:
                continue
    finally:
        sys.stdout, sys.stderr = stdout, stderr
    return found


# ------------------------------------------------------------------------------------------------------------------
# Samples

ARGUMENTS = {
    "units": 2,
    "filters": 2,
    "kernel_size": 2,
    "pool_size": 2,
    "input_dim": 3,
    "output_dim": 2,
    "output_size": 2,
    "rate": 0.5,
    "stddev": 0.5,
    "n": 2,
    "target_shape": [2, 2],
    "dims": [2, 1],
    "theta": 1.0,
    "num_heads": 2,
    "key_dim": 2,
    "value_dim": 2,
    "head_dim": 2,
    "num_query_heads": 2,
    "num_key_value_heads": 2,
    "rank": 1,
    "height": 4,
    "width": 4,
    "factor": 0.2,
    "num_bins": 3,
    "bin_boundaries": [0.0, 1.0],
    "num_tokens": 4,
    "max_tokens": 4,
    "equation": "ab,bc->ac",
    "output_shape": [2],
    "axes": 1,
    "mask_value": 0.0,
    "num_classes": 2,
    "num_thresholds": 3,
    "thresholds": [0.5],
    "target_class_ids": [0],
    "sensitivity": 0.5,
    "specificity": 0.5,
    "precision": 0.5,
    "recall": 0.5,
    "initial_learning_rate": 0.1,
    "decay_steps": 10,
    "decay_rate": 0.9,
    "boundaries": [1],
    "values": [0.1, 0.01],
    "first_decay_steps": 10,
    "learning_rate": 0.1,
    "lr": 0.1,
    "max_value": 1.0,
    "shape": [2],
    "input_shape": [4, 3],
    "batch_size": 2,
    "name": "sample",
    "mode": "fan_in",
    "scale": 1.0,
    "distribution": "normal",
    "upper": 1.0,
    "lower": -1.0,
    "fft_length": 8,
    "frame_length": 8,
    "frame_step": 4,
    "sequence_length": 8,
    "sequence_stride": 4,
    "num_mel_bins": 4,
    "value_range": [0, 255],
    "alpha": 0.5,
    "size": 2,
    "padding": "valid",
    "hop_length": 4,
    "source": "xyxy",
    "target": "xywh",
    "bounding_box_format": "xyxy",
    "quantization_mode": "int8",
    "mode_": "int8",
    "dtype": "float32",
    "initial_value": 1.0,
    "x": 2,
    "gamma": 2.0,
    "dim": 1,
    "crop": 1,
    "data_format": "channels_last",
    "max_length": 4,
    "vocabulary_size": 4,
    "node_def": None,
    "num_groups": 1,
    "groups": 1,
    "init_values": 0.1,
    "drop_path_rate": 0.1,
    "unconditional": True,
    "activation": "relu",
    "height_factor": 0.1,
    "width_factor": 0.1,
    "strides": 1,
    "depth_multiplier": 1,
    "num_oov_indices": 1,
    "num_units": 2,
    "device": "/cpu:0",
    "reduction": "sum",
    "feature_names": ["a", "b"],
    "crossing_dim": 4,
    "axis": -1,
    "order": 1,
    "spatial_dims": [0, 1],
    "k": 1,
    "block_size": 2,
    "max_val": 1.0,
    "threshold": 0.5,
    "kth": 1,
    "indices_or_sections": 2,
    "sections": 2,
    "x_min": 0.0,
    "x_max": 1.0,
    "a_min": 0.0,
    "a_max": 1.0,
    "subscripts": "ab,bc->ac",
    "beta": 0.5,
    "source_": 0,
    "destination": 1,
    "pad_width": 1,
    "repeats": 2,
    "newshape": [2, 2],
    "shift": 1,
    "axis1": 0,
    "axis2": 1,
    "stage": "preprocessing",
    "loss_scale": 2.0,
    "normalizer": [1.0, 2.0],
    "linear_model": None,
    "offset": 0,
    "num_samples": 2,
    "start": 0,
    "lower_bound": 0,
    "upper_bound": 2,
    "trainable": True,
    "bins": [0.0, 1.0],
    "attr_name": "flat_values",
    "method_name": "from_row_splits",
    "x_factor": 0.1,
    "y_factor": 0.1,
}
CLASS_ARGUMENTS = {
    "InputLayer": {"batch_input_shape": [None, 3]},
    "ZeroPadding1D": {"padding": 1},
    "ZeroPadding2D": {"padding": 1},
    "ZeroPadding3D": {"padding": 1},
    "MaxNumBoundingBoxes": {"max_number": 2},
    "Permute": {"dims": [2, 1]},
    "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 2},
    "UpSampling1D": {"size": 2},
    "Reshape": {"target_shape": [3]},
    "Discretization": {"bin_boundaries": [0.0, 1.0]},
    "HashedCrossing": {"num_bins": 3},
    "CategoryEncoding": {"num_tokens": 4},
    "IntegerLookup": {"vocabulary": [1, 2]},
    "StringLookup": {"vocabulary": ["a", "b"]},
    "OrthogonalRegularizer": {},
    "IoU": {"num_classes": 2, "target_class_ids": [0]},
    "LayerNormalization": {},
    "Policy": {"name": "float32"},
    "PolicyV1": {"name": "float32"},
    "DTypePolicy": {"name": "mixed_bfloat16"},
    "FloatDTypePolicy": {"name": "mixed_bfloat16"},
    "QuantizedDTypePolicy": {"mode": "int8", "source_name": "float32"},
    "QuantizedFloat8DTypePolicy": {"mode": "float8", "source_name": "float32"},
    "GPTQDTypePolicy": {"mode": "gptq/4/-1", "source_name": "float32"},
    "AWQDTypePolicy": {"mode": "awq/4/-1", "source_name": "float32"},
    "RandomColorJitter": {},
    "Softmax": {},
    "RandomPosterization": {"factor": 4},
    "Resize": {"size": [2, 2]},
    "Moveaxis": {"source": 0, "destination": 1},
    "MultiHot": {"num_classes": 2},
    "OneHot": {"num_classes": 2},
    "Int4DTypePolicy": {"mode": "int4/128", "source_name": "float32"},
    "Concatenate": {"axis": -1},
    "Pipeline": {"layers": []},
    "DTypePolicyMap": {},
    "BinaryIoU": {},
    "StackedRNNCells": {},
    "SyncBatchNormalization": {},
    "RandomCrop": {"height": 2, "width": 2},
    "ConvRNN2D": {},
}


def layers_of(era):
    """The public `layers` module of the Keras in question."""
    if era.public:
        return importlib.import_module(era.public + ".layers")
    return importlib.import_module("tensorflow").keras.layers


def nested(era, name, parameter):
    """A value for an argument that wants a layer, a cell, a function or an optimizer."""
    layers = layers_of(era)
    keras = era.keras if era.public else importlib.import_module("tensorflow").keras
    if parameter == "layer" and name == "Bidirectional":
        return layers.LSTM(2)
    if parameter == "layer":
        return layers.Dense(2)
    if parameter == "cell" and name == "ConvRNN2D":
        return era.module("layers.convolutional_recurrent").ConvLSTM2DCell(2, 2)
    if parameter == "cell":
        return layers.GRUCell(2) if name == "DropoutWrapper" else layers.LSTMCell(2)
    if parameter == "cells":
        return [layers.LSTMCell(2), layers.LSTMCell(2)]
    if parameter == "inner_optimizer" and name == "LossScaleOptimizer" and era.major == 2:
        return getattr(keras.optimizers, "legacy", keras.optimizers).SGD(0.1)
    if parameter in ("inner_optimizer", "optimizer", "opt"):
        return keras.optimizers.SGD(0.1)
    if parameter == "function" and name in ("TFOpLambda", "ClassMethod", "InstanceMethod"):
        import tensorflow

        return tensorflow.math.add
    if parameter == "cls_ref":
        return importlib.import_module("tensorflow").RaggedTensor
    if parameter in ("function", "fn"):
        if parameter == "fn" and "Loss" in name:
            return keras.losses.mean_squared_error
        if parameter == "fn" and "Metric" in name:
            return keras.metrics.mean_squared_error
        return keras.activations.relu
    raise KeyError(parameter)


def models_of(era):
    """Ready instances of the model classes, a functional and a sequential one with one Dense layer."""
    keras = era.keras if era.public else importlib.import_module("tensorflow").keras
    inputs = keras.layers.Input((3,))
    functional = keras.models.Model(inputs, keras.layers.Dense(2)(inputs))
    sequential = keras.models.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    return {"Functional": functional, "Model": functional, "Network": functional, "Sequential": sequential}


def arguments_of(value):
    """Constructor or function arguments as [name, kind, required, default]; None where Python cannot tell."""
    target = value.__init__ if inspect.isclass(value) else value
    if target is object.__init__:
        return []
    try:
        parameters = list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):
        return None
    rows = []
    for position, parameter in enumerate(parameters):
        if position == 0 and inspect.isclass(value):
            continue
        kind = {0: "positional", 1: "", 2: "*", 3: "keyword", 4: "**"}[int(parameter.kind)]
        required = parameter.default is inspect.Parameter.empty and kind not in ("*", "**")
        rows.append([parameter.name, kind, required, None if required else plain(parameter.default)])
    return rows


def plain(value):
    """A default as a plain JSON value; anything else as the text `<repr>`, addresses removed."""
    if value is inspect.Parameter.empty:
        return None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else f"<{value!r}>"
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    name = getattr(value, "__name__", None) or type(value).__name__
    return "<" + name + ">"


def sample(era, cls, models):
    """An instance of a class made with as few arguments as it takes. Raises what the class raises."""
    name = cls.__name__
    if name in models:
        return models[name]
    given = dict(CLASS_ARGUMENTS.get(name, {}))
    names = [row[0] for row in arguments_of(cls) or []]
    if name == "InputLayer" and "batch_shape" in names:
        given = {"batch_shape": [None, 3]}
    if name == "StackedRNNCells":
        given = {"cells": nested(era, name, "cells")}
    given = {key: item for key, item in given.items() if key in names or name == "InputLayer"}
    if name in ("DeviceWrapper", "DropoutWrapper", "ResidualWrapper") and names[:1] == ["args"]:
        given = {"cell": layers_of(era).GRUCell(2)}
        if name == "DeviceWrapper":
            given["device"] = "/cpu:0"
    for parameter, _, required, _ in arguments_of(cls) or []:
        if required and parameter not in given:
            given[parameter] = ARGUMENTS[parameter] if parameter in ARGUMENTS else nested(era, name, parameter)
    return cls(**given)


# ------------------------------------------------------------------------------------------------------------------
# What from_config does


@contextlib.contextmanager
def fresh_graph(tf):
    """In TensorFlow 1 a graph and session that end with the block, so that variables do not pile up."""
    if tf.__version__.startswith("1."):
        with tf.Graph().as_default(), tf.compat.v1.Session().as_default():
            yield
    else:
        yield


def copied(config):
    """A deep copy of a config; a shallow one where it holds what cannot be copied, as some random layers' do."""
    try:
        return copy.deepcopy(config)
    except Exception:
        return dict(config)


def revive(cls, config):
    """Call `from_config` on a copy. Returns None, or the error."""
    import tensorflow as tf

    config = copied(config)
    try:
        with fresh_graph(tf):
            cls.from_config(config)
    except Exception as error:
        return error
    return None


def received(cls, config):
    """The keyword arguments that `from_config` hands to the constructor, or None where it calls none."""
    seen = []
    original = cls.__init__

    def spy(self, *args, **kwargs):
        if not seen:
            seen.append((args, set(kwargs)))
        return original(self, *args, **kwargs)

    spy.__wrapped__ = original
    spy.__signature__ = inspect.signature(original)
    own = "__init__" in vars(cls)
    try:
        cls.__init__ = spy
        revive(cls, config)
    except Exception:
        return None
    finally:
        if own:
            cls.__init__ = original
        else:
            del cls.__init__
    if not seen:
        return None
    args, names = seen[0]
    positional = [row[0] for row in arguments_of(cls) or []][: len(args)]
    return names | set(positional)


def refuses(error, unknown=None, key=""):
    """Whether an error says that the argument is not known: in known words, or in those that `unknown` was refused with."""
    if error is None:
        return False
    if REFUSAL.search(str(error)):
        return True
    return unknown is not None and str(error) == str(unknown).replace(UNKNOWN, key)


SOURCES = {}


def source_of(name):
    """Hash and words of a module's source file; read once."""
    if name not in SOURCES:
        try:
            source = inspect.getsource(sys.modules[name])
        except (KeyError, OSError, TypeError):
            source = ""
        SOURCES[name] = (hashlib.sha1(source.encode("utf-8")).hexdigest(), frozenset(re.findall(r"\w+", source)))
    return SOURCES[name]


def words_of(era, cls):
    """The words in the source files of a class and its bases: an argument that is accepted is one of them."""
    return frozenset().union(*(source_of(base.__module__)[1] for base in cls.__mro__ if era.owns(base)))


def digest(era, cls):
    """A class by name and the hashes of its source files and those of its bases."""
    hashes = sorted({source_of(base.__module__)[0] for base in cls.__mro__ if era.owns(base)})
    return cls.__name__ + " " + hashlib.sha1(" ".join(hashes).encode("ascii")).hexdigest()


def text(error):
    return (type(error).__name__ + ": " + str(error))[:400]


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


# ------------------------------------------------------------------------------------------------------------------
# Rules of the era


def string_outcomes(era, kind, table):
    """name -> error text, for names of a table that a config can spell as a plain string and that then fail."""
    module = era.module({"policy": "dtype_policies"}.get(kind, kind + "s").replace("losss", "losses"))
    if module is None or not hasattr(module, "deserialize"):
        return {}
    found = {}
    for name, value in table.items():
        if not deserializable(era, value):
            continue
        try:
            module.deserialize(name)
        except Exception as error:
            found[name] = text(error)[:160]
    return found


def legacy_shims(era):
    """What Keras 3's legacy H5 path does to a layer config before the class sees it: input and output pairs."""
    saving = era.module("legacy.saving.saving_utils")
    if era.major != 3 or saving is None:
        return []
    trials = [
        {"class_name": "Dense", "config": {"batch_input_shape": [None, 3]}},
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3]}},
        {"class_name": "BatchNormalization", "config": {"axis": [3]}},
        {"class_name": "BatchNormalization", "config": {"axis": [1, 2]}},
        {"class_name": "BatchNormalization", "config": {"axis": 3}},
        {
            "class_name": "Lambda",
            "config": {
                "function": ["code", None, None],
                "function_type": "lambda",
                "module": "m",
                "output_shape_type": "raw",
                "output_shape_module": None,
                "output_shape": None,
                "arguments": {},
            },
        },
        {"class_name": "Lambda", "config": {"function": "name", "function_type": "function", "module": "m"}},
        {"class_name": "LSTM", "config": {"time_major": False, "implementation": 2}},
        {"class_name": "DepthwiseConv2D", "config": {"groups": 1}},
        {"class_name": "Dense", "config": {"dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}}},
    ]
    found = []
    for trial in trials:
        result = captured(saving, lambda t=trial: saving.model_from_config(copy.deepcopy(t)))
        found.append([trial, result[0] if result else None])
    return found


def module_rules(era):
    """How the serialization library treats `module`: any module imported, only KerasSaveable classes, forbidden names."""
    library = era.module("saving.serialization_lib", "saving.experimental.serialization_lib")
    rules = {}
    if library is None:
        return rules
    rules["loading_apis"] = sorted(getattr(library, "NON_MODELING_APIS", getattr(library, "LOADING_APIS", ())))
    rules["builtin_modules"] = sorted(getattr(library, "BUILTIN_MODULES", ()))

    def retrieve(module, name):
        try:
            return (
                library._retrieve_class_or_fn(name, name, module, "class", {"config": {}}, custom_objects={})
                is not None
            )
        except Exception as error:
            return text(error)[:200]

    rules["any_module"] = retrieve("collections", "OrderedDict")
    rules["not_saveable"] = retrieve(library.__name__, "deserialize_keras_object")
    rules["missing_module"] = retrieve(era.root + ".no_such_module", "X")
    rules["missing_class"] = retrieve(library.__name__, "NoSuchClass")
    return rules


# ------------------------------------------------------------------------------------------------------------------


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


def main(package, out, pool_file=None, earlier=None):
    era = Era(package)
    rows = read(earlier)["objects"].values() if earlier else ()
    known = {row.get("digest"): row for row in rows if "no_sample" not in row and "no_roundtrip" not in row}
    pool = None
    if pool_file:
        pool = read(pool_file)
    tables, custom, public = name_tables(era), registered(era), symbols(era)
    rules, shims = module_rules(era), legacy_shims(era)
    strings = {}
    for kind in ("activation", "loss", "metric", "initializer", "regularizer", "constraint"):
        if kind in tables:
            strings[kind] = string_outcomes(era, kind, tables[kind])
    objects = collections.OrderedDict()
    public = {name: value for name, value in public.items() if hashable(value) and hasattr(value, "__module__")}
    canonical = {}
    for name, value in sorted(public.items(), key=lambda item: (len(item[0]), item[0])):
        canonical.setdefault(value, name)
    names = {value: name for name, value in custom.items()}

    def keep(value):
        key = address(value)
        if key not in objects:
            objects[key] = value
        return key

    document = {"package": package, "version": era.version, "root": era.root, "python": sys.version.split()[0]}
    document["names"] = {
        kind: {
            name: keep(value) for name, value in table.items() if isinstance(name, str) and deserializable(era, value)
        }
        for kind, table in tables.items()
    }
    document["names"]["registered"] = {name: keep(value) for name, value in custom.items() if callable(value)}
    document["symbols"] = {
        name: keep(value)
        for name, value in public.items()
        if inspect.isclass(value) or isinstance(value, types.FunctionType)
    }
    modules = all_modules(era)
    document["modules"] = sorted(modules)
    held = {}
    for name, module in sorted(modules.items()):
        entries = {}
        for key, value in sorted(vars(module).items()):
            if inspect.isclass(value) and hasattr(value, "from_config") and era.owns(value):
                entries[key] = keep(value)
        if entries:
            held[name] = entries
    document["held"] = held
    document["string_errors"], document["rules"], document["shims"] = strings, rules, shims
    probe = Probe(era, pool)
    document["objects"] = {}
    for key, value in sorted(objects.items()):
        row = describe(era, value, canonical, names)
        if inspect.isclass(value) and hasattr(value, "from_config"):
            row["digest"] = digest(era, value)
            if row["digest"] in known:
                found = known[row["digest"]]
                row.update({name: found[name] for name in FOUND_BY_RUNNING if name in found})
            else:
                row.update(probe.facts(value))
        document["objects"][key] = row
    with open(out, "w") as stream:
        json.dump(document, stream, sort_keys=True, indent=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
