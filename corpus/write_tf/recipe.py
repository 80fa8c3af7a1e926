"""What every writer shares: TensorFlow 1's API under each release, the list of cases, and saving from a session.

Runs under Python 3.6 to 3.13 and TensorFlow 1.4 to 2.21 with the standard library only, so that a release writes its own
artifacts without this package being installed beside it.
"""

import importlib.util
import json
import os
import shutil
import sys
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
if importlib.util.find_spec("tf_keras"):
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")  # what TensorFlow 1's cells and optimizers need from 2.16 on

import tensorflow as tf

v1 = getattr(tf.compat, "v1", tf)
RELEASE = tuple(int(part) for part in tf.__version__.split("-")[0].split(".")[:2])
SPREAD = ("1.4", "1.12", "1.15", "2.0", "2.3", "2.4", "2.7", "2.10", "2.12", "2.15", "2.18", "2.21")
CASES = []


class Case(object):
    """One artifact to write: `write(folder)` fills an empty folder; `entry` is the path inside it that a loader is given."""

    def __init__(self, write, form, at, since, entry):
        self.name = write.__name__
        self.theme = write.__module__
        self.write = write
        self.form = form
        self.at = at
        self.since = tuple(int(part) for part in since.split("."))
        self.entry = entry

    def wanted(self, release=RELEASE):
        """True where `release` is one that the case is written under."""
        if release < self.since:
            return False
        return self.at == "all" or ".".join(map(str, release)) in self.at.split()

    def tier(self, release=RELEASE):
        """1 for the artifacts whose loads are recorded under every release: the core over the spread, else every second one."""
        name = ".".join(map(str, release))
        if self.at == "all":
            return 1 if name in SPREAD else 2
        return 1 + self.at.split().index(name) % 2


def case(form, at="all", since="1.4", entry=""):
    """Register a writer of `form` (a format name of the manifest) for the releases `at` ("all" or names), from `since` on."""

    def register(write):
        CASES.append(Case(write, form, at, since, entry))
        return write

    return register


def write_all(out, themes=None):
    """Write every wanted case (of `themes` if given) below `out`; describe each in `out`/written.jsonl; return the failures."""
    if not os.path.isdir(out):
        os.makedirs(out)
    os.chdir(out)  # what is written may hold the paths that it was written to: let them be short and relative
    failed = []
    listing = "written.jsonl"
    done = {}
    if os.path.exists(listing):
        with open(listing) as stream:
            done = {line["name"]: line for line in map(json.loads, stream)}
    for item in CASES:
        if (themes and item.theme not in themes) or not item.wanted():
            continue
        folder = item.name
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        try:
            item.write(folder)
        except Exception:
            shutil.rmtree(folder, ignore_errors=True)
            done.pop(item.name, None)
            failed.append(item.name)
            sys.stderr.write("%s under %s: %s\n" % (item.name, tf.__version__, traceback.format_exc(limit=-3)[-700:]))
            continue
        done[item.name] = {
            "name": item.name,
            "path": "/".join(filter(None, (item.name, item.entry))),
            "format": item.form,
            "written_by": "tensorflow " + tf.__version__,
            "tier": item.tier(),
        }
    with open(listing, "w") as stream:
        for name in sorted(done):
            stream.write(json.dumps(done[name]) + "\n")
    return failed


def main():
    """`PY THEME.py OUTDIR`: write the cases of that theme."""
    themes = {os.path.splitext(os.path.basename(sys.argv[0]))[0], "__main__"}
    sys.exit(1 if write_all(sys.argv[1], themes) else 0)


def variable(name, shape, dtype=None, value=0.1, resource=False, **options):
    """A v1 variable of that name, filled with `value`; a reference variable unless `resource`."""
    return v1.get_variable(
        name, shape, dtype or tf.float32, initializer=v1.constant_initializer(value), use_resource=resource, **options
    )


def dense(inputs, units, name, resource=False):
    """inputs @ kernel + bias, with variables `name`/kernel and `name`/bias."""
    with v1.variable_scope(name):
        width = inputs.shape.as_list()[-1] if hasattr(inputs.shape, "as_list") else int(inputs.shape[-1])
        kernel = variable("kernel", [width, units], resource=resource)
        bias = variable("bias", [units], value=0.0, resource=resource)
        return v1.nn.bias_add(tf.matmul(inputs, kernel), bias)


def signature(inputs, outputs, method="tensorflow/serving/predict"):
    """A SignatureDef over dicts of tensors."""
    info = v1.saved_model.utils.build_tensor_info
    return v1.saved_model.signature_def_utils.build_signature_def(
        {name: info(tensor) for name, tensor in inputs.items()},
        {name: info(tensor) for name, tensor in outputs.items()},
        method,
    )


def save_session(folder, inputs, outputs, session=None, initialise=True, tags=("serve",), signatures=None, **options):
    """Save the default graph as a v1 SavedModel with one meta graph; the session is made (and initialised) here unless given."""
    chosen = session or v1.Session()
    with chosen:
        if initialise:
            chosen.run([v1.global_variables_initializer(), v1.tables_initializer()])
        shutil.rmtree(folder)
        builder = v1.saved_model.builder.SavedModelBuilder(folder)
        builder.add_meta_graph_and_variables(
            chosen,
            list(tags),
            signature_def_map=signatures or {"serving_default": signature(inputs, outputs)},
            **options,
        )
        builder.save()


def graph():
    """A fresh graph, made the default."""
    return v1.Graph().as_default()


def saved_model_v1(at="all", since="1.4"):
    """Register a writer that builds a graph and returns (inputs, outputs[, options of save_session])."""

    def register(build):
        def write(folder):
            with graph():
                made = build(folder)
                save_session(folder, made[0], made[1], **(made[2] if len(made) > 2 else {}))

        write.__name__ = build.__name__
        write.__module__ = build.__module__
        case("saved_model", at, since)(write)
        return build

    return register
