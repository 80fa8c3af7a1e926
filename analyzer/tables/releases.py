"""The minor releases of TensorFlow that the tables know, and what is known of each, from `releases.jsonl`.

A row:

    release            minor release
    date               day of its first wheel
    versions           its patch versions
    read               the version whose wheel the tables were read from
    pythons            Python minors with a Linux wheel
    graph_def_version  TF_GRAPH_DEF_VERSION (tensorflow/core/public/version.h, release_version.h)
    min_consumer       TF_GRAPH_DEF_VERSION_MIN_CONSUMER
    min_producer       TF_GRAPH_DEF_VERSION_MIN_PRODUCER
    requires           specifiers of the newest patch's wheel, by distribution
    installs           by Python: the versions that installing the newest patch resolved to on the day `resolved`;
                       Pythons too old for today's index to resolve are left out
    new_data_types     members of DataType that this release added (the oldest: all that it has)
    xla_call_module    highest `version` of XlaCallModule that it takes, where it limits it
    tf_keras           the tf_keras that installs beside it
    abilities          what it was seen to do, see `Release`

`pythons.jsonl` has the bytecode magic number of each Python minor.  Builders: tools/tables/{dump_release,probe_release,
collect_releases,build_releases}.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from analyzer.records import dataclass
from analyzer.tables.dtypes import data_type
from analyzer.tables.rows import Row, Rows

RELEASES: tuple[str, ...] = (
    *(f"1.{minor}" for minor in range(4, 16)),
    *(f"2.{minor}" for minor in range(22)),
)

ORDER: dict[str, int] = {name: position for position, name in enumerate(RELEASES)}

_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?")


@lru_cache(1024)  # rules ask for every op
def index(release: str) -> int:
    """Position in `RELEASES` of a release named as `2.15`, `2.15.0` or `2.16.1rc0`.

    A version between two minor releases counts as the earlier one, one newer than the last known as the last.
    Raises ValueError for what is no version and for releases older than the first.
    """
    known = ORDER.get(release)
    if known is not None:
        return known
    found = _VERSION.match(release.strip())
    if not found:
        raise ValueError(f"not a version of TensorFlow: {release!r}")
    wanted = int(found[1]), int(found[2] or 0)
    position = sum(_numbers(name) <= wanted for name in RELEASES) - 1
    if position < 0:
        raise ValueError(f"TensorFlow {release} is older than {RELEASES[0]}, the first release that the tables know")
    return position


@dataclass(frozen=True, slots=True)
class Release:
    """What is known of a minor release. Requirements are specifiers as `packaging` reads them, empty if there is none."""

    name: str
    date: str
    """Day of the first wheel, ISO 8601."""
    versions: tuple[str, ...]
    read: str
    """The version whose wheel the tables were read from."""
    pythons: tuple[str, ...]
    """Python minors with a Linux wheel, oldest first."""
    graph_def_version: int
    min_consumer: int
    min_producer: int
    numpy: str
    protobuf: str
    h5py: str
    keras: str
    keras_package: str
    """The package that `tf.keras` is: `tensorflow.python.keras` up to 2.5, `keras` from 2.6 on."""
    default_keras: str | None
    """The `keras` that installing the release today brings with its newest Python; None up to 2.5."""
    default_tf_keras: str | None
    """The `tf_keras` that installing it beside the release today brings; None before 2.14."""
    reads_legacy_flag: bool
    """Whether `TF_USE_LEGACY_KERAS=1` makes `tf.keras` the `tf_keras` package (tensorflow/python/util/lazy_loader.py,
    from 2.15 on); without that package `tf.keras` then cannot be imported."""
    installs: Mapping[str, Mapping[str, str]]
    """By Python minor: numpy, protobuf, h5py, keras as installing the release today resolves."""
    data_types: frozenset[int]
    """The DataType numbers that the release knows, references not counted."""
    xla_call_module: int | None
    """Highest `version` of an XlaCallModule node; None where the release has no such op or no limit (up to 2.12)."""
    writes_saved_model_objects: bool
    writes_fingerprint: bool
    writes_keras_saved_model: bool
    writes_keras_metadata: bool
    writes_keras_archive: bool
    """`model.save("name.keras")` writes a zip archive without being told to."""
    reads_keras_archive: bool
    """`load_model` looks into a zip archive named `.keras`."""
    reads_chunked_saved_model: bool
    """`tf.saved_model.load` of a folder with `saved_model.cpb` only."""
    serving_reads_chunked_saved_model: bool
    """The same for the C++ loader of the wheel."""

    def keras_for(self, python: str) -> str | None:
        """The `keras` that installing the release today brings with a Python minor; None up to 2.5.

        A Python that has no wheel counts as the nearest one that has.
        """
        if self.keras_package != "keras":
            return None
        if python in self.installs:
            return self.installs[python].get("keras", self.default_keras)
        nearest = min(self.installs, key=lambda known: abs(_numbers(known)[1] - _numbers(python)[1]))
        return self.installs[nearest].get("keras", self.default_keras)


def release(name: str) -> Release:
    """The facts of a release, named as `index` takes it; raises ValueError as that does."""
    position = index(name)
    found = _FACTS.get(position)
    if found is None:
        found = _FACTS[position] = _release(position)
    return found


def bytecode_magic(python: str) -> int | None:
    """The magic number of a Python minor's bytecode (`importlib.util.MAGIC_NUMBER`, first two bytes); None if unknown."""
    rows = _PYTHONS.find(python)
    return rows[0]["magic"] if rows else None


_TABLE = Rows("releases.jsonl", "release")
_PYTHONS = Rows("pythons.jsonl", "python")
_FACTS: dict[int, Release] = {}


def _numbers(name: str) -> tuple[int, int]:
    major, minor = name.split(".")[:2]
    return int(major), int(minor)


def _release(position: int) -> Release:
    rows = {row["release"]: row for row in _TABLE}
    row: Row = rows[RELEASES[position]]
    added = [dtype for name in RELEASES[: position + 1] for dtype in rows[name]["new_data_types"]]
    requires, installs, abilities = row["requires"], row["installs"], row["abilities"]
    separate = _numbers(row["release"]) >= (2, 6)
    return Release(
        name=row["release"],
        date=row["date"],
        versions=tuple(row["versions"]),
        read=row["read"],
        pythons=tuple(row["pythons"]),
        graph_def_version=row["graph_def_version"],
        min_consumer=row["min_consumer"],
        min_producer=row["min_producer"],
        numpy=requires.get("numpy", ""),
        protobuf=requires.get("protobuf", ""),
        h5py=requires.get("h5py", ""),
        keras=requires.get("keras", ""),
        keras_package="keras" if separate else "tensorflow.python.keras",
        default_keras=installs[max(installs, key=_numbers)]["keras"] if separate else None,
        default_tf_keras=row.get("tf_keras"),
        reads_legacy_flag=_numbers(row["release"]) >= (2, 15),
        installs=installs,
        data_types=frozenset(map(data_type, added)),
        xla_call_module=row.get("xla_call_module"),
        writes_saved_model_objects="writes_saved_model_objects" in abilities,
        writes_fingerprint="writes_fingerprint" in abilities,
        writes_keras_saved_model="writes_keras_saved_model" in abilities,
        writes_keras_metadata="writes_keras_metadata" in abilities,
        writes_keras_archive="writes_keras_archive" in abilities,
        reads_keras_archive="reads_keras_archive" in abilities,
        reads_chunked_saved_model="reads_chunked_saved_model" in abilities,
        serving_reads_chunked_saved_model="serving_reads_chunked_saved_model" in abilities,
    )
