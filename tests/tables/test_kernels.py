"""The kernel table and its look-up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from analyzer.tables.dtypes import DATA_TYPES as T
from analyzer.tables.kernels import FIRST, FIRST_CUDA, Kernel, has_kernel, kernels, known
from analyzer.tables.ops import ops
from analyzer.tables.releases import ORDER, RELEASES
from analyzer.tables.rows import Rows

ROWS = list(Rows("kernels.jsonl", "op"))
KNOWN = RELEASES[ORDER[FIRST] :]


def test_rows_are_sorted_and_their_intervals_disjoint() -> None:
    keys = [(row["op"].encode(), ORDER[row["since"]]) for row in ROWS]
    assert keys == sorted(keys)
    assert min(ORDER[row["since"]] for row in ROWS) == ORDER[FIRST]
    for row, following in pairwise(ROWS):
        if row["op"] == following["op"]:
            assert ORDER[row["since"]] <= ORDER[row["until"]] < ORDER[following["since"]]


@pytest.mark.parametrize("build", ["cpu", "cuda"])
@pytest.mark.parametrize("release", ["1.11", "1.15", "2.0", "2.10", "2.15", "2.21"])
def test_constraints_are_on_attributes_of_the_op(release: str, build: str) -> None:
    if not known(release, build):
        pytest.skip(f"the {build} build of {release} is not known")
    table, lacking = ops(release, "cuda"), set()
    for name in {row["op"] for row in ROWS}:
        for kernel in kernels(name, release, build):
            for attr, allowed in kernel.constraints:
                if not allowed:
                    lacking.add(name)
                    assert attr not in table[name].attrs
                    continue
                kind = table[name].attrs[attr].type.removeprefix("list(").removesuffix(")")
                expected: Any = {"type": int, "string": str, "int": int, "bool": bool}[kind]
                assert all(type(value) is expected for value in allowed), (name, attr)
    assert lacking <= {"TopK", "TileGrad"}


def test_a_constraint_on_an_attribute_that_the_op_lacks_ends_the_look_up() -> None:
    """Measured: TopK of an old producer runs in 2.4 and raises InvalidArgumentError in 2.15."""
    assert has_kernel("TopK", "2.4", "CPU", {"T": T["float"]})
    assert not has_kernel("TopK", "2.15", "CPU", {"T": T["float"]})
    assert has_kernel("TopKV2", "2.15", "CPU", {"T": T["float"]})


@pytest.mark.parametrize(("release", "has"), [("1.15", True), ("2.3", True), ("2.4", False)])
def test_xla_takes_more_types_until_2_3(release: str, has: bool) -> None:
    """Measured with 2,000 nodes of random types in sessions of 1.15 to 2.3: placed where a kernel of either device takes them."""
    assert has_kernel("BiasAdd", release, "XLA_CPU", {"T": T["qint8"]}) == has
    assert not has_kernel("BiasAdd", release, "CPU", {"T": T["qint8"]})
    assert not has_kernel("MatMul", release, "XLA_CPU", {"T": T["int16"]})


@pytest.mark.parametrize("release", KNOWN)
def test_what_every_release_has(release: str) -> None:
    for dtype in ("float", "double", "int32"):
        assert has_kernel("MatMul", release, "CPU", {"T": T[dtype]})
    for op in ("NoOp", "Placeholder", "VarHandleOp", "RestoreV2", "PartitionedCall", "StringJoin"):
        definition = ops(release).get(op)
        if definition is not None:
            assert has_kernel(op, release, "CPU", {"dtype": T["float"]}), op


@pytest.mark.parametrize(
    "op,release,device,attrs,build,there",
    [
        ("MatMul", "2.15", "CPU", {"T": T["string"]}, "cpu", False),
        ("MatMul", "2.15", "GPU", {"T": T["float"]}, "cpu", False),
        ("MatMul", "2.15", "GPU", {"T": T["float"]}, "cuda", True),
        ("MatMul", "2.21", "GPU", {"T": T["float"]}, "cpu", True),
        ("CudnnRNN", "2.15", "CPU", {"T": T["float"]}, "cpu", False),
        ("CudnnRNN", "2.15", "CPU", {"T": T["float"]}, "cuda", False),
        ("CudnnRNN", "2.15", "GPU", {"T": T["float"]}, "cpu", False),
        ("CudnnRNN", "2.15", "GPU", {"T": T["float"]}, "cuda", True),
        ("CudnnRNN", "2.15", "GPU", {"T": T["int32"]}, "cuda", False),
        ("Identity", "2.15", "CPU", {"T": T["variant"]}, "cpu", True),
        ("If", "2.15", "CPU", {"Tcond": T["bool"], "Tin": (T["float"],)}, "cpu", True),
        ("Einsum", "2.1", "CPU", {"T": T["bfloat16"]}, "cpu", True),
        ("NoSuchOp", "2.15", "CPU", {}, "cpu", False),
        ("TPUReplicateMetadata", "2.15", "CPU", {}, "cpu", False),
    ],
)
def test_look_up(op: str, release: str, device: str, attrs: dict, build: str, there: bool) -> None:
    assert has_kernel(op, release, device, attrs, build) is there


def test_a_list_of_types_matches_if_every_member_does() -> None:
    kernel = Kernel("CPU", (("Tin", frozenset((T["float"], T["string"]))),), "", 0)
    assert kernel.matches({"Tin": (T["float"],)})
    assert kernel.matches({"Tin": (T["float"], T["string"])})
    assert kernel.matches({"Tin": ()})
    assert not kernel.matches({"Tin": (T["float"], T["resource"])})


def test_an_attribute_that_is_not_given_counts_as_fitting() -> None:
    assert has_kernel("MatMul", "2.15", "CPU", {})
    assert not has_kernel("CudnnRNN", "2.15", "CPU", {})


def test_a_label_must_be_asked_for() -> None:
    labels = {kernel.label for kernel in kernels("_MklConv2D", "2.15")}
    assert labels
    assert "" not in labels
    assert not has_kernel("_MklConv2D", "2.15", "CPU", {"T": T["float"]})
    label = sorted(labels)[0]
    assert has_kernel("_MklConv2D", "2.15", "CPU", {"_kernel": label})


def test_releases_without_facts_alarm_nobody() -> None:
    assert not known("1.4")
    assert known(FIRST)
    assert not known(FIRST, "cuda")
    assert known(FIRST_CUDA, "cuda")
    assert has_kernel("NoSuchOp", FIRST, "GPU", {}, "cuda")
    assert has_kernel("NoSuchOp", "1.4", "CPU", {})
    with pytest.raises(ValueError, match="not known"):
        kernels("MatMul", "1.10")


@pytest.mark.parametrize("release,build", [("latest", "cpu"), ("1.3", "cpu"), ("2.15", "rocm")])
def test_what_is_no_release_or_build_is_refused(release: str, build: str) -> None:
    with pytest.raises(ValueError):
        kernels("MatMul", release, build)


def test_most_ops_have_a_kernel_somewhere() -> None:
    """Ops without any are those of TPUs, of tests and of graphs that are rewritten before they run."""
    without = [
        name
        for name, definition in ops("2.15").items()
        if not kernels(name, "2.15") and not kernels(name, "2.15", "cuda") and not definition.marks
    ]
    assert len(without) < 250
    assert "MatMul" not in without
