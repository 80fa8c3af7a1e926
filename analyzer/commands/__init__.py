"""What the command line can be asked to do, one module a kind of question; `analyzer.cli` parses and dispatches."""

from __future__ import annotations

CLEAN, FOUND, NOT_ANALYZED = 0, 1, 2


class UsageError(ValueError):
    """What was asked cannot be done; the message says why, in one line."""
