"""Files whose content is damaged: replaced by something else, cut short, one bit wrong (catalogue rows B01 to B03, G04 to G06 and T01 to T03)."""

from __future__ import annotations

from pathlib import Path

from bases import FROZEN, OBJECTS, SAVER, TABLE, TABLE_V1, V1, V2
from recipe import Mutant, mutation

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 52428800\n" % 7
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>404: Not Found</body></html>\n"
NOISE = bytes((17 + 131 * index * index) % 251 for index in range(600))
CONTENTS = {
    "empty": b"",
    "lfs": POINTER,
    "html": PAGE,
    "json": b'{"message": "Not Found", "status": "404"}',
    "noise": NOISE,
    "zeros": bytes(400),
}


def model_file(mutant: Mutant) -> Path:
    return mutant.proto[0]


def index_file(mutant: Mutant) -> Path:
    return mutant.variables.with_name(mutant.variables.name + ".index")


def data_file(mutant: Mutant) -> Path:
    return sorted(mutant.variables.parent.glob(mutant.variables.name + ".data-*"))[0]


def asset_file(mutant: Mutant) -> Path:
    return sorted((mutant.folder / "assets").iterdir())[0]


def replace_content() -> None:
    """Each kind of file by each kind of thing that a failed download or checkout leaves in its place."""
    places = [
        ("p", model_file, "B01", (V1, V2), tuple(CONTENTS)),
        ("p", model_file, "B01", (FROZEN,), tuple(CONTENTS)),
        ("v_index", index_file, "G06", (V1,), ("empty", "lfs", "noise")),
        ("v_index", index_file, "G06", (V2,), ("empty", "lfs", "zeros")),
        ("v_data", data_file, "G04", (V1, V2), ("empty", "lfs", "zeros")),
        ("c_index", index_file, "G06", (SAVER, OBJECTS), ("empty", "lfs", "html", "noise")),
        ("c_data", data_file, "G04", (SAVER, OBJECTS), ("empty", "lfs", "noise")),
        ("c_meta", model_file, "G16", (SAVER,), ("empty", "lfs", "noise")),
        ("a_vocab", asset_file, "G20", (TABLE,), ("empty", "lfs", "zeros")),
        ("a_vocab", asset_file, "G20", (TABLE_V1,), ("empty", "html")),
    ]
    for prefix, place, breaks, bases, kinds in places:
        for kind in kinds:
            row = {"lfs": "T01", "html": "B03", "json": "B03"}.get(
                kind, "B02" if kind == "empty" and prefix == "p" else breaks
            )

            def apply(mutant: Mutant, place=place, kind=kind) -> None:  # type: ignore[no-untyped-def]
                place(mutant).write_bytes(CONTENTS[kind])

            mutation(f"{prefix}_{kind}", None if prefix == "a_vocab" and kind in ("lfs", "html") else row, *bases)(
                apply
            )


def truncate() -> None:
    """Files cut at each eighth, and by one byte."""
    places = [
        ("p", model_file, (V1, FROZEN), range(1, 8)),
        ("p", model_file, (V2,), (1, 4, 7)),
        ("v_index", index_file, (V1,), (2, 5)),
        ("c_index", index_file, (SAVER,), (1, 4, 7)),
        ("c_data", data_file, (SAVER, OBJECTS), (4,)),
        ("v_data", data_file, (V2,), (4, 7)),
    ]
    for prefix, place, bases, eighths in places:
        for eighth in eighths:

            def cut(mutant: Mutant, place=place, eighth=eighth) -> None:  # type: ignore[no-untyped-def]
                data = place(mutant).read_bytes()
                place(mutant).write_bytes(data[: len(data) * eighth // 8])

            mutation(f"{prefix}_cut_{eighth}of8", "T03", *bases)(cut)
        if prefix != "p" or V1 in bases:

            def short(mutant: Mutant, place=place) -> None:  # type: ignore[no-untyped-def]
                place(mutant).write_bytes(place(mutant).read_bytes()[:-1])

            mutation(f"{prefix}_one_byte_short", "T03", *bases)(short)


def flip() -> None:
    """One bit wrong, at several places."""
    places = [
        ("p", model_file, (V1,), (1, 3, 5, 7), "B01"),
        ("p", model_file, (V2,), (2, 6), "B01"),
        ("p", model_file, (FROZEN,), (2, 4, 6), "B01"),
        ("c_index", index_file, (SAVER, OBJECTS), (1, 4, 7), "G06"),
        ("v_index", index_file, (V1, V2), (2, 6), "G06"),
        ("c_data", data_file, (SAVER, OBJECTS), (1, 6), "G05"),
        ("v_data", data_file, (V1, V2), (3,), "G05"),
        ("c_meta", model_file, (SAVER,), (4,), "G16"),
    ]
    for prefix, place, bases, eighths, breaks in places:
        for eighth in eighths:

            def wrong(mutant: Mutant, place=place, eighth=eighth) -> None:  # type: ignore[no-untyped-def]
                data = bytearray(place(mutant).read_bytes())
                data[len(data) * eighth // 8] ^= 0x20
                place(mutant).write_bytes(bytes(data))

            mutation(f"{prefix}_bit_{eighth}of8", breaks, *bases)(wrong)


replace_content()
truncate()
flip()
