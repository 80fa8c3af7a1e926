"""Members of a `.keras` archive that every load reads: config.json and the weights."""

from __future__ import annotations

from analyzer.findings import Confidence, Phase
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.parts.keras import KerasFile, Member

_NO_STORE = "cannot access local variable 'weights_store'"  # which hides that neither file is there
CONFIG, WEIGHTS, WEIGHTS_NPZ = "config.json", "model.weights.h5", "model.weights.npz"


def config(keras: KerasFile, out: Recorder) -> bool:
    """Whether there is a configuration to go on with."""
    member = keras.member(CONFIG)
    if member is None:
        inside = next((m.name for m in keras.members if m.name.endswith(f"/{CONFIG}")), "")
        hint = f"; it is under {inside}: the archive was packed with its folder" if inside else _what(keras)
        out.say(
            "archive-member",
            f"the archive has no {CONFIG}{hint}",
            "",
            f"There is no item named '{CONFIG}' in the archive",
            remedy="pack the files again without the folder above them" if inside else "save the model again",
            member=CONFIG,
        )
        return False
    if member.fault:
        error = member.fault if "JSON" not in member.fault else "json.decoder.JSONDecodeError"
        cause = (
            "malformed-config" if "JSONDecodeError" in member.fault or "Unicode" in member.fault else "archive-member"
        )
        out.say(cause, f"{CONFIG}: {member.fault}", "/config", error, file=f"{keras.file}", member=CONFIG)
        return False
    return True


def _what(keras: KerasFile) -> str:
    names = [member.name for member in keras.members]
    if any(name.endswith("saved_model.pb") for name in names):
        return "; it holds a SavedModel: unpack it and load the folder"
    if any(name.endswith((".h5", ".hdf5")) and "weights" not in name for name in names):
        return "; it holds an H5 file: unpack it"
    return ""


def weights(keras: KerasFile, era: Era, out: Recorder) -> bool:
    """Whether there are weights to compare with."""
    member = keras.member(WEIGHTS)
    if member is None:
        if keras.member(WEIGHTS_NPZ) is None:
            out.say(
                "archive-member",
                f"the {keras.container} has neither {WEIGHTS} nor {WEIGHTS_NPZ}",
                "",
                _NO_STORE if keras.container == "folder" else f"Expected a {WEIGHTS} or {WEIGHTS_NPZ} file.",
                remedy="save the model again",
                phase=Phase.RESTORE,
                member=WEIGHTS,
            )
            return False
        return _npz(keras, out)
    if member.fault:
        passes = keras.weights is not None and _passes_over_crc(member, era)
        out.say(
            "archive-member",
            f"{WEIGHTS}: {member.fault}",
            "",
            member.fault,
            remedy="copy the file again",
            phase=Phase.RESTORE,
            confidence=Confidence.LOW if passes else Confidence.HIGH,
            member=WEIGHTS,
        )
        return passes
    _seeks(keras, member, era, out)
    return keras.weights is not None


def _passes_over_crc(member: Member, era: Era) -> bool:
    """Whether the order in which HDF5 reads decides if a wrong CRC is noticed.

    zipfile of Python 3.12 and later checks no CRC of a stored member once it has skipped a part of it (`ZipExtFile.seek`). All
    Kerases read the weights within the archive, from 3.5 on where reading them whole fails; 3.4 extracts them first.
    """
    return era.level != (3, 4) and era.python >= (3, 12) and member.size == member.compressed


def _npz(keras: KerasFile, out: Recorder) -> bool:
    """`NpzIOStore`: `numpy.load` of nothing at all."""
    member = keras.member(WEIGHTS_NPZ)
    if member is None or member.size:
        return True
    out.say(
        "archive-member",
        f"{WEIGHTS_NPZ} is empty",
        "",
        "EOFError: No data left in file",
        remedy="save the model again",
        phase=Phase.RESTORE,
        member=WEIGHTS_NPZ,
    )
    return False


def _seeks(keras: KerasFile, member: Member, era: Era, out: Recorder) -> None:
    """`DiskIOStore` extracts archives of more than three members, which moves the file that the weights are then read from.

    zipfile of Python 3.12 and 3.13 seeks in stored members relative to where that file stands (`_SharedFile.seek`), until a
    patch release mended it; the file of TensorFlow refuses to go past its end.
    """
    if era.is_3 or era.python < (3, 12) or len(keras.members) <= 3 or member.size != member.compressed:
        return
    python = ".".join(map(str, era.python[:2]))
    out.say(
        "archive-member",
        f"the archive has {len(keras.members)} members, so all are extracted before {WEIGHTS} is read: early patch releases of "
        f"Python {python} then seek past the end of the file",
        "",
        "OutOfRangeError: reached end of file",
        remedy="use a later patch release of Python, or Python 3.11",
        phase=Phase.RESTORE,
        confidence=Confidence.LOW,
        member=WEIGHTS,
    )
