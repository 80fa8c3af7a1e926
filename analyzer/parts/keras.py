"""A Keras file: configuration and weights as `.h5`, `.weights.h5` and `.keras` hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.records import NamedTuple, dataclass, field


class Dataset(NamedTuple):
    """An HDF5 dataset: its shape and numpy type string; `storage` is `plain`, `external` or `virtual`; `fault` what HDF5 would refuse."""

    shape: tuple[int, ...]
    dtype: str
    storage: str = "plain"
    filters: tuple[str, ...] = ()
    fault: str = ""


class Link(NamedTuple):
    """A soft or external link: `kind` is `soft` or `external`, `target` the path within `file`."""

    kind: str
    file: str
    target: str


class Unreadable(NamedTuple):
    """Stands for the value of an attribute that HDF5 does not read, for a reason in its words."""

    fault: str


@dataclass(frozen=True, slots=True)
class Group:
    """An HDF5 group. Attributes are plain values: str, bytes, int, float, or a list of them; or `Unreadable`."""

    attributes: Mapping[str, Any]
    groups: Mapping[str, Group]
    datasets: Mapping[str, Dataset]
    links: Mapping[str, Link] = field(default_factory=dict)
    order: tuple[str, ...] = ()  # names of members as HDF5 iterates them

    def find(self, path: str) -> Group | Dataset | Link | None:
        """What a path of names separated by slashes leads to, without following links."""
        here: Group | Dataset | Link | None = self
        inner = path.strip("/")
        for name in inner.split("/") if inner else ():
            if not isinstance(here, Group):
                return None
            here = here.member(name)
        return here

    def member(self, name: str) -> Group | Dataset | Link | None:
        """What is of that name in the group itself."""
        return self.groups.get(name) or self.datasets.get(name) or self.links.get(name)

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Dataset]]:
        """Every dataset below, with its path."""
        for name, dataset in self.datasets.items():
            yield f"{prefix}{name}", dataset
        for name, group in self.groups.items():
            yield from group.walk(f"{prefix}{name}/")


class Member(NamedTuple):
    """A member of a `.keras` archive; sizes in bytes; `fault` says what zipfile would refuse; `lines` counts those of a vocabulary."""

    name: str
    size: int
    compressed: int
    fault: str = ""
    lines: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class KerasFile:
    """A Keras file's content. `config` and `training_config` are parsed JSON, None where absent or damaged."""

    container: str  # `h5`, `archive`, `folder` for what an archive holds, `shards` for weights in several files
    file: str
    config: Any = None
    config_text: str | None = None
    training_config: Any = None
    training_text: str | None = None
    keras_version: str | None = None
    backend: str | None = None
    metadata: Mapping[str, Any] | None = None  # metadata.json
    weights: Group | None = None  # the root that holds the weights
    weights_file: str = ""
    members: tuple[Member, ...] = ()
    layout: str = ""  # `model_weights`, `layer_names`, `layers`, `_layer_checkpoint_dependencies`, `npz`, ...
    root: Group | None = None  # the whole of an HDF5 file

    def member(self, name: str) -> Member | None:
        """The archive's member of that name; the last where several share it, as zipfile resolves it."""
        return next((member for member in reversed(self.members) if member.name == name), None)
