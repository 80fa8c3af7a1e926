"""Damage that releases of HDF5 judge alike, and what decides which release is there."""

from __future__ import annotations

import pytest

from analyzer.tables.hdf5 import is_refused
from analyzer.target import parse


@pytest.mark.parametrize(
    ("fault", "recent", "refused"),
    [
        ("Unable to open object (bad symbol table node signature)", False, True),
        ("Unable to synchronously open object (ran off end of input buffer while decoding)", False, False),
        ("Unable to synchronously open object (ran off end of input buffer while decoding)", True, True),
        ("Unable to open object (current extent is greater than maxdim)", True, False),
    ],
)
def test_damage(fault: str, recent: bool, refused: bool) -> None:
    assert is_refused(fault, recent=recent) is refused


@pytest.mark.parametrize(
    ("target", "recent"),
    [
        ("tensorflow==2.14.0", False),
        ("tensorflow==2.15.0", True),
        ("tensorflow==2.6.0,h5py==3.14.0", True),
        ("tensorflow==2.9.0,h5py==3.9.0", False),
        ("tensorflow==2.16.1,h5py==3.8.0", False),
    ],
)
def test_h5py_decides_where_it_is_named(target: str, recent: bool) -> None:
    assert parse(target).checks_like_hdf5_1_14 is recent
