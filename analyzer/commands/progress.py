"""A bar on standard error while something takes long enough to be waited for; never where that is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_FROM = 8  # artifacts; fewer are done before a bar is read


class Bar:
    """Counts artifacts, and with `reads_data` the bytes that checksums read. A context manager."""

    def __init__(self, count: int, *, reads_data: bool = False) -> None:
        self._count = count
        self._wanted = sys.stderr.isatty() and (count >= _FROM or reads_data)
        self._reads_data = reads_data
        self._progress: Progress | None = None
        self._artifacts: TaskID | None = None
        self._bytes: TaskID | None = None

    def __enter__(self) -> Bar:
        if self._wanted:
            self._progress = _made()
            self._artifacts = self._progress.add_task("artifacts", total=self._count, said=f"0 of {self._count}")
            if self._reads_data:
                self._bytes = self._progress.add_task("checksums", total=None, said="")
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self) -> None:
        """One artifact more is done."""
        if self._progress is not None and self._artifacts is not None:
            self._progress.advance(self._artifacts)
            self._progress.update(self._artifacts, said=f"{self._progress.tasks[0].completed:.0f} of {self._count}")

    @property
    def read(self) -> Callable[[int], None] | None:
        """What is told of bytes as they are read; None where nobody watches."""
        return self._read if self._bytes is not None else None

    def _read(self, count: int) -> None:
        if self._progress is None or self._bytes is None:
            return
        self._progress.advance(self._bytes, count)
        task = self._progress.tasks[-1]
        speed = f", {task.speed / 1e6:.0f} MB/s" if task.speed else ""
        self._progress.update(self._bytes, said=f"{task.completed / 1e6:.0f} MB read{speed}")

    @contextmanager
    def away(self) -> Iterator[None]:
        """While something is printed that may go to the same terminal."""
        if self._progress is None or not sys.stdout.isatty():
            yield
            return
        self._progress.stop()
        yield
        self._progress.start()


def _made() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
