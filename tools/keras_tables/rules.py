"""Rules of a Keras that no name or class shows: plain strings that fail, shims for H5 files, modules it looks in."""

import copy

from era import deserializable
from from_config import text
from names import captured


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
