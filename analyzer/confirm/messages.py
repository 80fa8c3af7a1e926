"""Which rules stand for an error that TensorFlow or Keras raised.

TensorFlow tells causes apart by words only, and the words changed over the releases; so this is a list of rules, and the
patterns of messages that any of these rules explains. Entries of `SPECIFIC` are all tried, those of `GENERAL` only
when none of them matched: `No such file or directory` alone says little.
"""

from __future__ import annotations

import re
from functools import cache

UNREADABLE = "lfs-pointer empty-file web-page truncated-file corrupt-file wrong-format"

# (names of rules, pattern, pattern, ...)
SPECIFIC: tuple[tuple[str, ...], ...] = (
    # ops and attributes: framework/op.cc, node_def_util.cc, op_def_util.cc
    ("unknown-op", r"Op type not registered"),
    ("unknown-attribute", r"NodeDef mentions attr"),
    ("missing-attribute", r"(missing attr|No attr named) '", r"Missing attribute"),
    ("attribute-value", r"is not in the list of allowed values"),
    ("attribute-value", r"must be at least minimum", r"Value for attr .* is not", r"Length for attr"),
    (
        "attribute-kind attribute-value",
        r"AttrValue (had value with type|must not|missing value)",
        r"invalid DataType enum",
        r"Invalid (dtype|type)",
    ),
    ("deprecated-op", r"is not available in GraphDef version", r"has been removed in version"),
    (
        "input-count input-type",
        r"NodeDef expected inputs",
        r"do not match \d+ inputs specified",
        r"Expected \d+ inputs",
        r"expects \d+ inputs?",
    ),
    # graphs: common_runtime/graph_constructor.cc, framework/versions.cc
    (
        "missing-input",
        r"Unknown input node",
        r"unknown input",
        r"input [^ ]+ is not found",
        r"references unknown",
        r"is not in the graph",
    ),
    ("missing-output", r"Connecting to invalid output", r"invalid output \d+ of source node"),
    ("duplicate-node duplicate-function", r"is not unique"),
    ("node-name", r"contains invalid characters", r"invalid (node )?name", r"Invalid name"),
    ("control-inputs", r"Control dependencies must come after", r"control input"),
    ("no-operation unknown-op", r"does not specify an operation"),
    ("graph-cycle", r"nodes? in a cycle", r"back edge", r"contains a cycle", r"graph is not a DAG"),
    (
        "input-type attribute-value reference-type",
        r"was passed [\w ]+ from [^ ]+ incompatible with expected",
        r"reference type \w+_ref",
        r"type mismatch",
    ),
    ("colocation", r"expects to be colocated with unknown node"),
    ("graph-version checkpoint-version", r"min consumer version"),
    ("graph-version", r"disallows consumer version", r"below min producer"),
    (
        "shape-conflict variable-shape weight-shape constant-value",
        r"Dimensions must be equal",
        r"Shapes? must (be|have)",
        r"inconsistent with the GraphDef",
        r"must be rank",
        r"Shapes? .* (are|is) incompatible",
        r"Dimension .* must",
        r"incompatible shapes?",
        r"Negative dimension",
    ),
    (
        "constant-value",
        r"constant tensor but no value",
        r"initializes from a tensor with",
        r"Cannot parse tensor from (proto|tensor_proto)",
        r"TensorProto",
        r"has negative dimension",
    ),
    ("signature-tensor repeated-input", r"Feeds must be tensors", r"appears more than once in the input list"),
    # devices and kernels: common_runtime/placer.cc, framework/op_kernel.cc
    (
        "device-pin",
        r"Cannot assign a device",
        r"explicitly assigned to",
        r"Could not satisfy explicit device",
        r"Could not satisfy device",
    ),
    ("malformed-device", r"Malformed device specification", r"Failed to parse device", r"Unknown attribute .*device"),
    ("missing-kernel", r"No OpKernel was registered", r"No (registered|kernel)", r"no supported kernel"),
    # functions: python/framework/function_def_to_graph.py, function_deserialization.py
    ("missing-function function-cycle", r"cyclic dependency between functions", r"Could not resolve \["),
    (
        "missing-function",
        r"Failed to find function",
        r"Function .* is not defined",
        r"not found in (the )?function library",
        r"__inference_\w+'?$",
        r"undefined function",
    ),
    ("missing-concrete-function", r"cannot unpack non-iterable NoneType", r"concrete function"),
    (
        "function-input missing-input",
        r": '?[\w/.-]+:\w+:\d+'?$",
        r"input [^ ]+:\w+:\d+ is not found",
        r"Input \d+ is not found",
    ),
    # object graphs: python/saved_model/load.py
    (
        "unknown-type-spec",
        r"has not been registered\. It must be registered before you load",
        r"No (encoder|decoder) for",
    ),
    ("function-return", r"Return .* missing", r"return value", r"missing from signature"),
    # meta graphs and signatures: python/saved_model/loader_impl.py, load_v1_in_v2.py, cc/saved_model
    (
        "missing-tags several-meta-graphs no-meta-graph empty-file wrong-format web-page",
        r"associated with tags",
        r"meta graph def matching supplied tags",
        r"incompatible argument to tags",
        r"0 MetaGraphs",
        r"requires a .?tags=.? argument",
    ),
    (
        "signature-tensor saver-tensor",
        r"refers to a Tensor which does not exist",
        r"The name '.*' (looks like|refers to)",
    ),
    ("unfed-placeholder", r"needs an input for each placeholder", r"UnliftableError", r"Unable to lift"),
    (
        "init-op saver-tensor signature-tensor",
        r"refers to an Operation not in the graph",
        r"exactly one SavedModel (init|main) op",
        r"target nodes not found",
        r"PruneForTargets",
        r"Tried to load from SavedModel with",
    ),
    ("saver-tensor", r"No tf\.train\.Saver object", r"Argument fetch", r"cannot be interpreted as a Tensor"),
    # checkpoints: util/tensor_bundle, tensor_slice_reader.cc, lib/io/table.cc
    (
        f"corrupt-index not-a-prefix checkpoint-v1 {UNREADABLE}",
        r"not an sstable",
        r"too short to be an sstable",
        r"bad block",
        r"block checksum",
        r"corrupted compressed block",
        r"bad entry in block",
        r"Perhaps the file is corrupt",
        r"truncated block read",
        r"Unable to open table file",
    ),
    (
        "tensor-checksum string-tensor truncated-shard stale-shard",
        r"Checksum does not match",
        r"Checksum mismatch",
        r"checksum",
    ),
    (
        "truncated-shard asset-content empty-file lfs-pointer corrupt-debug-info web-page",
        r"Read (less|fewer) bytes than requested",
        r"fewer bytes",
        r"EOF reached",
        r"end of file",
        r"OutOfRange",
        r"read less",
    ),
    (
        "missing-variables missing-index missing-shard not-a-prefix lfs-pointer",
        r"Failed to find any matching files for",
        r"is not a valid checkpoint",
        r"DataLoss: Unable to",
        r"You may be missing the checkpoint suffix",
        r"Couldn't find 'checkpoint' file",
    ),
    ("missing-shard truncated-shard lfs-pointer", r"data-\d{5}-of-\d{5}; No such file", r"\.data-\d{5}"),
    ("missing-variables missing-shard missing-index", r"variables[/\\]?[^ ]*; No such file"),
    (
        "missing-entry entry-slices",
        r"Key [^ ]+ not found in checkpoint",
        r"not found in checkpoint",
        r"Variables names when this checkpoint",
        r"Tensor name .* not found",
        r"slice spec",
        r"Requested slice",
    ),
    (
        "missing-entry missing-object-graph",
        r"not restored",
        r"were not restored",
        r"Unresolved object in checkpoint",
        r"object not restored",
        r"Nothing except the root object",
    ),
    (
        "variable-shape entry-shape",
        r"incompatible tensor with shape",
        r"requires shapes of both tensors to match",
        r"Shape in shape_and_slice spec",
        r"does not match the shape stored in checkpoint",
        r"Restored shape",
    ),
    ("variable-dtype entry-dtype", r"does not equal original dtype", r"expected dtype", r"Invalid data type"),
    ("checkpoint-endianness", r"different endianness"),
    ("checkpoint-future", r"[Ff]orward compatibility load error", r"registered saver"),
    (f"missing-meta {UNREADABLE}", r"File does not exist\. Received: .*\.meta", r"Cannot parse file .*\.meta"),
    ("missing-object-graph", r"does not appear to be object-based"),
    ("missing-shard shard-count", r"sharded", r"num_shards", r"shard"),
    # assets and initialisers: kernels/lookup_util.cc
    ("missing-asset", r"assets?[/\\][^ ]*; No such file", r"vocabulary file"),
    (
        "asset-content",
        r"has different value for same key",
        r"Duplicate key",
        r"Invalid number of columns",
        r"Expected \d+ elements",
        r"Column \d+",
        r"Line \d+",
        r"Failed to (read|parse) .*line",
    ),
    # files: python/saved_model/loader_impl.py
    (
        f"missing-saved-model nested-folder path-is-file wrong-format wrong-extension {UNREADABLE}",
        r"SavedModel file does not exist",
        r"Could not find SavedModel",
        r"contains neither 'saved_model",
    ),
    # devices and kernels: common_runtime/placer.cc, framework/op_kernel.cc
    (f"corrupt-debug-info {UNREADABLE}", r"Cannot parse file .*saved_model_debug_info", r"debug_info"),
    # devices and kernels: common_runtime/placer.cc, framework/op_kernel.cc
    (
        f"corrupt-proto text-under-binary-name {UNREADABLE}",
        r"Cannot parse file",
        r"Error parsing message",
        r"Can't parse",
        r"Wire format",
        r"Wrong wire type",
        r"Truncated message",
        r"Unexpected end.group",
        r"as (binary|text) proto",
    ),
    (
        f"corrupt-proto unknown-text-field {UNREADABLE}",
        r"Expected identifier",
        r"has no field named",
        r"Message type \"",
        r"Couldn't parse",
        r"text_format",
        r"Expected \"",
        r"'utf-8' codec can't decode",
    ),
    # object graphs: python/saved_model/load.py
    ("optimizer-slots", r"has no attribute 'add_slot'"),
    # files: python/saved_model/loader_impl.py
    (
        "optimizer-slots",
        r"SavedModel that contains an optimizer without the Keras module",
        r"Error when importing Keras",
    ),
    # graphs: common_runtime/graph_constructor.cc, framework/versions.cc
    ("unknown-object", r"Unknown SavedObject type"),
    ("object-cycle", r"cycle in the deserialization dependencies"),
    ("object-reference no-object-graph", r": list index out of range$", r"list index \[?\(?\d"),
    (
        "unknown-object",
        r"user object identifier",
        r"Unable to (restore|revive) .*object",
        r"version .* is not supported",
    ),
    # Keras: which file is it
    (
        f"keras-3-saved-model wrong-extension nested-folder {UNREADABLE}",
        r"File format not supported",
        r"Keras 3 only supports",
        r"OrbaxCheckpoint requires",
    ),
    (
        f"wrong-extension wrong-format archive-member {UNREADABLE}",
        r"accessible \.?`?\.?keras`? zip",
        r"not a zip file",
        r"BadZipFile",
        r"File is not a zip",
    ),
    (
        f"corrupt-hdf5 wrong-extension wrong-format missing-weights external-link {UNREADABLE}",
        r"file signature not found",
        r"truncated file: eof",
        r"unable to open (external )?file",
        r"Unable to (synchronously )?open (file|object)",
        r"doesn't exist",
        r"bad object header",
        r"[Cc]an't (open|read|get|determine)",
        r"wrong fractal heap",
        r"addr overflow",
        r"bad symbol table",
        r"bad local heap",
        r"B-tree",
        r"free block size",
    ),
    (f"missing-file wrong-extension {UNREADABLE}", r"No file or directory found at", r"File not found: filepath"),
    ("weights-only", r"No model (config )?found in (the|config) file"),
    ("archive-member nested-archive", r"no item named '[^']*' in the archive"),
    (
        "archive-member corrupt-file truncated-file",
        r"Expected a model\.weights\.h5",
        r"Bad CRC-32",
        r"Error -3 while decompressing",
        r"compression (method|type)",
        r"Bad magic number for file",
        r"File name in directory",
        r"Overlapped entries",
        r"encrypted",
    ),
    ("h5py-3 attribute-type", r"'str' object has no attribute 'decode'"),
    (
        "keras-metadata missing-keras-metadata",
        r"Unable to create a Keras model from SavedModel",
        r"lacks the Keras metadata",
        r"parse keras metadata",
        r"Error loading model\(s\) in the SavedModel format",
    ),
    (
        "corrupt-config missing-keras-metadata keras-metadata keras-metadata-moved",
        r"Expecting value: line 1 column 1",
        r"JSONDecodeError",
        r"Expecting (property name|',' delimiter|value)",
        r"Unterminated string",
        r"Extra data: line",
        r"Invalid control character",
    ),
    # graphs: common_runtime/graph_constructor.cc, framework/versions.cc
    (
        "unknown-class custom-object unknown-function removed-class module-path loss-name metric-name optimizer-name dtype-policy nested-config",
        r"Unknown (layer|object|activation|initializer|regularizer|constraint|loss|metric|optimizer|entry|policy|decay)",
        r"Could not locate (class|function)",
        r"Could not deserialize",
        r"Could not interpret",
        r"Cannot deserialize object of type",
        r"Unable to restore (custom )?object of (class|type)",
        r"must be an instance of class (Layer|`?Layer)",
        r"custom_objects",
        r"Unrecognized (type|function|activation)",
        r"cannot be imported",
        r"Unknown \w+( function)?: ",
    ),
    ("dtype-policy", r"Could not locate class 'Policy'", r"quantization_mode", r"mixed_precision", r"dtype ?policy"),
    ("operation-layer unknown-class", r"an internal ops? or", r"keras\.src\.ops"),
    # Keras: arguments
    (
        "constructor-argument missing-argument keras-1-config optimizer-argument",
        r"Unrecognized keyword argument",
        r"unexpected keyword argument",
        r"Keyword argument not understood",
        r"Argument\(s\) not recognized",
        r"is not a valid argument",
        r"got an unexpected",
        r"Unexpected keyword",
    ),
    (
        "constructor-argument missing-argument keras-1-config build-argument",
        r"missing \d+ required (positional|keyword-only) argument",
        r"required positional",
    ),
    ("keras-1-config sequential-list", r"pop expected at most 1 argument"),
    ("optimizer-argument", r"decay is deprecated in the new Keras optimizer", r"legacy optimizer"),
    (
        "argument-value axis-list compile-config constructor-argument nested-config",
        r"Invalid value for argument",
        r"reduction",
        r"must be (a |an |one of|in )",
        r"should be",
        r"Expected .* (received|got|found)",
        r"Received:",
        r"is not supported",
        r"int\(\) argument must be",
        r"not supported between",
        r"unhashable",
        r"object is not (iterable|subscriptable|callable)",
        r"string indices must be",
    ),
    # Keras: weights
    ("layer-count weights-layout", r"[Ll]ayer count mismatch", r"weight file containing", r"found \d+ saved layers"),
    (
        "weight-count",
        r"[Ww]eight count mismatch",
        r"expects? \d+ weights?",
        r"saved weights have",
        r"expected \d+ variables",
    ),
    (
        "weight-shape keras-1-weights",
        r"[Ss]hape mismatch",
        r"target variable and the shape of the target value",
        r"assigned value shape",
        r"axes don't match array",
        r"could not broadcast",
    ),
    (
        "missing-weights unbuilt-layer weights-layout weight-count",
        r"objects could not be loaded",
        r"was never built",
        r"received 0 variables",
        r"layer_names",
        r"weight_names",
        r"'vars'",
    ),
    # checkpoints: util/tensor_bundle, tensor_slice_reader.cc, lib/io/table.cc
    ("string-weights", r"not an instance of tf\.Variable is not supported"),
    (
        "inbound-nodes",
        r"expects \d+ input\(s\), but it received",
        r"inbound",
        r"is not connected",
        r"Graph disconnected",
    ),
    # Keras: Lambda and safe mode
    (
        "lambda-bytecode",
        r"bad marshal data",
        r"EOF read where object expected",
        r"unknown opcode",
        r"marshal",
        r"code\(\) (argument|takes)",
    ),
    (
        "lambda-safe-mode unsafe-object",
        r"Requested the deserialization of a .?Lambda",
        r"Python lambda",
        r"safe_mode",
        r"unsafe",
        r"arbitrary code",
    ),
    ("lambda-output-shape", r"infer the shape of the Lambda", r"output_shape"),
    ("external-link", r"ExternalLink", r"external Dataset", r"virtual Dataset", r"Not allowed: H5"),
    ("missing-asset vocabulary-file missing-vocabulary", r"vocabulary"),
    ("lambda-globals", r"name '\w+' is not defined"),
    ("writer-version", r"Invalid version"),
)

GENERAL: tuple[tuple[str, ...], ...] = (
    ("missing-file missing-asset missing-shard missing-variables", r"No such file or directory", r"does not exist"),
    ("path-is-file nested-folder", r"Is a directory", r"Not a directory"),
    ("permission", r"Permission denied"),
    ("aborts", r"Check failed", r"SIGABRT", r"SIGSEGV", r"Segmentation"),
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
