"""Edits of meta graphs: tags, signatures, init ops, savers and assets (catalogue family F, rows G19 and G20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recipe import Mutant, drop, mutation, proto_edit

from analyzer.readers.protos import message

V1, V1_NEW, V2, V2_NEW = "w1.15/v1_dense", "w2.4/v1_dense_resource", "w2.4/v2_dense", "w2.15/v2_dense"
TABLE_V1, TABLE_V1_NEW, TABLE_V2, TWO = (
    "w1.15/v1_table_file",
    "w2.4/v1_table_file",
    "w2.4/v2_table_file",
    "w1.15/v1_two_meta_graphs",
)
COLUMNS, MAIN, SAVER, MANY = "w2.4/v2_table_columns", "w2.3/v1_main_op", "w1.15/saver_dense", "w1.15/v1_many_signatures"


def tags(name: str, breaks: str | None, values: list[str], *bases: str) -> None:
    """Register: the first meta graph gets these tags."""

    @proto_edit(name, breaks, *bases)
    def edit(proto: Any) -> None:
        proto.meta_graphs[0].meta_info_def.tags[:] = values


tags("s_tag_train", "F01", ["train"], V1, V2)
tags("s_tag_serve_gpu", "F01", ["serve", "gpu"], V1, V2)
tags("s_tag_serve_tpu", "F01", ["serve", "tpu"], V2)
tags("s_tag_case", "F01", ["Serve"], V1)
tags("s_tag_letters", "F03", list("serve"), V1)
tags("s_tag_none", "F01", [], V1, V2)
tags("x_tag_twice", None, ["serve", "serve"], V1, V2)


@proto_edit("s_two_meta_graphs", "F02", V1, V2)
def s_two_meta_graphs(proto: Any) -> None:
    """A second meta graph with other tags."""
    proto.meta_graphs.add().CopyFrom(proto.meta_graphs[0])
    proto.meta_graphs[1].meta_info_def.tags[:] = ["train"]


@proto_edit("s_same_tags_twice", "F02", V1, V2)
def s_same_tags_twice(proto: Any) -> None:
    proto.meta_graphs.add().CopyFrom(proto.meta_graphs[0])


@proto_edit("s_no_meta_graphs", "B02", V1, V2)
def s_no_meta_graphs(proto: Any) -> None:
    del proto.meta_graphs[:]


@proto_edit("x_one_meta_graph_left", None, TWO)
def x_one_meta_graph_left(proto: Any) -> None:
    drop(proto.meta_graphs, lambda graph: list(graph.meta_info_def.tags) != ["serve"])


@proto_edit("s_no_graph", "B02", V1, V2)
def s_no_graph(proto: Any) -> None:
    proto.meta_graphs[0].ClearField("graph_def")


# --- signatures


def signature(proto: Any) -> Any:
    return proto.meta_graphs[0].signature_def["serving_default"]


@proto_edit("s_sig_missing_tensor", "F04", V1, V2)
def s_sig_missing_tensor(proto: Any) -> None:
    next(iter(signature(proto).outputs.values())).name = "gone:0"


@proto_edit("s_sig_missing_input", "F04", V1)
def s_sig_missing_input(proto: Any) -> None:
    signature(proto).inputs["x"].name = "gone:0"


@proto_edit("s_sig_output_index", "F04", V1)
def s_sig_output_index(proto: Any) -> None:
    signature(proto).outputs["y"].name = "y:4"


@proto_edit("s_sig_name_without_index", "F04", V1)
def s_sig_name_without_index(proto: Any) -> None:
    signature(proto).outputs["y"].name = "y"


@proto_edit("s_sig_empty_name", "F04", V1)
def s_sig_empty_name(proto: Any) -> None:
    signature(proto).outputs["y"].name = ""


@proto_edit("s_sig_no_input", "F05", V1)
def s_sig_no_input(proto: Any) -> None:
    signature(proto).inputs.clear()


@proto_edit("s_sig_dtype", "F04", V1, V2)
def s_sig_dtype(proto: Any) -> None:
    """Only said, never compared while loading."""
    signature(proto).inputs["x"].dtype = 7


@proto_edit("s_sig_shape", "F04", V1, V2)
def s_sig_shape(proto: Any) -> None:
    signature(proto).inputs["x"].tensor_shape.dim[1].size = 99


@proto_edit("s_sig_no_outputs", None, V1)
def s_sig_no_outputs(proto: Any) -> None:
    signature(proto).outputs.clear()


@proto_edit("x_sig_none", None, V1, V2)
def x_sig_none(proto: Any) -> None:
    proto.meta_graphs[0].signature_def.clear()


@proto_edit("x_sig_renamed", None, V1, V2)
def x_sig_renamed(proto: Any) -> None:
    signatures = proto.meta_graphs[0].signature_def
    signatures["predict"].CopyFrom(signatures["serving_default"])
    del signatures["serving_default"]


@proto_edit("x_sig_method", None, V1, V2)
def x_sig_method(proto: Any) -> None:
    signature(proto).method_name = "somebody/else"


@proto_edit("s_sig_input_is_output", None, V1)
def s_sig_input_is_output(proto: Any) -> None:
    """The signature is fed in the middle of the graph."""
    signature(proto).inputs["x"].name = "Relu:0"


@proto_edit("s_sig_fed_variable", None, V1)
def s_sig_fed_variable(proto: Any) -> None:
    signature(proto).inputs["w"].name = "logits/kernel/read:0"


# --- saver


@proto_edit("s_bad_restore_op", "F08", V1, V2, SAVER)
def s_bad_restore_op(proto: Any) -> None:
    meta(proto).saver_def.restore_op_name = "save/none"


@proto_edit("s_bad_filename_tensor", "F08", V1, V2, SAVER)
def s_bad_filename_tensor(proto: Any) -> None:
    meta(proto).saver_def.filename_tensor_name = "save/gone:0"


@proto_edit("s_bad_save_tensor", None, V1, SAVER)
def s_bad_save_tensor(proto: Any) -> None:
    meta(proto).saver_def.save_tensor_name = "save/gone:0"


@proto_edit("s_no_saver", "F08", V1, V2, SAVER)
def s_no_saver(proto: Any) -> None:
    meta(proto).ClearField("saver_def")


@proto_edit("s_saver_version", None, V1, SAVER)
def s_saver_version(proto: Any) -> None:
    meta(proto).saver_def.version = 1


@proto_edit("s_restore_op_empty", "F08", V1)
def s_restore_op_empty(proto: Any) -> None:
    meta(proto).saver_def.restore_op_name = ""


def meta(proto: Any) -> Any:
    return proto.meta_graphs[0] if hasattr(proto, "meta_graphs") else proto


# --- init ops


@proto_edit("s_bad_main_op", "F07", MAIN, TABLE_V1)
def s_bad_main_op(proto: Any) -> None:
    for signature_def in proto.meta_graphs[0].signature_def.values():
        for info in signature_def.outputs.values():
            if not info.name.count(":"):
                info.name = "gone"
    for key in ("saved_model_main_op", "legacy_init_op"):
        if key in proto.meta_graphs[0].collection_def:
            proto.meta_graphs[0].collection_def[key].node_list.value[:] = ["gone"]
    init = proto.meta_graphs[0].signature_def
    if "__saved_model_init_op" in init:
        init["__saved_model_init_op"].outputs["__saved_model_init_op"].name = "gone"


@proto_edit("s_bad_legacy_init", "F07", "w1.4/v1_table_file", V1)
def s_bad_legacy_init(proto: Any) -> None:
    proto.meta_graphs[0].collection_def["legacy_init_op"].node_list.value[:] = ["gone"]


@proto_edit("s_two_init_ops", "F07", V1)
def s_two_init_ops(proto: Any) -> None:
    proto.meta_graphs[0].collection_def["legacy_init_op"].node_list.value[:] = ["init", "init_all_tables"]


@proto_edit("s_bad_init_signature", "F07", V1, V2)
def s_bad_init_signature(proto: Any) -> None:
    made = proto.meta_graphs[0].signature_def["__saved_model_init_op"]
    made.outputs["__saved_model_init_op"].name = "gone"


@proto_edit("x_no_init_op", None, V2)
def x_no_init_op(proto: Any) -> None:
    proto.meta_graphs[0].signature_def.pop("__saved_model_init_op")


@proto_edit("s_init_not_run", "G19", TABLE_V1_NEW)
def s_init_not_run(proto: Any) -> None:
    """Nothing initialises the table: it loads, and lookups fail."""
    proto.meta_graphs[0].signature_def.pop("__saved_model_init_op", None)
    for key in ("saved_model_main_op", "legacy_init_op"):
        proto.meta_graphs[0].collection_def.pop(key, None)


@proto_edit("s_collection_unknown_kind", None, V1, SAVER)
def s_collection_unknown_kind(proto: Any) -> None:
    """A collection whose name no one registered, with bytes of a message."""
    meta(proto).collection_def["somebody"].bytes_list.value.append(b"\x0a\x01x")


@proto_edit("s_collection_bad_node", None, V1, SAVER)
def s_collection_bad_node(proto: Any) -> None:
    meta(proto).collection_def["losses"].node_list.value.append("gone:0")


@proto_edit("s_collection_empty", None, V1)
def s_collection_empty(proto: Any) -> None:
    proto.meta_graphs[0].collection_def["nothing"].SetInParent()


@proto_edit("s_variables_damaged", None, V1, SAVER)
def s_variables_damaged(proto: Any) -> None:
    """VariableDef in the collection names a node that is not there."""
    held = meta(proto).collection_def["variables"].bytes_list
    variable = message("tensorflow.VariableDef").FromString(held.value[0])
    variable.snapshot_name = "gone:0"
    held.value[0] = variable.SerializeToString()


@proto_edit("x_no_collections", None, V2)
def x_no_collections(proto: Any) -> None:
    proto.meta_graphs[0].collection_def.clear()


@proto_edit("s_no_variables_collection", None, V1, SAVER)
def s_no_variables_collection(proto: Any) -> None:
    for key in ("variables", "trainable_variables"):
        meta(proto).collection_def.pop(key, None)


# --- assets


@mutation("a_no_assets", "G19", TABLE_V1, TABLE_V1_NEW, TABLE_V2, "w2.15/v2_table_file", "w2.4/v2_two_assets")
def a_no_assets(mutant: Mutant) -> None:
    for file in (mutant.folder / "assets").iterdir():
        file.unlink()
    (mutant.folder / "assets").rmdir()


@mutation("a_one_missing", "G19", "w2.4/v2_two_assets")
def a_one_missing(mutant: Mutant) -> None:
    sorted((mutant.folder / "assets").iterdir())[1].unlink()


@mutation("a_unused_missing", None, "w2.10/v2_asset_only")
def a_unused_missing(mutant: Mutant) -> None:
    """An asset that nothing reads while loading."""
    for file in (mutant.folder / "assets").iterdir():
        file.unlink()


@mutation("a_case", "T08", TABLE_V2)
def a_case(mutant: Mutant) -> None:
    (mutant.folder / "assets").rename(mutant.folder / "Assets")


VOCABULARIES: list[tuple[str, str | None, bytes]] = [
    ("dup_vocab", "G20", b"alpha\nbeta\nalpha\ngamma\n"),
    ("blank_line", None, b"alpha\n\nbeta\ngamma\n"),
    ("two_blank_lines", "G20", b"alpha\n\n\nbeta\n"),
    ("crlf", None, b"alpha\r\nbeta\r\ngamma\r\ndelta\r\n"),
    ("crlf_blank", "G20", b"alpha\r\n\r\n\r\nbeta\r\n"),
    ("no_final_newline", None, b"alpha\nbeta\ngamma\ndelta"),
    ("shorter", None, b"alpha\n"),
    ("longer", None, b"".join(b"word%d\n" % index for index in range(500))),
    ("not_utf8", None, b"\xff\xfe\nbeta\n"),
]
for _name, _row, _content in VOCABULARIES:

    @mutation(f"a_{_name}", _row, TABLE_V2, *([TABLE_V1] if _row else []))
    def a_vocabulary(mutant: Mutant, content: bytes = _content) -> None:
        sorted((mutant.folder / "assets").iterdir())[0].write_bytes(content)


for _name, _row, _content in (
    ("columns_bad_number", "G20", b"a,10\nb,twenty\nc,30\n"),
    ("columns_missing", "G20", b"a,10\nb\nc,30\n"),
    ("columns_too_few_lines", "G20", b"a,10\nb,20\n"),
    ("columns_too_many_lines", "G20", b"a,10\nb,20\nc,30\nd,40\n"),
    ("columns_duplicate", "G20", b"a,10\na,20\nc,30\n"),
    ("columns_same_twice", None, b"a,10\nb,20\na,10\n"),
    ("columns_surplus", None, b"a,10,x\nb,20,y\nc,30,z\n"),
    ("columns_other_delimiter", "G20", b"a;10\nb;20\nc;30\n"),
    ("columns_spaces", None, b"a, 10\nb, 20\nc, 30\n"),
):

    @mutation(f"a_{_name}", _row, COLUMNS)
    def a_columns(mutant: Mutant, content: bytes = _content) -> None:
        sorted((mutant.folder / "assets").iterdir())[0].write_bytes(content)


def change_assets(proto: Any, edit: Callable[[Any], None]) -> None:
    """Apply `edit` to every AssetFileDef: in the field, and in the collection that session models keep them in."""
    meta_graph = proto.meta_graphs[0]
    for asset in meta_graph.asset_file_def:
        edit(asset)
    if "saved_model_assets" in meta_graph.collection_def:
        for packed in meta_graph.collection_def["saved_model_assets"].any_list.value:
            asset = message("tensorflow.AssetFileDef").FromString(packed.value)
            edit(asset)
            packed.value = asset.SerializeToString()


@proto_edit("a_renamed_in_def", "G19", TABLE_V1, TABLE_V2)
def a_renamed_in_def(proto: Any) -> None:
    change_assets(proto, lambda asset: setattr(asset, "filename", "other.txt"))


@proto_edit("a_no_def", "G19", TABLE_V1, TABLE_V2)
def a_no_def(proto: Any) -> None:
    del proto.meta_graphs[0].asset_file_def[:]
    proto.meta_graphs[0].collection_def.pop("saved_model_assets", None)


@proto_edit("a_bad_tensor", "G19", TABLE_V1, TABLE_V2)
def a_bad_tensor(proto: Any) -> None:
    """The tensor that is fed the asset's path is not there."""
    change_assets(proto, lambda asset: setattr(asset.tensor_info, "name", "gone:0"))


@proto_edit("a_def_outside", "G19", TABLE_V2)
def a_def_outside(proto: Any) -> None:
    change_assets(proto, lambda asset: setattr(asset, "filename", "../../outside.txt"))


@mutation("x_asset_touched", None, TABLE_V2, TABLE_V1)
def x_asset_touched(mutant: Mutant) -> None:
    """Other words in the same number of lines."""
    sorted((mutant.folder / "assets").iterdir())[0].write_text("one\ntwo\nthree\nfour\n")
