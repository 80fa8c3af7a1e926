"""Ops and Keras classes that something other than TensorFlow itself brings.

`libraries.jsonl` names, for each op that a published wheel or `tf.contrib` registers, the versions that do and the
statement after which it is registered; `libraries_wheels.jsonl` in which TensorFlow the objects of each version load.
Both were asked of the wheels (`tools/libraries`): an op is registered when `TF_GetAllOpList` shows it, a wheel fits a
TensorFlow when `TF_LoadLibrary` accepts each of its objects there, which is often narrower than what it declares.
`libraries_keras.jsonl` names the Keras classes that well-known packages define.
"""

from __future__ import annotations

import re
from functools import cache

from analyzer.records import dataclass
from analyzer.tables.releases import ORDER, RELEASES, index
from analyzer.tables.rows import Rows

OPS = Rows("libraries.jsonl", "op")
WHEELS = Rows("libraries_wheels.jsonl", "distribution")
CLASSES = Rows("libraries_keras.jsonl", "class")

CONTRIB = "tensorflow"
"""The distribution that `tf.contrib` rows name; their versions are minor releases of TensorFlow 1.x."""

PREFIXES: dict[str, str] = {
    "Addons>": "tensorflow-addons",
    "IO>": "tensorflow-io",
    "Reverb": "dm-reverb",
    "SimpleML": "tensorflow-decision-forests",
    "TFRA>": "tensorflow-recommenders-addons",
    "TFText>": "tensorflow-text",
    "Tfq": "tensorflow-quantum",
}
"""How a library's op names begin, for ops that no row names (a version newer than the table, or an unlisted build)."""


@dataclass(frozen=True, slots=True)
class LibraryOp:
    """One run of versions of one distribution that register an op."""

    op: str
    distribution: str
    since: str
    """First version asked that registers it."""
    until: str | None
    """Last version that registers it, or None where the newest one asked still does."""
    load: str
    """Python that registers the op, to run before the artifact is loaded."""

    @property
    def is_contrib(self) -> bool:
        return self.distribution == CONTRIB

    def holds(self, version: str) -> bool:
        """Whether this version of the distribution registers the op.

        Minor versions are compared: not every patch release was asked, and a doubt must not become an alarm.
        """
        wanted = _numbers(version)[:2]
        return _numbers(self.since)[:2] <= wanted and (self.until is None or wanted <= _numbers(self.until)[:2])


@dataclass(frozen=True, slots=True)
class Wheel:
    """One published version of a distribution that registers ops (Linux, x86-64)."""

    distribution: str
    version: str
    tensorflow: tuple[str, ...]
    """Minor releases in which all its objects load; empty where none did."""
    pythons: tuple[str, ...]
    """Python versions with a wheel of their own; empty where one wheel serves all."""
    cuda: bool
    """Its objects need symbols that only a CUDA build supplies: they do not load in `tensorflow-cpu`."""


@dataclass(frozen=True, slots=True)
class KerasClass:
    """A class that a package outside Keras defines."""

    name: str
    distribution: str
    module: str
    """The module that defines it, as `import_module` takes it."""
    packages: tuple[str, ...]
    """What it registers itself under when its module is imported (`Addons`, `keras_hub`); empty if it does not."""
    kind: str
    """`layer`, `model`, `optimizer`, `loss`, `metric`, `initializer`, `regularizer`, `constraint`, `schedule`, `function`, or
    `object` for a registered class whose bases its own package does not tell."""
    seen: str
    """The version, or the git commit, whose sources were read."""

    @property
    def root(self) -> str:
        """The package to import."""
        return self.module.partition(".")[0]


def library_of(op: str) -> tuple[LibraryOp, ...]:
    """Who registers this op outside TensorFlow's own library; empty where nobody known does."""
    return tuple(
        LibraryOp(row["op"], row["library"], row["since"], row.get("until"), row["load"]) for row in OPS.find(op)
    )


def namespace_of(op: str) -> str | None:
    """The distribution whose op names begin like this one, whether or not a row names the op."""
    return next((library for prefix, library in PREFIXES.items() if op.startswith(prefix)), None)


@cache
def wheels(distribution: str) -> tuple[Wheel, ...]:
    """The versions asked, oldest first; empty for a distribution that registers no op."""
    return tuple(
        Wheel(
            row["distribution"],
            row["version"],
            tuple(row["tensorflow"]),
            tuple(row["pythons"]),
            row.get("cuda", False),
        )
        for row in WHEELS.find(_canonical(distribution))
    )


def distributions() -> tuple[str, ...]:
    """Every distribution known to register ops, without TensorFlow itself."""
    return WHEELS.names()


def wheel_for(distribution: str, tensorflow: str, python: str | None = None) -> str | None:
    """The newest version whose objects load in that TensorFlow (`2.15` or `2.15.1`), with a wheel for that Python.

    None where there is none. Raises ValueError for what is no version of TensorFlow.
    """
    minor = RELEASES[index(tensorflow)]
    for wheel in reversed(wheels(distribution)):
        if minor in wheel.tensorflow and (python is None or not wheel.pythons or _minor(python) in wheel.pythons):
            return wheel.version
    return None


def fits(distribution: str, version: str, tensorflow: str) -> bool | None:
    """Whether the objects of that version load in that TensorFlow; None where it was not asked and cannot be told.

    A patch release that was not asked fits where another one of its minor version does, and is never said not to.
    """
    minor = RELEASES[index(tensorflow)]
    near = [wheel for wheel in wheels(distribution) if _numbers(wheel.version)[:2] == _numbers(version)[:2]]
    for wheel in near:
        if _numbers(wheel.version) == _numbers(version):
            return minor in wheel.tensorflow
    return True if any(minor in wheel.tensorflow for wheel in near) else None


def registers(distribution: str, version: str, op: str) -> bool:
    """Whether that version of the distribution registers the op once it is loaded."""
    name = _canonical(distribution)
    return any(library.distribution == name and library.holds(version) for library in library_of(op))


def remedy(op: str, tensorflow: str) -> str | None:
    """What to do about the op in that TensorFlow, or None where no library is known for it."""
    libraries = library_of(op)
    if not libraries:
        name = namespace_of(op)
        return f"install {name} in the version made for this TensorFlow and load its ops first" if name else None
    answers = [
        _contrib_remedy(one, tensorflow) if one.is_contrib else _wheel_remedy(one, tensorflow) for one in libraries
    ]
    ready = [text for possible, text in answers if possible]
    return "; or ".join(dict.fromkeys(ready or [text for _, text in answers]))


def _contrib_remedy(library: LibraryOp, tensorflow: str) -> tuple[bool, str]:
    release = RELEASES[index(tensorflow)]
    if library.holds(release):
        return True, f"run `{library.load}` before loading (tf.contrib registers its ops when it is imported)"
    until = library.until or RELEASES[ORDER["2.0"] - 1]
    return (
        False,
        f"an op of tf.contrib in TensorFlow {library.since} to {until}: load it there after `{library.load}`, or export again without it",
    )


def _wheel_remedy(library: LibraryOp, tensorflow: str) -> tuple[bool, str]:
    minor = RELEASES[index(tensorflow)]
    name = library.distribution
    fitting = [wheel for wheel in wheels(name) if library.holds(wheel.version)]
    for wheel in reversed(fitting):
        if minor in wheel.tensorflow:
            beside = " beside a `tensorflow` wheel with CUDA (not `tensorflow-cpu`)" if wheel.cuda else ""
            return True, f"pip install '{name}=={wheel.version}'{beside} and run `{library.load}` before loading"
    found = {release for wheel in fitting for release in wheel.tensorflow}
    releases = ", ".join(release for release in RELEASES if release in found)
    if not releases:
        return False, f"an op of {name}, of which no wheel was seen to load; build it for this TensorFlow"
    return False, f"an op of {name}, which has no wheel for TensorFlow {minor} that registers it (only for {releases})"


def keras_library_of(class_name: str, registered_name: str | None = None) -> tuple[KerasClass, ...]:
    """Packages outside Keras that define a class, or register a function, of that name; ask Keras's own table first.

    Either name may be `package>name`, as Keras writes registered objects (`keras.saving.register_keras_serializable`);
    then only what registers under that package counts. `Custom` is the default package, and what users register for
    themselves, so under it an unregistered class of that name counts too.
    """
    package, _, name = (registered_name or class_name).rpartition(">")
    found = tuple(
        KerasClass(
            row["class"], row["library"], row["module"], tuple(row.get("packages", ())), row["kind"], row["seen"]
        )
        for row in CLASSES.find(name)
    )
    if not package:
        return found
    same = tuple(one for one in found if package in one.packages)
    return same or (found if package == "Custom" else ())


def keras_package_of(registered_name: str) -> tuple[str, ...]:
    """The distributions that register classes under the package of `package>name`, for names that no row has."""
    package = registered_name.rpartition(">")[0]
    return _registrars().get(package, ()) if package != "Custom" else ()


@cache
def _registrars() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for row in CLASSES:
        for package in row.get("packages", ()):
            found.setdefault(package, set()).add(row["library"])
    return {package: tuple(sorted(names)) for package, names in found.items()}


def _canonical(distribution: str) -> str:
    """The name as PyPI normalizes it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _numbers(version: str) -> tuple[int, ...]:
    """The release part as numbers, without trailing zeros, so that 2.7 equals 2.7.0."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
