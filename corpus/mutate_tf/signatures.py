"""Edits of meta graphs: tags and signatures (catalogue family F)."""

from __future__ import annotations

from typing import Any

from bases import TWO_GRAPHS, V1, V2
from recipe import drop, proto_edit


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


@proto_edit("x_one_meta_graph_left", None, TWO_GRAPHS)
def x_one_meta_graph_left(proto: Any) -> None:
    drop(proto.meta_graphs, lambda graph: list(graph.meta_info_def.tags) != ["serve"])


@proto_edit("s_no_graph", "B02", V1, V2)
def s_no_graph(proto: Any) -> None:
    proto.meta_graphs[0].ClearField("graph_def")


# --- signatures


def signature(proto: Any) -> Any:
    return proto.meta_graphs[0].signature_def["serving_default"]


def first_output(proto: Any) -> Any:
    outputs = signature(proto).outputs
    return outputs[min(outputs)]


@proto_edit("s_sig_missing_tensor", "F04", V1, V2)
def s_sig_missing_tensor(proto: Any) -> None:
    first_output(proto).name = "gone:0"


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
