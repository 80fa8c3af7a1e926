"""A SavedModel's meta graphs, signatures and object graph. Names are those of meta_graph.proto and saved_object_graph.proto."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from analyzer.parts.graph import FileOp, Graph, GraphVersions
from analyzer.records import NamedTuple, dataclass, field


class TensorInfo(NamedTuple):
    """A TensorInfo of a signature: `names` has the one tensor, or the component tensors of a composite one."""

    names: tuple[str, ...]
    dtype: int
    shape: tuple[int, ...] | None
    encoding: str  # `name`, `coo_sparse`, `composite_tensor`, or empty when nothing is set


@dataclass(frozen=True, slots=True)
class Signature:
    """A SignatureDef."""

    inputs: Mapping[str, TensorInfo]
    outputs: Mapping[str, TensorInfo]
    method_name: str
    defaults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """A CollectionDef: `kind` is `node_list`, `bytes_list`, `int64_list`, `float_list`, `any_list`, or empty."""

    kind: str
    values: tuple[Any, ...]
    type_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VariableDef:
    """A VariableDef of a variables collection (core/framework/variable.proto)."""

    variable_name: str
    initializer_name: str
    snapshot_name: str
    initial_value_name: str
    is_resource: bool
    trainable: bool
    save_slice: tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, ...]] | None  # full name, shape, offset, shape


@dataclass(frozen=True, slots=True)
class Saver:
    """A SaverDef; `version` is 0 LEGACY, 1 V1, 2 V2."""

    filename_tensor_name: str
    save_tensor_name: str
    restore_op_name: str
    sharded: bool
    version: int


class AssetFile(NamedTuple):
    """An AssetFileDef: the tensor that is fed with the path, and the file's name under `assets/`."""

    tensor_name: str
    filename: str


class Edge(NamedTuple):
    """A child or dependency of an object: local name and node number."""

    name: str
    node: int


class Slot(NamedTuple):
    """A slot variable: the original variable's node, the slot's name, the slot variable's node."""

    original: int
    name: str
    node: int


class SaveableFunctions(NamedTuple):
    """A SaveableObject: node numbers of its save and restore functions."""

    save: int
    restore: int


class Parameters(NamedTuple):
    """The parameters of a Python function: positional ones, `*rest`, `**keywords` (empty without), and which have defaults."""

    args: tuple[str, ...]
    rest: str
    keyword_only: tuple[str, ...]
    keywords: str
    optional: frozenset[str]
    constraints: int = 0  # types in the input signature


class Given(NamedTuple):
    """The arguments that a concrete function was traced with: the number of positional ones, the names of others."""

    positional: int
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedObject:
    """A node of the SavedObjectGraph.

    `kind` is SavedObject's own oneof field (`user_object`, `asset`, `function`, `variable`, `bare_concrete_function`,
    `constant`, `resource`, `captured_tensor`) or empty. The fields after it hold what that kind carries.
    """

    kind: str
    children: tuple[Edge, ...] = ()
    dependencies: tuple[Edge, ...] = ()
    slots: tuple[Slot, ...] = ()
    saveables: Mapping[str, SaveableFunctions] = field(default_factory=dict)
    registered_name: str = ""
    registered_saver: str = ""
    is_initializer: bool = False  # a function or resource that a resource's `_initialize` or `_create_resource` names
    identifier: str = ""  # user_object: `_tf_keras_layer`, `optimizer`, `trackable_list_wrapper`, ...
    version: GraphVersions = GraphVersions()  # user_object
    metadata: str = ""  # user_object: keras metadata as JSON, before keras_metadata.pb
    asset: int = 0  # asset: index into asset_file_def
    concrete_functions: tuple[str, ...] = ()  # function, bare_concrete_function
    value_kinds: frozenset[str] = frozenset()  # function, bare_concrete_function: StructuredValue kinds in its spec
    value_dtypes: frozenset[int] = frozenset()  # the same: types that its spec names
    built_in_specs: tuple[
        tuple[int, int], ...
    ] = ()  # the same: TypeSpecProto.TypeSpecClass number, values in its state
    type_specs: tuple[str, ...] = ()  # the same: names of registered ones
    named_tuples: frozenset[tuple[str, ...]] = frozenset()  # the same: name and fields of each
    argument_spec: tuple[str, ...] | None = None  # the same: fields of `fullargspec`; None without a spec
    parameters: Parameters | None = None  # the same: what `fullargspec` says; None where it says nothing of the kind
    input_signature: bool = False  # the same: whether the spec says what tensors there are
    dtype: int = 0  # variable, captured_tensor has none
    shape: tuple[int, ...] | None = None
    variable_name: str = ""
    trainable: bool = False
    synchronization: int = 0
    aggregation: int = 0
    device: str = ""  # variable, resource
    distributed: tuple[int, ...] = ()  # variable: experimental_distributed_variable_components (count only matters)
    operation: str = ""  # constant; captured_tensor: name of the tensor
    captured_in: str = ""  # captured_tensor: concrete function

    @property
    def is_revived(self) -> bool:
        """Whether an identifier such as `trackable_list_wrapper` counts: version 1 is the only one that TensorFlow makes again
        (python/saved_model/revived_types.py `should_load`).
        """
        return self.version.min_consumer <= 1 <= self.version.producer and 1 not in self.version.bad_consumers


@dataclass(frozen=True, slots=True)
class ConcreteFunction:
    """A SavedConcreteFunction: nodes of what it captures, and the types in its structured signature."""

    bound_inputs: tuple[int, ...]
    is_unsigned: bool  # its structured signature is None
    given: Given | None = None  # None where the signature is not of arguments
    unpacking_error: str = ""  # why not, in Python's words
    value_kinds: frozenset[str] = frozenset()  # StructuredValue kinds in its signatures; empty for one that is not set
    value_dtypes: frozenset[int] = frozenset()  # types that its signatures name
    type_specs: tuple[str, ...] = ()  # registered names and classes of TypeSpecs outside TensorFlow's enumeration
    built_in_specs: tuple[tuple[int, int], ...] = ()  # TypeSpecProto.TypeSpecClass number, values in its state
    named_tuples: frozenset[tuple[str, ...]] = frozenset()  # name and fields of each


class ObjectGraph:
    """A SavedObjectGraph; both parts are read when first asked for, which scans of graphs alone never do."""

    def __init__(
        self,
        nodes: Callable[[], tuple[SavedObject, ...]],
        concrete_functions: Callable[[], Mapping[str, ConcreteFunction]],
    ) -> None:
        self._parts = (nodes, concrete_functions)

    @cached_property
    def nodes(self) -> tuple[SavedObject, ...]:
        """The objects."""
        return self._parts[0]()

    @cached_property
    def concrete_functions(self) -> Mapping[str, ConcreteFunction]:
        """The concrete functions by name."""
        return self._parts[1]()


@dataclass(frozen=True, slots=True, eq=False)
class MetaGraph:
    """A MetaGraphDef."""

    tags: tuple[str, ...]
    graph: Graph
    signatures: Mapping[str, Signature]
    collections: Mapping[str, Collection]
    variables: Mapping[str, tuple[VariableDef, ...]]  # by collection: decoded `variables`, `trainable_variables`, ...
    saver: Saver | None
    assets: tuple[AssetFile, ...]
    ops: Mapping[str, FileOp]  # stripped_op_list
    tensorflow_version: str
    stripped_default_attrs: bool
    objects: ObjectGraph | None
    function_aliases: Mapping[str, str] = field(default_factory=dict)
    looked_up: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # by collection: names that contexts and queue runners look up
    savers: tuple[Saver, ...] = ()  # of the collection
    malformed: Mapping[str, str] = field(default_factory=dict)  # collections with a value that is not the message named

    @property
    def tag_set(self) -> str:
        """The tags as they stand in symbols: sorted, joined by a comma."""
        return ",".join(sorted(self.tags))


@dataclass(frozen=True, slots=True, eq=False)
class SavedModel:
    """A SavedModel's saved_model.pb or .pbtxt. `file` is the one that was read."""

    file: str
    schema_version: int
    meta_graphs: tuple[MetaGraph, ...]
    keras_metadata: tuple[KerasNode, ...] | None = None  # keras_metadata.pb; None without one


class KerasNode(NamedTuple):
    """A SavedObject of keras_metadata.pb: node id and path in the object graph, identifier, metadata as JSON text."""

    node: int
    path: str
    identifier: str
    metadata: str
    min_consumer: int = 0
