"""Ways through an HDF5 file: links followed within it, and what Keras makes of those that lead out."""

from __future__ import annotations

from analyzer.findings import Confidence
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.h5_attributes import certainty
from analyzer.parts.keras import Dataset, Group, Link


def follow(root: Group, path: str, *, depth: int = 16) -> Group | Dataset | Link | None:
    """What a path leads to, soft links followed within the file; an external Link stays one."""
    here: Group | Dataset | Link | None = root
    trail: list[str] = []
    inner = path.strip("/")
    for name in inner.split("/") if inner else ():
        if isinstance(here, Group):
            here = here.member(name)
        else:
            return here if isinstance(here, Link) else None
        if isinstance(here, Link) and here.kind == "soft":
            if not depth:
                return None
            target = here.target if here.target.startswith("/") else "/".join([*trail, here.target])
            here = follow(root, target, depth=depth - 1)
        trail.append(name)
    return here


def look(root: Group, path: str, what: str, era: Era, out: Recorder) -> Group | Dataset | None:
    """What stands at a path that the load needs; None with an event where it does not get there."""
    raw = root.find(path)
    place = f"/{path}"
    if isinstance(raw, Link) and era.refuses_links:
        kind = "ExternalLink" if raw.kind == "external" else "SoftLink"
        out.say(
            "unsafe-hdf5-link",
            f"{place} is a {raw.kind} link to {raw.file}{raw.target}",
            place,
            f"Not allowed: H5 file with {kind}",
        )
        return None
    found = follow(root, path) if raw is None or isinstance(raw, Link) else raw
    if isinstance(found, Link):
        out.say(
            "missing-weights",
            f"{place} is a link to {found.target} in another file, {found.file}",
            place,
            f"Unable to open object (unable to open external file, external link file name = '{found.file}')",
            confidence=Confidence.MEDIUM,
        )
        return None
    if found is None:
        last = path.rsplit("/", 1)[-1]
        out.say(
            "missing-weights",
            f"{what}, but {place} is not there",
            place,
            f"Unable to open object (object '{last}' doesn't exist)",
        )
    return found


def dataset(root: Group, path: str, what: str, era: Era, out: Recorder) -> Dataset | None:
    """A dataset that the load reads."""
    found = look(root, path, what, era, out)
    if found is None:
        return None
    if not isinstance(found, Dataset):
        out.say("missing-weights", f"/{path} is a group, not a dataset", f"/{path}", "TypeError")
        return None
    if found.fault:
        refused(found, path, era, out)
        return None
    if found.storage != "plain" and era.refuses_links:
        out.say(
            "unsafe-hdf5-link",
            f"/{path} keeps its values in other files ({found.storage} dataset)",
            f"/{path}",
            f"Not allowed: H5 file with {found.storage} Dataset",
        )
        return None
    if found.storage == "external":
        out.say(
            "missing-weights",
            f"/{path} keeps its values in another file",
            f"/{path}",
            "Can't read data (unable to open external raw data file)",
            confidence=Confidence.MEDIUM,
        )
        return None
    return found


def refused(found: Dataset, path: str, era: Era, out: Recorder) -> None:
    """What HDF5 does not open, or what is a dataset where a group should be."""
    out.say(
        "missing-weights",
        f"/{path}: {found.fault or 'a dataset, not a group'}",
        f"/{path}",
        found.fault or "TypeError",
        confidence=certainty(found.fault, recent=era.checks_like_hdf5_1_14),
    )
