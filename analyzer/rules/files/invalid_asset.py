"""An asset whose lines the table that is filled from it does not take.

## Why it matters

Tables are filled while the model loads, and a vocabulary that was edited, cut off or given Windows line ends in a wrong place stops it: "HashTable
has different value for same key.", "Invalid number of columns in vocab.txt line 0", "Invalid vocab_size in vocab.txt: expected 9 but got 4",
"empty line found at position 7.", "Field x in line 3 is not a valid int64.", "Read less bytes than requested" for an empty file
(core/kernels/lookup_util.cc `TextFileLineIterator`, `InitializeTableFromTextFile`; initializable_lookup_table.cc).

## How to fix

Restore the file that was exported with the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Location, Phase
from analyzer.graphs.assets import AssetRead, reads
from analyzer.parts.graph import NodeKind
from analyzer.records import NamedTuple
from analyzer.rule import Rule, bad, ok
from analyzer.tables.dtypes import name_of
from analyzer.target import Target

rule = Rule(__name__, Phase.RUN, noticed_by=Check.INITIALIZER, reads=frozenset({"saved_model"}))

_LINE_NUMBER, _WHOLE_LINE = -1, -2
_FLOATS, _INT32, _STRING, _INT64 = (1, 2), 3, 7, 9  # DataType numbers
_INTEGERS = (3, 4, 5, 6, 9, 17, 22, 23)
_NUMBER = re.compile(rb"\s*[-+]?\d+\s*")


class _How(NamedTuple):
    """How a table is filled: the reader's attributes, and the types of keys and values, 0 where they are not known."""

    key_index: int
    value_index: int
    vocab_size: int
    delimiter: bytes
    key_dtype: int
    value_dtype: int


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each way of reading each file, with everything that reads it so."""
    assert artifact.saved_model is not None
    for meta_graph in artifact.meta_graphs:
        places: dict[tuple[str, _How], list[str]] = {}
        for read in reads(meta_graph):
            if read.reader.op != "ReadFile":
                places.setdefault((read.filename, _how(read)), []).append(read.symbol)
        for (filename, how), symbols in places.items():
            content = artifact.asset_bytes(f"assets/{filename}")
            error = _wrong_reader(how) or (_complaint(content, how) if content is not None else "")
            if error:
                yield rule.found(
                    f"assets/{filename}: {error.rstrip('.')}",
                    [Location(artifact.saved_model.file, symbol) for symbol in dict.fromkeys(symbols)],
                    tensorflow_error=error,
                    remedy="restore the file that was exported with the model",
                )


def _how(read: AssetRead) -> _How:
    attrs = read.reader.attrs

    def plain(kind: NodeKind | None, name: str, otherwise: Any) -> Any:
        attr = kind.attrs.get(name) if kind is not None else None
        return otherwise if attr is None or not attr.kind else attr.value

    delimiter = plain(read.reader, "delimiter", b"\t")
    return _How(
        attrs["key_index"].value if "key_index" in attrs else _WHOLE_LINE,
        attrs["value_index"].value if "value_index" in attrs else _LINE_NUMBER,
        plain(read.reader, "vocab_size", -1),
        delimiter if isinstance(delimiter, bytes) else b"\t",
        plain(read.table, "key_dtype", 0),
        plain(read.table, "value_dtype", 0),
    )


def _wrong_reader(how: _How) -> str:
    if len(how.delimiter) != 1:
        return "delimiter should be only 1 char"
    for word, index, dtype in (("Key", how.key_index, how.key_dtype), ("Value", how.value_index, how.value_dtype)):
        if dtype and index == _LINE_NUMBER and dtype != _INT64:
            return f"{word} index for line number requires table {word.lower()} dtype of int64, got {name_of(dtype)}"
        if dtype and index == _WHOLE_LINE and dtype != _STRING and dtype not in _INTEGERS:
            return f"{word} index for whole line requires string or integer table {word.lower()}, got {name_of(dtype)}"
    return ""


def _complaint(content: bytes, how: _How) -> str:
    """What the iterator over the lines stumbles over first. Carriage returns are dropped wherever they stand."""
    if not content:
        return "Read less bytes than requested"
    lines = content.replace(b"\r", b"").split(b"\n")
    if content.endswith(b"\n"):
        lines.pop()
    position = 0
    seen: dict[Any, Any] = {}
    needed = max(how.key_index, how.value_index) + 1
    for number, line in enumerate(lines):
        if 0 <= how.vocab_size <= number:  # what ends the reading is an error where nothing was read
            return "" if number else "Finished reading 0 of lines"
        position += len(line) + 1
        if not line:
            return f"Invalid content: empty line found at position {position}."
        tokens = line.split(how.delimiter) if needed > 0 else [line]
        if len(tokens) < needed:
            text = line.decode("utf-8", "replace")
            return f"Invalid number of columns in line {number} ({text}) : expected {needed} got {len(tokens)}"
        pair = []
        for index, dtype in ((how.key_index, how.key_dtype), (how.value_index, how.value_dtype)):
            token = line if index == _WHOLE_LINE else tokens[index] if index >= 0 else b"%d" % number
            if index != _LINE_NUMBER and not _reads_as(token, dtype):
                return f"Field {token.decode('utf-8', 'replace')} in line {number} is not a valid {name_of(dtype)}."
            pair.append(int(token) if dtype in (_INT32, _INT64) else token)
        if seen.setdefault(pair[0], pair[1]) != pair[1]:
            return f"HashTable has different value for same key. Key {pair[0]!r} has {seen[pair[0]]!r} and trying to add value {pair[1]!r}"
    if how.vocab_size > len(lines):
        return f"Invalid vocab_size: expected {how.vocab_size} but got {len(lines)}"
    return ""


def _reads_as(token: bytes, dtype: int) -> bool:
    if dtype in (_INT32, _INT64):
        return _NUMBER.fullmatch(token) is not None
    if dtype in _FLOATS:
        try:
            float(token)
        except ValueError:
            return False
    return True


_GRAPH = """meta_graphs {{ meta_info_def {{ tags: "serve" }} asset_file_def {{ tensor_info {{ name: "a:0" }} filename: "v.txt" }}
  graph_def {{ node {{ name: "a" op: "Const" }}
    node {{ name: "t" op: "HashTableV2" attr {{ key: "key_dtype" value {{ type: DT_STRING }} }} attr {{ key: "value_dtype" value {{ type: DT_INT64 }} }} }}
    node {{ name: "i" op: "InitializeTableFromTextFileV2" input: "t" input: "a" attr {{ key: "key_index" value {{ i: {} }} }}
      attr {{ key: "value_index" value {{ i: {} }} }} }} node {{ name: "init" op: "NoOp" input: "^i" }} }}
  collection_def {{ key: "saved_model_main_op" value {{ node_list {{ value: "init" }} }} }} }}"""

_WHOLE = _GRAPH.format(-2, -1)
_COLUMNS = _GRAPH.format(0, 1)

_DELIMITER = 'attr {{ key: "delimiter" value {{ s: "{}" }} }} attr {{ key: "key_index"'
_VOCAB_SIZE = 'attr {{ key: "vocab_size" value {{ i: {} }} }} attr {{ key: "key_index"'


def _with(attr: str) -> str:
    return _WHOLE.replace('attr { key: "key_index"', attr)


rule.examples(
    ok(saved_model=_WHOLE, files={"assets/v.txt": b"a\r\nb\r\nc"}),
    ok(saved_model=_COLUMNS, files={"assets/v.txt": b"a\t1\nb\t2\nb\t2\n"}),
    ok(saved_model=_WHOLE),
    ok(saved_model='meta_graphs { meta_info_def { tags: "serve" } }', files={"assets/v.txt": b""}),
    ok(saved_model=_WHOLE, files={"assets/v.txt": b"a"}),
    ok(saved_model=_with(_DELIMITER.format(";")), files={"assets/v.txt": b"a\nb"}),
    ok(saved_model=_with(_VOCAB_SIZE.format(1)), files={"assets/v.txt": b"a\na\n"}),
    bad("delimiter should be only 1 char", saved_model=_with(_DELIMITER.format("::"))),
    bad("Finished reading 0 of lines", saved_model=_with(_VOCAB_SIZE.format(0)), files={"assets/v.txt": b"a\nb"}),
    bad("Read less bytes than requested", saved_model=_WHOLE, files={"assets/v.txt": b""}),
    bad("different value for same key", saved_model=_WHOLE, files={"assets/v.txt": b"a\nb\na\n"}),
    bad("expected 2 got 1", saved_model=_COLUMNS, files={"assets/v.txt": b"a\t1\nb\n"}),
    bad("is not a valid int64", saved_model=_COLUMNS, files={"assets/v.txt": b"a\tone\n"}),
    bad("empty line found", saved_model=_WHOLE, files={"assets/v.txt": b"a\n\nb\n"}),
)
