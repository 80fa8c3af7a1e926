"""Models that nobody unpacked."""

from __future__ import annotations

from analyzer.artifact import Artifact, Damage, Format
from analyzer.records import replace

_FILES = ("saved_model.pb", "saved_model.pbtxt")


def packed_model(archive: Artifact, claimed: Format) -> Artifact:
    """The SavedModel that was packed into a zip archive, which no loader unpacks; the archive itself where it holds none.

    What is named as a file of Keras is left to Keras.
    """
    keras = archive.keras
    if claimed is not Format.UNKNOWN or keras is None or keras.config is not None or keras.config_text is not None:
        return archive
    inside = [each.name for each in keras.members if each.name.rpartition("/")[2] in _FILES]
    if not inside:
        return archive
    damage = Damage("saved_model.pb", "packed", f"{archive.name} is a zip archive that holds {inside[0]}")
    files = {archive.name: archive.files[archive.name]}
    return replace(archive, format=Format.SAVED_MODEL, files=files, keras=None, damage=(damage,))
