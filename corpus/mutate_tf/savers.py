"""Edits of meta graphs: savers, init ops and collections (catalogue rows F07 and F08)."""

from __future__ import annotations

from typing import Any

from bases import MAIN, SAVER, TABLE_V1, TABLE_V1_NEW, V1, V2
from recipe import proto_edit

from analyzer.readers.protos import message


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


@proto_edit("s_collection_bad_node", "B13", V1, SAVER)
def s_collection_bad_node(proto: Any) -> None:
    meta(proto).collection_def["losses"].node_list.value.append("gone:0")


@proto_edit("s_collection_empty", None, V1)
def s_collection_empty(proto: Any) -> None:
    proto.meta_graphs[0].collection_def["nothing"].SetInParent()


@proto_edit("s_variables_damaged", "B13", V1, SAVER)
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
