"""What `call` of the built-in layers of Keras 2 takes beside the inputs: read from the sources of 1.15 to 2.15 and tf_keras.

`training` is dropped where `call` has no such argument (`Layer._functional_construction_call`); anything else is a TypeError.
"""

from __future__ import annotations

from analyzer.keras.era import Era

_EVERY = frozenset(("*", "training", "inputs", "call_training_arg"))
_STATES = frozenset(("mask", "initial_state", "constants"))  # which `RNN.__call__` takes
_QUERY = frozenset(("mask", "return_attention_scores", "use_causal_mask"))
_HEADS = frozenset(("query", "value", "key", "attention_mask", "return_attention_scores", "use_causal_mask"))
_MASK = frozenset(("mask",))
_MORE = {
    **dict.fromkeys(("RNN", "LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "Bidirectional"), _STATES),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _STATES),
    **dict.fromkeys(("Attention", "AdditiveAttention"), _QUERY),
    **dict.fromkeys(("TimeDistributed", "GlobalAveragePooling1D", "Softmax", "SpectralNormalization"), _MASK),
    **dict.fromkeys(
        ("BatchNormalization", "SyncBatchNormalization", "BatchNormalizationBase", "GroupNormalization"), _MASK
    ),
    "MultiHeadAttention": _HEADS,
    "CategoryEncoding": frozenset(("count_weights",)),
    "DenseFeatures": frozenset(("features", "cols_to_output_tensors")),
    **dict.fromkeys(("SimpleRNNCell", "LSTMCell", "GRUCell", "PeepholeLSTMCell"), frozenset(("states",))),
    **dict.fromkeys(("StringLookup", "IntegerLookup"), frozenset(("invert",))),
}
_SINCE = {
    ("Attention", "return_attention_scores"): (2, 4),
    ("AdditiveAttention", "return_attention_scores"): (2, 4),
    ("Softmax", "mask"): (2, 4),
    ("Attention", "use_causal_mask"): (2, 10),
    ("AdditiveAttention", "use_causal_mask"): (2, 10),
    ("MultiHeadAttention", "use_causal_mask"): (2, 10),
    ("BatchNormalization", "mask"): (2, 12),
    ("GroupNormalization", "mask"): (2, 14),
}


def of(era: Era, kind: str) -> frozenset[str]:
    """The arguments that a call of such a layer may have."""
    more = _MORE.get(kind, frozenset())
    return _EVERY | {key for key in more if era.at_least(*_SINCE.get((kind, key), (1,)))}
