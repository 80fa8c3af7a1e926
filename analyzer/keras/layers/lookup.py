"""Layers with a vocabulary, or with bins that `adapt` finds.

Keras 3 keeps vocabularies outside its variables. In Keras 2 they stand among the layer's weights as a table, which an H5
file cannot hold: there only a vocabulary in the configuration loads.
"""

from __future__ import annotations

from typing import Any

from analyzer.keras.calls import Call, Function
from analyzer.keras.model import UNKNOWN, BuildError, Shape, shape_text


def _encoded(call: Call, since: tuple[int, int]) -> None:
    """`encode_categorical_inputs` (preprocessing/preprocessing_utils.py of Keras 2): two dimensions at most. Raises BuildError."""
    shape, mode = call.shape, call.get("output_mode", "int")
    if call.era.is_3 or shape is None or UNKNOWN in shape[-1:]:
        return
    one, splits = len(shape) < 2 or shape[-1] == 1, call.get("split", "whitespace") is not None
    if call.layer.kind == "TextVectorization" and splits and not one and call.era.at_least(2, 4):
        raise BuildError(
            f"splits strings of shape {shape_text(shape)}",
            "When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape dimension must be 1.",
        )
    if call.era.at_least(*since) and mode != "int" and (len(shape) > 2 or (mode == "one_hot" and not one)):
        raise BuildError(
            f"encodes an input of shape {shape_text(shape)} with output_mode={mode!r}",
            "When output_mode is not `'int'`, maximum supported output rank is 2.",
        )


def _result(call: Call, depth: Any) -> Shape:
    """The input's shape for `int`; of a batch of values, how often each occurs."""
    shape = call.shape
    if call.get("output_mode", "int") == "int":
        return shape
    if call.era.is_3:
        return _declared(call, depth if isinstance(depth, int) else UNKNOWN)
    known = shape is not None and len(shape) == 2 and isinstance(depth, int)
    return (shape[0], depth) if known and shape is not None else None


def _declared(call: Call, depth: int) -> Shape:
    """`compute_output_shape` of Keras 3, which the next layer is called on, whatever the values will be.

    Discretization says the input's shape up to 3.13, and lookups say two dimensions.
    """
    shape, kind, one_hot = call.shape, call.layer.kind, call.get("output_mode") == "one_hot"
    counts = call.era.at_least(3, 14)
    if shape is None or not shape:
        return None
    if kind == "Discretization" and not counts:
        return shape
    if kind in ("StringLookup", "IntegerLookup") and not counts:
        return (shape[0], depth)
    if kind == "Discretization" and not one_hot:
        return (shape[0], *shape[2:], depth) if len(shape) > 1 else (depth,)
    single = kind == "CategoryEncoding" and not call.era.at_least(
        3, 3
    )  # then a batch of one has its one dimension replaced
    replaced = shape[-1] == 1 and (len(shape) > 1 or single)
    if one_hot and kind != "Hashing" and not replaced:
        return (*shape, depth) if shape[-1] != UNKNOWN else None
    return (*shape[:-1], depth)


def hashing(call: Call) -> Shape:
    """`Hashing.call`: no weights."""
    _encoded(call, (2, 8))
    return _result(call, call.get("num_bins"))


def lookup(call: Call) -> Shape:
    """`IndexLookup.__init__` (preprocessing/index_lookup.py); `TextVectorization` holds a `StringLookup`."""
    _encoded(call, (2, 5) if call.layer.kind == "TextVectorization" else (2, 6))
    layer, era = call.layer, call.era
    given = call.get("vocabulary") is not None
    if not era.is_3 and not era.at_least(2, 2):
        layer.known = False
    elif not era.is_3 and call.building:
        weighted = call.get("output_mode") in ("tf_idf", "tf-idf")
        if era.at_least(2, 6):
            if weighted:
                call.add("idf_weights", (UNKNOWN,), trainable=False)
            if not layer.config.get("has_input_vocabulary", given):
                layer.add_table("vocabulary")
                layer.known = layer.known and not weighted  # num_documents comes with it
        else:
            layer.add_table("index_table")
            layer.known = layer.known and not weighted
    depth = call.get("max_tokens") if call.get("pad_to_max_tokens") else None if given else _counted(call)
    if layer.kind == "TextVectorization":
        return _tokens(call, depth)
    return _result(call, depth)


def _counted(call: Call) -> Any:
    """`_frozen_vocab_size`, which Keras 2.12 and later save with what `adapt` found and make the layer with."""
    return call.layer.config.get("vocabulary_size") if not call.era.is_3 and call.era.at_least(2, 12) else None


def _tokens(call: Call, depth: Any) -> Shape:
    """What `TextVectorization` counts in each string."""
    shape = call.shape
    counts = call.get("output_mode", "int") != "int" and not call.era.is_3 and call.era.at_least(2, 12)
    if not counts or not isinstance(depth, int) or not shape or len(shape) > 2 or shape[1:] not in ((), (1,)):
        return None
    return (shape[0], depth)


def discretization(call: Call) -> Shape:
    """`Discretization.build`: the summary that `adapt` makes, in 2.5 the bins themselves, before nothing."""
    _encoded(call, (2, 8))
    given = call.get("bin_boundaries")
    if given is None and call.era.at_least(2, 6):
        given = call.layer.config.get("bins")  # its name before, which is still taken
    if call.era.at_least(3, 9) and given is None and call.get("num_bins") is None:
        error = "You need to set either `num_bins` or `bin_boundaries`."
        raise BuildError("has neither bin_boundaries nor num_bins", error, "invalid-argument")
    if call.era.is_3:
        call.layer.known = call.layer.known and given is not None  # stored beside the variables
    elif call.era.at_least(2, 6):
        if given is None:
            _bins(call)
            call.add("summary", (2, UNKNOWN), trainable=False)
    elif call.era.at_least(2, 5):
        size = len(given) + 1 if isinstance(given, list) else call.get("num_bins")
        call.add("bins", (size if isinstance(size, int) else UNKNOWN,), trainable=False)
    return _result(call, len(given) + 1 if isinstance(given, list) else call.get("num_bins") if call.era.is_3 else None)


def _bins(call: Call) -> None:
    """`get_bin_boundaries` divides by the number of bins: `load_weights_from_hdf5_group` of 2.8 and later comes to it by
    `finalize_state` of each layer of the model itself.
    """
    outermost = call.d.legacy and call.era.at_least(2, 8) and call.layer.where.count("/") == 3  # /config/layers/2
    if call.building and outermost and call.get("num_bins") is None:
        call.d.out.say(
            "invalid-argument",
            f"{call.layer.where}: {call.layer.kind} {call.layer.name!r} has neither bin_boundaries nor num_bins",
            call.layer.where,
            "unsupported operand type(s) for /: 'float' and 'NoneType'",
            argument="num_bins",
            class_name=call.layer.kind,
        )


def category_encoding(call: Call) -> Shape:
    """`CategoryEncoding.__init__`: from 2.5 on without variables."""
    _encoded(call, (2, 3))
    if call.era.is_3 or call.era.at_least(2, 5):
        return _result(call, call.get("num_tokens"))
    tokens = call.get("max_tokens")
    if tokens is None and not call.era.at_least(2, 4):
        call.add("num_elements", (), trainable=False)
    if call.get("output_mode") in ("tf-idf", "tfidf"):
        call.add("tf_idf_weights", (tokens if isinstance(tokens, int) else UNKNOWN,), trainable=False)
    return None


FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(("StringLookup", "IntegerLookup", "TextVectorization"), lookup),
    "Discretization": discretization,
    "CategoryEncoding": category_encoding,
    "Hashing": hashing,
}
