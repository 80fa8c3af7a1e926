"""How long it takes to judge a Keras file, beside opening it, reading its configuration and `json.loads`.

    python benchmarks/keras.py [FILE...]

Each FILE is measured as it is; without any, a MobileNetV2-like network (52 convolutions with batch normalization) is written
first, as `.h5` and as `.keras`. Every figure is the best of several runs in CPU time: the reference, reading by us,
emulating the load (for the target that wrote the file), and both as whole processes, start-up included.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.artifact import Artifact
from analyzer.keras import emulation
from analyzer.readers.identify import Reading, read_single_file
from analyzer.sources.folder import FolderSource
from analyzer.target import parse

BLOCKS = 52
TARGETS = {".h5": "tensorflow==2.15.0", ".keras": "tensorflow==2.18.0,keras==3.6.0,python==3.12"}
H5_REFERENCE = "import h5py, json; f = h5py.File({0!r}); json.loads(f.attrs['model_config'])"
ZIP_REFERENCE = "import json, zipfile; json.loads(zipfile.ZipFile({0!r}).read('config.json'))"


def main(files: list[str]) -> None:
    """Print one line a file."""
    with tempfile.TemporaryDirectory() as folder:
        for path in [Path(file) for file in files] or written(Path(folder)):
            measure(path)


def measure(path: Path) -> None:
    """The figures of one file, in milliseconds."""
    target = parse(TARGETS[path.suffix])
    artifact = read(path)
    reference = best(lambda: reference_read(path))
    reading = best(lambda: read(path))
    emulating = best(lambda: emulation._emulate(artifact, target))
    code = (H5_REFERENCE if path.suffix == ".h5" else ZIP_REFERENCE).format(str(path))
    ours = f"from analyzer import analyze; analyze({str(path)!r}, targets=[{TARGETS[path.suffix]!r}])"
    print(
        f"{path.name}: {path.stat().st_size / 2**20:.1f} MiB  open+config+json {reference:.1f}  read {reading:.1f}  "
        f"emulate {emulating:.1f}  process: reference {process(code):.0f}, analyze {process(ours):.0f} ms"
    )


def read(path: Path) -> Artifact:
    """The artifact, as discovery reads it."""
    source = FolderSource(str(path.parent), lambda name: name == path.name, recursive=False)
    return read_single_file(source, str(path), path.name, Reading())


def reference_read(path: Path) -> Any:
    """What a person would do to see the configuration."""
    if path.suffix == ".h5":
        import h5py

        with h5py.File(path) as file:
            return json.loads(file.attrs["model_config"])
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def best(function: Callable[[], Any], runs: int = 9) -> float:
    """The least CPU time of a call in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return min(times) * 1000


def process(code: str, runs: int = 5) -> float:
    """The least wall time of a fresh interpreter that runs the code, in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def written(folder: Path) -> list[Path]:
    """A deep convolutional network in both formats, from plain values."""
    import h5py
    import numpy

    layers: list[dict[str, Any]] = [_layer("InputLayer", "x", batch_input_shape=[None, 64, 64, 32])]
    weights: dict[str, dict[str, tuple[int, ...]]] = {"x": {}}
    for number in range(BLOCKS):
        conv, norm = f"conv_{number}", f"norm_{number}"
        layers += [
            _layer("Conv2D", conv, filters=32, kernel_size=[3, 3], padding="same"),
            _layer("BatchNormalization", norm),
        ]
        weights[conv] = {"kernel:0": (3, 3, 32, 32), "bias:0": (32,)}
        weights[norm] = {f"{name}:0": (32,) for name in ("gamma", "beta", "moving_mean", "moving_variance")}
    h5_path, keras_path = folder / "network.h5", folder / "network.keras"
    with h5py.File(h5_path, "w") as file:
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
        ).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        group.attrs["keras_version"] = b"2.15.0"
        for name, shapes in weights.items():
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [each.encode() for each in shapes]
            for each, shape in shapes.items():
                inner.create_dataset(each, data=numpy.zeros(shape, "float32"))
    stored = io.BytesIO()
    with h5py.File(stored, "w") as file:
        for number in range(BLOCKS):
            for kind, name in (("conv2d", f"conv_{number}"), ("batch_normalization", f"norm_{number}")):
                for index, shape in enumerate(weights[name].values()):
                    file.create_dataset(
                        f"layers/{kind}{f'_{number}' if number else ''}/vars/{index}",
                        data=numpy.zeros(shape, "float32"),
                    )
    serialized = [{"module": "keras.layers", "registered_name": None, **_renamed(layer)} for layer in layers]
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "m", "layers": serialized},
        "registered_name": None,
    }
    with zipfile.ZipFile(keras_path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.6.0"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", stored.getvalue())
    return [h5_path, keras_path]


def _layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": name, "dtype": "float32", **config}}


def _renamed(layer: dict[str, Any]) -> dict[str, Any]:
    """Keras 3's name for the shape of an input."""
    config = {"batch_shape" if key == "batch_input_shape" else key: value for key, value in layer["config"].items()}
    return {**layer, "config": config}


if __name__ == "__main__":
    main(sys.argv[1:])
