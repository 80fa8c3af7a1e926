"""Really load artifacts, each in a process of its own, and say what TensorFlow did.

    EXE child.py [--seconds 60] [--memory 4096] [--gpu] < jobs > outcomes

This file needs the standard library and TensorFlow only and runs under Python 3.6 and TensorFlow 1.13 or later, so any
interpreter that has TensorFlow can run it; the package around it need not be installed there. A job is one JSON line::

    {"id": "a", "path": "/models/a", "loader": "tf.saved_model.load", "options": {"tags": ["serve"]}}

The first line out describes the environment, each further line is the outcome of one job::

    {"environment": {"tensorflow": "2.15.0", "python": "3.11.7", "keras": "2.15.0", "tf_keras": null, "network": false}}
    {"id": "a", "loader": "tf.saved_model.load", "loads": false, "exception": "OSError", "message": "...",
     "frames": ["loader_impl.py:parse_saved_model"], "signal": null, "limit": null, "seconds": 0.1}

TensorFlow is imported once; every load runs in a fork of that process, so an abort, a hang or a model that eats the
memory ends that fork and nothing else. Where there is no fork the load runs in an interpreter of its own.

Loading runs what the artifact contains: `Lambda` bytecode, `PyFunc` kernels, file operations. Limits on time, memory and
the network are damage control, not a sandbox.
"""

import argparse
import ctypes
import glob
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from typing import Any, Dict, List, Optional, TextIO, Tuple

MESSAGE_LENGTH = 20000
FRAMES = 12
CHATTER = ("WARNING", "INFO", "I0000", "W0000", "Instructions for updating", "Use ")
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

Job = Dict[str, Any]
Outcome = Dict[str, Any]


def saved_model_load(tf: Any, path: str, options: Dict[str, Any]) -> None:
    """`tf.saved_model.load`; under TensorFlow 1 that name is the session loader, so there it is `tf.compat.v2`'s."""
    keywords = {"tags": options["tags"]} if "tags" in options else {}
    if hasattr(tf.compat, "v2"):
        tf.compat.v2.saved_model.load(path, **keywords)
    else:  # 1.13 has the function and does not export it
        from tensorflow.python.saved_model.load import load

        load(path, **keywords)


def session_load(tf: Any, path: str, options: Dict[str, Any]) -> None:
    """`tf.compat.v1.saved_model.load` in a session with default options.

    The graph is made the default before the session: a session created while executing eagerly takes soft placement
    from the eager context (python/client/session.py, `context.config`), so `Session(graph=tf.Graph())` would
    load what is pinned to a missing device.
    """
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.saved_model.loader.load(session, options.get("tags", ["serve"]), path)


def serving_load(tf: Any, path: str, options: Dict[str, Any]) -> None:
    """C++ `LoadSavedModel` as TensorFlow Serving calls it, through `TF_LoadSessionFromSavedModel` of the C API."""
    library = c_api(tf)
    library.TF_NewSessionOptions.restype = ctypes.c_void_p
    library.TF_NewGraph.restype = ctypes.c_void_p
    library.TF_NewStatus.restype = ctypes.c_void_p
    library.TF_Message.restype = ctypes.c_char_p
    load = library.TF_LoadSessionFromSavedModel
    load.restype = ctypes.c_void_p
    tags = [tag.encode() for tag in options.get("tags", ["serve"])]
    status = ctypes.c_void_p(library.TF_NewStatus())
    load(
        ctypes.c_void_p(library.TF_NewSessionOptions()),
        None,
        os.fsencode(path),
        (ctypes.c_char_p * len(tags))(*tags),
        len(tags),
        ctypes.c_void_p(library.TF_NewGraph()),
        None,
        status,
    )
    code = library.TF_GetCode(status)
    if code:
        raise RuntimeError("code %d: %s" % (code, library.TF_Message(status).decode("utf-8", "replace")))


def c_api(tf: Any) -> ctypes.CDLL:
    """The shared library of this TensorFlow that exports the C API; its name changed over the releases.

    Raises:
        ImportError: no library in TensorFlow's folder exports it.
    """
    root = os.path.dirname(os.path.dirname(sys.modules["tensorflow.python"].__file__ or tf.__file__))
    for pattern in ("libtensorflow_cc.*", "python/_pywrap_tensorflow_internal.*", "python/_pywrap_tensorflow_common.*"):
        for file in sorted(glob.glob(os.path.join(root, pattern))):
            if file.endswith((".so", ".so.2", ".so.1", ".dylib", ".dll", ".pyd")):
                library = ctypes.CDLL(file)
                if hasattr(library, "TF_LoadSessionFromSavedModel"):
                    return library
    raise ImportError("no library in %s exports TF_LoadSessionFromSavedModel" % root)


def load_model(tf: Any, path: str, options: Dict[str, Any]) -> None:
    """`tf.keras.models.load_model`, with `compile` and `safe_mode` only where the job names them."""
    keywords = {name: options[name] for name in ("compile", "safe_mode") if name in options}
    tf.keras.models.load_model(path, **keywords)


def load_checkpoint(tf: Any, path: str, options: Dict[str, Any]) -> None:
    """`tf.train.load_checkpoint`, and every tensor read."""
    reader = tf.train.load_checkpoint(path)
    for name in sorted(reader.get_variable_to_shape_map()):
        reader.get_tensor(name)


def import_meta_graph(tf: Any, path: str, options: Dict[str, Any]) -> None:
    """`tf.compat.v1.train.import_meta_graph` of PREFIX.meta, and `Saver.restore` of PREFIX in a session."""
    with tf.Graph().as_default():
        saver = tf.compat.v1.train.import_meta_graph(path + ".meta")
        with tf.compat.v1.Session() as session:
            if saver is not None:  # a graph without variables has no saver
                saver.restore(session, path)


def import_graph_def(tf: Any, path: str, options: Dict[str, Any]) -> None:
    """`tf.import_graph_def` into an empty graph, of the file parsed as binary or else as text."""
    from google.protobuf import message, text_format

    with open(path, "rb") as file:
        data = file.read()
    graph_def = tf.compat.v1.GraphDef()
    try:
        graph_def.ParseFromString(data)
    except message.DecodeError:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if not text:
            raise
        graph_def = text_format.Parse(text, tf.compat.v1.GraphDef())
    with tf.Graph().as_default():
        tf.import_graph_def(graph_def, name="")


LOADERS = {
    "tf.saved_model.load": saved_model_load,
    "tf.compat.v1.saved_model.load": session_load,
    "tensorflow_serving": serving_load,
    "tf.keras.models.load_model": load_model,
    "tf.train.load_checkpoint": load_checkpoint,
    "tf.compat.v1.train.import_meta_graph": import_meta_graph,
    "tf.import_graph_def": import_graph_def,
}


def attempt(tf: Any, job: Job) -> Outcome:
    """Load here and now; what is raised becomes the outcome."""
    try:
        LOADERS[job["loader"]](tf, job["path"], job.get("options") or {})
    except BaseException as error:  # SystemExit from a model's own code is an outcome too
        frames = traceback.extract_tb(sys.exc_info()[2])[-FRAMES:]
        return {
            "loads": False,
            "exception": type(error).__name__,
            "message": bounded(str(error)),
            "frames": ["%s:%s" % (os.path.basename(frame.filename), frame.name) for frame in frames],
        }
    return {"loads": True, "exception": None, "message": None, "frames": []}


def limit_resources(cpu_seconds: int, memory_mb: int) -> None:
    """Bound this process. RLIMIT_DATA and not RLIMIT_AS: TensorFlow maps far more address space than it uses."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    limit = private_memory() + memory_mb * 2**20
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))


def private_memory() -> int:
    """Bytes of private writable memory this process has now (what RLIMIT_DATA counts), 0 where /proc does not say."""
    try:
        with open("/proc/self/status") as status:
            return sum(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    except (OSError, ValueError):
        return 0


def forbid_network() -> bool:
    """Move this process into an empty network namespace; False where the system does not let it."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError, TypeError):
        return False
    return bool(unshare(CLONE_NEWNET) == 0 or unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def in_fork(tf: Any, job: Job, limits: argparse.Namespace) -> Outcome:
    """Load in a fork, watched from here."""
    folder = tempfile.mkdtemp(prefix="confirm-")
    errors = open(os.path.join(folder, "stderr"), "w+b")
    scratch = os.path.join(folder, "scratch")
    os.mkdir(scratch)
    reader, writer = os.pipe()
    begin = time.time()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            os.setsid()
            os.dup2(errors.fileno(), 2)
            os.dup2(errors.fileno(), 1)
            os.chdir(scratch)
            tempfile.tempdir = os.environ["TMPDIR"] = scratch
            limit_resources(limits.cpu or limits.seconds * 4, limits.memory)
            if not limits.network:
                forbid_network()
            outcome = attempt(tf, job)
            outcome["load_seconds"] = round(time.time() - begin, 3)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(json.dumps(outcome).encode())
        finally:
            os._exit(0)
    os.close(writer)
    try:
        data, timed_out = read_until(reader, begin + limits.seconds)
        status = end_of(pid, timed_out)
        errors.seek(0)
        said = errors.read()[-MESSAGE_LENGTH:].decode("utf-8", "replace")
    finally:
        errors.close()
        shutil.rmtree(folder, ignore_errors=True)
    if data and not timed_out:
        return dict(json.loads(data.decode()), signal=None, limit=None)
    return died(status, timed_out, said, limits)


def read_until(reader: int, deadline: float) -> Tuple[bytes, bool]:
    """What the fork wrote until it closed its end, and whether the deadline came first."""
    import select

    data = b""
    try:
        while True:
            left = deadline - time.time()
            if left <= 0 or not select.select([reader], [], [], left)[0]:
                return data, True
            piece = os.read(reader, 65536)
            if not piece:
                return data, False
            data += piece
    finally:
        os.close(reader)


def end_of(pid: int, kill: bool) -> int:
    """Wait for the fork, after killing it and what it started where it is still at work; its wait status."""
    if kill:
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def died(status: int, timed_out: bool, said: str, limits: argparse.Namespace) -> Outcome:
    """The outcome of a load that ended without a word: by a signal, at a limit, or by leaving the process."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    limit = "time" if timed_out else "cpu" if number == signal.SIGXCPU else None
    if "bad_alloc" in said or "Cannot allocate memory" in said:
        limit = limit or "memory"
    exception = "Timeout" if timed_out else signal.Signals(number).name if number else "Exit"
    message = "no answer within %s seconds" % limits.seconds if timed_out else last_words(said)
    return {
        "loads": False,
        "exception": exception,
        "message": message,
        "frames": [],
        "signal": None if timed_out else number,
        "limit": limit,
        "load_seconds": None,
    }


def bounded(message: str) -> str:
    """A message without its middle where it is long: Keras quotes whole configurations before it says what was wrong."""
    if len(message) <= MESSAGE_LENGTH:
        return message
    half = MESSAGE_LENGTH // 2
    return "%s [...] %s" % (message[:half], message[-half:])


def last_words(said: str) -> str:
    """From the first fatal line of a log on; else its last lines, without warnings."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(CHATTER)]
    for index, line in enumerate(lines):
        if "Check failed" in line or "terminate called" in line or "Fatal Python error" in line:
            return "\n".join(lines[index : index + 5])
    return "\n".join(lines[-5:])


def in_interpreter(job: Job, limits: argparse.Namespace) -> Outcome:
    """Load in an interpreter of its own, for systems without fork; slower by one import of TensorFlow a load."""
    command = [sys.executable, os.path.abspath(__file__), "--inline"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(job).encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return died(0, True, "", limits)
    for line in reversed(done.stdout.splitlines()):
        if line.startswith(b'{"id"'):
            return dict(json.loads(line.decode()), signal=None, limit=None)
    said = done.stderr.decode("utf-8", "replace")
    return dict(died(0, False, said, limits), signal=-done.returncode if done.returncode < 0 else None)


def environment(tf: Any) -> Dict[str, Optional[str]]:
    """The versions that decide what a load does here."""
    release = tuple(int(part) for part in tf.__version__.split(".")[:2])
    return {
        "tensorflow": tf.__version__,
        "python": platform.python_version(),
        # Until 2.5 Keras is part of TensorFlow and has no version of its own.
        "keras": installed_version("keras") if release >= (2, 6) else None,
        "tf_keras": installed_version("tf_keras"),
        "legacy_keras": os.environ.get("TF_USE_LEGACY_KERAS"),
    }


def installed_version(name: str) -> Optional[str]:
    """The version of an installed distribution, read from its metadata without importing it."""
    for folder in sys.path:
        for found in glob.glob(os.path.join(glob.escape(folder or "."), name + "-*.dist-info")):
            return os.path.basename(found)[len(name) + 1 : -len(".dist-info")]
    return None


def read_jobs(stream: TextIO) -> List[Job]:
    """All jobs, `load_model` last: importing Keras before another loader could change what that loader finds.

    Raises:
        ValueError: a line is not a job.
    """
    jobs = [json.loads(line) for line in stream if line.strip()]
    for job in jobs:
        if not isinstance(job, dict) or job.get("loader") not in LOADERS or not isinstance(job.get("path"), str):
            raise ValueError("not a job: %s" % json.dumps(job))
    return sorted(jobs, key=lambda job: job["loader"] == "tf.keras.models.load_model")


def arguments(argv: List[str]) -> argparse.Namespace:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Really load artifacts: jobs on stdin, outcomes on stdout.")
    parser.add_argument("--seconds", type=float, default=60, help="wall time a load may take")
    parser.add_argument("--cpu", type=int, default=0, help="CPU seconds a load may take; default: 4 x --seconds")
    parser.add_argument("--memory", type=int, default=4096, help="MB of memory a load may add")
    parser.add_argument("--gpu", action="store_true", help="let TensorFlow see the GPUs")
    parser.add_argument("--network", action="store_true", help="do not take the network away from the loads")
    parser.add_argument("--inline", action="store_true", help="load in this very process, without limits")
    return parser.parse_args(argv)


def main(argv: List[str]) -> int:
    """Read all jobs, run them, write an outcome a line as soon as it is known."""
    limits = arguments(argv)
    jobs = read_jobs(sys.stdin)
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if folder and os.path.abspath(folder) != here]
    if not limits.gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors stay: an abort says why
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what TensorFlow and models print must not mix with the outcomes
    limits.cpu = int(limits.cpu or limits.seconds * 4)

    import tensorflow as tf

    write(out, {"environment": environment(tf)})
    warm = False
    for job in jobs:
        if job["loader"] == "tf.keras.models.load_model" and not warm:
            tf.keras.models.load_model  # noqa: B018  lazily imported: once here instead of in every fork
            warm = True
        begin = time.time()
        if limits.inline:
            outcome = attempt(tf, job)
        elif hasattr(os, "fork"):
            outcome = in_fork(tf, job, limits)
        else:
            outcome = in_interpreter(job, limits)
        seconds = outcome.pop("load_seconds", None) or round(time.time() - begin, 3)
        write(out, dict(outcome, id=job.get("id"), loader=job["loader"], seconds=seconds))
    return 0


def write(out: TextIO, row: Dict[str, Any]) -> None:
    """One JSON line, `id` first, at once."""
    first = {"id": row.pop("id")} if "id" in row else {}
    out.write(json.dumps(dict(first, **row)) + "\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
