"""The command line. Heavy imports happen inside functions: `analyze --help` costs an interpreter and argparse."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from analyzer.commands import NOT_ANALYZED, UsageError

_INTERRUPTED = 130  # 128 + SIGINT, as shells say it


class _Formatter(argparse.HelpFormatter):
    """Help of a fixed width: asking the terminal imports shutil and its compression modules, for every option added."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=110)


def parser() -> argparse.ArgumentParser:
    """The options of `analyze`."""
    made = argparse.ArgumentParser(
        prog="analyze",
        formatter_class=_Formatter,
        usage="analyze [options] PATH...",
        description="Say which TensorFlow loader will fail on an artifact, at which step and why, without loading it.",
        epilog="Exit status: 0 nothing at or over the threshold, 1 findings, 2 something could not be analyzed.",
    )
    made.add_argument(
        "paths", nargs="*", metavar="PATH", help="an artifact, a checkpoint's prefix, or a folder to search"
    )
    made.add_argument(
        "--changed", action="store_true", help="PATHs are changed files: check the artifacts they belong to"
    )
    _what(made.add_argument_group("what to check"))
    _where(made.add_argument_group("for which environment"))
    _checkpoints(made.add_argument_group("checkpoints"))
    _output(made.add_argument_group("output"))
    about = made.add_argument_group("about the analyzer")
    about.add_argument("--explain", metavar="RULE|op:NAME", help="print a rule's documentation, or an op's history")
    about.add_argument("--list-rules", action="store_true", help="print every rule with its family and title")
    about.add_argument("--list-releases", action="store_true", help="print every TensorFlow release that is known")
    about.add_argument("--version", action="store_true", help="print the version")
    return made


def _what(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--rules", action="append", metavar="FAMILY|RULE,...", help="only these (default: all)")
    group.add_argument("--ignore", action="append", metavar="FAMILY|RULE,...", help="all but these")
    group.add_argument("--checksums", action="store_true", help="compute the checksum of every tensor (reads the data)")
    group.add_argument(
        "--jobs", type=int, metavar="N", help="processes (default: one, or one a CPU for many artifacts)"
    )


def _where(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--target",
        action="append",
        metavar="SPEC",
        help="tensorflow==2.15.0[,keras==...,python==...], a requirements file, or python:EXE; repeatable",
    )
    group.add_argument("--devices", metavar="CPU:0,...", help="devices that are there (default: CPU:0)")
    group.add_argument(
        "--loader", action="append", metavar="NAME,...", help="only these loaders (default: all that apply)"
    )
    group.add_argument("--no-compile", action="store_true", help="load_model(..., compile=False)")
    group.add_argument("--no-safe-mode", action="store_true", help="load_model(..., safe_mode=False)")
    group.add_argument(
        "--tags", metavar="serve,...", help="tags given to the v1 and serving loaders (default: serve; '': none)"
    )
    group.add_argument("--custom-objects", action="append", metavar="NAME,...", help="names that load_model is given")
    group.add_argument(
        "--code",
        action="append",
        metavar="PATH",
        help="Python files or folders to look custom classes up in, without running them (with --changed: here)",
    )
    group.add_argument(
        "--matrix", action="store_true", help="every minor release from 1.15 on (or each --target), as a table"
    )
    group.add_argument(
        "--confirm",
        nargs="?",
        const="",
        metavar="tensorflow==X.Y",
        help="really load, too, in processes of their own (this runs what the artifact contains)",
    )
    group.add_argument("--python", metavar="EXE", help="the interpreter that --confirm loads with (default: this one)")


def _checkpoints(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--show", choices=("objects",), help="print the tree of objects in the checkpoint at PATH")
    group.add_argument("--diff", nargs=2, metavar=("A", "B"), help="print what differs between two checkpoints")
    group.add_argument(
        "--against", metavar="MODEL", help="say whether the checkpoint or weights at PATH fit this model"
    )


def _output(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--format", choices=("text", "json", "jsonl", "sarif", "github", "html"), help="default: text")
    group.add_argument("-o", "--output", metavar="FILE", help="write there instead of standard output")
    group.add_argument(
        "--fail-on", choices=("error", "warning", "note"), help="threshold of exit status 1 (default: error)"
    )
    group.add_argument("-v", "--verbose", action="store_true", help="show notes too, and log what the analyzer does")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parsed(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(options)
    except BrokenPipeError:
        sys.stdout = None  # nobody reads on; the interpreter must not try to flush it
        return NOT_ANALYZED
    except (ValueError, OSError) as error:
        print(f"analyze: {error}", file=sys.stderr)
        return NOT_ANALYZED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        if options.verbose:
            raise
        print(f"analyze: a fault of ours: {type(error).__name__}: {error} (-v shows where)", file=sys.stderr)
        return NOT_ANALYZED


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The options, with PATHs wherever they stand (`parse_intermixed_args` costs more, since it formats the usage)."""
    made = parser()
    options, rest = made.parse_known_args(_with_confirm_apart(arguments))
    unknown = [word for word in rest if word.startswith("-")]
    if unknown:
        made.error(f"unrecognized arguments: {' '.join(unknown)}")
    options.paths += rest
    return options


def _with_confirm_apart(arguments: Sequence[str]) -> list[str]:
    """`--confirm` takes the next word only where that is a release: `--confirm model/` confirms this model."""
    return [
        "--confirm=" if word == "--confirm" and not following.startswith("tensorflow") else word
        for word, following in zip(arguments, [*arguments[1:], ""], strict=False)
    ]


def _run(options: argparse.Namespace) -> int:
    if options.verbose:
        import logging

        logging.basicConfig(format="%(name)s: %(message)s")
        logging.getLogger("analyzer").setLevel(logging.DEBUG)
    if options.version or options.explain or options.list_rules or options.list_releases:
        from analyzer import about

        return about.run(options)
    if options.show or options.diff or options.against:
        from analyzer.commands import checkpoints

        return checkpoints.run(options)
    if not options.paths:
        raise UsageError("no PATH given; see analyze --help")
    from analyzer.commands import scan

    return scan.run(options)


def command() -> NoReturn:
    """The process of `analyze`: run, and leave without freeing one by one all objects that were read."""
    gc.set_threshold(20_000)  # importing makes objects by the thousand, and none of them is garbage
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who called: what is said there goes nowhere
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    status = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(status)


if __name__ == "__main__":
    command()
