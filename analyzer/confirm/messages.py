"""Which rules stand for an error that TensorFlow or Keras raised.

TensorFlow tells causes apart by words only, and the words changed over the releases; so this is a list of rules, and the
patterns of messages that any of these rules explains. Entries of `SPECIFIC` are all tried, those of `GENERAL` only
when none of them matched: `No such file or directory` alone says little.
"""

from __future__ import annotations

import re
from functools import cache

# Rules that explain any failure to read a file: what is there is not what its name says, or not all of it.
UNREADABLE = "unreadable-file unreadable-keras-file lfs-pointer empty-file"
NAMES = "unresolved-custom-object unresolved-name unresolved-module unknown-loss unknown-metric unknown-optimizer"
CONFIG = (
    "malformed-config unknown-argument missing-argument invalid-argument string-in-training-config invalid-graph "
    "incompatible-input weight-shape"
)

# (names of rules, pattern, pattern, ...)
SPECIFIC: tuple[tuple[str, ...], ...] = (
    # Ops and attributes: core/framework/op.cc, node_def_util.cc, op_def_util.cc
    ("unknown-op nested-function-op missing-function", r"Op type not registered"),
    ("unknown-attribute function-attribute", r"NodeDef mentions attr", r"Allowlist does not support"),
    ("missing-attribute", r"missing attr '", r"No attr named", r"attr not found: "),
    (
        "invalid-attribute",
        r"is not in the list of allowed values",
        r"[Mm]ust be at least minimum",
        r"Length for attr",
        r"Value for number_attr",
        r"AttrValue (had value|must not|missing|has invalid)",
        r"expected type \w+ != (unknown dtype enum|INVALID)|expected type (unknown dtype enum[ \d()]*|INVALID) !=",
    ),
    ("deprecated-op", r"is not available in GraphDef version"),
    # Graphs: core/common_runtime/graph_constructor.cc, core/framework/versions.cc, shape_refiner.cc
    (
        "input-mismatch argument-count invalid-attribute",
        r"NodeDef expected inputs",
        r"Expected input\[\d+\] == .* to be a control input",
        r"Attempt to access beyond input size",
        r"expected type \w+ != ",
        r"incompatible with expected",
        r"[Ee]xpected \d+ inputs?, but got",
        r"Invalid ret types",
        r"Length of `input_shapes` must match",
        r"invalid input index",
        r"does not exist\. Node only has",
        r"Incompatible shape|has incompatible type",
    ),
    (
        "unknown-input",
        r"Unknown input node",
        r"[Ii]nput .* is not found",
        r"input\[\d+\] == '.*', is not found",
        r"invalid output -?\d+ of source",
    ),
    (
        "invalid-node unknown-input",
        r"is not unique",
        r"Duplicated? (ret|node|arg)",
        r"invalid characters",
        r"[Ii]nvalid name",
        r"is not a valid (node|scope|op|root scope) name",
        r"Control dependencies must come after",
        r"does not specify an operation",
    ),
    (
        f"unknown-text-name {UNREADABLE}",
        r'(Message|Enum) type ".*" has no (field|value) named',
        r"as text proto",
        r'Unknown enumeration value of "',
    ),
    ("cycle function-cycle", r"nodes in a cycle", r"back edge", r"[Gg]raph .*cycle"),
    ("unknown-colocation", r"expects to be colocated with unknown node"),
    ("reference-tensor", r"has a reference type"),
    (
        "graph-version",
        r"GraphDef min consumer version",
        r"GraphDef disallows consumer",
        r"GraphDef producer version .* below",
    ),
    (
        "shape-conflict output-shape invalid-constant",
        r"Dimensions must be equal",
        r"Shapes? must (be|have)",
        r"inconsistent with the GraphDef",
        r"the _output_shapes attribute specifies shapes for",
        r"Unable to evaluate a constant node",
        r"[Dd]imension -?\d+ in both shapes must be equal",
        r"Dimension .* must be",
        r"cannot be broadcast",
        r"incompatible shape",
        r" with input shapes: ",
    ),
    (
        "invalid-constant missing-attribute shape-conflict",
        r"constant tensor but no value",
        r"initializes from a tensor with",
        r"Cannot parse tensor from",
        r"Invalid (TensorProto|tensor proto)|[Tt]ensor proto",
        r"has negative dimension",
        r"Shape .* is not fully defined",
    ),
    # Devices and kernels: core/common_runtime/placer.cc, core/framework/op_kernel.cc
    (
        "device-pin",
        r"Cannot assign a device",
        r"Could not satisfy device specification",
        r"was explicitly assigned to",
        r"Could not satisfy explicit device",
    ),
    (
        "malformed-device",
        r"Malformed device specification",
        r"Unknown attribute:? '.*' (in|is encountered)",
        r"Unknown attribute .* is not a valid|Could not parse device",
    ),
    ("missing-kernel needs-gpu", r"No OpKernel was registered", r"no supported kernel"),
    # Functions: python/framework/function_def_to_graph.py, python/saved_model/function_deserialization.py
    ("missing-function duplicate-function function-cycle", r"Could not resolve \["),
    (
        "missing-function function-list missing-gradient",
        r"Failed to find function",
        r"FunctionDefLibrary missing",
        r"cyclic gradient functions",
        r"function not found",
        r"KeyError: '__(inference|forward|backward)_[^']*'",
        r"not found in (the )?function library",
        r"[Ff]unction .* is not defined|Undefined function",
    ),
    ("duplicate-function missing-function", r"Cannot add function", r"different function with the same name"),
    ("missing-concrete-function missing-object missing-function", r"cannot unpack non-iterable NoneType"),
    (
        "unresolved-return missing-function unknown-input",
        r"Return .* (missing|is not found)",
        r"KeyError: '([\w/.-]+:\w+:\d+)?'",
    ),
    (
        "unknown-structure unknown-object-kind",
        r"It must be registered before you load",
        r"is not supported by this version of TensorFlow",
        r"No (encoder|decoder) for",
        r"NotEncodableError",
    ),
    # Meta graphs and signatures: python/saved_model/loader_impl.py, load_v1_in_v2.py, cc/saved_model/loader.cc
    (
        "missing-tag-set several-meta-graphs empty-file",
        r"associated with tags",
        r"matching supplied tags",
        r"incompatible argument to tags",
        r"there (is|are) \d+ MetaGraphs?",
    ),
    (
        "unresolved-tensor asset-tensor unresolved-object init-op restore-op unresolved-collection",
        r"refers to a Tensor which does not exist",
        r"does not exist, exists .* looks like",
    ),
    ("unfed-placeholder", r"needs an input for each placeholder", r"UnliftableError"),
    (
        "init-op restore-op unresolved-tensor unresolved-collection unresolved-object",
        r"refers to an Operation not in the graph",
        r"Expected exactly one SavedModel (init|main) op",
        r"target nodes not found",
        r"could not be found in the graph",
        r"Expected exactly one main op",
        r"[Ii]nit op",
        r"PruneForTargets",
    ),
    (
        "restore-op asset-tensor missing-variables",
        r"No tf\.train\.Saver object",
        r"Argument fetch",
        r"cannot be interpreted as a Tensor",
        r"Cannot interpret feed_dict key as Tensor",
        r"No variables to save",
        r"saver_def must specify",
        r"feed_devices or fetch_devices was not found",
        r"not created with a graph",
    ),
    ("repeated-input asset-tensor init-op", r"appears more than once in the input list", r"fed more than once"),
    ("unresolved-tensor reference-tensor repeated-input", r"Feeds must be tensors"),
    # Checkpoints: core/util/tensor_bundle, tensor_slice_reader.cc, core/lib/io/table.cc
    (
        f"corrupt-index missing-index {UNREADABLE}",
        r"not an sstable",
        r"too short to be an sstable",
        r"bad (block|entry)",
        r"block checksum mismatch",
        r"corrupted compressed block",
        r"Perhaps the file is corrupt",
        r"truncated block",
        r"Unable to open table file",
        r"Failed to find the saved tensor slices",
        r"[Ii]nvalid header|BundleHeader|Header entry",
    ),
    (
        "checksum-mismatch truncated-shard overlapping-entries invalid-entry lfs-pointer",
        r"[Cc]hecksum does not match",
        r"\(masked\)",
    ),
    (
        f"truncated-shard invalid-entry invalid-asset {UNREADABLE}",
        r"Read (less|fewer) bytes than requested",
    ),
    (
        f"missing-variables missing-index missing-shard checkpoint-state {UNREADABLE}",
        r"Failed to find any matching files for",
        r"is not a valid checkpoint",
        r"missing the checkpoint suffix",
    ),
    ("checkpoint-state", r"Couldn't find 'checkpoint' file", r"save_path when it is None"),
    ("missing-shard", r"\.data-\d{5}-of-\d{5}; (No such file|Is a directory)"),
    ("missing-variables missing-shard missing-index", r"variables[/\\]?(variables)?; No such file"),
    (
        "missing-key object-values missing-variables missing-object",
        r"not found in checkpoint",
        r"don't exist now",
        r"Tensor name .* not found",
        r"Existing variables not in the checkpoint",
    ),
    (
        "missing-key object-values missing-object missing-variables",
        r"attributes which were not restored",
        r"Unresolved object in checkpoint",
        r"[Oo]bject not restored",
        r"Nothing except the root object",
        r"_NameBasedRestoreCoordinator",
    ),
    (
        "missing-key object-values missing-object missing-variables missing-weights",
        r"not bound to checkpointed values",
    ),
    (
        "restore-mismatch object-values invalid-entry",
        r"incompatible tensor with shape",
        r"requires shapes of both tensors to match",
        r"does not match the shape stored in checkpoint",
        r"shape_and_slice",
        r"Invalid size in bundle entry",
        r"Shape mismatch.*variable|expected shape .* got",
    ),
    (
        "restore-mismatch object-values invalid-entry weight-dtype",
        r"does not equal original dtype",
    ),
    (
        "restore-mismatch object-values invalid-entry weight-shape",  # Keras in TensorFlow 1 assigns in a graph
        r"Shapes \(.*\) and \(.*\) are incompatible",
    ),
    (
        "invalid-entry sliced-v1-tensor",
        r"slice (spec|information)|Sliced checkpoints are not supported|[Uu]nable to (read|parse) .*slice",
    ),
    (
        "unreadable-dtype invalid-entry invalid-argument",
        r"not convertible to numpy dtype",
        r"to a TensorFlow DType",
        r"Type not set",
        r"invalid DataType enum",
        r"Data type not supported",
        r"Unexpected type: ",
        r"[Bb]yte-swapping not supported",
        r"SIGABRT.*(dtype|DataType|type)",
    ),
    (
        "checkpoint-version",
        r"different endianness",
        r"[Cc]heckpoint (min consumer|disallows|producer)",
        r"[Ff]orward compatibility load error",
    ),
    ("missing-object", r"registered saver"),
    ("saver-signature", r"save_fn\(checkpoint_key\) expected a Tensor"),
    (
        f"missing-index {UNREADABLE}",
        r"File does not exist\. Received: .*\.meta",
        r"Cannot parse file .*\.meta",
        r"\.meta: ",
    ),
    ("missing-object", r"does not appear to be object-based"),
    # Assets and initialisers: core/kernels/lookup_util.cc
    ("missing-asset", r"assets[/\\][^;]*; No such file"),
    (
        "invalid-asset",
        r"has different value for same key",
        r"Invalid content in",
        r"Invalid vocab_size",
        r"Key index for line number|requires table",
        r"[Dd]uplicate key",
        r"Invalid number of columns",
        r"Expected \d+ (elements|columns|fields)",
        r"(Line|Column) \d+",
        r"Table .* (elements|entries)",
    ),
    # Files: python/saved_model/loader_impl.py, cc/saved_model/reader.cc
    (
        f"missing-saved-model unsupported-file-format {UNREADABLE}",
        r"SavedModel file does not exist",
        r"Could not find SavedModel",
        r"contains neither 'saved_model",
        r"saved_model\.pb(txt)?; Is a directory",
    ),
    (UNREADABLE, r"saved_model_debug_info"),
    (
        f"trailing-bytes object-values {UNREADABLE}",
        r"Cannot parse file",
        r"Error parsing message",
        r"Can't parse",
        r"Wire format was corrupt",
        r"Wrong wire type",
        r"Truncated message",
        r"as (binary|text) proto",
        r"Expected identifier",
        r"ParseError: \d+:\d+",
        r"has no field named",
        r"codec can't decode byte",
    ),
    # Object graphs: python/saved_model/load.py
    ("optimizer-slots", r"has no attribute 'add_slot'", r"contains an optimizer without the Keras module"),
    ("unknown-object-kind", r"Unknown SavedObject type"),
    ("invalid-variable", r"Invalid variable (aggregation|synchronization) mode", r"to a TensorFlow DType"),
    (
        "missing-object dependency-cycle",
        r"cycle in the deserialization dependencies",
        r"dependency map which are not keys",
    ),
    ("uncapturable-input missing-object", r"_UserObject.* to tensor", r"Can(not|'t) convert node"),
    (
        "resource-creation missing-object",
        r"_create_resource not implemented",
        r"Could not satisfy device specification",
    ),
    (
        "missing-object unresolved-object keras-metadata invalid-graph",
        r"IndexError: list index( \[?\(?\d+\)?\]?)? out of range",
        r"KeyError: \d+$",
    ),
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
        f"unreadable-keras-file unsafe-hdf5-link archive-member unsupported-file-format missing-weights layer-count {UNREADABLE}",
        r"file signature not found",
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
    ("weights-without-model", r"No model (config )?found in (the|config) file"),
    ("h5py-text", r"'str' object has no attribute 'decode'"),
    (
        "keras-metadata",
        r"Unable to create a (TF-)?Keras model from (this )?SavedModel",
        r"parse (TF-)?[kK]eras metadata",
        r"following model\(s\) could not be initialized",
        r"call_and_return_conditional_losses",
        r"could not find attribute \w+",
        r"Could not find matching function to call loaded from the SavedModel",
        r"missing 2 required positional arguments: 'inputs' and 'outputs'",
    ),
    ("keras-metadata malformed-config invalid-argument", r"KeyError: 'items'", r"'\w+' object has no attribute 'get'"),
    ("keras-metadata malformed-config invalid-argument invalid-graph", r"'\w+' object is not subscriptable"),
    (f"{NAMES} {CONFIG}", r"Unable to restore (object|a layer) of class", r"Unable to restore custom object of class"),
    ("invalid-graph", r"has no attribute 'as_list'", r"list indices must be integers", r"same input multiple times"),
    (
        "malformed-config invalid-argument",
        r"unhashable type",
        r"Improper config format",
        r"Cannot deserialize empty config",
        r"Unknown `config` as a `dict`",
    ),
    (
        "invalid-argument",
        r"argument `type_value`",
        r"'Tseed' of",
        r"Can't convert (non-rectangular )?Python sequence",
        r"Attempt to convert a value",
    ),
    ("keras-metadata", r"Attempt to convert a value \(None\)"),
    (
        "keras-metadata malformed-config",
        r"Expected binary or unicode string",
        r"converting shape to a TensorShape: .* got 'class_name'",
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
        r"KeyError: '(config|class_name|sample_weight_mode|name|layers|module|registered_name|model_weights|layer_names|weight_names|build_config|inbound_nodes)'",
    ),
    (
        "malformed-config",
        r"Expected 'config' to be|dict for \w+,\ninstead got",
        r"does not use registered names",
        r"is not a valid Keras configuration",
        r"A Sequential model configuration must be",
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
        "invalid-graph",
        r"get_tensor\(\) takes 3 positional",
        r"should have unique names",
        r"Unknown layer: ?[^'\n]*$",
        r"RecursionError",
    ),
    # Keras: names that do not resolve
    (
        f"{NAMES} invalid-argument",
        r"Unknown (layer|object|dtype|activation|initializer|regularizer|constraint|entry|policy|decay|RNN|\w+Layer)",
        r"Could not locate (class|function)",
        r"Could not deserialize (class|')",
        r"Could not interpret (activation|initializer|regularizer|constraint)",
        r"Cannot deserialize object of type",
        r"Unable to (restore|revive) .*(object|layer|metric)",
        r"must be an instance of class Layer",
        r"'str' object is not callable",  # Keras 2.13 on gives back the name of a layer that it does not know
        r"parent module .* cannot be imported",
        r"Unable to import|No module named",
        r"'module' object is not callable",
    ),
    ("unresolved-name", r"(TF|TensorFlow) symbol `.*` could not be found"),
    (
        "unknown-loss unresolved-custom-object",
        r"passing a list as loss",
        r"has no attribute '__name__'",
        r"Unknown loss",
        r"Could not interpret loss",
        r"loss function",
    ),
    (
        "string-in-training-config unknown-loss unknown-metric",
        r"Could not locate function",
        r"keras\.(metrics|losses)\.",
        r"string indices must be",
    ),
    ("unknown-metric unresolved-custom-object", r"Unknown metric", r"Could not interpret metric"),
    (
        "unknown-optimizer unresolved-custom-object",
        r"Unknown (optimizer|decay)",
        r"Could not interpret optimizer",
        r"object has no attribute 'build'",
        r"LossScaleOptimizer",
    ),
    (
        f"unknown-argument invalid-argument malformed-config {NAMES}",
        r"class 'Policy'|Policy'",
        r"quantization_mode",
        r"DTypePolicy",
        r"[Cc]annot (convert|interpret) .*dtype",
    ),
    # Keras: arguments
    (
        "unknown-argument unknown-optimizer",
        r"Unrecognized keyword arguments?",
        r"unexpected keyword argument",
        r"Unexpected keyword argument",
        r"Keyword argument not understood",
        r"not recognized: ",
        r"is not a valid argument",
        r"does not support arguments",
        r"decay is deprecated in the new Keras optimizer",
    ),
    ("missing-argument unknown-argument", r"missing \d+ required (positional|keyword-only)"),
    (
        "malformed-config invalid-argument",
        r"pop expected at most 1 argument",
        r"(string|list|tuple) indices must be",
        r"can only concatenate|must be a mapping",
        r"object has no attribute '(get|items|pop|keys|copy|lower|upper)'",
        r"object is not (subscriptable|iterable)",
    ),
    (
        "incompatible-input invalid-graph",
        r"is incompatible with the layer",
        r"expects \d+ input\(s\), but it received",
        r"[Ee]xpected (min_)?n?dim",
        r"matching shapes",
        r"too many positional arguments",
        r"Invalid dtype: tuple",
        r"has already been configured to use input shape",
        r"axis -?\d+ is out of bounds",
        r"Kernel shape must have the same length",
        r"Input to reshape is a tensor with",
        r"Inputs have incompatible shapes",
        r"negative dimension|computed output size",
        r"Got \d+ (inputs|arguments) for equation",
    ),
    (
        "invalid-graph",
        r"[Gg]raph disconnected",
        r"'kwargs' (referenced before|where it is not)",
        r"KeyError: '_CONSTANT_VALUE'",
        r"inbound",
        r"has never been called",
        r"could not find layer",
        r"loops or disconnected",
        r"is not connected",
        r"not in list|No such layer",
    ),
    ("invalid-graph malformed-config", r"has no attribute 'as_list'"),
    # Keras: weights
    (
        "layer-count missing-weights weight-count",
        r"[Ll]ayer count mismatch",
        r"weight file containing \d+ layers",
        r"found \d+ saved layers",
    ),
    (
        "weight-count missing-weights",
        r"[Ww]eight count mismatch",
        r"expects \d+ weight",
        r"saved weights have",
        r"expected \d+ variables",
        r"You called `set_weights",
    ),
    (
        "weight-shape incompatible-input",
        r"[Ss]hape mismatch",
        r"target variable and the shape of the target value",
        r"assigned value shape",
        r"axes don't match array",
        r"could not broadcast",
        r"not compatible with provided weight shape",
        r"Invalid bias shape",
    ),
    (
        "missing-weights weight-count unbuilt-layer weight-shape",
        r"objects could not be loaded",
        r"was never built",
        r"received 0 variables",
        r"KeyError: .*'?vars'?",
        r"KeyError: '(model_weights|[^']*:\d+)'",
        r"expected Group but",
    ),
    (
        "missing-weights",
        r"not an instance of `?tf\.Variable`? is not supported",
        r"must set the layer.s vocabulary before calling",
    ),
    # Keras: Lambda layers, safe mode, files from outside
    (
        "lambda-bytecode",
        r"bad marshal data",
        r"EOF read where",
        r"EOFError",
        r"unknown opcode",
        r"code\(\) (argument|takes)",
        r"SIGSEGV",
        r"arg 5 \(closure\)|requires closure",
    ),
    ("unsafe-lambda", r"Requested the deserialization of a", r"is a Python lambda", r"unsafe"),
    ("lambda-output-shape invalid-argument", r"infer the shape of the Lambda"),
    ("lambda-globals lambda-bytecode", r"NameError"),
    ("unsafe-hdf5-link", r"ExternalLink", r"SoftLink", r"external Dataset", r"virtual Dataset"),
    ("outside-vocabulary missing-asset", r"vocabulary file", r"outside of the model archive"),
    ("unparsable-writer", r"Invalid version"),
    ("python-callback", r"callback (with key=)?'?pyfunc|pyfunc_\d+"),
)

GENERAL: tuple[tuple[str, ...], ...] = (
    (
        f"{CONFIG} {NAMES}",
        r"could not be deserialized properly",
        r"Error when deserializing class",
        r"float NaN",
    ),
    (
        "malformed-config invalid-argument",
        r"^(AttributeError|TypeError|ValueError): .*(object has no attribute|may only have|expected one of)",
    ),
    (
        "invalid-argument invalid-graph incompatible-input",
        r"[Ii]nvalid value for argument",
        r"`?\w+`? (argument )?(must|should) be",
        r"int\(\) argument must be",
        r"not supported between",
        r"unhashable type",
        r"object is not callable",
        r"argument must be",
        r"Received:? ",
    ),
    (
        "incompatible-input invalid-graph",
        r"Exception encountered when calling \w+\.call\(\)",
        r"unsupported operand type\(s\)",
        r"list assignment index out of range",
        r"^AssertionError: ?$",
    ),
    ("missing-file missing-asset missing-shard missing-variables", r"No such file or directory"),
    ("unsupported-file-format missing-saved-model", r"Is a directory", r"Not a directory"),
    ("unreadable-file", r"Permission denied"),
    (
        "missing-attribute missing-object unknown-input missing-argument missing-weights malformed-config invalid-graph",
        r"^KeyError: ",
    ),
)


@cache
def _compiled(entries: tuple[tuple[str, ...], ...]) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE), tuple(names.split()))
        for names, *patterns in entries
    )


def rules_for(exception: str | None, message: str | None) -> tuple[str, ...]:
    """The rules that may stand for an error, the likeliest first; empty where no pattern knows it.

    `exception` is the class's name. `message` may have its middle left out.
    """
    text = f"{exception or ''}: {message or ''}"
    return _matching(SPECIFIC, text) or _matching(GENERAL, text)


def _matching(entries: tuple[tuple[str, ...], ...], text: str) -> tuple[str, ...]:
    found = (names for pattern, names in _compiled(entries) if pattern.search(text))
    return tuple(dict.fromkeys(name for names in found for name in names))
