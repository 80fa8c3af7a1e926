"""Ask published wheels which ops they register, and in which TensorFlow they load.

    python -m tools.libraries.collect --environments DIR --facts DIR [DISTRIBUTION[==VERSION]...]

For each version of each op library below: download one Linux wheel, load each of its shared objects in every TensorFlow
that its metadata admits (`tools/libraries/probe.py objects`), then really import it once (`... imports`). Writes one JSON
file per version into the facts folder, which `tools/libraries/fold.py` turns into the committed table. Needs pip,
packaging and the environments of the releases, one folder `tfX.Y` each; a version whose file exists is skipped.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from tools.libraries.objects import objects_in, probe_objects, run_probe
from tools.libraries.wheels import admitted, constants, download, requires, wheels_of

PATIENCE = 4
"""After so many TensorFlow minors in a row that refuse a wheel, later ones (its metadata may name no end) are not tried."""


@dataclass(frozen=True, slots=True)
class Source:
    """One distribution to ask: the modules to import and what else to run before its ops are registered."""

    distribution: str
    modules: tuple[str, ...]
    statements: tuple[str, ...] = ()


SOURCES = (
    Source("tensorflow-text", ("tensorflow_text",)),
    Source(
        "tensorflow-addons", ("tensorflow_addons",), ("import tensorflow_addons; tensorflow_addons.register_all()",)
    ),
    Source("tensorflow-decision-forests", ("tensorflow_decision_forests",)),
    Source("tf-sentencepiece", ("tf_sentencepiece",)),
    Source("tensorflow-io", ("tensorflow_io",), ("from tensorflow_io.python.ops import core_ops; dir(core_ops)",)),
    Source(
        "struct2tensor",
        ("struct2tensor",),
        ("import struct2tensor.ops.gen_decode_proto_sparse", "from struct2tensor.ops import struct2tensor_ops"),
    ),
    Source(
        "tfx-bsl",
        ("tfx_bsl",),
        (
            "from tfx_bsl.public import tfxio",
            "import tfx_bsl.coders.example_coder",
            "import tfx_bsl.tfxio.record_to_tensor_decoder",
        ),
    ),
    Source(
        "tensorflow-recommenders-addons",
        ("tensorflow_recommenders_addons",),
        ("import tensorflow_recommenders_addons; tensorflow_recommenders_addons.register_all()",),
    ),
    Source("tensorflow-quantum", ("tensorflow_quantum",)),
    Source("tensorflow-compression", ("tensorflow_compression",)),
    Source("dm-reverb", ("reverb",)),
    Source("lingvo", ("lingvo",), ("from lingvo.core import ops",)),
    Source("tensorflow-gnn", ("tensorflow_gnn",)),
    Source("tensorflow-graphics", ("tensorflow_graphics",)),
    Source(
        "waymo-open-dataset-tf-2-12-0",
        ("waymo_open_dataset",),
        (
            "from waymo_open_dataset.wdl_limited.camera.ops import py_camera_model_ops",
            "from waymo_open_dataset.metrics.ops import py_metrics_ops",
            "from waymo_open_dataset.utils import range_image_utils",
            "from waymo_open_dataset.latency import tf_ops",
        ),
    ),
    Source("ydf", ("ydf",)),
)


def minors(environments: Path) -> list[str]:
    names = [path.name[2:] for path in environments.glob("tf*") if (path / "bin/python").exists()]
    return sorted(names, key=Version)


def collect(source: Source, version: Version, names: list[str], environments: Path) -> dict[str, object]:
    """Everything one version has to say."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tags = {name.split("-")[-3]: name for name in names}
        wheel = next((tags[tag] for tag in ("cp311", "cp37", "cp36") if tag in tags), names[-1])
        root = download(source.distribution, version, wheel, folder / "first")
        lines, bounds = requires(root), constants(root)
        allowed = admitted(lines, bounds)
        tried = [
            minor
            for minor in minors(environments)
            if allowed is None or any(f"{minor}.{patch}" in allowed for patch in range(10))
        ]
        loads = _loads(root, tried if objects_in(root) else [], environments, folder)
        imports: dict[str, object] = {}
        for minor in [minor for minor in loads if _registers(loads[minor])][-1:]:
            python = environments / f"tf{minor}/bin/python"
            tag = _tag_of(python)
            if tag in tags and tags[tag] != wheel:
                root = download(source.distribution, version, tags[tag], folder / "second")
            words = ["imports", *source.modules]
            for statement in source.statements:
                words += ["--run", statement]
            imports[minor] = run_probe(python, words, path=root, libraries=folder / minor)
        return {
            "distribution": source.distribution,
            "version": str(version),
            "wheel": wheel,
            "pythons": sorted(tags),
            "requires": lines,
            "bounds": bounds,
            "loads": loads,
            "imports": imports,
        }


def _loads(root: Path, tried: list[str], environments: Path, folder: Path) -> dict[str, dict[str, object]]:
    """What each TensorFlow says of the wheel's objects, up to where it has refused them for long."""
    loads: dict[str, dict[str, object]] = {}
    idle, ever = 0, False
    for minor in tried:
        if idle == PATIENCE:
            break
        (folder / minor).mkdir()
        loads[minor] = probe_objects(environments / f"tf{minor}/bin/python", root, folder / minor)
        loaded = _registers(loads[minor])
        ever = ever or loaded
        idle = idle + 1 if ever and not loaded else 0
    return loads


def _registers(objects: Mapping[str, object]) -> bool:
    return any(isinstance(said, dict) and said.get("ops") for said in objects.values())


def _tag_of(python: Path) -> str:
    """The interpreter's tag in the names of wheels."""
    code = "import sys; print('cp%d%d' % sys.version_info[:2])"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def collect_contrib(environments: Path, minor: str) -> dict[str, object]:
    """`tf.contrib` of one 1.x release: which object holds which op, and which import registers it."""
    python = environments / f"tf{minor}/bin/python"
    root = next(
        path
        for path in (environments / f"tf{minor}").glob("lib/python*/site-packages/tensorflow*/contrib")
        if "estimator" not in str(path)
    )
    with tempfile.TemporaryDirectory() as scratch:
        objects = probe_objects(python, root, Path(scratch))
        words = ["imports", "tensorflow.contrib"]
        for path in sorted(root.glob("*/__init__.py")):
            words += ["--run", f"import tensorflow.contrib.{path.parent.name}"]
        for relative, said in sorted(objects.items()):
            if isinstance(said, dict) and said.get("ops"):
                for path in sorted((root / relative).parent.glob("*.py")):
                    words += [
                        "--run",
                        "import tensorflow.contrib." + ".".join(path.relative_to(root).with_suffix("").parts),
                    ]
        return {
            "distribution": "tensorflow",
            "version": minor,
            "loads": {minor: objects},
            "imports": {minor: run_probe(python, words)},
        }


def pick(found: dict[Version, list[str]], everything: bool) -> Iterator[Version]:
    """Newest first; without `everything` only the last patch of each minor version."""
    seen = set()
    for version in sorted(found, reverse=True):
        key = version.release[:2]
        if everything or key not in seen:
            seen.add(key)
            yield version


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--every-patch", action="store_true")
    parser.add_argument(
        "--contrib", action="store_true", help="ask tf.contrib of the 1.x environments instead of wheels"
    )
    parser.add_argument("wanted", nargs="*")
    options = parser.parse_args()
    options.facts.mkdir(parents=True, exist_ok=True)
    if options.contrib:
        for minor in minors(options.environments):
            if minor.startswith("1."):
                facts = collect_contrib(options.environments, minor)
                (options.facts / f"tensorflow.contrib-{minor}.json").write_text(
                    json.dumps(facts, indent=1, sort_keys=True)
                )
        return
    for source in SOURCES:
        wanted = [word.partition("==")[2] for word in options.wanted if word.partition("==")[0] == source.distribution]
        if options.wanted and not wanted:
            continue
        found = wheels_of(source.distribution)
        listing = {str(v): sorted({n.split("-")[-3] for n in names}) for v, names in sorted(found.items())}
        (options.facts / f"{source.distribution}.wheels.json").write_text(json.dumps(listing))
        for version in pick(found, options.every_patch):
            if any(wanted) and str(version) not in wanted:
                continue
            path = options.facts / f"{source.distribution}-{version}.json"
            if path.exists():
                continue
            try:
                facts = collect(source, version, found[version], options.environments)
            except (subprocess.SubprocessError, OSError, ValueError) as error:
                print(source.distribution, version, error, file=sys.stderr)
                continue
            path.write_text(json.dumps(facts, indent=1, sort_keys=True))
            print(source.distribution, version, facts["pythons"], list(facts["loads"]), flush=True)  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
