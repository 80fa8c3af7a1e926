"""Many artifacts in several processes. Reports come in the order of the candidates, whatever finishes first.

A process that dies (memory, a fault in a native library) takes its whole pool along. What was under way then is tried
again, each artifact in a process of its own, so that one report says what happened and the others say what they would have.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from analyzer.engine import Scan
from analyzer.findings import Report
from analyzer.records import replace
from analyzer.stores import nothing_found, scan_candidate
from analyzer.stores.discovery import Candidate

_AHEAD = 4  # artifacts per process that wait for it


def scan_many(candidates: Sequence[Candidate], what: Scan, jobs: int) -> Iterator[Report]:
    """A report for each candidate, in their order. The reports carry no artifact: that stays in its process."""
    left = deque(candidates)
    while left:
        pool = _pool(min(jobs, len(left)))
        waiting: deque[tuple[Candidate, Future[Report]]] = deque()
        try:
            while left or waiting:
                while left and len(waiting) < jobs * _AHEAD:
                    waiting.append((left[0], pool.submit(_report, left[0], what)))
                    left.popleft()
                report = waiting[0][1].result()
                waiting.popleft()
                yield report
        except BrokenProcessPool:
            for candidate, _ in waiting:
                yield _alone(candidate, what)
        finally:
            pool.shutdown(cancel_futures=True)  # and wait: the process that asked may end without ceremony


def _pool(jobs: int) -> ProcessPoolExecutor:
    """New interpreters rather than copies of this one, which has threads: a progress bar's, a notebook's."""
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """Processes of a pool wait for work for ever when the one that made them is killed, or leaves in a hurry."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _alone(candidate: Candidate, what: Scan) -> Report:
    with _pool(1) as pool:
        try:
            return pool.submit(_report, candidate, what).result()
        except BrokenProcessPool:
            return nothing_found(candidate.path, "internal", "the process that analyzed it died; was memory short?")


def _report(candidate: Candidate, what: Scan) -> Report:
    return replace(scan_candidate(candidate, what), artifact=None)
