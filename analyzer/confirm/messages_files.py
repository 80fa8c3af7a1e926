"""Errors of checkpoints, assets, files and object graphs, by the rules that they stand for; see `analyzer.confirm.messages`."""

from __future__ import annotations

from analyzer.confirm.rule_groups import UNREADABLE

# (names of rules, pattern, pattern, ...)
FILES: tuple[tuple[str, ...], ...] = (
    (
        "incompatible-package",
        r"Descriptors cannot( not)? be created directly|Protobuf Gencode/Runtime",
        r"numpy\.core\.(umath|multiarray) failed to import|module 'numpy' has no attribute '(object|bool|int|float|str)'",
        r"cannot import name '(builder|runtime_version)' from 'google\.protobuf",
    ),
    # Checkpoints: core/util/tensor_bundle, tensor_slice_reader.cc, core/lib/io/table.cc
    (
        f"corrupt-index missing-index missing-variables checkpoint-part {UNREADABLE}",
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
        r"[Cc]hecksum (after Variant \d+ )?does not match",
        r"\(masked\)",
    ),
    (
        f"truncated-shard invalid-entry invalid-asset checksum-mismatch corrupt-index {UNREADABLE}",
        r"Read (less|fewer) bytes than requested",
    ),
    # `Saver.restore` reads the object graph where a key is missing, and finds its bytes missing as well: an index of another save
    ("missing-key", r"^IndexError: Read less bytes than requested"),
    (
        f"missing-variables missing-index missing-shard checkpoint-state pattern-path {UNREADABLE}",
        r"Failed to find any matching files for",
        r"is not a valid checkpoint",
        r"missing the checkpoint suffix",
    ),
    (
        "checkpoint-state",
        r"Couldn't find 'checkpoint' file",
        r"save_path when it is None",
        r"codec can't decode byte",
    ),
    ("invalid-entry unknown-colocation", r"UnicodeDecodeError: .*codec can't decode byte"),  # what is no text
    ("invalid-entry", r"Invalid tensor shape: "),
    ("truncated-shard invalid-entry", r"Seeking to a negative position"),
    ("invalid-entry", r"Mismatching ranks: shape = "),
    ("shape-conflict object-values", r"Trying to read variable with wrong dtype"),
    (
        "shape-conflict restore-mismatch",
        r"RestoreV2(:\d+)?\)' with input shapes|^ValueError: Expected a pair of numbers or '-'",
    ),
    ("missing-shard", r"\.data-\d{5}-of-\d{5}; (No such file|Is a directory)"),
    ("missing-variables missing-shard missing-index", r"variables[/\\]?(variables)?; No such file"),
    # Up to 2.1 a checkpoint whose object graph cannot be read is taken for one by names (training/tracking/util.py, `restore`).
    (
        "missing-shard object-values",
        r"^FailedPreconditionError: Error while reading resource variable .* from Container",
    ),
    ("missing-index missing-variables corrupt-index", r"\.index; (No such file|Is a directory)"),
    (
        "missing-key object-values missing-variables missing-object",
        r"not found in checkpoint",
        r"don't exist now",
        r"Tensor name .* not found",
        r"Existing variables not in the checkpoint",
    ),
    (
        "missing-key object-values missing-object missing-variables missing-shard",
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
        "restore-mismatch object-values invalid-entry unreadable-dtype weight-shape",
        r"incompatible tensor with shape",
        r"requires shapes of both tensors to match",
        r"does not match the shape stored in checkpoint",
        r"shape_and_slice",
        r"Invalid size in bundle entry",
        r"Shape mismatch.*variable|[Ee]xpected shape .* got",
    ),
    ("shape-conflict restore-mismatch", r"tensor_names and shape_and_slices should be"),
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
        "iterator-state invalid-entry unreadable-dtype shape-conflict",  # what aborts the process
        r"Check failed: .*(NDIMS|dims\(\)|dtype\(\)|DT_\w+)",
    ),
    (
        "checkpoint-version",
        r"different endianness",
        r"[Cc]heckpoint (min consumer|disallows|producer)",
        r"[Ff]orward compatibility load error",
    ),
    ("registered-saver missing-object", r"registered saver|checkpoint saver registry"),
    ("saver-signature", r"save_fn\(checkpoint_key\) expected a Tensor"),
    (
        f"missing-index {UNREADABLE}",
        r"File does not exist\. Received: .*\.meta",
        r"Cannot parse file .*\.meta",
        r"\.meta: ",
    ),
    ("missing-object", r"does not appear to be object-based"),
    # Assets and initialisers: core/kernels/lookup_util.cc
    ("missing-asset", r"assets([/\\][^;]*)?; (No such file|Is a directory)"),
    (
        "invalid-asset",
        r"has different value for same key",
        r"delimiter should be only",
        r"Finished reading 0 of lines",
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
        f"trailing-bytes object-values unresolved-collection {UNREADABLE}",
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
        "unresolved-object",
        r"cannot reshape array of size|buffer size must be a multiple|index can't contain negative values",
    ),
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
        "missing-object unresolved-object object-values argument-shapes keras-metadata invalid-graph several-meta-graphs",
        r"IndexError: list index( \[?\(?\d+\)?\]?)? out of range",
        r"KeyError: \d+$",
    ),
)
