"""What the Keras writers share: which Keras this is, how a model goes to disk, and which models a release writes.

A writer is a module of functions decorated with ``@model``; each builds one small model with whatever Keras the running
interpreter has. ``PY corpus/write_keras OUTDIR`` runs every writer in one process, ``PY corpus/write_keras/dense.py OUTDIR`` one
of them. Both write ``OUTDIR/NAME.FORM`` and describe it in ``OUTDIR/written.jsonl``. With ``TF_USE_LEGACY_KERAS=1`` a release from
2.16 on writes with its tf_keras. Standard library and TensorFlow only; Python 3.6 and later.
"""

import importlib
import json
import os
import shutil
import sys
import traceback
import zlib

import numpy
import tensorflow as tf

#: A folder with a Keras of the time when it was a package apart from TensorFlow (2.2.4, 2.3.1): that one writes.
STANDALONE = os.environ.get("KERAS_STANDALONE")
if STANDALONE:
    sys.path.insert(0, STANDALONE)
keras = importlib.import_module("keras") if STANDALONE else tf.keras
layers = keras.layers

TF = tuple(int(part) for part in tf.__version__.split(".")[:2])
LEGACY = os.environ.get("TF_USE_LEGACY_KERAS") == "1" and TF >= (2, 16)
KERAS3 = TF >= (2, 16) and not LEGACY
KERAS_VERSION = (
    importlib.import_module("tf_keras" if LEGACY else "keras").__version__ if TF >= (2, 6) else keras.__version__
)
RELEASE = "w%d.%d%s" % (TF[0], TF[1], "-tf_keras" if LEGACY else "-keras" + KERAS_VERSION if STANDALONE else "")
WRITTEN_BY = "tensorflow %s, %s %s" % (tf.__version__, "tf_keras" if LEGACY else "keras", KERAS_VERSION)

#: Releases whose changes to Keras matter most; the models that are not core are dealt out over these.
SPREAD = [
    "w1.15", "w2.2", "w2.4", "w2.6", "w2.9", "w2.10", "w2.12", "w2.13", "w2.15", "w2.16", "w2.18", "w2.21", "w2.18-tf_keras",
    "w1.15-keras2.3.1", "w1.13-keras2.2.4",
]  # fmt: skip
ALL_FORMS = ("h5", "keras", "sm")
MODELS = []


class Model:
    """One entry of a writer: how to build it, in which forms to save it, and from which releases."""

    def __init__(self, build, name, forms, core, breaks, since, until, keras3, every):
        self.build = build
        self.name = name
        self.forms = forms
        self.core = core
        self.breaks = breaks
        self.every = every
        self.available = since <= TF <= until and (keras3 or not KERAS3) and (keras3 != "only" or KERAS3)


def model(
    forms=ALL_FORMS,
    core=False,
    breaks=None,
    since=(1, 13),
    until=(9, 9),
    keras3=True,
    every=False,
    name=None,
    only_keras2=False,
):
    """Register a builder. `core` models are written under every release, `every` ones under each of SPREAD.

    `breaks` names the row of the failure catalogue that a plain load of the model meets in the release that wrote it; `keras3` is
    True, False (no such thing in Keras 3) or "only".
    """

    def register(build):
        MODELS.append(
            Model(
                build,
                name or build.__name__,
                forms,
                core,
                breaks,
                since,
                until,
                False if only_keras2 else keras3,
                every,
            )
        )
        return build

    return register


def has(*names):
    """Whether this Keras has all of these layers."""
    return all(hasattr(layers, name) for name in names)


def begin(shape, **options):
    """What begins a Sequential: `keras.Input`, which Keras did not take there while it was a package apart."""
    return layers.InputLayer(shape, **options) if STANDALONE else keras.Input(shape, **options)


def preprocessing(name):
    """A preprocessing layer class, from where this release keeps it."""
    if hasattr(layers, name):
        return getattr(layers, name)
    return getattr(layers.experimental.preprocessing, name)


def train(built, *shapes, **options):
    """One step on zeros and ones, so that optimizer variables exist. `shapes` are the shapes of inputs, then of targets."""
    targets = options.pop("targets", 1)
    data = [numpy.ones(shape, "float32") for shape in shapes]
    inputs, expected = data[:-targets], data[-targets:]
    built.train_on_batch(inputs[0] if len(inputs) == 1 else inputs, expected[0] if targets == 1 else expected)
    return built


def forms_here(entry):
    """The forms that this release can save `entry` in."""
    available = {
        "h5": True,
        "keras": KERAS3 or TF >= (2, 12),
        "sm": TF >= (1, 15) and not KERAS3 and not STANDALONE,
        "export": TF >= (2, 13),
        "weights_h5": not KERAS3,
        "weights.h5": True,
        "ckpt": TF >= (2, 0),
        "h5_named_keras": TF <= (2, 12) and not KERAS3,
        "h5_without_suffix": not KERAS3,
    }
    return [form for form in entry.forms if available[form]]


def turn(entry):
    """A number by which the models that are not core are dealt out over the releases of SPREAD."""
    return zlib.crc32(entry.name.encode()) + SPREAD.index(RELEASE)


def position(entry, form):
    """Where `form` stands among the forms of whole models in this release, the usual one first; None for weights and oddities."""
    usual = ("keras", "h5", "sm") if TF >= (2, 12) else ("h5", "sm")
    order = [item for item in usual if item in forms_here(entry)]
    return order.index(form) if form in order else None


def dealt(entry, form):
    """Whether the corpus holds this model and form of this release: all of the core, a fixed share of the rest."""
    if entry.core or RELEASE not in SPREAD:
        return entry.core
    if not entry.every and turn(entry) % 3:
        return False
    place = position(entry, form)
    return not place or (turn(entry) // 3 + place) % 2 == 0


def tier(entry, form):
    """1 for the artifacts whose loads are recorded under every release, 2 for the rest."""
    first = position(entry, form) == 0
    if RELEASE not in SPREAD:
        return 1 if first else 2
    if entry.core:
        return 1
    share = 3 if entry.every else 12
    return 1 if turn(entry) % share == 0 and (first or position(entry, form) is None or turn(entry) % 5 == 0) else 2


PATHS = {
    "h5": "%s.h5",
    "keras": "%s.keras",
    "sm": "%s_sm",
    "export": "%s_export",
    "weights_h5": "%s_weights.h5",
    "weights.h5": "%s.weights.h5",
    "ckpt": "%s_ckpt",
    "h5_named_keras": "%s_as_h5.keras",
    "h5_without_suffix": "%s_h5",
}
FORMATS = {
    "h5": "keras_h5",
    "keras": "keras_archive",
    "sm": "saved_model",
    "export": "saved_model",
    "weights_h5": "weights_h5",
    "weights.h5": "weights_h5",
    "ckpt": "checkpoint",
    "h5_named_keras": "keras_h5",
    "h5_without_suffix": "keras_h5",
}


def save(built, path, form):
    """Write `built` to `path`; raises whatever this Keras raises when it cannot."""
    if form in ("h5", "h5_named_keras", "h5_without_suffix"):
        built.save(path) if KERAS3 or TF < (1, 14) or STANDALONE else built.save(path, save_format="h5")
    elif form == "keras":
        built.save(path, save_format="keras_v3") if TF == (2, 12) else built.save(path)
    elif form == "sm":
        built.save(path, save_format="tf")
    elif form == "export":
        built.export(path)
    elif form in ("weights_h5", "weights.h5"):
        built.save_weights(path)
    elif KERAS3:
        tf.train.Checkpoint(model=built).write(path)
    else:
        built.save_weights(path, save_format="tf")


def write(entry, folder, everything):
    """Write one model in all its forms below `folder`; yields what the listing says of each."""
    forms = [form for form in forms_here(entry) if everything or dealt(entry, form)]
    if not forms:
        return
    keras.backend.clear_session()
    numpy.random.seed(1)
    tf.random.set_seed(1) if hasattr(tf.random, "set_seed") else tf.compat.v1.set_random_seed(1)
    built = entry.build()
    if built is None:
        return
    for form in forms:
        name = PATHS[form] % entry.name
        path = os.path.join(folder, name)
        discard(path)
        if form == "ckpt":
            os.makedirs(path)
        try:
            save(built, os.path.join(path, "model") if form == "ckpt" else path, form)
        except Exception as error:
            discard(path)
            sys.stderr.write(
                "%s/%s: not saved: %s: %s\n" % (RELEASE, name, type(error).__name__, " ".join(str(error).split())[:300])
            )
            continue
        row = {"name": name, "path": name + "/model" if form == "ckpt" else name, "format": FORMATS[form]}
        row.update({"written_by": WRITTEN_BY, "breaks": entry.breaks, "tier": tier(entry, form)})
        yield row


def discard(path):
    """Remove what an interrupted save left behind."""
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)


def main(arguments=None):
    """Write what was registered: ``OUTDIR [--all] [NAME or THEME ...]``; `--all` takes every form, whatever is dealt."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    everything = "--all" in arguments
    if everything:
        arguments.remove("--all")
    folder, names = arguments[0], arguments[1:]
    if not os.path.isdir(folder):
        os.makedirs(folder)
    listing = os.path.join(folder, "written.jsonl")
    written = {}
    if os.path.exists(listing):
        with open(listing) as stream:
            written = {row["name"]: row for row in map(json.loads, stream)}
    for entry in MODELS:
        if not entry.available or (names and entry.name not in names and entry.build.__module__ not in names):
            continue
        try:
            written.update((row["name"], row) for row in write(entry, folder, everything))
        except Exception:
            sys.stderr.write("%s/%s: not built\n%s\n" % (RELEASE, entry.name, traceback.format_exc()[-900:]))
        with open(listing, "w") as stream:
            stream.writelines(json.dumps(written[name]) + "\n" for name in sorted(written))
