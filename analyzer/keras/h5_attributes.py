"""Attributes of an H5 file that HDF5 cannot read, where a load reads them."""

from __future__ import annotations

from analyzer.findings import Confidence
from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.parts.keras import Group, Unreadable
from analyzer.tables.hdf5 import is_refused


def certainty(fault: str, *, recent: bool) -> Confidence:
    """How sure it is that HDF5 refuses what some release of it said this of: releases check unlike things."""
    return Confidence.HIGH if is_refused(fault, recent=recent) else Confidence.LOW


def readable(group: Group, at: str, names: tuple[str, ...], era: Era, out: Recorder) -> bool:
    """Whether the attributes of a group that begin with one of the names can be read; says so where not."""
    for name, value in group.attributes.items():
        if isinstance(value, Unreadable) and name.startswith(names):
            out.say(
                "unreadable-keras-file",
                f"the attribute {name} of /{at} cannot be read: {value.fault}",
                f"/{at}",
                value.fault,
                remedy="download or copy the file again",
                confidence=certainty(value.fault, recent=era.checks_like_hdf5_1_14),
                attribute=name,
            )
            return False
    return True
