"""Assets that are missing, renamed, or of another content (catalogue rows G19 and G20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bases import COLUMNS, TABLE, TABLE_V1, TABLE_V1_NEW, TWO_ASSETS
from recipe import Mutant, mutation, proto_edit

from analyzer.readers.protos import message


@mutation("a_no_assets", "G19", TABLE_V1, TABLE_V1_NEW, TABLE, "w2.15/v2_table_file", TWO_ASSETS)
def a_no_assets(mutant: Mutant) -> None:
    for file in (mutant.folder / "assets").iterdir():
        file.unlink()
    (mutant.folder / "assets").rmdir()


@mutation("a_one_missing", "G19", TWO_ASSETS)
def a_one_missing(mutant: Mutant) -> None:
    sorted((mutant.folder / "assets").iterdir())[1].unlink()


@mutation("a_unused_missing", None, "w2.10/v2_asset_only")
def a_unused_missing(mutant: Mutant) -> None:
    """An asset that nothing reads while loading."""
    for file in (mutant.folder / "assets").iterdir():
        file.unlink()


@mutation("a_case", "T08", TABLE)
def a_case(mutant: Mutant) -> None:
    (mutant.folder / "assets").rename(mutant.folder / "Assets")


VOCABULARIES: list[tuple[str, str | None, bytes]] = [
    ("dup_vocab", "G20", b"alpha\nbeta\nalpha\ngamma\n"),
    ("blank_line", "G20", b"alpha\n\nbeta\ngamma\n"),
    ("two_blank_lines", "G20", b"alpha\n\n\nbeta\n"),
    ("crlf", None, b"alpha\r\nbeta\r\ngamma\r\ndelta\r\n"),
    ("crlf_blank", "G20", b"alpha\r\n\r\n\r\nbeta\r\n"),
    ("no_final_newline", None, b"alpha\nbeta\ngamma\ndelta"),
    ("shorter", None, b"alpha\n"),
    ("longer", None, b"".join(b"word%d\n" % index for index in range(500))),
    ("not_utf8", None, b"\xff\xfe\nbeta\n"),
]
for _name, _row, _content in VOCABULARIES:

    @mutation(f"a_{_name}", _row, TABLE, *([TABLE_V1] if _row else []))
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


@proto_edit("a_renamed_in_def", "G19", TABLE_V1, TABLE)
def a_renamed_in_def(proto: Any) -> None:
    change_assets(proto, lambda asset: setattr(asset, "filename", "other.txt"))


@proto_edit("a_no_def", "G19", TABLE_V1, TABLE)
def a_no_def(proto: Any) -> None:
    del proto.meta_graphs[0].asset_file_def[:]
    proto.meta_graphs[0].collection_def.pop("saved_model_assets", None)


@proto_edit("a_bad_tensor", "G19", TABLE_V1, TABLE)
def a_bad_tensor(proto: Any) -> None:
    """The tensor that is fed the asset's path is not there."""
    change_assets(proto, lambda asset: setattr(asset.tensor_info, "name", "gone:0"))


@proto_edit("a_def_outside", "G19", TABLE)
def a_def_outside(proto: Any) -> None:
    change_assets(proto, lambda asset: setattr(asset, "filename", "../../outside.txt"))


@mutation("x_asset_touched", None, TABLE, TABLE_V1)
def x_asset_touched(mutant: Mutant) -> None:
    """Other words in the same number of lines."""
    sorted((mutant.folder / "assets").iterdir())[0].write_text("one\ntwo\nthree\nfour\n")
