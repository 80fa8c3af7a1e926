"""Files of a checkpoint that are missing, renamed or misnamed by the caller, and its state file (catalogue rows A18, G03, G07, G12, G15, G16)."""

from __future__ import annotations

from bases import MANAGER, OBJECTS, SAVER, SAVER_FOLDER, SHARDED, V1_FORMAT
from contents import CONTENTS, data_file, index_file, model_file
from google.protobuf import text_format
from recipe import Mutant, mutation


@mutation("c_no_data", "G03", SAVER, OBJECTS)
def c_no_data(mutant: Mutant) -> None:
    data_file(mutant).unlink()


@mutation("c_no_index", "G15", SAVER, OBJECTS)
def c_no_index(mutant: Mutant) -> None:
    index_file(mutant).unlink()


@mutation("c_shard_missing", "G03", SHARDED)
def c_shard_missing(mutant: Mutant) -> None:
    sorted(mutant.folder.glob("model.ckpt.data-*"))[1].unlink()


@mutation("c_shards_swapped", "G05", SHARDED)
def c_shards_swapped(mutant: Mutant) -> None:
    """Two shards of one size under each other's name: only the checksums tell."""
    one, two = sorted(mutant.folder.glob("model.ckpt.data-*"))[:2]
    held = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(held)


@mutation("c_shard_count_renamed", "G03", SHARDED)
def c_shard_count_renamed(mutant: Mutant) -> None:
    for file in sorted(mutant.folder.glob("model.ckpt.data-*")):
        file.rename(file.with_name(file.name.replace("-of-00003", "-of-00004")))


for _suffix, _base in (
    (".index", SAVER),
    (".meta", SAVER),
    (".data-00000-of-00001", SAVER),
    (".index", OBJECTS),
    (".data-00000-of-00001", OBJECTS),
):

    @mutation("c_path_to" + _suffix.split("-")[0].replace(".", "_"), "G07", _base)
    def c_path_to(mutant: Mutant, suffix: str = _suffix) -> str:
        return mutant.entry + suffix


@mutation("c_no_meta", "G16", SAVER)
def c_no_meta(mutant: Mutant) -> None:
    model_file(mutant).unlink()


@mutation("c_meta_text", None, SAVER)
def c_meta_text(mutant: Mutant) -> None:
    """A .meta in the text format, which import_meta_graph falls back to."""
    model_file(mutant).write_text(text_format.MessageToString(mutant.read()))


@mutation("c_state_absolute", "A18", SAVER_FOLDER, MANAGER)
def c_state_absolute(mutant: Mutant) -> str:
    """The state file names paths of the machine that trained."""
    state = mutant.folder / "checkpoint"
    state.write_text(state.read_text().replace(': "', ': "/home/somebody/run/'))
    return ""


@mutation("c_state_bad", "A18", SAVER_FOLDER, MANAGER)
def c_state_bad(mutant: Mutant) -> str:
    (mutant.folder / "checkpoint").write_text("model_checkpoint_path: None\n")
    return ""


@mutation("c_state_missing", "A18", SAVER_FOLDER, MANAGER)
def c_state_missing(mutant: Mutant) -> str:
    (mutant.folder / "checkpoint").unlink()
    return ""


@mutation("c_state_stale", "A18", MANAGER)
def c_state_stale(mutant: Mutant) -> str:
    """The latest checkpoint was not copied."""
    for file in mutant.folder.glob("ckpt-5.*"):
        file.unlink()
    return ""


@mutation("c_state_gone", None, SAVER, OBJECTS)
def c_state_gone(mutant: Mutant) -> None:
    """Loaded by prefix: the state file does not matter."""
    (mutant.folder / "checkpoint").unlink()


for _kind in ("empty", "noise", "cut"):

    @mutation(f"c_v1_{_kind}", "G12", V1_FORMAT)
    def c_v1(mutant: Mutant, kind: str = _kind) -> None:
        data = mutant.path.read_bytes()
        mutant.path.write_bytes(data[: len(data) * 2 // 3] if kind == "cut" else CONTENTS[kind])


@mutation("c_v1_bit", "G12", V1_FORMAT)
def c_v1_bit(mutant: Mutant) -> None:
    data = bytearray(mutant.path.read_bytes())
    data[len(data) // 4] ^= 0x10
    mutant.path.write_bytes(bytes(data))
