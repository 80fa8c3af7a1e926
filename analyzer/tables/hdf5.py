"""Which damage every release of HDF5 refuses.

Measured on 6,000 damaged files with HDF5 1.10.4, 1.12.2, 1.14.2 and 2.0.0, which are those of h5py 2.10 to 3.16: what one of them
refused with other words than these, all of them refused.
"""

from __future__ import annotations

_BY_SOME = (
    "open attribute",  # any of an object's, also one that nobody reads
    "greater than maxdim",
    "out of bounds",
    "positions overlap",
    "unusually large",
    "precision",
    "H5Tget_ebias",
    "modification time",
    "invalid dataset size",
    "different length than stored",
)
_SINCE_1_14 = (
    "ran off end of input buffer",
    "global heap object size",
    "bad heap index",
    "exceeds buffer size",
    "message not aligned",
)


def is_refused(fault: str, *, recent: bool) -> bool:
    """Whether HDF5 refuses a file of which some release of it said this; `recent`: 1.14 or later."""
    words = _BY_SOME if recent else (*_BY_SOME, *_SINCE_1_14)
    return not any(each in fault for each in words)
