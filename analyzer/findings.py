"""What the analyzer says: findings, problems, verdicts, reports.

Plain frozen values over the standard library, so that every other part may import this one and a finding can be
pickled, compared and rendered without knowing where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from analyzer.records import dataclass, field

if TYPE_CHECKING:
    from analyzer.artifact import Artifact


class Severity(str, Enum):
    """How much a finding matters, in the words of SARIF."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return ("error", "warning", "note").index(self.value)


class Confidence(str, Enum):
    """How far the files alone decide it. A finding of low confidence leaves a verdict undecided, never `fails`."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Phase(str, Enum):
    """The steps of a load, in the order in which a loader meets them."""

    OPEN = "open"
    PARSE = "parse"
    IMPORT = "import"
    DESERIALIZE = "deserialize"
    PLACE = "place"
    RESTORE = "restore"
    RUN = "run"
    CALL = "call"

    @property
    def rank(self) -> int:
        """0 for the first phase."""
        return list(Phase).index(self)


class Check(str, Enum):
    """Which of TensorFlow's own checks would notice. Loaders declare which of them they make, and where.

    The names are TensorFlow's functions where there is one; ANY stands for what no loader can pass over once it
    visits the place.
    """

    ANY = "any"
    IMPORT = "import tensorflow"  # which comes before every load from Python, whatever the artifact
    CHECK_VERSIONS = "CheckVersions"  # core/framework/versions.cc: min_consumer, bad_consumers
    LOOK_UP_OP = "LookUpOpDef"  # core/framework/op.cc: the op is registered
    VALIDATE_NODE = "ValidateNodeDef"  # core/framework/node_def_util.cc: attributes against the op definition
    IN_OUT_TYPES = "InOutTypesForNode"  # core/framework/node_def_util.cc: number and types of inputs; MakeEdge
    DEPRECATION = "CheckOpDeprecation"  # core/framework/op_def_util.cc, against the graph's own producer
    DEPRECATION_NOW = "CheckOpDeprecation@runtime"  # the same against the running release's producer
    GRAPH_CONSTRUCTOR = "GraphConstructor"  # core/common_runtime/graph_constructor.cc: names, edges, cycles
    COLOCATION = "ValidateColocationConstraints"  # core/common_runtime/graph_constructor.cc
    SHAPE = "ShapeRefiner"  # core/common_runtime/shape_refiner.cc: shape functions while importing
    OUTPUT_SHAPES = "ValidateShape"  # core/common_runtime/graph_constructor.cc: `_output_shapes`
    ADD_LIBRARY = "AddLibrary"  # core/framework/function.cc: functions of one name
    GRADIENTS = "from_library"  # python/framework/function.py: gradients of functions
    EMPTY_ATTRIBUTE = (
        "AddDefaultAttrsToGraphDef"  # core/framework/graph_def_util.cc: importer.py fills in what is not set
    )
    SAVED_CONSTANTS = "ValidateSavedTensors"  # cc/saved_model/loader.cc
    DEFAULT_ATTRIBUTE = (
        "_RemoveDefaultAttrs"  # an unknown attribute that holds its producer's default: importer.py strips it
    )
    FUNCTION_DEF = (
        "InstantiateFunction"  # core/framework/function.cc, function_def_to_graph.py: names of inputs and results
    )
    RESULT_TYPES = "AddReturnNode"  # core/framework/function.cc: types of results; Python's import does not look
    CALL_INPUTS = "InferShapesForFunction"  # core/common_runtime/shape_refiner.cc: the inputs of a call, by the function's arguments
    FUNC_GRAPH = (
        "function_def_to_graph"  # python/framework/function_def_to_graph.py alone: control results, shapes of arguments
    )
    FUNCTION_SORT = "_sort_function_defs"  # python/saved_model/function_deserialization.py
    FUNCTION_LIBRARY = "fix_node_def"  # the same: a top-level node that names a function
    PLACER = "Placer"  # core/common_runtime/placer.cc without soft placement
    DEVICE_SPEC = "DeviceSpec.from_string"  # python/framework/device_spec.py, as importer.py sets devices
    DEVICE_NAME = "DeviceNameUtils"  # a device string that does not parse
    OWN_DEVICE = "Placer@_class"  # the same for a colocated node, whose device Python's import drops
    FILE_DEVICE = (
        "DeviceNameUtils@GraphDef"  # a device string as the file has it, where Python's import would write it otherwise
    )
    OTHER_PROCESS = (
        "Placer@job"  # core/common_runtime/placer.cc, a job or task that is not there: soft placement does not help
    )
    KERNEL = "FindKernelDef"  # core/framework/op_kernel.cc: a kernel for the op, device and types
    SAVER = (
        "as_graph_element"  # names of the saver and the init op, looked up in the graph by every loader that runs them
    )
    FEEDS = "feed"  # cc/saved_model/loader.cc `RunRestore`, `RunInitOp`: tensors fed with the paths of assets
    NO_SAVER = "RunRestore"  # cc/saved_model/loader.cc: a saver whose names are empty
    READ_PROTO = (
        "ReadBinaryProto"  # core/platform/env.cc, and ReadTextProto: bytes behind the message, fields of several values
    )
    DEBUG_INFO = (
        "debug_info"  # python/saved_model/loader_impl.py `parse_saved_model_with_debug_info`, cc/saved_model/reader.cc
    )
    COLLECTIONS = "import_scoped_meta_graph"  # python/framework/meta_graph.py: collections and the writer's version
    TAGS = "tags"  # the meta graph with exactly the tags that are asked for
    TAGS_DEFAULT = "tags=None"  # the only meta graph, when no tags are asked for
    SIGNATURE = "signature"  # resolving the tensors of a SignatureDef
    LIFT = "lift_to_graph"  # python/eager/lift_to_graph.py: v1 signatures become functions
    OBJECTS = "object_graph"  # python/saved_model/load.py: the trackable objects
    KERAS_IMPORTED = "add_slot"  # python/saved_model/load.py with nobody's keras imported, which load_model has done
    ASSIGNED = "AssignVariableOp"  # the kernel that gives a variable of the object graph its value
    RESTORE_OBJECTS = "restore_objects"  # checkpoint values assigned to objects: key, dtype, shape
    RESTORE_NAMES = "RestoreV2"  # names, dtypes and slices that restore ops ask of the checkpoint
    TENSOR_BYTES = "BundleReader"  # core/util/tensor_bundle: bytes of the tensors
    VAR_MAPS = "BuildV2VarMaps"  # c/checkpoint_reader.cc: every entry parsed, its key and type made Python's
    GET_TENSOR = "CheckpointReader"  # c/checkpoint_reader.cc, python/training/py_checkpoint_reader.py: tensors listed, made arrays
    LOST_BLOCK = (
        "TwoLevelIterator"  # xla/tsl/lib/io/two_level_iterator.cc: passes over what it cannot read; nobody fails
    )
    INITIALIZER = "initializer"  # operations and functions run by the load: tables, main op
    KERAS = "keras"  # what keras does with its own metadata


_OWNED = ("graph", "function", "collection", "saver_def", "init_op")  # areas whose symbols go on behind the owner


@dataclass(frozen=True, slots=True)
class Location:
    """A place in an artifact.

    `file` is relative to the artifact. `symbol` is TensorFlow's own address within it: `graph/serve/dense/MatMul`,
    `function/__inference_f_12/node`, `signature/serving_default`, `object/7`, `entry/dense/kernel`,
    `/config/layers/3`, `/compile_config/loss`. `byte` and `length` are offsets in the file where they are known.
    """

    file: str
    symbol: str = ""
    byte: int | None = None
    length: int | None = None

    @property
    def area(self) -> str:
        """What kind of place the symbol names: `graph`, `function`, `signature`, `object`, `entry`, `config`, ... or `file`."""
        if not self.symbol:
            return "file"
        return self.symbol.lstrip("/").split("/", 1)[0]

    @property
    def owner(self) -> str:
        """The name right behind the area: the meta graph's tags, the function's, the signature's, the entry's whole key."""
        head, _, rest = self.symbol.lstrip("/").partition("/")
        return rest.split("/", 1)[0] if head in _OWNED else rest

    @property
    def node(self) -> str:
        """The node within a graph or a function; empty where the symbol names the whole."""
        parts = self.symbol.split("/", 2)
        return parts[2] if parts[0] in ("graph", "function") and len(parts) == 3 else ""

    def __str__(self) -> str:
        return f"{self.file}:{self.symbol}" if self.symbol else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, at every place where it stands."""

    rule: str
    family: str
    message: str
    where: tuple[Location, ...]
    phase: Phase
    severity: Severity
    confidence: Confidence = Confidence.HIGH
    check: Check = Check.ANY
    tensorflow_error: str = ""
    remedy: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    path: tuple[str, ...] = ()  # graph keys from an entry point to the place
    stops: tuple[str, ...] = ()  # loaders that fail because of it, filled in by the verdict

    @property
    def count(self) -> int:
        """How many places it stands at."""
        return len(self.where)


@dataclass(frozen=True, slots=True)
class Problem:
    """What we could not analyze and TensorFlow might: a limit, a permission, something unsupported, a fault of ours."""

    file: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one loader loads the artifact in one environment; `loads` is None where the files cannot decide it."""

    target: str
    loader: str
    loads: bool | None
    because: tuple[str, ...] = ()
    loads_with: tuple[str, ...] = ()  # arguments and settings each of which alone would do: `compile=False`, ...


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """Who wrote the artifact, as far as its files say."""

    tensorflow: str | None = None
    keras: str | None = None
    producer: int | None = None


@dataclass(frozen=True, slots=True)
class TargetFindings:
    """What was found for one environment."""

    target: str
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    described: Mapping[str, Any] = field(default_factory=dict)  # the target as reports show it


@dataclass(frozen=True, slots=True)
class Report:
    """Everything said about one artifact. `artifact` stays behind for notebooks and is never rendered or pickled."""

    path: str
    format: str
    written_by: WrittenBy
    results: tuple[TargetFindings, ...]
    problems: tuple[Problem, ...]
    seconds: float
    artifact: Artifact | None = field(default=None, compare=False, repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings for all targets."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts for all targets and loaders."""
        return tuple(verdict for result in self.results for verdict in result.verdicts)
