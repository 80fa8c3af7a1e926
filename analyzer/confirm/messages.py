"""Which rules stand for an error that TensorFlow or Keras raised.

TensorFlow tells causes apart by words only, and the words changed over the releases; so this is a list of rules, and the
patterns of messages that any of these rules explains. Entries of `SPECIFIC` are all tried, those of `GENERAL` only
when none of them matched: `No such file or directory` alone says little.
"""

from __future__ import annotations

import re
from functools import cache

from analyzer.confirm.messages_files import FILES
from analyzer.confirm.messages_graphs import GRAPHS
from analyzer.confirm.messages_keras import KERAS
from analyzer.confirm.messages_networks import NETWORKS
from analyzer.confirm.messages_operations import OPERATIONS
from analyzer.confirm.rule_groups import CONFIG, NAMES, UNREADABLE

SPECIFIC: tuple[tuple[str, ...], ...] = (*GRAPHS, *FILES, *NETWORKS, *KERAS, *OPERATIONS)

GENERAL: tuple[tuple[str, ...], ...] = (
    (
        f"{CONFIG} {NAMES}",
        r"could not be deserialized properly",
        r"Error when deserializing class",
        r"Unable to reconstruct an instance of",
        r"float NaN",
    ),
    (
        "malformed-config invalid-argument",
        r"^(AttributeError|TypeError|ValueError): .*(object has no attribute|may only have|expected one of)",
    ),
    (
        "invalid-argument invalid-graph incompatible-input",
        r"[Ii]nvalid value for argument",
        r"`?\w+`? (argument )?(must|should) be",
        r"int\(\) argument must be",
        r"not supported between",
        r"unhashable type",
        r"object is not callable",
        r"argument must be",
        r"Received:? ",
        r"expected to have the same value for attribute",
    ),
    (
        "incompatible-input invalid-graph child-name",
        r"Exception encountered when calling \w+\.call\(\)",
        r"unsupported operand type\(s\)",
        r"list assignment index out of range",
        r"^AssertionError: ?$",
    ),
    ("unparsable-writer", r"'<' not supported between instances of 'str' and 'int'"),
    ("object-values", r"object is not callable"),
    ("keras-metadata", r"'NoneType' object is not iterable"),
    ("saver-signature", r"Binding inputs to tf\.function failed"),
    ("invalid-argument", r"unsupported operand type\(s\)"),
    (f"missing-file missing-asset missing-shard missing-variables {UNREADABLE}", r"No such file or directory"),
    ("unsupported-file-format missing-saved-model", r"Is a directory", r"Not a directory"),
    ("unreadable-file", r"Permission denied"),
    ("resource-creation", r"^RuntimeError: ?$"),
    (
        "missing-attribute missing-object missing-function unresolved-object unknown-input duplicate-function missing-argument missing-weights malformed-config invalid-graph",
        r"^KeyError: ",
    ),
)

_MET = "Exception encountered: "
_QUOTES_CONFIGURATION = re.compile(r"could not be deserialized properly|Error when deserializing class")


@cache
def _compiled(entries: tuple[tuple[str, ...], ...]) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE), tuple(names.split()))
        for names, *patterns in entries
    )


def rules_for(exception: str | None, message: str | None) -> tuple[str, ...]:
    """The rules that may stand for an error, the likeliest first; empty where no pattern knows it.

    `exception` is the class's name. `message` may have its middle left out. Keras's `serialization_lib` (and `objects` of Keras 3's
    saving) quotes the whole configuration before the error that it met, so only what stands behind that is specific.
    """
    text = f"{exception or ''}: {message or ''}"
    specific = text.rpartition(_MET)[2] if _QUOTES_CONFIGURATION.search(text) else text
    return _matching(SPECIFIC, specific) or _matching(GENERAL, text)


def _matching(entries: tuple[tuple[str, ...], ...], text: str) -> tuple[str, ...]:
    found = (names for pattern, names in _compiled(entries) if pattern.search(text))
    return tuple(dict.fromkeys(name for names in found for name in names))
