"""An entry of a checkpoint's index that TensorFlow refuses.

## Why it matters

An entry gives a tensor's type, shape, file, offset and size. One that does not parse, a shape with negative sizes, or a size
that is not that of type and shape stops the read: "Invalid size in bundle entry: key X; stored size A; expected size B"
(core/util/tensor_bundle/tensor_bundle.cc `GetValue`). `tf.train.load_checkpoint` aborts the whole process at an entry that does
not parse or has a negative size (c/checkpoint_reader.cc `BuildV2VarMaps`). Keys out of order are listed and then not
found, since a look-up searches by halves. Such an index was written or edited by something other than TensorFlow.

## How to fix

Save the checkpoint again from the program that wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Confidence, Finding, Phase
from analyzer.parts.checkpoint import EntryFault
from analyzer.rule import Rule, bad, ok
from analyzer.rules.variables._places import entry_place, named
from analyzer.target import Target, version_tuple

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.TENSOR_BYTES, reads=frozenset({"checkpoint"}))

_KINDS = (
    "not-parseable",
    "inner-not-parseable",
    "shape",
    "size",
    "slice-size",
    "not-found",
    "slices",
    "record-size",
    "key",
    "numpy",
)
_CHECKS = {
    **dict.fromkeys(
        ("not-parseable", "inner-not-parseable", "shape", "key"), Check.VAR_MAPS
    ),  # whoever lists the tensors stumbles
    "numpy": Check.GET_TENSOR,
    "slice-size": Check.GET_TENSOR,
}
_SIZE_CHECKED = ((2, 4, 4), (2, 5, 2), (2, 6, 1))  # patch releases that check a V1 record's size, as all from 2.7 on do


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each kind of fault once, at every entry that has it."""
    checkpoint = artifact.checkpoint
    assert checkpoint is not None
    found: dict[str, list[EntryFault]] = {}
    for fault in checkpoint.faults:
        if fault.kind in _KINDS and _refused(fault.kind, target):
            found.setdefault(fault.kind, []).append(fault)
    for kind, faults in found.items():
        yield rule.found(
            f"{checkpoint.index_file}: {named(faults)}: {faults[0].message}",
            [entry_place(checkpoint, fault.key) for fault in faults],
            confidence=_confidence(kind, target),
            check=_CHECKS.get(kind),
            tensorflow_error=faults[0].message,
            remedy="save the checkpoint again",
            kind=kind,
        )


def _confidence(kind: str, target: Target) -> Confidence:
    """The protobuf of TensorFlow up to 2.11 takes some inner messages that run over the end of the outer one."""
    lenient = kind == "inner-not-parseable" and not target.at_least("2.12")
    return Confidence.LOW if lenient else Confidence.HIGH


def _refused(kind: str, target: Target) -> bool:
    if kind == "record-size":
        version = version_tuple(target.tensorflow)
        return version >= (2, 7) or any(version[:2] == each[:2] and version >= each for each in _SIZE_CHECKED)
    return True


rule.examples(
    ok(checkpoint={"w": ("float32", (2,)), "ü/ö": ("int64", ())}),
    ok(checkpoint={"w": {"dtype": "float32", "shape": (4, 2), "slices": [((0, 0), (2, -1)), ((2, 0), (2, -1))]}}),
    ok(checkpoint={f"{number:03d}": ("float32", (number,)) for number in range(50)}, block_size=100),
    ok(checkpoint={"w": ("float32", (2,))}, v1=True),
    ok(checkpoint={"w": {"dtype": "float32", "shape": (2,), "elements": 1}}, v1=True, target="tensorflow==2.4.1"),
    bad("stored size 4; expected size 8", checkpoint={"w": {"dtype": "float32", "shape": (2,), "size": 4}}),
    bad("Invalid tensor shape: w", checkpoint={"w": {"dtype": "float32", "shape": (-1,), "size": 0}}),
    bad(
        "Does not have sufficient slices for partitioned tensor w",
        checkpoint={"w": {"dtype": "float32", "shape": (4, 2), "slices": [((0, 0), (2, -1))]}},
    ),
    bad("Entry for key w not parseable", checkpoint={"w": {"raw": b"\xff\xff"}}),
    bad("has 1 elements, its slice 2", checkpoint={"w": {"dtype": "float32", "shape": (2,), "elements": 1}}, v1=True),
)
