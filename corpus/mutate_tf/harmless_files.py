"""Files that are added, dropped or written another way and must not matter."""

from __future__ import annotations

import shutil

from bases import FROZEN, OBJECTS, SAVER, TABLE, V1, V2, V2_NEW
from contents import NOISE, data_file, model_file
from google.protobuf import text_format
from recipe import GRAPH, Mutant, mutation

from analyzer.readers.protos import message


@mutation("x_surplus_files", None, V1, V2, TABLE)
def x_surplus_files(mutant: Mutant) -> None:
    for name in (
        ".DS_Store",
        "README.md",
        "variables/notes.txt",
        "saved_model.pb.bak",
        "variables/variables.data-00001-of-00002",
    ):
        file = mutant.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"surplus")
    (mutant.folder / "assets.extra").mkdir(exist_ok=True)
    (mutant.folder / "assets.extra/more.txt").write_text("more")


@mutation("x_appended_to_shard", None, V1, V2, SAVER, OBJECTS)
def x_appended_to_shard(mutant: Mutant) -> None:
    file = data_file(mutant)
    file.write_bytes(file.read_bytes() + b"surplus")


@mutation("x_no_debug", None, V2, V2_NEW)
def x_no_debug(mutant: Mutant) -> None:
    shutil.rmtree(mutant.folder / "debug", ignore_errors=True)


@mutation("x_bad_fingerprint", None, V2_NEW, "w2.12/v2_dense")
def x_bad_fingerprint(mutant: Mutant) -> None:
    (mutant.folder / "fingerprint.pb").write_bytes(NOISE)


@mutation("x_no_fingerprint", None, V2_NEW)
def x_no_fingerprint(mutant: Mutant) -> None:
    (mutant.folder / "fingerprint.pb").unlink()


@mutation("x_text", None, V1, V2, TABLE)
def x_text(mutant: Mutant) -> None:
    """saved_model.pbtxt with the same content."""
    text = text_format.MessageToString(mutant.read())
    model_file(mutant).unlink()
    (mutant.folder / "saved_model.pbtxt").write_text(text)


@mutation("x_both_forms", None, V2)
def x_both_forms(mutant: Mutant) -> None:
    """A broken saved_model.pbtxt beside the good saved_model.pb, which is read first."""
    (mutant.folder / "saved_model.pbtxt").write_text("nothing: good\n")


@mutation("x_graph_text", None, FROZEN)
def x_graph_text(mutant: Mutant) -> str:
    (mutant.folder / "graph.pbtxt").write_text(
        text_format.MessageToString(message(GRAPH).FromString(mutant.path.read_bytes()))
    )
    return "graph.pbtxt"


@mutation("x_graph_no_suffix", None, FROZEN)
def x_graph_no_suffix(mutant: Mutant) -> str:
    mutant.path.rename(mutant.folder / "graph")
    return "graph"


@mutation("x_read_only", None, V2)
def x_read_only(mutant: Mutant) -> None:
    for file in mutant.folder.rglob("*"):
        if file.is_file():
            file.chmod(0o444)
