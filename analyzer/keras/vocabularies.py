"""What lookup layers of an archive read back: the vocabulary from a file, tf-idf weights from a variable of that name."""

from __future__ import annotations

from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.model import UNKNOWN, Dim, Layer, fits, shape_text
from analyzer.parts.keras import Dataset, Group, KerasFile, Member

LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")


def idf_weights(layer: Layer, group: Group | None, place: str, era: Era, out: Recorder) -> None:
    """`IndexLookup.load_own_variables`: `self.idf_weights.assign(store["idf_weights"])`, in every release from 2.12 on."""
    if not _weighted(layer):
        return
    if group is None or "idf_weights" not in group.datasets:
        out.say(
            "missing-weights",
            f"{layer.kind} {layer.name!r} weighs words by tf-idf, and {place} holds no idf_weights",
            f"/{place}",
            "'idf_weights'" if era.is_3 else "Unable to open object (object 'idf_weights' doesn't exist)",
        )
        return
    item = group.datasets["idf_weights"]
    expected = (_words(layer),)
    if not (item.fault or item.storage != "plain") and not fits(expected, item.shape):
        out.say(
            "weight-shape",
            f"{layer.kind} {layer.name!r}: idf_weights is {shape_text(expected)} by the vocabulary, {item.shape} in the file",
            f"/{place}/idf_weights",
            "Cannot assign value to variable ' Variable:0': Shape mismatch.",
            found=list(item.shape),
        )


def _weighted(layer: Layer) -> bool:
    return layer.get("output_mode") in ("tf_idf", "tf-idf")


def _words(layer: Layer) -> Dim:
    """How many weights `IndexLookup.set_vocabulary` makes of a vocabulary: one average for each word out of it in front."""
    words, spare = layer.get("vocabulary"), layer.get("num_oov_indices", 1)
    plain = isinstance(words, list) and len(words) == len(set(map(str, words))) and isinstance(spare, int)
    if (
        not plain
        or layer.get("pad_to_max_tokens")
        or {"[UNK]", "-1", str(layer.get("oov_token"))} & set(map(str, words))
    ):
        return UNKNOWN
    return len(words) + int(spare)


def assets(keras: KerasFile, layer: Layer, folder: str, era: Era, out: Recorder) -> None:
    """`load_assets` of lookup layers: the vocabulary that `adapt` learned stands under `assets/`.

    Keras asks for assets where an archive has a fourth member, whatever that is (`saving_lib._load_model_from_fileobj`).
    """
    if layer.symbol is None or layer.kind not in LOOKUPS or layer.get("vocabulary") is not None:
        return
    files = [member for member in keras.members if member.name == f"{folder}vocabulary.txt"]
    emptied = bool(files) and all(member.size == 0 for member in files) and layer.kind == "TextVectorization"
    if files and not emptied:
        if layer.get("output_mode") != "tf_idf" or not era.is_3:
            return
        if era.at_least(3, 14):
            _as_many_weights(keras, layer, folder, files[-1], out)
        else:  # which sets the vocabulary with `idf_weights=False` before it takes them from the layer
            out.say(
                "missing-weights",
                f"{layer.kind} {layer.name!r} learned a vocabulary with tf-idf weights, which Keras {era.version} "
                "does not read back",
                f"/{folder}",
                "object of type 'bool' has no len()",
                remedy="load it with Keras 3.14 or newer, or give vocabulary and idf_weights when making the layer",
            )
        return
    out.say(
        "missing-weights",
        f"{layer.kind} {layer.name!r} learned its vocabulary, and {folder} {'is empty' if emptied else 'is not there'}",
        f"/{folder}",
        "Found reserved mask token at unexpected location in `vocabulary`."
        if emptied
        else "expected str, bytes or os.PathLike object, not NoneType",
    )


def _as_many_weights(keras: KerasFile, layer: Layer, folder: str, file: Member, out: Recorder) -> None:
    """`IndexLookup.set_vocabulary` wants a weight for each word, and is given those that were padded to `max_tokens` before."""
    place = f"{folder.removeprefix('assets/')}vars/idf_weights"
    stored = keras.weights.find(place) if keras.weights is not None else None
    if not isinstance(stored, Dataset) or len(stored.shape) != 1 or file.lines in (None, stored.shape[0]):
        return
    out.say(
        "weight-shape",
        f"{layer.kind} {layer.name!r} learned {file.lines} words, and the file has {stored.shape[0]} tf-idf weights for them",
        f"/{place}",
        "`idf_weights` must be the same length as vocabulary.",
        remedy="save it with pad_to_max_tokens=False, or give vocabulary and idf_weights when making the layer",
    )
