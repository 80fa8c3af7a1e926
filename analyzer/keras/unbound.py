"""What layers of a Keras SavedModel keep beside their weights: tables of lookup layers, generators of random ones.

A layer that is made from its configuration has what the Keras that loads gives it. `load_partial` (python/saved_model/load.py)
finds the values of its parts by the names of its attributes, and ends with an assertion where a part has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analyzer.keras.encoded import Tuple
from analyzer.keras.era import Era
from analyzer.keras.model import Layer
from analyzer.keras.saved_objects import child
from analyzer.parts.saved_model import ObjectGraph

if TYPE_CHECKING:
    from analyzer.keras.revival import Revival

_LOOKUPS = ("StringLookup", "IntegerLookup")
_RANDOM_IMAGES = (
    *(
        "RandomContrast",
        "RandomCrop",
        "RandomFlip",
        "RandomHeight",
        "RandomRotation",
        "RandomTranslation",
        "RandomWidth",
    ),
    "RandomZoom",
)
# Layers whose class has a `build` of its own since a release. Older ones save no shape for it.
_BUILT_SINCE = {
    **dict.fromkeys(("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), (2, 8)),
    **dict.fromkeys(
        ("AlphaDropout", "GaussianDropout", "GaussianNoise", *_RANDOM_IMAGES), (2, 10)
    ),  # `BaseRandomLayer`
    **{f"Global{kind}Pooling{rank}D": (2, 13) for kind in ("Average", "Max") for rank in (1, 2, 3)},
}


def check(revival: Revival) -> None:
    """Say which parts of layers the file has no values for."""
    for number, layer in revival.objects.items():
        if layer.symbol is None or number in revival.networks:
            continue
        for names in _parts(layer, revival.era):
            if child(revival.graph, number, *names) is None:
                attribute = ".".join(names)
                revival.out.say(
                    "missing-weights",
                    f"{layer.kind} {layer.name!r} of Keras {revival.era.version} keeps {attribute}, which the file has no values for",
                    f"object/{number}",
                    "Some Python objects were not bound to checkpointed values, likely due to changes in the Python program",
                    remedy="load it with the TensorFlow that wrote it, or tf.saved_model.load(path) for inference",
                    attribute=attribute,
                    class_name=layer.kind,
                )
                break


def unfinished(revival: Revival) -> None:
    """`finalize_state` of a layer that is made from its configuration: `Discretization` divides by the number of its bins."""
    held = [(number, each) for number, top in revival.objects.items() for each in (top, *top.parts.values())]
    for number, layer in held:
        if layer.kind != "Discretization" or layer.symbol is None or not layer.built or not revival.era.at_least(2, 6):
            continue
        if all(layer.get(key) is None for key in ("bin_boundaries", "bins", "num_bins")):
            revival.out.say(
                "invalid-argument",
                f"{layer.kind} {layer.name!r} has neither bin_boundaries nor num_bins",
                f"object/{number}",
                "unsupported operand type(s) for /: 'float' and 'NoneType'",
                argument="num_bins",
                class_name=layer.kind,
            )


def built_for_a_tuple(revival: Revival) -> None:
    """`TextVectorization.build` reads `ndims` of its shape from 2.3 to 2.7; 2.2 saves the tuple that adapting to an array gave it."""
    if not revival.era.at_least(2, 3) or revival.era.at_least(2, 8):
        return
    for number, layer in revival.objects.items():
        shape = revival.metadata[number].get("build_input_shape")
        splits = layer.config.get("split", "whitespace") is not None
        if layer.kind == "TextVectorization" and layer.symbol is not None and isinstance(shape, Tuple) and splits:
            revival.out.say(
                "malformed-config",
                f"{layer.kind} {layer.name!r} was built for {shape}, a tuple, which this Keras takes for a TensorShape",
                f"object/{number}",
                "AttributeError: 'tuple' object has no attribute 'ndims'",
                remedy="load it with the TensorFlow that wrote it, or tf.saved_model.load(path) for inference",
                class_name=layer.kind,
            )


def is_moved(layer: Layer, attribute: str, era: Era) -> bool:
    """Whether the attribute of another release names what this Keras keeps elsewhere, or does not have."""
    if layer.kind != "TextVectorization" or layer.symbol is None:
        return False
    gone = {"_vectorize_layer": era.at_least(2, 5), _lookup(era, other=True): True}
    return gone.get(attribute, False)


def cannot_be_built(layer: Layer, data: Mapping[str, Any], graph: ObjectGraph, number: int, era: Era) -> bool:
    """`_try_build_layer`: whether a class that has a `build` of its own, which others have not, lacks a shape and a call for it.

    Models saved with `save_traces=False` have no calls, nor have preprocessing layers of 2.4 and 2.5.
    """
    since = _BUILT_SINCE.get(layer.kind)
    newer = since is not None and era.at_least(*since)
    older = layer.kind == "TextVectorization" and era.level in ((2, 5), (2, 6), (2, 7))
    if not (newer or older) or data.get("build_input_shape") is not None:
        return False
    function = child(graph, number, "call_and_return_all_conditional_losses")
    return function is None or not graph.nodes[function].concrete_functions


def builds_of_unknown_shape(layer: Layer, data: Mapping[str, Any]) -> bool:
    """Whether the layer is built from the call that was saved, and its weights are of a size that this one leaves open.

    TensorFlow 2.1 and older save no shape, and a call by what `input_spec` says: of a PReLU that shares no axes, the rank alone.
    """
    return layer.kind == "PReLU" and not layer.get("shared_axes") and data.get("build_input_shape") is None


def _parts(layer: Layer, era: Era) -> Iterator[tuple[str, ...]]:
    """Attributes with values that the object has for sure, as paths."""
    if layer.kind in _LOOKUPS and era.at_least(2, 6):
        for table in _tables(layer):
            yield (table,)
    elif layer.kind == "TextVectorization" and era.at_least(2, 6):
        for table in _tables(layer):
            yield (_lookup(era), table)
    elif layer.kind in _RANDOM_IMAGES and era.level == (2, 6):  # 2.5 has the same, and reads what 2.5 and older wrote
        yield ("_rng",)


def _tables(layer: Layer) -> tuple[str, ...]:
    """`IndexLookup.__init__`: what is counted while adapting, unless a vocabulary was given."""
    if layer.get("vocabulary") is not None or layer.get("has_input_vocabulary", False):
        return ()
    return (
        ("token_counts", "token_document_counts")
        if layer.get("output_mode") in ("tf_idf", "tf-idf")
        else ("token_counts",)
    )


def _lookup(era: Era, *, other: bool = False) -> str:
    """TextVectorization's lookup layer as this Keras calls it, or as others do."""
    return "_lookup_layer" if era.at_least(2, 7) is not other else "_index_lookup_layer"
