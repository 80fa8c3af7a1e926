"""The minor releases of TensorFlow that the tables know, in order."""

from __future__ import annotations

import re

RELEASES: tuple[str, ...] = (
    *(f"1.{minor}" for minor in range(4, 16)),
    *(f"2.{minor}" for minor in range(22)),
)

ORDER: dict[str, int] = {name: position for position, name in enumerate(RELEASES)}

_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?")


def index(release: str) -> int:
    """Position in `RELEASES` of a release named as `2.15`, `2.15.0` or `2.16.1rc0`.

    A version between two minor releases counts as the earlier one, one newer than the last known as the last.
    Raises ValueError for what is no version and for releases older than the first.
    """
    known = ORDER.get(release)
    if known is not None:
        return known
    found = _VERSION.match(release.strip())
    if not found:
        raise ValueError(f"not a version of TensorFlow: {release!r}")
    wanted = int(found[1]), int(found[2] or 0)
    position = sum(_numbers(name) <= wanted for name in RELEASES) - 1
    if position < 0:
        raise ValueError(f"TensorFlow {release} is older than {RELEASES[0]}, the first release that the tables know")
    return position


def _numbers(name: str) -> tuple[int, int]:
    major, minor = name.split(".")
    return int(major), int(minor)
