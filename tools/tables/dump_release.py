"""Print as one JSON document what an installed TensorFlow registers: ops, kernels, versions.

Runs under the interpreter of the release in question (Python 3.6 and later, TensorFlow 1.4 and later), needs nothing
but that TensorFlow, and prints to the file named as its only argument.  Ops and kernels are read twice: from the C
library without `import tensorflow` (what a C++ program registers) and after it (what Python users have, a session having
made the devices), in two processes, since the symbols of a globally opened C library clash with the Python package's protobuf;
`tensorflow/c/c_api.cc`, `TF_GetAllOpList` and `TF_GetAllRegisteredKernels`.
"""

# ruff: noqa: PTH105, PTH107, UP024, UP031
# Written for Python 3.6.

import ctypes
import glob
import importlib
import json
import os
import re
import struct
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


class Buffer(ctypes.Structure):
    """`TF_Buffer` of tensorflow/c/tf_buffer.h."""

    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("deallocator", ctypes.c_void_p)]


def package_folder():
    """The folder with the shared objects: `tensorflow_core` in 1.15, 2.0 and 2.1, `tensorflow` elsewhere."""
    for entry in sys.path:
        for name in ("tensorflow_core", "tensorflow"):
            folder = os.path.join(entry, name)
            if glob.glob(os.path.join(folder, "libtensorflow_framework.so*")):
                return folder
    raise SystemExit("no TensorFlow on sys.path")


def open_library(folder):
    """The C library, opened after the framework library that it needs."""
    for path in sorted(glob.glob(os.path.join(folder, "libtensorflow_framework.so*"))):
        ctypes.CDLL(os.path.realpath(path), ctypes.RTLD_GLOBAL)
    for name in ("libtensorflow_cc.so.2", "python/_pywrap_tensorflow_internal.so"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return ctypes.CDLL(os.path.realpath(path), ctypes.RTLD_GLOBAL)
    raise SystemExit("no C library in " + folder)


def op_list(library):
    """Serialized OpList of everything registered now."""
    library.TF_GetAllOpList.restype = ctypes.POINTER(Buffer)
    buffer = library.TF_GetAllOpList()
    return ctypes.string_at(buffer.contents.data, buffer.contents.length)


def kernel_list(library):
    """Serialized KernelList of everything registered now, or None where the C API lacks the function (before 1.12)."""
    try:
        function = library.TF_GetAllRegisteredKernels
    except AttributeError:
        return None
    function.restype = ctypes.POINTER(Buffer)
    library.TF_NewStatus.restype = ctypes.c_void_p
    status = ctypes.c_void_p(library.TF_NewStatus())
    buffer = function(status)
    library.TF_GetCode.argtypes = [ctypes.c_void_p]
    if library.TF_GetCode(status) != 0:
        raise SystemExit("TF_GetAllRegisteredKernels failed")
    return ctypes.string_at(buffer.contents.data, buffer.contents.length)


def short_float(value):
    """The shortest decimal that is the same float32, as a float."""
    if value != value or value in (float("inf"), float("-inf")):
        return value
    packed = struct.pack("f", value)
    for digits in range(1, 18):
        text = "%.*g" % (digits, value)
        if struct.pack("f", float(text)) == packed:
            return float(text)
    return value


def shape(message):
    """TensorShapeProto as a list of sizes, -1 unknown; None for unknown rank."""
    return None if message.unknown_rank else [dim.size for dim in message.dim]


def plain(value):
    """AttrValue as a plain JSON value."""
    kind = value.WhichOneof("value")
    if kind == "list":
        for field, items in value.list.ListFields():
            return [scalar(LIST_KINDS[field.name], item) for item in items]
        return []
    return scalar(kind, getattr(value, kind)) if kind else None


LIST_KINDS = {name: name for name in ("s", "i", "f", "b", "type", "shape", "tensor", "func")}


def scalar(kind, item):
    if kind == "s":
        return item.decode("utf-8")
    if kind == "f":
        return short_float(item)
    if kind == "shape":
        return shape(item)
    if kind == "func":
        return item.name
    if kind == "tensor":
        return str(item)
    return item


def arg(message):
    row = {"name": message.name}
    for field in ("type", "type_attr", "number_attr", "type_list_attr", "is_ref"):
        if getattr(message, field):
            row[field] = getattr(message, field)
    return row


def attr(message):
    row = {"name": message.name, "type": message.type}
    if message.HasField("default_value"):
        row["default"] = plain(message.default_value)
    if message.has_minimum:
        row["minimum"] = message.minimum
    if message.HasField("allowed_values"):
        row["allowed"] = plain(message.allowed_values)
    return row


def ops(data):
    from tensorflow.core.framework import op_def_pb2

    rows = []
    for message in op_def_pb2.OpList.FromString(data).op:
        row = {
            "name": message.name,
            "inputs": [arg(a) for a in message.input_arg],
            "outputs": [arg(a) for a in message.output_arg],
            "attrs": [attr(a) for a in message.attr],
            "control_outputs": list(getattr(message, "control_output", [])),
        }
        flags = ("is_commutative", "is_aggregate", "is_stateful", "allows_uninitialized_input")
        for flag in (*flags, "is_distributed_communication"):
            if getattr(message, flag, False):
                row[flag] = True
        if message.HasField("deprecation"):
            row["deprecation"] = [message.deprecation.version, message.deprecation.explanation]
        rows.append(row)
    return rows


def kernels(data):
    if data is None:
        return None
    from tensorflow.core.framework import kernel_def_pb2

    if not hasattr(kernel_def_pb2, "KernelList"):
        return None
    rows = []
    for message in kernel_def_pb2.KernelList.FromString(data).kernel:
        row = {"op": message.op, "device": message.device_type}
        if message.constraint:
            row["constraints"] = [
                [c.name, c.allowed_values.WhichOneof("value"), plain(c.allowed_values)] for c in message.constraint
            ]
        for field in ("label", "priority"):
            if getattr(message, field, None):
                row[field] = getattr(message, field)
        rows.append(row)
    return rows


def make_devices(tensorflow):
    """Open a session: up to 2.3 that makes a device XLA_CPU and registers its kernels (tensorflow/compiler/jit/xla_cpu_device.cc)."""
    module = getattr(getattr(tensorflow, "compat", None), "v1", tensorflow)
    module.Session(graph=module.Graph()).close()


def constant(module, name):
    value = getattr(module, name, None)
    return None if value is None else int(value)


def versions(tensorflow):
    module = getattr(tensorflow, "version", tensorflow)
    if not hasattr(module, "GRAPH_DEF_VERSION"):
        module = tensorflow
    from tensorflow.core.framework import types_pb2

    return {
        "version": getattr(module, "VERSION", None) or tensorflow.__version__,
        "git": getattr(module, "GIT_VERSION", None),
        "graph_def_version": constant(module, "GRAPH_DEF_VERSION"),
        "min_consumer": constant(module, "GRAPH_DEF_VERSION_MIN_CONSUMER"),
        "min_producer": constant(module, "GRAPH_DEF_VERSION_MIN_PRODUCER"),
        "data_types": dict(types_pb2.DataType.items()),
        "python": list(sys.version_info[:3]),
    }


def build(folder):
    """Which build this is: CUDA wheels say so in `platform/build_info.py` (2.1 and later)."""
    info = {}
    try:
        with open(os.path.join(folder, "python/platform/build_info.py")) as file:
            text = file.read()
        for key in ("is_cuda_build", "cuda_version", "cudnn_version", "is_tensorrt_build"):
            found = re.search(r'["\']?%s["\']?\s*[=:]\s*["\']?([\w.]+)' % key, text)
            if found:
                info[key] = found.group(1)
    except IOError:
        pass
    return info


def c_library_only(out):
    """Write the serialized lists of the C library alone to `out`.ops and `out`.kernels."""
    library = open_library(package_folder())
    for suffix, data in ((".ops", op_list(library)), (".kernels", kernel_list(library))):
        with open(out + suffix, "wb") as file:
            file.write(data or b"")


def without_import(out):
    """OpList and KernelList of the C library alone, read in a process of its own."""
    subprocess.check_call([sys.executable, os.path.abspath(__file__), "--c-library-only", out])
    lists = []
    for suffix in (".ops", ".kernels"):
        with open(out + suffix, "rb") as file:
            lists.append(file.read())
        os.remove(out + suffix)
    return lists


def test_ops(folder):
    """Ops of TensorFlow's own tests, which the wheel carries and calls from one generated module."""
    with open(os.path.join(folder, "python/framework/test_ops.py")) as file:
        text = file.read()
    names = re.findall(r'execute\(\s*b"([^"]+)"', text) + re.findall(r'_apply_op_helper\(\s*"([^"]+)"', text)
    return sorted(set(names))


def main(out):
    folder = package_folder()
    core_ops, core_kernels = without_import(out)
    tensorflow = importlib.import_module("tensorflow")
    str(tensorflow.__version__)  # the top-level module of 1.15 and 2.0 loads the rest on first use
    library = open_library(folder)
    make_devices(tensorflow)
    facts = versions(tensorflow)
    facts["build"] = build(folder)
    facts["ops"] = ops(op_list(library))
    facts["kernels"] = kernels(kernel_list(library))
    facts["test_ops"] = test_ops(folder)
    core = {row["name"] for row in ops(core_ops)}
    facts["python_ops"] = sorted(row["name"] for row in facts["ops"] if row["name"] not in core)
    if facts["kernels"] is not None:
        core = {json.dumps(row, sort_keys=True) for row in kernels(core_kernels)}
        facts["python_kernels"] = [row for row in facts["kernels"] if json.dumps(row, sort_keys=True) not in core]
    with open(out + ".part", "w") as file:
        json.dump(facts, file, sort_keys=True)
    os.replace(out + ".part", out)


if __name__ == "__main__":
    if sys.argv[1] == "--c-library-only":
        c_library_only(sys.argv[2])
    else:
        main(sys.argv[1])
