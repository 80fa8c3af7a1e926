"""Ask published wheels which ops they register, and in which TensorFlow they load.

    python -m tools.libraries.collect --environments DIR --facts DIR [DISTRIBUTION[==VERSION]...]

For each version of each op library below: download one Linux wheel, load each of its shared objects in every TensorFlow
that its metadata admits (`tools/libraries/probe.py objects`), then really import it once (`... imports`). Writes one JSON
file per version into the facts folder, which `tools/libraries/fold.py` turns into the committed table. Needs pip,
packaging and the environments of the releases, one folder `tfX.Y` each; a version whose file exists is skipped.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

PROBE = Path(__file__).with_name("probe.py")
PLATFORMS = [
    "linux_x86_64",
    *(f"manylinux{year}_x86_64" for year in (1, 2010, 2014)),
    *(f"manylinux_2_{minor}_x86_64" for minor in (5, 12, 17, 24, 27, 28, 31, 34, 35, 39)),
    "any",
]


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


def wheels_of(distribution: str) -> dict[Version, list[str]]:
    """The Linux wheels of every final version, as pip lists them for whatever Python."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "-vvv", "--no-color", "index", "versions", "--pre", distribution],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found: dict[Version, list[str]] = {}
    for name in sorted(set(re.findall(r"[\w.+!-]+\.whl", listing.stdout + listing.stderr))):
        try:
            project, version, _, tags = parse_wheel_filename(name)
        except ValueError:
            continue
        ours = project == canonicalize_name(distribution) and not version.is_prerelease
        if ours and any(tag.platform in PLATFORMS for tag in tags):
            found.setdefault(version, []).append(name)
    return found


def download(distribution: str, version: Version, wheel: str, folder: Path) -> Path:
    """Unpacks that wheel under `folder`; raises CalledProcessError if pip cannot get it."""
    folder.mkdir()
    python, abi = wheel.removesuffix(".whl").split("-")[-3:-1]
    digits = re.search(r"(?:cp|py)(\d)(\d*)", python.split(".")[-1])
    if digits is None:
        raise ValueError(f"no Python tag in {wheel}")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += [
        "--disable-pip-version-check",
        "--implementation",
        "cp",
        "--abi",
        abi,
        "--abi",
        "none",
        "-d",
        str(folder),
    ]
    command += ["--python-version", f"{digits[1]}.{digits[2] or 11}"]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    subprocess.run([*command, f"{distribution}=={version}"], check=True, timeout=900, stderr=subprocess.DEVNULL)
    for path in folder.glob("*.whl"):
        shutil.unpack_archive(path, folder / "unpacked", format="zip")
        path.unlink()
    for part in [*folder.glob("unpacked/*.data/purelib"), *folder.glob("unpacked/*.data/platlib")]:
        shutil.copytree(part, folder / "unpacked", dirs_exist_ok=True)
        shutil.rmtree(part)
    return folder / "unpacked"


def requires(root: Path) -> list[str]:
    """`Requires-Dist` lines of the wheel that name TensorFlow itself, extras included."""
    for path in root.glob("*.dist-info/METADATA"):
        lines = HeaderParser().parsestr(path.read_text(errors="replace")).get_all("Requires-Dist") or []
        names = {"tensorflow", "tensorflow-cpu", "tensorflow-gpu"}
        return sorted(line for line in lines if canonicalize_name(Requirement(line).name) in names)
    return []


def constants(root: Path) -> dict[str, str]:
    """Bounds that a wheel keeps in its code: `INCLUSIVE_MIN_TF_VERSION` and the like (Addons and its relatives)."""
    found: dict[str, str] = {}
    for path in [*root.glob("*/version.py"), *root.glob("*/utils/ensure_tf_install.py")]:
        for node in ast.walk(ast.parse(path.read_text(errors="replace"))):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if "TF_VERSION" in name and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                    found[name] = node.value.value
    return found


def admitted(lines: list[str], bounds: dict[str, str]) -> SpecifierSet | None:
    """What the wheel says of TensorFlow, or None if it says nothing. Of several lines the plain package's counts."""
    parsed = sorted(map(Requirement, lines), key=lambda line: (line.name != "tensorflow", "extra" in str(line.marker)))
    for requirement in parsed:
        if str(requirement.specifier):
            return SpecifierSet(str(requirement.specifier), prereleases=True)
    low, high = bounds.get("INCLUSIVE_MIN_TF_VERSION"), bounds.get("EXCLUSIVE_MAX_TF_VERSION")
    if low and high:
        return SpecifierSet(f">={low},<{high}", prereleases=True)
    exact = bounds.get("MIN_TF_VERSION")
    return SpecifierSet(f">={exact}", prereleases=True) if exact else None


def minors(environments: Path) -> list[str]:
    names = [path.name[2:] for path in environments.glob("tf*") if (path / "bin/python").exists()]
    return sorted(names, key=Version)


def run_probe(
    python: Path, arguments: list[str], path: Path | None = None, libraries: Path | None = None
) -> dict[str, object]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "HOME": "/nonexistent",
        "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python",
    }
    if arguments[0] == "objects":
        del environment["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"]
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    if libraries is not None:
        environment["LD_LIBRARY_PATH"] = str(libraries)
        if arguments[0] == "imports":
            environment["LD_PRELOAD"] = " ".join(
                map(str, sorted(libraries.glob("stub*.so"), key=lambda p: p.stat().st_mtime)[-1:])
            )
    run = subprocess.run(
        [str(python), str(PROBE), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=900,
        cwd="/",
        check=False,
    )
    lines = run.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines else {"error": run.stderr[-600:]}


def objects_in(root: Path) -> list[Path]:
    """Shared objects that may register ops: no Python extension modules, no vendored dependencies, no links."""
    return sorted(
        path
        for path in root.rglob("*.so*")
        if ".libs" not in path.parent.name
        and not path.is_symlink()
        and ".cpython-" not in path.name
        and "pybind" not in str(path.relative_to(root))
    )


def stub(folder: Path, symbols: set[str], libraries: set[str]) -> Path | None:
    """Stand-ins for what only a CUDA build or a driver brings, so that a machine without one can list the ops.

    Returns a library to preload that defines `symbols`, or None; makes an empty file for each of `libraries` beside it.
    """
    for name in libraries:
        subprocess.run(
            ["cc", "-shared", "-x", "c", "/dev/null", f"-Wl,-soname,{name}", "-o", str(folder / name)], check=True
        )
    if not symbols:
        return None
    code = folder / "stub.c"
    code.write_text(
        "".join(f"void *{name}(void) {{ static char cell[64]; return cell; }}\n" for name in sorted(symbols))
    )
    library = folder / f"stub{len(symbols)}.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-fno-builtin", str(code), "-o", str(library)], check=True)
    return library


def probe_objects(python: Path, root: Path, scratch: Path) -> dict[str, object]:
    """Loads every object; what fails only for want of CUDA is tried again over stand-ins, which are recorded."""
    paths = [str(path) for path in objects_in(root)]
    said: dict[str, object] = {}
    symbols: set[str] = set()
    libraries: set[str] = set()
    for _ in range(40):
        preload = stub(scratch, symbols, libraries)
        words = ["objects", *(["--preload", str(preload)] if preload else []), *paths]
        answer = run_probe(python, words, libraries=scratch)
        objects = answer.get("objects")
        if not isinstance(objects, dict):
            return {"error": answer.get("error", "")}
        known = len(symbols) + len(libraries)
        for path, result in objects.items():
            relative = str(Path(path).relative_to(root))
            result["error"] = result.get("error", "").replace(str(root) + "/", "")
            if symbols | libraries:
                result["stubs"] = sorted(symbols | libraries)
            said[relative] = {key: value for key, value in result.items() if value or key == "ops"}
            symbols.update(
                re.findall(
                    r"undefined symbol: ((?:__)?(?:cuda|cublas|cudnn|curand|cusolver|cusparse|cu[A-Z]|nccl)\w*)",
                    result["error"],
                )
            )
            libraries.update(re.findall(r"^(lib(?:cu|nv|nccl|python)[\w.]*\.so[\w.]*): cannot open", result["error"]))
        if len(symbols) + len(libraries) == known:
            break
        paths = [path for path, result in objects.items() if result["error"]]
    return said


def collect(source: Source, version: Version, names: list[str], environments: Path) -> dict[str, object]:
    """Everything one version has to say."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        known = minors(environments)
        tags = {name.split("-")[-3]: name for name in names}
        wheel = next((tags[tag] for tag in ("cp311", "cp37", "cp36") if tag in tags), names[-1])
        root = download(source.distribution, version, wheel, folder / "first")
        lines, bounds = requires(root), constants(root)
        allowed = admitted(lines, bounds)
        tried = [
            minor for minor in known if allowed is None or any(f"{minor}.{patch}" in allowed for patch in range(10))
        ]
        loads: dict[str, dict[str, object]] = {}
        idle, ever = 0, False
        for minor in tried if objects_in(root) else ():
            if idle == PATIENCE:
                break
            (folder / minor).mkdir()
            loads[minor] = probe_objects(environments / f"tf{minor}/bin/python", root, folder / minor)
            loaded = any(isinstance(said, dict) and said.get("ops") for said in loads[minor].values())
            ever = ever or loaded
            idle = idle + 1 if ever and not loaded else 0
        fine = [m for m in tried if any(isinstance(s, dict) and s.get("ops") for s in loads.get(m, {}).values())]
        imports: dict[str, object] = {}
        for minor in fine[-1:]:
            python = environments / f"tf{minor}/bin/python"
            tag = subprocess.run(
                [str(python), "-c", "import sys; print('cp%d%d' % sys.version_info[:2])"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
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
