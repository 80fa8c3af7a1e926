"""Names that a Keras deserializes, and the modules it has."""

import importlib
import io
import pkgutil
import re
import sys
import types


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
