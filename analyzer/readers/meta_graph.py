"""MetaGraphDef messages to meta graphs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.parts.saved_model import AssetFile, Collection, MetaGraph, Saver, Signature, TensorInfo, VariableDef
from analyzer.readers.attrs import shape
from analyzer.readers.collection_messages import VARIABLES, looked_up, parsed, type_of
from analyzer.readers.graph_def import GraphReader
from analyzer.readers.object_graph import object_graph
from analyzer.readers.protos import DecodeError, message

_ASSETS = "saved_model_assets"


def meta_graph(raw: Any, reader: GraphReader) -> MetaGraph:
    """A meta graph from a MetaGraphDef message whose nodes are serialized."""
    info = raw.meta_info_def
    collections = {name: _collection(raw.collection_def[name]) for name in sorted(raw.collection_def)}
    messages = {
        name: [parsed(kind, value) for value in collection.values if isinstance(value, bytes)]
        for name, collection in collections.items()
        if (kind := type_of(name)) and collection.kind == "bytes_list"
    }
    return MetaGraph(
        tags=tuple(info.tags),
        graph=reader.graph(raw.graph_def),
        signatures={name: _signature(raw.signature_def[name]) for name in sorted(raw.signature_def)},
        collections=collections,
        variables={name: _variable_defs(messages[name]) for name in VARIABLES if name in messages},
        malformed={name: type_of(name) or "" for name, found in messages.items() if None in found}
        | ({_ASSETS: "AssetFileDef"} if _holds_no_assets(raw, collections) else {}),
        savers=tuple(_saver(each) for each in messages.get("savers", ()) if each is not None),
        saver=_saver(raw.saver_def) if raw.HasField("saver_def") else None,
        assets=tuple(AssetFile(asset.tensor_info.name, asset.filename) for asset in _assets(raw, collections)),
        ops={op.name: reader.op(op) for op in info.stripped_op_list.op},
        tensorflow_version=info.tensorflow_version,
        stripped_default_attrs=info.stripped_default_attrs,
        objects=object_graph(raw.object_graph_def) if raw.HasField("object_graph_def") else None,
        function_aliases=dict(info.function_aliases),
        looked_up={
            name: tuple(dict.fromkeys(each for raw in found if raw is not None for each in looked_up(raw)))
            for name, found in messages.items()
        },
    )


def _holds_no_assets(raw: Any, collections: Mapping[str, Collection]) -> bool:
    """Whether the collection of assets, where it counts, holds what is no AssetFileDef."""
    if raw.asset_file_def or _ASSETS not in collections:
        return False
    values = [value for value in collections[_ASSETS].values if isinstance(value, bytes)]
    return len(list(_assets(raw, collections))) < len(values)


def _assets(raw: Any, collections: Mapping[str, Collection]) -> Iterable[Any]:
    """AssetFileDef messages, where there are none those of the collection (python/saved_model/loader_impl.py `get_asset_tensors`)."""
    if raw.asset_file_def or _ASSETS not in collections:
        yield from raw.asset_file_def
        return
    for value in collections[_ASSETS].values:
        if isinstance(value, bytes):
            try:
                yield message("tensorflow.AssetFileDef").FromString(value)
            except DecodeError:
                continue


def _signature(raw: Any) -> Signature:
    return Signature(
        inputs={key: _tensor_info(raw.inputs[key]) for key in raw.inputs},
        outputs={key: _tensor_info(raw.outputs[key]) for key in raw.outputs},
        method_name=raw.method_name,
        defaults=tuple(raw.defaults),
    )


def _tensor_info(raw: Any) -> TensorInfo:
    encoding = raw.WhichOneof("encoding") or ""
    names: tuple[str, ...]
    if encoding == "coo_sparse":
        sparse = raw.coo_sparse
        names = (sparse.values_tensor_name, sparse.indices_tensor_name, sparse.dense_shape_tensor_name)
    elif encoding == "composite_tensor":
        names = tuple(component.name for component in raw.composite_tensor.components)
    else:
        names = (raw.name,)
    return TensorInfo(names, raw.dtype, shape(raw.tensor_shape), encoding)


def _collection(raw: Any) -> Collection:
    kind = raw.WhichOneof("kind") or ""
    if not kind:
        return Collection("", ())
    values = getattr(raw, kind).value
    if kind == "any_list":
        return Collection(kind, tuple(value.value for value in values), tuple(value.type_url for value in values))
    return Collection(kind, tuple(values))


def _variable_defs(messages: Iterable[Any]) -> tuple[VariableDef, ...]:
    return tuple(_variable_def(raw) for raw in messages if raw is not None)


def _variable_def(raw: Any) -> VariableDef:
    piece = raw.save_slice_info_def
    return VariableDef(
        raw.variable_name,
        raw.initializer_name,
        raw.snapshot_name,
        raw.initial_value_name,
        raw.is_resource,
        raw.trainable,
        (piece.full_name, tuple(piece.full_shape), tuple(piece.var_offset), tuple(piece.var_shape))
        if raw.HasField("save_slice_info_def")
        else None,
    )


def _saver(raw: Any) -> Saver:
    return Saver(raw.filename_tensor_name, raw.save_tensor_name, raw.restore_op_name, raw.sharded, raw.version)
