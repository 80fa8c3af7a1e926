"""Remake the corpus: run every writer under every TensorFlow environment, then every mutation.

    python corpus/make.py ROOT --environments DIR [--only NAME ...] [--releases 2.15 ...] [--themes X ...] [--mutate | --from-kept] [--record] [--keep]

DIR holds one environment per release, tfX.Y/bin/python. A folder `write_NAME` is run as `PY write_NAME ROOT/NAME/wX.Y` and leaves
`written.jsonl` there; what all of them wrote becomes ROOT/manifest-NAME.jsonl, to which `mutate_NAME ROOT` adds its mutants.
A file `write_NAME/variants.json`, `{"-suffix": {"since": "2.16", "environ": {"VARIABLE": "value"}}}`, asks for further runs into
ROOT/NAME/wX.Y-suffix. With --mutate no writer is run; with --record the manifests are copied beside this file; with --keep the
artifacts that `kept-NAME.txt` lists are copied into artifacts/. With --from-kept nothing but this folder is needed: ROOT is filled
with what artifacts/ holds, and with every mutant of it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS = 900


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def names() -> list[str]:
    """The halves of the corpus: every NAME for which a write_NAME folder is here."""
    return sorted(folder.name.removeprefix("write_") for folder in HERE.glob("write_*") if folder.is_dir())


def runs(name: str, environments: Path, releases: list[str]) -> Iterator[tuple[Path, str, dict[str, str]]]:
    """(interpreter, folder name, further environment variables) for every run of a writer."""
    declared = HERE / f"write_{name}" / "variants.json"
    variants = json.loads(declared.read_text()) if declared.exists() else {}
    found = [folder.name.removeprefix("tf") for folder in environments.glob("tf*") if (folder / "bin/python").exists()]
    for release in sorted(set(found) & set(releases or found), key=version):
        python = environments / f"tf{release}" / "bin/python"
        yield python, f"w{release}", {}
        for suffix, variant in variants.items():
            if version(release) >= version(variant["since"]):
                yield python, f"w{release}{suffix}", variant["environ"]


def write(name: str, root: Path, environments: Path, releases: list[str], themes: list[str]) -> None:
    """Run the writers of one half; each leaves its own list, failures are said and the rest goes on."""
    for python, folder, environ in runs(name, environments, releases):
        out = root / name / folder
        out.mkdir(parents=True, exist_ok=True)
        command = [str(python), str(HERE / f"write_{name}"), str(out), *themes]
        with open(out / "writer.log", "w") as log:
            try:
                done = subprocess.run(command, stdout=log, stderr=log, env={**os.environ, **environ}, timeout=SECONDS)
                state = f"exit {done.returncode}" if done.returncode else "ok"
            except subprocess.TimeoutExpired:
                state = "out of time"
        print(f"{name}/{folder}: {state}", flush=True)


def gather(name: str, root: Path) -> list[dict[str, object]]:
    """The manifest lines of everything that writers left below ROOT/NAME."""
    lines = []
    for listing in sorted((root / name).glob("*/written.jsonl"), key=lambda path: path.parent.name):
        folder = listing.parent.name
        for text in listing.read_text().splitlines():
            made = json.loads(text)
            identity = f"{folder}/{made.pop('name')}"
            path = f"{name}/{folder}/{made.pop('path')}"
            line = {"id": identity, "path": path, **made, "base": None, "mutation": None}
            lines.append({**line, "breaks": made.get("breaks")})
    return lines


def from_kept(name: str, root: Path) -> list[dict[str, object]]:
    """Copy what is committed and was written, not mutated, below ROOT, and return its manifest lines."""
    lines = [json.loads(text) for text in (HERE / f"artifacts/manifest-{name}.jsonl").read_text().splitlines()]
    written = [line for line in lines if not line["mutation"]]
    listings: dict[Path, list[str]] = {}
    for line in written:
        _, folder, first, *_ = parts = Path(line["path"]).parts
        copy(HERE / "artifacts" / name / folder / first, root / name / folder / first)
        made = {key: line[key] for key in ("format", "written_by", "breaks")} | {"tier": line.get("tier", 1)}
        made |= {"name": line["id"].partition("/")[2], "path": "/".join(parts[2:])}
        listings.setdefault(root / name / folder / "written.jsonl", []).append(json.dumps(made) + "\n")
    for listing, texts in listings.items():  # which mutations that choose their bases by release read
        listing.write_text("".join(texts))
    return written


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder to where nothing is yet."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)


def keep(name: str, root: Path) -> None:
    """Copy the artifacts listed in kept-NAME.txt, and what lies beside a checkpoint prefix, into artifacts/."""
    wanted = set((HERE / f"kept-{name}.txt").read_text().split())
    lines = [json.loads(text) for text in (root / f"manifest-{name}.jsonl").read_text().splitlines()]
    kept = [line for line in lines if line["id"] in wanted]
    target = HERE / "artifacts"
    shutil.rmtree(target / name, ignore_errors=True)
    for line in kept:
        whole = Path(*Path(line["path"]).parts[:3])
        copy(root / whole, target / whole)
    (target / f"manifest-{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    print(f"{name}: kept {len(kept)} of {len(wanted)} listed")


def main() -> None:
    parser = argparse.ArgumentParser(description="Remake the corpus.")
    parser.add_argument("root", type=Path)
    parser.add_argument("--environments", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--releases", nargs="*", default=[])
    parser.add_argument("--themes", nargs="*", default=[], help="only these writers, for --only NAME that takes themes")
    parser.add_argument("--mutate", action="store_true")
    parser.add_argument("--from-kept", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    if not (chosen.mutate or chosen.from_kept or chosen.environments):
        parser.error("--environments is needed to run writers")
    for name in chosen.only or names():
        if not (chosen.mutate or chosen.from_kept):
            write(name, chosen.root, chosen.environments, chosen.releases, chosen.themes)
        lines = from_kept(name, chosen.root) if chosen.from_kept else gather(name, chosen.root)
        manifest = chosen.root / f"manifest-{name}.jsonl"
        manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
        if (HERE / f"mutate_{name}" / "__main__.py").exists():
            subprocess.run(
                [sys.executable, str(HERE / f"mutate_{name}"), str(chosen.root)]
            )  # says itself what it could not make
        if chosen.record:
            shutil.copy(manifest, HERE / manifest.name)
        if chosen.keep:
            keep(name, chosen.root)


if __name__ == "__main__":
    main()
