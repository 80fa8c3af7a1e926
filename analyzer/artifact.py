"""An artifact as its files describe it: the parts that readers fill and rules read.

Standard library only. No part holds a protobuf message, an HDF5 handle or a path outside the artifact. A part is None
where the artifact does not have it, or where it could not be read; what stood in the way is then in `Artifact.damage`
(TensorFlow could not read it either) or `Artifact.problems`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from analyzer.findings import Problem, WrittenBy
from analyzer.records import NamedTuple, dataclass, field

if TYPE_CHECKING:
    import networkx

    from analyzer.parts.checkpoint import Checkpoint, KeptCheckpoint
    from analyzer.parts.graph import Graph
    from analyzer.parts.keras import KerasFile
    from analyzer.parts.saved_model import MetaGraph, SavedModel


class Format(str, Enum):
    """What an artifact is, by content; by name and neighbours where the content says nothing."""

    SAVED_MODEL = "saved_model"
    CHECKPOINT = "checkpoint"
    CHECKPOINT_V1 = "checkpoint_v1"
    KERAS_H5 = "keras_h5"
    WEIGHTS_H5 = "weights_h5"
    KERAS_ARCHIVE = "keras_archive"
    GRAPH_DEF = "graph_def"
    UNKNOWN = "unknown"


KERAS_FORMATS = (Format.KERAS_H5, Format.WEIGHTS_H5, Format.KERAS_ARCHIVE, Format.SAVED_MODEL)
"""What `load_model` of some Keras loads."""


class FileEntry(NamedTuple):
    """A file of the artifact: its size in bytes, -1 where it cannot be opened (a dangling link, a FIFO, no permission)."""

    name: str
    size: int


class Damage(NamedTuple):
    """A file that TensorFlow, or a release of it, cannot read either.

    `kind` is one of `missing`, `empty`, `lfs-pointer`, `html`, `text`, `truncated`, `garbage`, `wrong-format`, `not-a-file`,
    or a reader's own word for what is wrong inside a format (each reader documents its own); `message` says what was
    found, in one line; `byte` is the offset in the file where reading stopped, where known.
    """

    file: str
    kind: str
    message: str
    byte: int | None = None
    facts: Mapping[str, Any] = {}


@dataclass(slots=True, eq=False)
class _Cache:
    graph: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Artifact:
    """One artifact: its files and what they say."""

    path: str  # as given or found; for messages, and for what TensorFlow takes for a pattern
    format: Format
    files: Mapping[str, FileEntry]  # relative name -> entry; for a checkpoint the files that share its prefix
    name: str  # the last part of the path: what loaders that go by the name see
    is_folder: bool
    written_by: WrittenBy = WrittenBy()
    saved_model: SavedModel | None = None
    graph_def: Graph | None = None  # a frozen graph
    meta_graph: MetaGraph | None = None  # a checkpoint's .meta
    checkpoint: Checkpoint | None = None  # variables/variables of a SavedModel, or the checkpoint itself
    kept: tuple[KeptCheckpoint, ...] = ()  # the other checkpoints of a folder that stands for its latest one
    keras: KerasFile | None = None
    damage: tuple[Damage, ...] = ()
    problems: tuple[Problem, ...] = ()
    asset_bytes: Callable[[str], bytes | None] = lambda name: (
        None
    )  # an asset's content; None where it is missing or too long
    _cache: _Cache = field(default_factory=_Cache, repr=False)

    @property
    def meta_graphs(self) -> tuple[MetaGraph, ...]:
        """Every MetaGraphDef of the artifact."""
        if self.saved_model is not None:
            return self.saved_model.meta_graphs
        return (self.meta_graph,) if self.meta_graph is not None else ()

    def graphs(self) -> Iterator[tuple[str, str, Graph]]:
        """Every graph: the file it stands in, the owner part of its symbols (tags, or empty), the graph itself."""
        if self.saved_model is not None:
            for meta_graph in self.saved_model.meta_graphs:
                yield self.saved_model.file, meta_graph.tag_set, meta_graph.graph
        if self.meta_graph is not None:
            yield self.name + ".meta", self.meta_graph.tag_set, self.meta_graph.graph
        if self.graph_def is not None:
            yield self.name, "", self.graph_def

    def has(self, part: str) -> bool:
        """Whether a part that a rule names in `reads` is there."""
        match part:
            case "graph":
                return bool(self.meta_graphs) or self.graph_def is not None
            case "meta_graphs":
                return bool(self.meta_graphs)
            case "objects":
                return any(meta_graph.objects is not None for meta_graph in self.meta_graphs)
            case "damage":
                return bool(self.damage)
            case "checkpoint_format":
                return self.format in (Format.CHECKPOINT, Format.CHECKPOINT_V1)
            case "keras_format":
                return self.format in KERAS_FORMATS
        return getattr(self, part) is not None

    @property
    def graph(self) -> networkx.DiGraph[str]:
        """A networkx view of how the parts hang together, built when first asked for; see `analyzer.graph_view`."""
        if self._cache.graph is None:
            from analyzer.graph_view import build

            self._cache.graph = build(self)
        view: networkx.DiGraph[str] = self._cache.graph
        return view
