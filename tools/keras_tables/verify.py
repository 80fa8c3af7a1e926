"""Ask real Keras releases whether the table is right.

    python -m tools.keras_tables.verify ENVIRONMENTS [--triples 200] [--seed 0] [--only VERSION,...]

ENVIRONMENTS is a folder of virtual environments tfX.Y.  Draws (class, argument, version) triples at random, half of the
arguments such that the table says yes, and makes each object from its default config with that argument through the
public `deserialize`.  Then does the same for every built-in layer of each version without any argument.  Prints what
disagrees; exit 1 if anything does.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from analyzer.tables.keras import KerasApi, keras_api, versions

Question = tuple[str, str, "str | None", object]
KINDS = ("layer", "layer", "layer", "initializer", "regularizer", "constraint", "loss", "metric", "optimizer")


class Installed(NamedTuple):
    """A Keras that an environment has."""

    python: str
    package: str
    version: str


def installed(folder: Path) -> dict[str, Installed]:
    """Version of the table -> where it is installed."""
    found: dict[str, Installed] = {}
    known = {f"{package}-{version}" for package, version in versions()}
    for environment in sorted(folder.glob("tf*")):
        release = environment.name.removeprefix("tf")
        python = str(environment / "bin" / "python")
        pairs = [("tf.keras", release)]
        for package in ("keras", "tf_keras"):
            for information in environment.glob(f"lib/python*/site-packages/{package}-*.dist-info"):
                pairs.append((package, information.name.removeprefix(f"{package}-").removesuffix(".dist-info")))
        for package, version in pairs:
            for label in (f"{package}-{version}", f"{package}-{version.rpartition('.')[0]}"):
                if label in known:
                    found.setdefault(label, Installed(python, package, version))
    return found


def ask(where: Installed, questions: list[Question]) -> list[str]:
    """What the release says to each question, `ask.py` being run under its interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "questions.json"), Path(folder, "answers.json")
        asked.write_text(json.dumps(questions), encoding="utf-8")
        script = Path(__file__).with_name("ask.py")
        command = [where.python, str(script), where.package, str(asked), str(answered)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
        if done.returncode:
            raise SystemExit(f"{where}: {done.stderr[-2000:]}")
        answers: list[str] = json.loads(answered.read_text(encoding="utf-8"))
        return answers


def arguments(api: KerasApi) -> list[str]:
    """Every argument name that some layer, optimizer or the like of a version takes."""
    found: set[str] = set()
    for kind in set(KINDS):
        for name in api.names(kind):
            symbol = api.resolve(kind, name)
            if symbol is not None:
                found |= {parameter.name for parameter in symbol.parameters} | symbol.extra
    return sorted(found - {"args", "kwargs"})


def triples(labels: Iterable[str], count: int, seed: int) -> dict[str, list[Question]]:
    """Random questions by version; arguments of all versions, so that most are from another time."""
    chance = random.Random(seed)
    apis = {label: keras_api(*label.rsplit("-", 1)) for label in labels}
    everything = sorted({name for api in apis.values() for name in arguments(api)})
    drawn: dict[str, list[Question]] = defaultdict(list)
    while sum(map(len, drawn.values())) < count:
        label = chance.choice(sorted(apis))
        kind = chance.choice(KINDS)
        name = chance.choice(apis[label].names(kind))
        symbol = apis[label].resolve(kind, name)
        if symbol is None or not symbol.is_class or not symbol.verified:
            continue
        own = sorted({parameter.name for parameter in symbol.parameters} | symbol.extra)
        argument = chance.choice(own if own and chance.random() < 0.5 else everything)
        if argument not in ("args", "kwargs"):
            parameter = symbol.parameter(argument)
            plain = parameter.default if parameter and not isinstance(parameter.default, str) else None
            drawn[label].append((kind, name, argument, plain))
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask real Keras releases whether the table is right.")
    parser.add_argument("environments", type=Path)
    parser.add_argument("--triples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    places = installed(given.environments)
    if given.only:
        places = {label: places[label] for label in given.only.split(",")}
    drawn = triples(places, given.triples, given.seed)
    agreed = undecided = wrong = trips = 0
    for label, place in sorted(places.items()):
        api = keras_api(*label.rsplit("-", 1))
        layers = [name for name in api.names("layer") if _round_trip(api, name)]
        questions: list[Question] = [*drawn[label], *(("layer", name, None, None) for name in layers)]
        for (kind, name, argument, value), answer in zip(questions, ask(place, questions), strict=True):
            symbol = api.resolve(kind, name)
            if symbol is None or (argument and answer.startswith(("failed", "no sample"))):
                undecided += 1
                print(f"undecided {label} {kind} {name} {argument}={value!r}: {answer}")
            elif (symbol.accepts(argument) if argument else True) == (answer == "accepted"):
                agreed, trips = agreed + bool(argument), trips + (not argument)
            else:
                wrong += 1
                print(f"WRONG {label} {kind} {name} {argument}={value!r}: {answer}")
    print(f"{agreed} triples and {trips} default configs agreed, {undecided} undecided, {wrong} wrong")
    sys.exit(bool(wrong))


def _round_trip(api: KerasApi, name: str) -> bool:
    symbol = api.resolve("layer", name)
    return symbol is not None and symbol.kind == "layer" and symbol.verified


if __name__ == "__main__":
    main()
