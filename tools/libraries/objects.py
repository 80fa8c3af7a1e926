"""The shared objects of an unpacked wheel, loaded by `probe.py` in a TensorFlow that may lack what a CUDA build brings."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

PROBE = Path(__file__).with_name("probe.py")


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
