"""Record what real TensorFlow releases say of the corpus.

    python corpus/record.py --envs DIR --artifacts DIR MANIFEST... [--releases 1.15 2.4 ...] [--limit N]

`--envs` holds one environment per minor release (`tf1.15`, ..., `tf2.21`), `--artifacts` is the folder that the paths of
the manifests are relative to. For every release the truth is `corpus/truth/tf2.15.jsonl.gz`: one row for each artifact and
loader, sorted, so that a refresh changes only the lines whose answer changed:

    {"id", "loader", "tensorflow", "python", "keras", "loads", "digest"}  and, where it does not load,
    {"exception", "message"}

`digest` is of the artifact's name and bytes. A row whose artifact has the same digest is kept, so an interrupted or
repeated run goes on where the last one ended; `--again` forgets rows first. Rows of artifacts that no manifest names any
more are dropped with `--prune`. One process of TensorFlow runs at a time, at low priority.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CHILD = HERE.parent / "analyzer" / "confirm" / "child.py"
SAVED_MODEL = (
    "tf.saved_model.load",
    "tf.compat.v1.saved_model.load",
    "tensorflow_serving",
    "tf.keras.models.load_model",
)
LOADERS = {
    "saved_model": SAVED_MODEL,
    "checkpoint": ("tf.train.load_checkpoint",),
    "checkpoint_v1": ("tf.train.load_checkpoint",),
    "keras_h5": ("tf.keras.models.load_model",),
    "weights_h5": ("tf.keras.models.load_model",),
    "keras_archive": ("tf.keras.models.load_model",),
    "graph_def": ("tf.import_graph_def",),
}
MESSAGE = 420
SAVE_EVERY = 400

Row = dict[str, Any]


def loaders_for(entry: Row, path: Path) -> tuple[str, ...]:
    """The loaders that apply to a manifest entry."""
    names = LOADERS.get(entry["format"], ())
    if entry["format"].startswith("checkpoint") and Path(f"{path}.meta").exists():
        return (*names, "tf.compat.v1.train.import_meta_graph")
    return names


def files_of(path: Path) -> list[Path]:
    """The files an artifact is made of: a folder's, the file itself, or those that begin with a checkpoint's prefix."""
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_symlink() or not file.is_dir())
    parts = [file for file in path.parent.glob(f"{glob_escape(path.name)}*") if is_part(file.name, path.name)]
    return sorted({*parts, *([path] if path.is_file() else [])})


def glob_escape(name: str) -> str:
    """The name as a pattern that matches only itself."""
    return re.sub(r"([*?[])", r"[\1]", name)


def is_part(name: str, prefix: str) -> bool:
    """Whether a file belongs to the checkpoint of this prefix."""
    rest = name.removeprefix(prefix)
    return rest in (".index", ".meta") or bool(re.match(r"\.data-\d+|-\d+-of-\d+$", rest))


def digest(path: Path) -> str:
    """A digest of an artifact's own name, and of the names and bytes of its files."""
    state = hashlib.blake2b(digest_size=6)
    state.update(path.name.encode())
    for file in files_of(path):
        state.update(os.fsencode(os.path.relpath(file, path.parent)) + b"\0")
        if file.is_file():
            try:
                state.update(hashlib.blake2b(file.read_bytes()).digest())
            except OSError:
                state.update(b"unreadable")
    return state.hexdigest()


NOISE = (  # what differs from run to run or from machine to machine, and wrappers that push the cause out of sight
    (r'\n? *File "[^"]*", line \d+, in [^\n]*(\n {4,}[^\n]*)?', ""),
    (
        r"Detected at node '?([^\n']*)'? defined at \(most recent call last\):\n+(Node: '[^\n]*'\n)?",
        r"Detected at node \1: ",
    ),
    (r"(?s)(Restoring from checkpoint failed\.).*?Original error:\s*", r"\1 [...] Original error: "),
    (r"(Converting GraphDef to Graph has failed)\. The binary trying .*?being too old: ", r"\1 [...]: "),
    (r"Please ensure that components that are Python object instances[^\n]*?`from_config\(\)` method\.", "[...]"),
    (r"(?s)(config=)\{.*\}(.*?Exception encountered: )", r"\1{...}\2"),
    (r"[^\s'\":,()]*/(site-packages|lib/python\d\.\d+)/", r"<\1>/"),
    (r"[^\s'\":,()]*/(child\.py)", r"\1"),
    (r"[^\s'\":,()]*/confirm-[^/\s]*/scratch", "<scratch>"),
    (r"0x[0-9a-f]{6,}", "0x..."),
    (r"time = \w{3} \w{3} +\d+ [\d:]+ \d{4}\n?", "time = ..."),
    (r"running on [\w.-]+\. ", "running on <host>. "),
    (r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: ", ""),
    (r"\n{2,}", "\n"),
)


def shorten(message: str, path: str) -> str:
    """A message without its noise, its middle left out where it is long: head and tail hold the cause."""
    text = message.replace(path, "<path>")
    for pattern, put in NOISE:
        text = re.sub(pattern, put, text, flags=re.MULTILINE)
    text = text.strip()
    if len(text) <= MESSAGE:
        return text
    return f"{text[: MESSAGE - 170]} [...] {text[-160:]}"


def read_truth(file: Path) -> dict[tuple[str, str], Row]:
    """The recorded rows by artifact and loader; nothing where the file is not there."""
    if not file.exists():
        return {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {(row["id"], row["loader"]): row for row in rows}


def write_truth(file: Path, rows: Iterable[Row]) -> None:
    """Sorted rows, compressed without a time stamp: equal rows are an equal file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    temporary = file.with_suffix(".part")
    with open(temporary, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write("".join(sorted(lines)).encode())
    temporary.replace(file)


def outcomes(python: Path, jobs: list[Row], options: argparse.Namespace) -> Iterator[Row]:
    """Run the jobs under an environment's interpreter; its description first, then outcomes as they come.

    Raises RuntimeError where the environment itself does not work.
    """
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    settings = {"PYTHONHASHSEED": "0", "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONNOUSERSITE": "1", "PYTHONWARNINGS": "ignore"}
    if options.legacy_keras:
        settings["TF_USE_LEGACY_KERAS"] = "1"
    process = subprocess.Popen(
        ["nice", str(python), str(CHILD), "--seconds", str(options.seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**keep, **settings},
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("".join(json.dumps(job) + "\n" for job in jobs))
    process.stdin.close()
    yield from (json.loads(line) for line in process.stdout)
    if process.wait() != 0:
        raise RuntimeError(f"{python} ended with {process.returncode}")


@dataclass(frozen=True)
class Wanted:
    """One load that the manifests ask for."""

    id: str
    loader: str
    path: str
    digest: str


def wanted(entries: Iterable[Row], artifacts: Path, every: int) -> list[Wanted]:
    """The loads of each `every`-th of the manifests' artifacts; an artifact that was not made here is left out."""
    loads = []
    for entry in entries:
        if int(hashlib.sha256(entry["id"].encode()).hexdigest(), 16) % every:
            continue
        path = artifacts / entry["path"]
        if path.is_dir() or files_of(path):
            mark = digest(path)
            loads += [Wanted(entry["id"], loader, str(path), mark) for loader in loaders_for(entry, path)]
    return loads


def record(release: str, loads: list[Wanted], options: argparse.Namespace) -> tuple[int, int]:
    """Record one release; how many rows were known and how many loads were made."""
    file = options.truth / f"tf{release}{'-legacy-keras' if options.legacy_keras else ''}.jsonl.gz"
    if options.legacy_keras:
        loads = [load for load in loads if load.loader == "tf.keras.models.load_model"]
    rows = {} if options.again else read_truth(file)
    if options.prune:
        keys = {(load.id, load.loader) for load in loads}
        rows = {key: row for key, row in rows.items() if key in keys}
    todo = [load for load in loads if rows.get((load.id, load.loader), {}).get("digest") != load.digest]
    known = len(loads) - len(todo)
    del todo[options.limit or len(todo) :]
    if todo:
        jobs = [{"id": number, "path": load.path, "loader": load.loader} for number, load in enumerate(todo)]
        stream = outcomes(options.envs / f"tf{release}" / "bin" / "python", jobs, options)
        about = next(stream)["environment"]
        try:
            for made, outcome in enumerate(stream, 1):
                row = truth_row(todo[outcome["id"]], about, outcome)
                rows[row["id"], row["loader"]] = row
                if made % SAVE_EVERY == 0:
                    write_truth(file, rows.values())
        finally:
            write_truth(file, rows.values())
    elif options.prune:
        write_truth(file, rows.values())
    return known, len(todo)


def truth_row(load: Wanted, about: Row, outcome: Row) -> Row:
    """What is recorded of one outcome."""
    row: Row = {"id": load.id, "loader": load.loader}
    row |= {name: about[name] for name in ("tensorflow", "python", "keras")}
    row |= {"loads": outcome["loads"], "digest": load.digest}
    if about["legacy_keras"]:
        row["legacy_keras"] = True
    if not outcome["loads"]:
        row |= {"exception": outcome["exception"], "message": shorten(outcome["message"] or "", load.path)}
    return row


def main(argv: list[str]) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifests", nargs="+", type=Path, metavar="MANIFEST")
    parser.add_argument(
        "--envs", type=Path, default=os.environ.get("ANALYZE_TF_ENVS"), help="folder of environments tfX.Y"
    )
    parser.add_argument("--artifacts", type=Path, default=os.environ.get("ARTIFACTS", HERE / "artifacts"))
    parser.add_argument("--truth", type=Path, default=HERE / "truth")
    parser.add_argument("--releases", nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--legacy-keras", action="store_true", help="load_model with TF_USE_LEGACY_KERAS=1, in a file of its own"
    )
    parser.add_argument("--limit", type=int, default=0, help="at most so many loads a release")
    parser.add_argument("--tier", type=int, default=2, help="1: only the artifacts that every release is asked about")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="a fixed Nth part of the artifacts")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--prune", action="store_true")
    options = parser.parse_args(argv)
    if options.envs is None:
        parser.error("--envs or ANALYZE_TF_ENVS must name the folder of environments")
    options.envs, options.artifacts = Path(options.envs).resolve(), Path(options.artifacts).resolve()
    lines = (line for file in options.manifests for line in file.read_text().splitlines() if line.strip())
    entries = [entry for entry in map(json.loads, lines) if entry.get("tier", 1) <= options.tier]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was recorded is written
    loads = wanted(entries, options.artifacts, options.every)
    failed = 0
    for release in options.releases or available(options.envs):
        try:
            known, made = record(release, loads, options)
            print(f"tf{release}: {known} rows known, {made} loads made", flush=True)
        except (RuntimeError, StopIteration, OSError) as error:
            print(f"tf{release}: {error or 'the environment does not import TensorFlow'}", file=sys.stderr, flush=True)
            failed = 1
    return failed


def available(envs: Path) -> list[str]:
    """The releases from 1.15 on that have an environment, oldest first."""
    found = [folder.name[2:] for folder in envs.glob("tf*.*") if (folder / "bin" / "python").exists()]
    releases = sorted(tuple(int(part) for part in name.split(".")) for name in found)
    return [".".join(map(str, release)) for release in releases if release >= (1, 15)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
