"""Rewrite the generated parts of README.md: the example output, the rule list, the table of formats and loaders.

    python tools/readme.py           # rewrite
    python tools/readme.py --check   # exit 1 when something is out of date

A part stands between `<!-- NAME -->` and `<!-- end NAME -->`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
EXAMPLE = ["--target", "tensorflow==2.9.0", "corpus/artifacts/tf/w2.15/v2_dense"]


def example() -> str:
    """The command and what it prints."""
    from analyzer import cli

    out = io.StringIO()
    with _chdir(ROOT), contextlib.redirect_stdout(out):
        cli.main(EXAMPLE)
    return f"```console\n$ analyze {' '.join(EXAMPLE)}\n{out.getvalue().rstrip()}\n```"


@contextlib.contextmanager
def _chdir(folder: Path):
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def rule_list() -> str:
    """Every rule with its title, by family."""
    from analyzer import about, rules

    lines = ["| family | rule | what it finds |", "|---|---|---|"]
    for name, family in rules.names().items():
        lines.append(f"| {family} | `{name}` | {about.title(rules.load(name))} |")
    return "\n".join(lines)


def loaders() -> str:
    """Which loaders get a verdict, by format."""
    from analyzer.artifact import Format
    from analyzer.loaders import APPLIES

    words = {
        Format.SAVED_MODEL: "SavedModel folder (`.pb`, `.pbtxt`)",
        Format.CHECKPOINT: "checkpoint, V2 (`.index`, `.data-*`)",
        Format.CHECKPOINT_V1: "checkpoint, V1",
        Format.KERAS_H5: "Keras model in HDF5",
        Format.WEIGHTS_H5: "weights in HDF5",
        Format.KERAS_ARCHIVE: "`.keras` archive, or a folder with its files",
        Format.GRAPH_DEF: "frozen GraphDef (`.pb`, `.pbtxt`)",
    }
    lines = ["| format | loaders |", "|---|---|"]
    for each, text in words.items():
        names = ", ".join(f"`{name}`" for name in APPLIES[each])
        if each in (Format.CHECKPOINT, Format.CHECKPOINT_V1):
            names += "; with a `.meta` beside it `tf.compat.v1.train.import_meta_graph` and `Saver.restore`"
        lines.append(f"| `{each.value}`: {text} | {names} |")
    return "\n".join(lines)


PARTS: dict[str, Callable[[], str]] = {"example": example, "rules": rule_list, "loaders": loaders}


def rewritten(text: str) -> str:
    """The text with every generated part made anew."""
    for name, make in PARTS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        made = make()
        text, count = pattern.subn(lambda match, made=made: match.group(1) + made + "\n" + match.group(2), text)
        if count != 1:
            raise SystemExit(f"README.md: {count} parts named {name!r}, there must be one")
    return text


def main() -> int:
    """Rewrite or check; returns the exit status."""
    sys.path.insert(0, str(ROOT))
    before = README.read_text(encoding="utf-8")
    after = rewritten(before)
    if "--check" in sys.argv[1:]:
        return int(before != after)
    README.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
