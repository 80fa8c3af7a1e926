"""Members of a `.keras` archive that every load reads: config.json and the weights."""

from __future__ import annotations

from analyzer.findings import Phase
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.parts.keras import KerasFile

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
                f"the archive has neither {WEIGHTS} nor {WEIGHTS_NPZ}",
                "",
                f"Expected a {WEIGHTS} or {WEIGHTS_NPZ} file.",
                remedy="save the model again",
                phase=Phase.RESTORE,
                member=WEIGHTS,
            )
            return False
        return True
    if member.fault:
        out.say(
            "archive-member",
            f"{WEIGHTS}: {member.fault}",
            "",
            member.fault,
            remedy="copy the file again",
            phase=Phase.RESTORE,
            member=WEIGHTS,
        )
        return False
    return keras.weights is not None
