"""Print as JSON what a release can do that no list tells: found by trying.

Runs under the interpreter of the release, writes to the file named as its only argument.  The probes run in a child
that may crash; what it had not come to then counts as not seen.
"""

# ruff: noqa: PTH105, UP031
# Written for Python 3.6.

import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

ABSENT = re.compile("does not exist at|not find SavedModel|SavedModel not found|has no attribute")


def xla_call_module():
    """Highest `version` that XlaCallModule takes, from its own error for one that is too high."""
    import tensorflow as tf
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops

    function = gen_xla_ops.xla_call_module
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    arguments = {"args": [tf.constant(1.0)], "version": 999, "module": b"", "Sout": [[]], "Tout": [tf.float32]}
    if "dim_args_spec" in names:
        arguments["dim_args_spec"] = []
    if "platforms" in names:
        arguments["platforms"] = ["CPU"]
    try:
        function(**arguments)
    except Exception as error:
        found = re.search(r"(?:<=|at most|up to|maximum)\s*(\d+)", str(error))
        return found.group(1) if found else "no limit: %s" % error
    return "no limit"


def reads_chunked_saved_model():
    """Whether `tf.saved_model.load` opens a SavedModel that has a chunked file only."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "saved_model.cpb"), "wb") as file:
            file.write(b"not a chunked proto")
        try:
            tf.compat.v2.saved_model.load(folder)
        except Exception as error:
            return "no" if ABSENT.search(str(error)) else "yes: %s" % error
    return "yes"


def module(folder):
    """Save a plain module with one variable."""
    import tensorflow as tf

    tf.compat.v1.enable_v2_behavior()
    saved = tf.Module()
    saved.variable = tf.Variable(1.0)
    tf.compat.v2.saved_model.save(saved, folder)


def keras_model():
    """A built Keras model of one layer."""
    import tensorflow as tf

    if tf.__version__.startswith("1."):
        tf.compat.v1.enable_v2_behavior()
    tf.keras.backend.clear_session()
    model = tf.keras.models.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    model(tf.zeros((1, 2)))
    return model


def writes_saved_model_objects():
    """Whether `tf.saved_model.save` writes an object graph; true where the file holds its root's name."""
    with tempfile.TemporaryDirectory() as folder:
        module(folder)
        with open(os.path.join(folder, "saved_model.pb"), "rb") as file:
            return "yes" if b"variable" in file.read() else "no"


def writes_fingerprint():
    """Whether `tf.saved_model.save` writes `fingerprint.pb`."""
    with tempfile.TemporaryDirectory() as folder:
        module(folder)
        return "yes" if os.path.exists(os.path.join(folder, "fingerprint.pb")) else "no"


def writes_keras_saved_model():
    """Whether `model.save` writes a SavedModel."""
    with tempfile.TemporaryDirectory() as folder:
        keras_model().save(os.path.join(folder, "model"), save_format="tf")
        return "yes" if os.path.exists(os.path.join(folder, "model", "saved_model.pb")) else "no"


def writes_keras_metadata():
    """Whether that SavedModel has a `keras_metadata.pb`."""
    with tempfile.TemporaryDirectory() as folder:
        keras_model().save(os.path.join(folder, "model"), save_format="tf")
        return "yes" if os.path.exists(os.path.join(folder, "model", "keras_metadata.pb")) else "no"


def writes_keras_archive():
    """Whether saving to a name with `.keras` writes a zip archive."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        keras_model().save(path)
        return "yes" if zipfile.is_zipfile(path) else "no"


def reads_keras_archive():
    """Whether `load_model` looks into a zip archive named `.keras`."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", "{}")
            archive.writestr("config.json", '{"class_name": "NoSuchLayer", "config": {}}')
        try:
            tf.keras.models.load_model(path)
        except Exception as error:
            return "yes: %s" % error if "NoSuchLayer" in str(error) else "no: %s" % error
    return "yes"


def serving_reads_chunked_saved_model():
    """The same for the C++ loader, through `TF_LoadSessionFromSavedModel`."""
    import ctypes

    from dump_release import open_library, package_folder

    library = open_library(package_folder())
    for name in ("TF_NewStatus", "TF_NewSessionOptions", "TF_NewGraph"):
        getattr(library, name).restype = ctypes.c_void_p
    library.TF_Message.restype = ctypes.c_char_p
    status = ctypes.c_void_p(library.TF_NewStatus())
    options, graph = ctypes.c_void_p(library.TF_NewSessionOptions()), ctypes.c_void_p(library.TF_NewGraph())
    tags = (ctypes.c_char_p * 1)(b"serve")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "saved_model.cpb"), "wb") as file:
            file.write(b"not a chunked proto")
        load = library.TF_LoadSessionFromSavedModel
        load(options, None, folder.encode(), tags, 1, graph, None, status)
    message = library.TF_Message(status).decode()
    return "no" if ABSENT.search(message) else "yes: %s" % message


PROBES = (
    xla_call_module,
    writes_saved_model_objects,
    writes_fingerprint,
    writes_keras_saved_model,
    writes_keras_metadata,
    writes_keras_archive,
    reads_keras_archive,
    reads_chunked_saved_model,
    serving_reads_chunked_saved_model,
)


def attempt(probe):
    """What a probe says of itself, an exception included."""
    try:
        return probe()
    except BaseException as error:
        return "%s: %s" % (type(error).__name__, error)


def attempt_all():
    """Print one JSON line for each probe; the C++ loader comes last, since it opens the C library."""
    for probe in PROBES:
        print("\n" + json.dumps([probe.__name__, str(attempt(probe))]), flush=True)


def main(out):
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", os.path.abspath(__file__), "--attempt-all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    printed = child.communicate()[0].decode("utf-8", "replace")
    said = dict(json.loads(line) for line in printed.splitlines() if line.startswith("["))
    facts = {"xla_call_module": said.pop("xla_call_module", "no answer"), "said": said}
    facts["abilities"] = {probe.__name__: said.get(probe.__name__, "").startswith("yes") for probe in PROBES[1:]}
    with open(out + ".part", "w") as file:
        json.dump(facts, file, sort_keys=True)
    os.replace(out + ".part", out)


if __name__ == "__main__":
    if sys.argv[1] == "--attempt-all":
        attempt_all()
    else:
        main(sys.argv[1])
