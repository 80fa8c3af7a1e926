"""Files that are missing, renamed, misplaced, truncated, damaged, or something else than they say: catalogue families A, B01-B06 and T."""

from __future__ import annotations

import shutil
from pathlib import Path

from google.protobuf import text_format
from recipe import GRAPH, Mutant, mutation

from analyzer.readers.protos import message

V1, V2 = "w1.15/v1_dense", "w2.4/v2_dense"
TABLE_V1, TABLE_V2 = "w1.15/v1_table_file", "w2.4/v2_table_file"
FROZEN, SAVER, OBJECTS = "w1.15/frozen_conv", "w1.15/saver_dense", "w2.4/object_module"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 52428800\n" % 7
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>404: Not Found</body></html>\n"
NOISE = bytes((17 + 131 * index * index) % 251 for index in range(600))
CONTENTS = {
    "empty": b"",
    "lfs": POINTER,
    "html": PAGE,
    "json": b'{"message": "Not Found", "status": "404"}',
    "noise": NOISE,
    "zeros": bytes(400),
}


def model_file(mutant: Mutant) -> Path:
    return mutant.proto[0]


def index_file(mutant: Mutant) -> Path:
    return mutant.variables.with_name(mutant.variables.name + ".index")


def data_file(mutant: Mutant) -> Path:
    return sorted(mutant.variables.parent.glob(mutant.variables.name + ".data-*"))[0]


def asset_file(mutant: Mutant) -> Path:
    return sorted((mutant.folder / "assets").iterdir())[0]


def replace_content() -> None:
    """Each kind of file by each kind of thing that a failed download or checkout leaves in its place."""
    places = [
        ("p", model_file, "B01", (V1, V2), tuple(CONTENTS)),
        ("p", model_file, "B01", (FROZEN,), tuple(CONTENTS)),
        ("v_index", index_file, "G06", (V1,), ("empty", "lfs", "noise")),
        ("v_index", index_file, "G06", (V2,), ("empty", "lfs", "zeros")),
        ("v_data", data_file, "G04", (V1, V2), ("empty", "lfs", "zeros")),
        ("c_index", index_file, "G06", (SAVER, OBJECTS), ("empty", "lfs", "html", "noise")),
        ("c_data", data_file, "G04", (SAVER, OBJECTS), ("empty", "lfs", "noise")),
        ("c_meta", model_file, "G16", (SAVER,), ("empty", "lfs", "noise")),
        ("a_vocab", asset_file, "G20", (TABLE_V2,), ("empty", "lfs", "zeros")),
        ("a_vocab", asset_file, "G20", (TABLE_V1,), ("empty", "html")),
    ]
    for prefix, place, breaks, bases, kinds in places:
        for kind in kinds:
            row = {"lfs": "T01", "html": "B03", "json": "B03"}.get(
                kind, "B02" if kind == "empty" and prefix == "p" else breaks
            )

            def apply(mutant: Mutant, place=place, kind=kind) -> None:  # type: ignore[no-untyped-def]
                place(mutant).write_bytes(CONTENTS[kind])

            mutation(f"{prefix}_{kind}", None if prefix == "a_vocab" and kind in ("lfs", "html") else row, *bases)(
                apply
            )


def truncate() -> None:
    """Files cut at each eighth, and by one byte."""
    places = [
        ("p", model_file, (V1, FROZEN), range(1, 8)),
        ("p", model_file, (V2,), (1, 4, 7)),
        ("v_index", index_file, (V1,), (2, 5)),
        ("c_index", index_file, (SAVER,), (1, 4, 7)),
        ("c_data", data_file, (SAVER, OBJECTS), (4,)),
        ("v_data", data_file, (V2,), (4, 7)),
    ]
    for prefix, place, bases, eighths in places:
        for eighth in eighths:

            def cut(mutant: Mutant, place=place, eighth=eighth) -> None:  # type: ignore[no-untyped-def]
                data = place(mutant).read_bytes()
                place(mutant).write_bytes(data[: len(data) * eighth // 8])

            mutation(f"{prefix}_cut_{eighth}of8", "T03", *bases)(cut)
        if prefix != "p" or V1 in bases:

            def short(mutant: Mutant, place=place) -> None:  # type: ignore[no-untyped-def]
                place(mutant).write_bytes(place(mutant).read_bytes()[:-1])

            mutation(f"{prefix}_one_byte_short", "T03", *bases)(short)


def flip() -> None:
    """One bit wrong, at several places."""
    places = [
        ("p", model_file, (V1,), (1, 3, 5, 7), "B01"),
        ("p", model_file, (V2,), (2, 6), "B01"),
        ("p", model_file, (FROZEN,), (2, 4, 6), "B01"),
        ("c_index", index_file, (SAVER, OBJECTS), (1, 4, 7), "G06"),
        ("v_index", index_file, (V1, V2), (2, 6), "G06"),
        ("c_data", data_file, (SAVER, OBJECTS), (1, 6), "G05"),
        ("v_data", data_file, (V1, V2), (3,), "G05"),
        ("c_meta", model_file, (SAVER,), (4,), "G16"),
    ]
    for prefix, place, bases, eighths, breaks in places:
        for eighth in eighths:

            def wrong(mutant: Mutant, place=place, eighth=eighth) -> None:  # type: ignore[no-untyped-def]
                data = bytearray(place(mutant).read_bytes())
                data[len(data) * eighth // 8] ^= 0x20
                place(mutant).write_bytes(bytes(data))

            mutation(f"{prefix}_bit_{eighth}of8", breaks, *bases)(wrong)


replace_content()
truncate()
flip()


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
    model_file(mutant).write_bytes(graph.SerializeToString())


@mutation("p_meta_graph_in_pb", "A11", V1)
def p_meta_graph_in_pb(mutant: Mutant) -> None:
    model_file(mutant).write_bytes(mutant.read().meta_graphs[0].SerializeToString())


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


@mutation("p_twice", None, V1)
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


@mutation("g_text_cut", "T03", "w1.15/frozen_text")
def g_text_cut(mutant: Mutant) -> None:
    text = mutant.path.read_text()
    mutant.path.write_text(text[: len(text) // 2])


@mutation("g_text_unknown_field", "B05", "w1.15/frozen_text")
def g_text_unknown_field(mutant: Mutant) -> None:
    mutant.path.write_text(mutant.path.read_text() + "\nlater_field: 1\n")


def write_debug_info(mutant: Mutant, content: bytes) -> None:
    (mutant.folder / "debug").mkdir(exist_ok=True)
    (mutant.folder / "debug/saved_model_debug_info.pb").write_bytes(content)


@mutation("p_bad_debug", "B06", V1, V2, "w2.15/v2_dense")
def p_bad_debug(mutant: Mutant) -> None:
    write_debug_info(mutant, b"\x0a\xff\xff\x03truncated")


@mutation("p_debug_lfs", "B06", V2)
def p_debug_lfs(mutant: Mutant) -> None:
    write_debug_info(mutant, POINTER)


@mutation("v_no_variables_dir", "G01", V1, V2, "w2.15/v2_dense", TABLE_V2)
def v_no_variables_dir(mutant: Mutant) -> None:
    shutil.rmtree(mutant.folder / "variables")


@mutation("v_no_variables_needed", None, "w1.15/v1_no_variables")
def v_no_variables_needed(mutant: Mutant) -> None:
    shutil.rmtree(mutant.folder / "variables", ignore_errors=True)


@mutation("v_no_index", "G01", V1, V2)
def v_no_index(mutant: Mutant) -> None:
    index_file(mutant).unlink()


@mutation("v_no_data", "G03", V1, V2, "w2.15/v2_dense")
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


@mutation("c_no_data", "G03", SAVER, OBJECTS)
def c_no_data(mutant: Mutant) -> None:
    data_file(mutant).unlink()


@mutation("c_no_index", "G15", SAVER, OBJECTS)
def c_no_index(mutant: Mutant) -> None:
    index_file(mutant).unlink()


@mutation("c_shard_missing", "G03", "w1.15/saver_sharded")
def c_shard_missing(mutant: Mutant) -> None:
    sorted(mutant.folder.glob("model.ckpt.data-*"))[1].unlink()


@mutation("c_shards_swapped", "G05", "w1.15/saver_sharded")
def c_shards_swapped(mutant: Mutant) -> None:
    """Two shards of one size under each other's name: only the checksums tell."""
    one, two = sorted(mutant.folder.glob("model.ckpt.data-*"))[:2]
    held = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(held)


@mutation("c_shard_count_renamed", "G03", "w1.15/saver_sharded")
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


@mutation("c_state_absolute", "A18", "w1.15/saver_folder", "w2.4/object_manager")
def c_state_absolute(mutant: Mutant) -> str:
    """The state file names paths of the machine that trained."""
    state = mutant.folder / "checkpoint"
    state.write_text(state.read_text().replace(': "', ': "/home/somebody/run/'))
    return ""


@mutation("c_state_bad", "A18", "w1.15/saver_folder", "w2.4/object_manager")
def c_state_bad(mutant: Mutant) -> str:
    (mutant.folder / "checkpoint").write_text("model_checkpoint_path: None\n")
    return ""


@mutation("c_state_missing", "A18", "w1.15/saver_folder", "w2.4/object_manager")
def c_state_missing(mutant: Mutant) -> str:
    (mutant.folder / "checkpoint").unlink()
    return ""


@mutation("c_state_stale", "A18", "w2.4/object_manager")
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

    @mutation(f"c_v1_{_kind}", "G12", "w1.15/saver_v1_format")
    def c_v1(mutant: Mutant, kind: str = _kind) -> None:
        data = mutant.path.read_bytes()
        mutant.path.write_bytes(data[: len(data) * 2 // 3] if kind == "cut" else CONTENTS[kind])


@mutation("c_v1_bit", "G12", "w1.15/saver_v1_format")
def c_v1_bit(mutant: Mutant) -> None:
    data = bytearray(mutant.path.read_bytes())
    data[len(data) // 4] ^= 0x10
    mutant.path.write_bytes(bytes(data))


@mutation("x_surplus_files", None, V1, V2, TABLE_V2)
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


@mutation("x_no_debug", None, "w2.4/v2_dense", "w2.15/v2_dense")
def x_no_debug(mutant: Mutant) -> None:
    shutil.rmtree(mutant.folder / "debug", ignore_errors=True)


@mutation("x_bad_fingerprint", None, "w2.15/v2_dense", "w2.12/v2_dense")
def x_bad_fingerprint(mutant: Mutant) -> None:
    (mutant.folder / "fingerprint.pb").write_bytes(NOISE)


@mutation("x_no_fingerprint", None, "w2.15/v2_dense")
def x_no_fingerprint(mutant: Mutant) -> None:
    (mutant.folder / "fingerprint.pb").unlink()


@mutation("x_text", None, V1, V2, TABLE_V2)
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
