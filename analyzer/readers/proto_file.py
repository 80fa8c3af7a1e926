"""A file that holds one serialized message, binary or text, read as TensorFlow's loaders read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import Message

from analyzer.artifact import Damage
from analyzer.findings import Problem
from analyzer.readers import magic, wire
from analyzer.readers.limits import Limits
from analyzer.readers.protos import DecodeError, message, message_with_raw_nodes, parses_but_for_map_strings
from analyzer.sources import Source

T = TypeVar("T")

_OF_FILES = ("tensorflow.SavedModel", "tensorflow.MetaGraphDef", "tensorflow.GraphDef")


def read_bytes(source: Source, file: str, limit: int, damage: list[Damage], problems: list[Problem]) -> bytes | None:
    """The file's bytes; None with a damage where it is plainly no message, with a problem where we cannot read it."""
    entry = source.list().get(file)
    try:
        if entry is not None and entry.size > limit:
            problems.append(Problem(file, "limit", f"{entry.size} bytes are over the limit of {limit} for one message"))
            return None
        data = source.read(file, limit + 1)
    except PermissionError as error:
        problems.append(Problem(file, "permission", f"cannot read it: {error.strerror or error}"))
        return None
    except OSError as error:
        damage.append(Damage(file, "not-a-file", f"cannot read it: {error.strerror or error}"))
        return None
    kind = magic.recognize(data[: magic.HEAD], len(data))
    if kind in ("empty", "lfs-pointer"):
        damage.append(magic.damage(file, kind, data[: magic.HEAD]))
        return None
    return data


def parse(name: str, file: str, data: bytes, damage: list[Damage], build: Callable[[Any], T]) -> T | None:
    """What `build` makes of the message `name` with its nodes serialized, or None and what is wrong with the bytes.

    Where only strict parsers refuse the bytes, the message is what lenient ones see, and the damage is `trailing`.
    """
    try:
        return build(message_with_raw_nodes(name).FromString(data))
    except DecodeError:
        stop = wire.stops_at(data)
        if stop is None:
            damage.append(_undecodable(name, file, data))
            return None
    try:
        made = build(message_with_raw_nodes(name).FromString(data[:stop]))
    except DecodeError:
        damage.append(_undecodable(name, file, data))
        return None
    kind = magic.recognize(data[: magic.HEAD], len(data))
    text = "a web page" if kind == "html" else f"{len(data) - stop} bytes that are no message"
    damage.append(Damage(file, "trailing", f"{text} from byte {stop} on", stop, {"is": kind, "parsed": stop}))
    return made


def parse_text(name: str, file: str, data: bytes, damage: list[Damage], build: Callable[[Any], T]) -> T | None:
    """What `build` makes of the message in a text file, or None and what is wrong with the text.

    Since parsers of text refuse what their release does not know, the names in it are kept as a damage `text-names`. A text
    that is good for `text_format.Merge` alone, which takes the last of several values of a field, has the damage `text-repeated`.
    """
    from google.protobuf import text_format

    try:
        text = data.decode("utf-8")
        parsed = _merged(name, text, file, damage)
    except UnicodeDecodeError as error:
        damage.append(
            Damage(file, "garbage", f"the text is not UTF-8: {error.reason} at byte {error.start}", error.start)
        )
        return None
    except text_format.ParseError as error:
        damage.append(Damage(file, "text-syntax", str(error).splitlines()[0], None, {"error": str(error)}))
        return None
    names: set[str] = set()
    _add_names(parsed, names)
    damage.append(Damage(file, "text-names", f"{len(names)} names are spelled out", None, {"names": frozenset(names)}))
    return build(message_with_raw_nodes(name).FromString(parsed.SerializeToString()))


def _merged(name: str, text: str, file: str, damage: list[Damage]) -> Any:
    from google.protobuf import text_format

    try:
        return text_format.Parse(text, message(name)())
    except text_format.ParseError as error:
        parsed = text_format.Merge(text, message(name)())
        damage.append(Damage(file, "text-repeated", str(error).splitlines()[0], None, {"error": str(error)}))
        return parsed


def _add_names(parsed: Any, names: set[str]) -> None:
    """The full names of the fields and enum values that a message holds, and those below it."""
    for field, value in parsed.ListFields():
        names.add(field.full_name)
        items = [value] if isinstance(value, (int, float, str, bytes, Message)) else value
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            names.update(each.full_name for each in field.message_type.fields)
            of_messages = field.message_type.fields_by_name["value"].message_type is not None
            items = [value[key] for key in value] if of_messages else []
        if field.enum_type is not None:
            known = field.enum_type.values_by_number
            names.update(f"{field.enum_type.full_name}.{known[each].name}" for each in items if each in known)
        elif field.message_type is not None:
            for each in items:
                _add_names(each, names)


def read(
    source: Source,
    name: str,
    file: str,
    limits: Limits,
    damage: list[Damage],
    problems: list[Problem],
    build: Callable[[Any], T],
    *,
    text: bool = False,
) -> T | None:
    """What `build` makes of the message in a file, or None; what stood in the way is in `damage` or `problems`."""
    data = read_bytes(source, file, limits.text_proto if text else limits.proto, damage, problems)
    if data is None:
        return None
    return (parse_text if text else parse)(name, file, data, damage, build)


def _undecodable(name: str, file: str, data: bytes) -> Damage:
    kind = magic.recognize(data[: magic.HEAD], len(data))
    if kind in ("text", "json", "html", "zip", "hdf5", "gzip", "tflite", "pickle"):
        return magic.damage(file, kind, data[: magic.HEAD])
    declared = _declared_length(data)
    if declared is not None and declared > len(data):
        message_ = f"the file ends early: {len(data)} bytes are there, at least {declared} are declared"
        return Damage(file, "truncated", message_, len(data), {"size": len(data), "declared": declared})
    if parses_but_for_map_strings(name, data):
        return Damage(file, "garbage", "a name in it is not UTF-8", None, {"size": len(data), "map_string": True})
    other = _other_message(name, data)
    if other:
        return Damage(file, "wrong-format", f"the file is a {other}, not a {_short(name)}", None, {"is": other})
    return Damage(file, "garbage", f"the {len(data)} bytes are no message of this kind", None, {"size": len(data)})


def _other_message(name: str, data: bytes) -> str:
    """Which of the messages that files of models hold these bytes are, to the last field; empty for none of them."""
    for other in _OF_FILES:
        if other == name:
            continue
        try:
            parsed = message(other).FromString(data)
        except DecodeError:
            continue
        parsed.DiscardUnknownFields()
        if parsed.ByteSize() == len(data) > 0:
            return _short(other)
    return ""


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _declared_length(data: bytes) -> int | None:
    """Where the last top-level field would end, when the fields before it are whole."""
    position = 0
    while position < len(data):
        tag, position = wire.varint(data, position)
        if tag <= 0 or tag & 7 not in (0, 1, 2, 5):
            return None
        if tag & 7 == 2:
            length, position = wire.varint(data, position)
            if length < 0:
                return len(data) + 1
            position += length
        else:
            position = wire.varint(data, position)[1] if tag & 7 == 0 else position + (8 if tag & 7 == 1 else 4)
    return position
