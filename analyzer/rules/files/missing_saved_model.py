"""A SavedModel folder without its saved_model.pb.

## Why it matters

"SavedModel file does not exist at: X/{saved_model.pbtxt|saved_model.pb}" (python/saved_model/loader_impl.py
`parse_saved_model`) and "Could not find SavedModel .pb or .pbtxt at supplied export directory path"
(cc/saved_model/reader.cc). The file is written last, so an interrupted export lacks it; or only `variables/` was copied, the
model lies one folder deeper, the letter case changed, or the model was written in chunks (`saved_model.cpb`), which
the released loaders do not read. Or the folder is still packed into an archive, or the path names saved_model.pb itself, while loaders take its folder.

## How to fix

Give the folder that holds saved_model.pb, or export again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact, Format
from analyzer.findings import Finding, Location, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.target import Target

rule = Rule(__name__, Phase.OPEN)

_NAMES = ("saved_model.pb", "saved_model.pbtxt")


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """The missing file, and where one like it is; or that the path goes one name too far."""
    folder, _, last = artifact.path.replace("\\", "/").rpartition("/")
    if artifact.format is Format.SAVED_MODEL and last in _NAMES and last != artifact.name:
        yield rule.found(
            f"the path names {last}, and loaders take the folder that it is in",
            Location(last),
            tensorflow_error="SavedModel file does not exist at: .../{saved_model.pbtxt|saved_model.pb}",
            remedy=f"give the folder {folder or '.'}",
        )
    for damage in artifact.damage:
        if damage.kind in ("missing", "chunked", "packed") and damage.file in _NAMES:
            near = [file for file in artifact.files if file.rsplit("/", 1)[-1].lower() in _NAMES]
            remedy = "export the model again, or copy the folder whole"
            if near:
                inner = near[0].rpartition("/")[0]
                remedy = (
                    f"give the folder {artifact.path}/{inner}" if inner else f"rename {near[0]} to {near[0].lower()}"
                )
            elif damage.kind == "packed":
                remedy = "unpack it, and give the folder that holds saved_model.pb"
            elif damage.kind == "chunked":
                remedy = "save again without SaveOptions(experimental_image_format=True)"
            yield rule.found(
                damage.message + (f"; {near[0]} is" if near else ""),
                Location(damage.file),
                tensorflow_error="SavedModel file does not exist at: .../{saved_model.pbtxt|saved_model.pb}",
                remedy=remedy,
                near=near,
            )


rule.examples(
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }'),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }', path="saved_model.pb/model"),
    ok(files={"saved_model.pbtxt": b'meta_graphs { meta_info_def { tags: "serve" } }'}),
    bad("neither saved_model.pb nor saved_model.pbtxt", files={"variables/variables.index": b""}),
    bad(
        "loaders take the folder",
        saved_model='meta_graphs { meta_info_def { tags: "serve" } }',
        path="m/saved_model.pb",
    ),
    bad("only saved_model.cpb is there", files={"saved_model.cpb": b"x", "fingerprint.pb": b""}),
)
