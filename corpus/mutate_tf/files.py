"""Files of a SavedModel that are missing, renamed, misplaced or of another format (catalogue families A and T, rows B01 to B06, G01 to G03)."""

from __future__ import annotations

import shutil

from bases import FROZEN, FROZEN_TEXT, TABLE, V1, V2, V2_NEW
from contents import POINTER, data_file, index_file, model_file
from google.protobuf import text_format
from recipe import Mutant, mutation


@mutation("p_missing", "A01", V1, V2)
def p_missing(mutant: Mutant) -> None:
    model_file(mutant).unlink()


@mutation("p_path_to_pb", "A02", V1, V2)
def p_path_to_pb(mutant: Mutant) -> str:
    return "saved_model.pb"


@mutation("p_parent", "A03", V1, V2)
def p_parent(mutant: Mutant) -> str:
    """The folder of versions is given instead of a version."""
    inner = mutant.folder.with_name(mutant.folder.name + ".inner")
    mutant.folder.rename(inner)
    mutant.folder.mkdir()
    inner.rename(mutant.folder / "1")
    return ""


@mutation("p_name_case", "T08", V1, V2)
def p_name_case(mutant: Mutant) -> None:
    model_file(mutant).rename(mutant.folder / "Saved_Model.pb")


@mutation("p_renamed", "A01", V2)
def p_renamed(mutant: Mutant) -> None:
    model_file(mutant).rename(mutant.folder / "model.pb")


@mutation("p_chunked_name", "A12", V2)
def p_chunked_name(mutant: Mutant) -> None:
    model_file(mutant).rename(mutant.folder / "saved_model.cpb")


@mutation("p_graph_in_pb", "A10", V1)
def p_graph_in_pb(mutant: Mutant) -> None:
    graph = mutant.read().meta_graphs[0].graph_def
    model_file(mutant).write_bytes(graph.SerializeToString(deterministic=True))


@mutation("p_meta_graph_in_pb", "A11", V1)
def p_meta_graph_in_pb(mutant: Mutant) -> None:
    model_file(mutant).write_bytes(mutant.read().meta_graphs[0].SerializeToString(deterministic=True))


@mutation("p_saved_model_as_graph", "A10", V1)
def p_saved_model_as_graph(mutant: Mutant) -> str:
    """A saved_model.pb handed over alone, as people rename it."""
    inner = mutant.folder / "frozen.pb"
    model_file(mutant).rename(inner)
    return "frozen.pb"


@mutation("p_text_in_pb", "A11", V1, V2)
def p_text_in_pb(mutant: Mutant) -> None:
    model_file(mutant).write_text(text_format.MessageToString(mutant.read()))


@mutation("p_trailing", "B04", V1, V2, FROZEN)
def p_trailing(mutant: Mutant) -> None:
    file = model_file(mutant)
    file.write_bytes(file.read_bytes() + bytes(8))


@mutation("p_trailing_text", "B01", V1, FROZEN)
def p_trailing_text(mutant: Mutant) -> None:
    file = model_file(mutant)
    file.write_bytes(file.read_bytes() + b"\n")


@mutation("p_twice", "F02", V1)
def p_twice(mutant: Mutant) -> None:
    """The file appended to itself: protobuf merges, so there are two meta graphs of one tag set."""
    file = model_file(mutant)
    file.write_bytes(file.read_bytes() * 2)


@mutation("p_crlf", "T07", V1, V2, FROZEN)
def p_crlf(mutant: Mutant) -> None:
    file = model_file(mutant)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


@mutation("v_crlf", "T07", V2)
def v_crlf(mutant: Mutant) -> None:
    for file in (index_file(mutant), data_file(mutant)):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


@mutation("p_pbtxt_unknown_field", "B05", V1, V2)
def p_pbtxt_unknown_field(mutant: Mutant) -> None:
    text = text_format.MessageToString(mutant.read())
    model_file(mutant).unlink()
    (mutant.folder / "saved_model.pbtxt").write_text(text + 'written_on_a: "Friday"\n')


@mutation("p_pbtxt_cut", "T03", V1)
def p_pbtxt_cut(mutant: Mutant) -> None:
    text = text_format.MessageToString(mutant.read())
    model_file(mutant).unlink()
    (mutant.folder / "saved_model.pbtxt").write_text(text[: len(text) // 2])


@mutation("p_pbtxt_empty", "B02", V2)
def p_pbtxt_empty(mutant: Mutant) -> None:
    model_file(mutant).unlink()
    (mutant.folder / "saved_model.pbtxt").write_text("")


@mutation("g_text_cut", "T03", FROZEN_TEXT)
def g_text_cut(mutant: Mutant) -> None:
    text = mutant.path.read_text()
    mutant.path.write_text(text[: len(text) // 2])


@mutation("g_text_unknown_field", "B05", FROZEN_TEXT)
def g_text_unknown_field(mutant: Mutant) -> None:
    mutant.path.write_text(mutant.path.read_text() + "\nlater_field: 1\n")


def write_debug_info(mutant: Mutant, content: bytes) -> None:
    (mutant.folder / "debug").mkdir(exist_ok=True)
    (mutant.folder / "debug/saved_model_debug_info.pb").write_bytes(content)


@mutation("p_bad_debug", "B06", V1, V2, V2_NEW)
def p_bad_debug(mutant: Mutant) -> None:
    write_debug_info(mutant, b"\x0a\xff\xff\x03truncated")


@mutation("p_debug_lfs", "B06", V2)
def p_debug_lfs(mutant: Mutant) -> None:
    write_debug_info(mutant, POINTER)


@mutation("v_no_variables_dir", "G01", V1, V2, V2_NEW, TABLE)
def v_no_variables_dir(mutant: Mutant) -> None:
    shutil.rmtree(mutant.folder / "variables")


@mutation("v_no_variables_needed", None, "w1.15/v1_no_variables")
def v_no_variables_needed(mutant: Mutant) -> None:
    shutil.rmtree(mutant.folder / "variables", ignore_errors=True)


@mutation("v_no_index", "G01", V1, V2)
def v_no_index(mutant: Mutant) -> None:
    index_file(mutant).unlink()


@mutation("v_no_data", "G03", V1, V2, V2_NEW)
def v_no_data(mutant: Mutant) -> None:
    data_file(mutant).unlink()


@mutation("v_case", "G02", V1, V2)
def v_case(mutant: Mutant) -> None:
    (mutant.folder / "variables").rename(mutant.folder / "Variables")


@mutation("v_shard_renamed", "G03", V1, V2)
def v_shard_renamed(mutant: Mutant) -> None:
    data_file(mutant).rename(mutant.folder / "variables/variables.data-00000-of-00002")


@mutation("v_flat", "T02", V2)
def v_flat(mutant: Mutant) -> None:
    """variables.* beside saved_model.pb, as a flat download leaves them."""
    for file in (mutant.folder / "variables").iterdir():
        file.rename(mutant.folder / file.name)
    (mutant.folder / "variables").rmdir()


@mutation("v_of_other_model", "G08", V1, V2)
def v_of_other_model(mutant: Mutant) -> None:
    """The checkpoint of another model, under the right names."""
    other = "v1_conv" if mutant.folder.name.startswith("v1") else "v2_recurrent"
    shutil.rmtree(mutant.folder / "variables")
    shutil.copytree(mutant.folder.with_name(other) / "variables", mutant.folder / "variables")


@mutation("p_is_folder", "A01", V2)
def p_is_folder(mutant: Mutant) -> None:
    """saved_model.pb unpacked as a folder of its own."""
    file = model_file(mutant)
    data = file.read_bytes()
    file.unlink()
    file.mkdir()
    (file / "saved_model.pb").write_bytes(data)


@mutation("p_two_levels", "A03", V2)
def p_two_levels(mutant: Mutant) -> str:
    """An archive's top folder was added."""
    inner = mutant.folder.with_name(mutant.folder.name + ".inner")
    mutant.folder.rename(inner)
    mutant.folder.mkdir()
    inner.rename(mutant.folder / "export")
    return ""
