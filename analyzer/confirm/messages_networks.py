"""Errors of Keras about its files and the networks in them, by the rules that they stand for; see `analyzer.confirm.messages`."""

from __future__ import annotations

from analyzer.confirm.rule_groups import CONFIG, NAMES, UNREADABLE

# (names of rules, pattern, pattern, ...)
NETWORKS: tuple[tuple[str, ...], ...] = (
    # Keras: which file is it (keras/src/saving/saving_api.py, saving_lib.py, legacy/save.py, h5py)
    (
        f"unsupported-file-format missing-saved-model {UNREADABLE}",
        r"File format not supported",
        r"OrbaxCheckpoint requires",
        r"accessible `?\.keras`? zip",
        r"No file or directory found at",
        r"File not found: filepath",
    ),
    (
        f"missing-saved-model unreadable-keras-file archive-member unsupported-file-format {UNREADABLE}",
        r"file signature not found",  # also of a path to saved_model.pb, from 2.7 to Keras 2's end
    ),
    (
        f"unreadable-keras-file unsafe-hdf5-link archive-member unsupported-file-format missing-weights layer-count {UNREADABLE}",
        r"truncated file: eof",
        r"file read failed",
        r"[Uu]nable to (synchronously )?(open|create|read|get)",
        r"bad (object|symbol|local|heap|version|B-tree|superblock)",
        r"[Cc]an't (open|read|get|determine|decode|deserialize|synchronously)",
        r"wrong fractal heap|addr overflow|wrong B-tree|free block size|incorrect metadata checksum",
        r"object '.*' doesn't exist",
    ),
    (
        f"archive-member unreadable-keras-file {UNREADABLE}",
        r"variable 'weights_store' where it is not",  # of a folder without weights
        r"is not a zip file",
        r"BadZipFile",
        r"Bad CRC-32",
        r"while decompressing",
        r"no item named",
        r"Expected a model\.weights",
        r"local variable 'weights_store'",
        r"compression (method|type)",
        r"OutOfRangeError: reached end of file",
        r"encrypted",
    ),
    ("weight-dtype", r"No cast function available", r"could not convert string to float"),
    ("invalid-graph malformed-config", r"could not convert string to float"),  # of an array
    (
        "invalid-argument incompatible-input",
        r"Expected (floating point type|float or integer dtype), got",
        r"tf\.constant with unsupported shape",
        r"node Qr\b",
    ),
    (
        "incompatible-input",
        r"is not a valid root scope name",
        r"`initial_state` was passed that is not compatible",
        r"initial_value: Tensor conversion requested dtype",
        r"can only concatenate tuple \(not \"(TrackedList|list|int)\"\) to tuple",
    ),
    ("weights-without-model", r"No model (config )?found in (the|config) file"),
    ("h5py-text", r"'str' object has no attribute 'decode'"),
    (
        "keras-metadata",
        r"Unable to create a (TF-)?Keras model from (this )?SavedModel",
        r"parse (TF-)?[kK]eras metadata",
        r"following model\(s\) could not be initialized",
        r"call_and_return_conditional_losses",
        r"could not find attribute \w+",
        r"Unable to find node root",
        r"Could not find matching function to call loaded from the SavedModel",
        r"missing 2 required positional arguments: 'inputs' and 'outputs'",
        r"must come from `tf\.keras\.Input`\. Received: None \(missing",  # 2.3 and 2.4, which make the model of no tensors
        r"object has no attribute '_set_inputs'",
        r"added layer must be an instance of class Layer\. Found: .*_UserObject",
        r"'_UserObject' object (has no attribute 'items'|is not iterable)",
    ),
    (
        "keras-metadata malformed-config invalid-argument unresolved-custom-object",
        r"KeyError: 'items'",
        r"'\w+' object has no attribute 'get'",
    ),
    ("keras-metadata malformed-config invalid-argument invalid-graph", r"'\w+' object is not (subscriptable|iterable)"),
    (f"{NAMES} {CONFIG}", r"Unable to restore (object|a layer) of class", r"Unable to restore custom object of class"),
    ("invalid-argument incompatible-input", r"indices must be integers or slices, not (list|TrackedList|NoneType)"),
    (
        "invalid-graph",
        r"has no attribute '(as_list|_keras_history)'",
        r"list indices must be integers",
        r"same input multiple times",
        r"get_tensor\(\) missing \d required positional arguments",
        r"not connected to",
    ),
    (
        "malformed-config invalid-argument keras-metadata invalid-graph",
        r"unhashable type",
        r"Improper config format",
        r"Cannot deserialize empty config",
        r"Unknown `config` as a `dict`",
    ),
    (
        "invalid-argument unknown-metric",  # of a layer, or of a metric in a SavedModel
        r"argument `type_value`",
        r"Cast \w+ to string is not supported",
        r"'Tseed' of",
        r"Can't convert (non-rectangular )?Python sequence",
        r"Attempt to convert a value",
    ),
    ("invalid-graph missing-argument", r"(call|compute_output_spec)\(\) missing \d required"),
    ("malformed-config invalid-argument", r"Please initialize `\w+` layer with a `\S+Layer` instance"),
    ("malformed-config", r"\bbuild\(\) (got an unexpected keyword|missing \d required)"),
    ("invalid-graph malformed-config", r"Attempt to convert a value", r"could not find layer", r"inhomogeneous shape"),
    ("malformed-config invalid-argument", r"(last dimension of `query_shape`|dimensions of `value` and `key`)"),
    ("invalid-argument unknown-metric invalid-graph malformed-config", r"Invalid dtype: (?!tuple)"),
    (
        "invalid-argument keras-metadata",
        r"Dimension (value must be integer|-?\d+ must be >= 0)",
        r"Missing value of `weight_decay`",
    ),
    ("missing-weights", r"assigned value shape \(0,\)"),  # of a group, where a dataset should be
    ("keras-metadata", r"Attempt to convert a value \(None\)"),
    (
        "keras-metadata malformed-config",
        r"Expected binary or unicode string",
        r"converting shape to a TensorShape: .*'class_name'",
    ),
    (
        "malformed-config keras-metadata",
        r"JSONDecodeError",
        r"JSON object must be",
        r"Saved configuration not understood",
        r"Improper config format",
        r"Expected object to be an instance of `KerasSaveable`",
        r"Unable to revive model from config",
        r"Expecting (property name|',' delimiter|':' delimiter|value)",
        r"Unterminated string",
        r"Extra data: line",
        r"KeyError: '(config|class_name|trainable|expects_training_arg|sample_weight_mode|name|layers|module|registered_name|model_weights|layer_names|weight_names|build_config|inbound_nodes|inner_optimizer)'",
    ),
    (
        "malformed-config invalid-argument",
        r"(list|string) index out of range",  # of what stands where a shape should
        r"invalid literal for int\(\)",
        r"could not convert string to float",
    ),
    (
        "malformed-config",
        r"'utf-8' codec can't decode byte",
        r"a single positional argument, the input tensor",
        r"You cannot add a different Input layer",
        r"Expected 'config' to be|dict for \w+,\ninstead got",
        r"does not use registered names",
        r"is not a valid Keras configuration",
        r"Invalid config: .*expected keys",
        r"Could not locate class '\{",
        r"Unknown layer: '?layers\b",  # a Sequential model's configuration without a name
        r"A Sequential model configuration must be|expects a dictionary, not a",
        r"Unknown `config` as a `dict`",
        r"Unexpected object from deserialization",
        r"argument of type '\w+' is not (iterable|a container)",
    ),
    (
        "invalid-graph malformed-config incompatible-input invalid-argument",
        r"to a shape\. Found invalid (dimension|entry)",
        r"Attempt to convert a value .*__keras_tensor__",
        r"argument after \*\* must be a mapping",
        r"Missing node: ",
        r"'(float|int|NoneType)' object is not subscriptable",
    ),
    (
        "invalid-graph malformed-config",
        r"get_tensor\(\) takes 3 positional",
        r"should have unique names",
        r"missing a required argument: 'inputs'",
        r"Unknown layer: ?[^'\n]*$",
        r"RecursionError",
    ),
)
