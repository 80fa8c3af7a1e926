"""What another interpreter has installed, read from its metadata on disk; nothing of it is imported or run."""

from __future__ import annotations

import glob
import os
import re


def installed(executable: str) -> dict[str, str]:
    """Distributions and versions in the environment of an interpreter, and `python`. Raises ValueError."""
    prefix = os.path.dirname(os.path.dirname(os.path.abspath(executable)))
    if not os.path.exists(executable):
        raise ValueError(f"target python:{executable}: there is no such interpreter")
    folders = sorted(glob.glob(os.path.join(prefix, "lib*", "python3*", "site-packages")))
    folders += glob.glob(os.path.join(prefix, "Lib", "site-packages"))
    found: dict[str, str] = {}
    for folder in folders:
        version = re.search(r"python(3\.\d+)", folder)
        if version:
            found["python"] = version.group(1)
        for name in os.listdir(folder):
            match = re.fullmatch(r"(.+?)-([^-]+)\.(?:dist-info|egg-info)", name) or re.fullmatch(
                r"(.+?)-([^-]+)-py3[^-]*\.egg-info", name
            )
            if match:
                found[match.group(1).lower().replace("_", "-").replace(".", "-")] = match.group(2)
    if "python" not in found:
        raise ValueError(f"target python:{executable}: no site-packages folder below {prefix}")
    return found
