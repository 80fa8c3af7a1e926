"""What a shared object, or an import, registers in one TensorFlow. Runs inside that TensorFlow's own interpreter.

Standard library only and any Python from 3.6 on, since the environments of old releases have nothing else.
`objects [--preload FILE] FILE...` loads each file through the C API (`TF_LoadLibrary`) without importing TensorFlow;
`imports [--run STATEMENT]... MODULE...` imports TensorFlow and then really imports the modules. Each probe is forked,
so that a library that aborts the process or spoils the registry costs one answer. Prints one JSON document.
"""

# ruff: noqa: UP031
# Written for Python 3.6.

import ctypes
import glob
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import types

SECONDS = 150


class _Buffer(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("data_deallocator", ctypes.c_void_p)]


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def op_names(data):
    """The names in a serialized `OpList`: field 1 of each message in field 1."""
    names, at = [], 0
    while at < len(data):
        size, start = _varint(data, at + 1)
        at = start + size
        length, start = _varint(data, start + 1)
        names.append(data[start : start + length].decode())
    return names


def tensorflow_folder():
    """The folder with the shared objects, found without importing: `tensorflow_core` in 1.15 and 2.0."""
    for name in ("tensorflow_core", "tensorflow"):
        spec = importlib.machinery.PathFinder.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            return next(iter(spec.submodule_search_locations))
    raise SystemExit("no TensorFlow here")


def open_library(mode=ctypes.RTLD_GLOBAL):
    """The C API of this TensorFlow; its symbols must be local where Python has loaded another protobuf."""
    folder = tensorflow_folder()
    for path in sorted(glob.glob(os.path.join(folder, "libtensorflow_framework.so*")), key=len)[-1:]:
        ctypes.CDLL(path, mode=mode)
    for pattern in ("libtensorflow_cc.so.2", "libtensorflow_cc.so.*", "python/_pywrap_tensorflow_internal.so"):
        found = sorted(glob.glob(os.path.join(folder, pattern)))
        if found:
            library = ctypes.PyDLL(found[0], mode=mode)
            break
    else:
        raise SystemExit("no C API in " + folder)
    library.TF_GetAllOpList.restype = ctypes.POINTER(_Buffer)
    library.TF_NewStatus.restype = ctypes.c_void_p
    library.TF_Message.restype = ctypes.c_char_p
    library.TF_Message.argtypes = library.TF_GetCode.argtypes = [ctypes.c_void_p]
    library.TF_LoadLibrary.restype = ctypes.c_void_p
    library.TF_LoadLibrary.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    return library


def registered(library):
    """Every op name that this process knows now."""
    buffer = library.TF_GetAllOpList().contents
    return set(op_names(ctypes.string_at(buffer.data, buffer.length)))


def forked(probe):
    """What `probe()` returns, computed in a child; a crash, a timeout or an exception becomes `{"error": ...}`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(SECONDS)
        try:
            answer = probe()
        except BaseException as error:  # the child must always answer
            answer = {"error": "%s: %s" % (type(error).__name__, str(error)[:600])}
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    status = os.waitpid(child, 0)[1]
    return json.loads(text) if text else {"error": "signal %d" % (status & 127)}


def probe_object(library, path):
    """The ops that `path` adds; loads it as `tf.load_op_library` does."""
    before = registered(library)
    status = library.TF_NewStatus()
    library.TF_LoadLibrary(os.fsencode(path), status)
    if library.TF_GetCode(status):
        return {"error": library.TF_Message(status).decode(errors="replace")[:600]}
    return {"ops": sorted(registered(library) - before)}


class _AbsentType(type):
    """A class with whatever attributes and items are asked of it, each of which is such a class again."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _AbsentType(
            name, (object,), {"__init__": lambda self, *a, **k: None, "__call__": lambda self, *a, **k: self}
        )

    def __getitem__(cls, key):
        return cls


class _Absent(types.ModuleType):
    """Stands for a dependency that is not installed: any attribute exists, can be called and subclassed."""

    __path__ = ()

    def __getattr__(self, name):
        return getattr(_AbsentType(self.__name__, (object,), {}), name)


class _AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last on `sys.meta_path`: supplies `_Absent` for the top-level packages that an import asked for in vain."""

    def __init__(self):
        self.supplied = set()

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.supplied:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return _Absent(spec.name)

    def exec_module(self, module):
        pass


def run(statement, space, finder, own):
    """Runs the statement, again with a stand-in for each dependency it lacks; returns the error that remains."""
    while True:
        try:
            exec(statement, space)
        except ImportError as error:
            root = (getattr(error, "name", None) or "").partition(".")[0]
            if root and root not in own and root not in finder.supplied and "No module named" in str(error):
                finder.supplied.add(root)
                continue
            return "%s: %s" % (type(error).__name__, str(error)[:600])
        except BaseException as error:
            return "%s: %s" % (type(error).__name__, str(error)[:600])
        return None


def probe_imports(modules, statements):
    """The ops that importing each module adds, then those that each statement adds."""
    import tensorflow

    library = open_library(mode=ctypes.DEFAULT_MODE)
    finder = _AbsentFinder()
    sys.meta_path.append(finder)
    own = {"tensorflow", "tensorflow_core", "tensorflow_estimator", "keras"} | {
        name.partition(".")[0] for name in modules
    }
    answer = {"tensorflow": tensorflow.__version__, "steps": []}
    before = registered(library)
    space = {"tf": tensorflow}
    for statement in ["import " + name for name in modules] + statements:
        error = run(statement, space, finder, own)
        after = registered(library)
        answer["steps"].append({"statement": statement, "ops": sorted(after - before)})
        if error:
            answer["steps"][-1]["error"] = error
        before = after
    answer["absent"] = sorted(finder.supplied)
    return answer


def main(arguments):
    if arguments[0] == "objects":
        library = open_library()
        paths = arguments[1:]
        if paths[:1] == ["--preload"]:
            ctypes.CDLL(paths[1], mode=ctypes.RTLD_GLOBAL)
            paths = paths[2:]
        objects = {path: forked(lambda path=path: probe_object(library, path)) for path in paths}
        print(json.dumps({"registered": len(registered(library)), "objects": objects}))
    elif arguments[0] == "imports":
        statements = [arguments[i + 1] for i, word in enumerate(arguments) if word == "--run"]
        modules = [word for i, word in enumerate(arguments[1:], 1) if word != "--run" and arguments[i - 1] != "--run"]
        answer = forked(lambda: probe_imports(modules, statements))
        print(json.dumps(answer))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
