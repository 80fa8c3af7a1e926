"""Finding artifacts in a tree, and scanning many of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from analyzer.engine import Scan, scan
from analyzer.findings import Problem, Report, WrittenBy
from analyzer.stores.discovery import Candidate


def scan_candidate(candidate: Candidate, what: Scan, progress: Callable[[int], None] | None = None) -> Report:
    """The report of one candidate. A fault of ours becomes a problem, so that the rest of a scan goes on.

    `progress` is told of bytes as checksums read them.
    """
    started = time.perf_counter()
    collecting = gc.isenabled()
    gc.disable()  # an artifact is a great many long-lived objects without cycles: looking for some costs a sixth of a scan
    try:
        from analyzer.readers.identify import Reading
        from analyzer.stores.local import read

        artifact = read(candidate, Reading(checksums=what.checksums, variables=what.reads_variables, progress=progress))
        return scan(artifact, what, started)
    except Exception as error:
        import logging

        logging.getLogger(__name__).debug("%s", candidate.path, exc_info=True)
        problem = Problem(candidate.name, "internal", f"{type(error).__name__}: {error}")
        elapsed = time.perf_counter() - started
        return Report(candidate.path, "unknown", WrittenBy(), (), (problem,), elapsed)
    finally:
        if collecting:
            gc.enable()


def nothing_found(path: str, kind: str, message: str) -> Report:
    """The report of a path under which there is nothing to analyze."""
    return Report(path, "unknown", WrittenBy(), (), (Problem(path, kind, message),), 0.0)
