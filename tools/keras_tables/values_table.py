"""Build `analyzer/tables/keras_values.jsonl` from what `values.py` wrote under several releases of Keras.

    python -m tools.keras_tables.values_table DUMP...          those of Keras 2 or of Keras 3, or all
    python -m tools.keras_tables.values_table --add DUMP...    what the table has stays; arguments that it lacks come in,
                                                               for the versions from the first to the last of the dumps
    ... --add --like=keras-3.0.5 DUMP...                       as far as the table has them for that version, too: for
                                                               dumps made on another backend than TensorFlow

A row is of one class by kind and name and holds, argument by argument, the letters of the values that it refuses
(`analyzer/tables/keras_values.py` tells which letter a value is).  Only refusals that cannot hang on another argument are
kept: an integer that is refused where an integer is the default may well be taken beside other arguments.  A release
that was not asked gets what its neighbours agree on, later ones what the last one said.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analyzer.tables.keras import versions
from analyzer.tables.keras_values import key_of
from tools.keras_tables.table import label
from tools.tables.fold import Row, fold, unfold, write

TABLE = Path(__file__).parents[2] / "analyzer" / "tables" / "keras_values.jsonl"
# Arguments all of whose words `values.py` tries; which words others may be is not known.
ENUMERATED = [
    "padding",
    "data_format",
    "interpolation",
    "fill_mode",
    "merge_mode",
    "mode",
    "distribution",
    "output_mode",
    "curve",
    "summation_method",
    "score_mode",
    "average",
]
# Arguments some of whose words a class takes beside others only: `tf_idf` beside `idf_weights`.
SHARED = ("output_mode",)
PATHS = ("vocabulary",)  # text that is a file's name
SURE = ("seed", "average", "threshold")  # arguments that nothing else in a configuration changes the meaning of
PAIRS = (
    "factor",
    "scale",
    "sigma",
    "value_range",
)  # a number or its lower and upper bound, as the arguments' names end
CHANCES = frozenset(("rate", "stddev", "dropout", "recurrent_dropout"))  # of 0 leave `seed` unread
_SHAPED = ("schedule:", "initializer:")  # their lists fit or do not fit lists and shapes elsewhere
Facts = dict[str, Row]  # class -> its refusals: stage -> argument -> letters, `words`
NUMBERS = "tf012-ohrwm"
LISTS = "labzxyq"
DECLARED = ("batch_input_shape", "input_shape", "batch_size")  # what any layer takes
DTYPES = "sde012"  # which names and numbers are dtypes is known better than by trying some


def facts_of(document: Mapping[str, Any]) -> Facts:
    """The refusals of one release."""
    facts: Facts = {}
    for address, arguments in document["values"].items():
        module, _, name = address.partition(":")
        key = key_of(document["kinds"][address], module, name)
        row = trusted(arguments, key)
        facts[key] = both(facts[key], row) if key in facts else row
    for name in SHARED:
        rows = [row["words"] for row in facts.values() if name in row.get("words", {})]
        every = " ".join(dict.fromkeys(word for words in rows for word in words[name].split()))
        for words in rows:
            words[name] = every
    return {key: row for key, row in facts.items() if row}


def trusted(arguments: Mapping[str, Any], key: str) -> Row:
    """What of an object's refusals holds whatever the other arguments are."""
    row: Row = {}
    unread = CHANCES & arguments.keys() or key.endswith("Attention")
    for name, found in sorted(arguments.items()):
        if name == "seed" and unread:
            continue
        doubtful = _doubtful(name, found["default"]) + (LISTS if key.startswith(_SHAPED) else "")
        enumerated = name in ENUMERATED and found.get("words")
        if name in PATHS or (not enumerated and (found["default"] == "s" or found.get("words"))):
            doubtful += "sd"
        for stage in ("construct", "call"):
            letters = "".join(letter for letter in found.get(stage, "") if letter not in doubtful)
            if found["default"] in "tf" and {"t", "f"} & set(letters):
                continue  # a switch that stands in one position only beside other arguments, as `sparse` beside `output_mode`
            if found["default"] in "t2hs" and set("laby") <= set(letters) and not name.endswith(PAIRS):
                letters += "L"
            if letters:
                row.setdefault(stage, {})[name] = letters
        if found.get("words") and name in ENUMERATED:
            row.setdefault("words", {})[name] = ("~ " if found.get("any_case") else "") + found["words"]
    return row


def _doubtful(name: str, default: str) -> str:
    """Letters of values whose refusal may hang on other arguments, by the letter of the default (`?` where it has none)."""
    doubtful = DTYPES if name == "dtype" else ""
    if name in SURE:
        return ""
    if default == "n" or (default == "?" and name not in DECLARED):
        return doubtful + NUMBERS + LISTS.replace("x", "")  # no argument takes a list of any words
    if default == "2":
        return doubtful + "t12"
    if name.endswith(PAIRS):
        return doubtful + LISTS
    if default == "l":
        return doubtful + "12abq"
    return doubtful


def both(first: Row, second: Row) -> Row:
    """What two releases, or two classes of one name, refuse alike."""
    row: Row = {}
    for stage in ("construct", "call"):
        for name, letters in first.get(stage, {}).items():
            shared = "".join(letter for letter in letters if letter in second.get(stage, {}).get(name, ""))
            if shared:
                row.setdefault(stage, {})[name] = shared
    for name, words in first.get("words", {}).items():
        other = second.get("words", {}).get(name)
        if other is not None:
            every = dict.fromkeys(f"{words} {other}".split())
            row.setdefault("words", {})[name] = " ".join(every)
    return row


def filled(measured: Mapping[str, Facts], order: Iterable[str]) -> dict[str, Facts]:
    """Facts for every version from the first measured one on."""
    labels = list(order)
    places = [number for number, each in enumerate(labels) if each in measured]
    facts = {}
    for number, each in enumerate(labels):
        before = max((place for place in places if place <= number), default=None)
        after = min((place for place in places if place >= number), default=before)
        if before is None or after is None:
            facts[each] = {}
            continue
        old, new = measured[labels[before]], measured[labels[after]]
        facts[each] = agreed(old, new)
    return facts


def agreed(one: Facts, other: Facts) -> Facts:
    """What both have."""
    return {key: row for key in one.keys() & other.keys() if (row := both(one[key], other[key]))}


def extended(kept: Facts, more: Facts) -> Facts:
    """Facts with the arguments of others that they lack."""
    found = {key: {part: dict(arguments) for part, arguments in row.items()} for key, row in more.items()}
    for key, row in kept.items():
        for part, arguments in row.items():
            found.setdefault(key, {}).setdefault(part, {}).update(arguments)
    return found


def main(dumps: list[str]) -> None:
    """Build the table anew from these dumps; what it has of the other age of Keras, 2 or 3, stays where no dump is of it."""
    adds = dumps[0] == "--add"
    like = next((each.partition("=")[2] for each in dumps if each.startswith("--like=")), "")
    dumps = [each for each in dumps if not each.startswith("--")]
    measured = {}
    for dump in dumps:
        document = json.loads(Path(dump).read_text(encoding="utf-8"))
        measured[label(document)] = facts_of(document)
    labels = [f"{package}-{version}" for package, version in versions()]
    keras_3 = [each for each in labels if each.startswith("keras-3.")]
    keras_2 = [each for each in labels if each not in keras_3 and not each.startswith(("keras-2.2", "keras-2.3"))]
    rows = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
    facts = {each: unfold("object", rows, each, labels.index) for each in labels}
    if like:
        measured = {each: agreed(row, facts[like]) for each, row in measured.items()}
    for age in (keras_2, keras_3):
        places = [place for place, each in enumerate(age) if each in measured]
        if places:
            new = filled(measured, age)
            within = age[places[0] : places[-1] + 1]
            facts |= {each: extended(facts[each], new[each]) for each in within} if adds else new
    rows = fold("object", facts, labels)
    print(f"{len(rows)} rows, {write(TABLE, rows)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
