"""The table of op libraries: what it must keep whatever is added, and what it says of known cases."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from analyzer.tables import libraries
from analyzer.tables.releases import ORDER, RELEASES

OPS = list(libraries.OPS)
WHEELS = list(libraries.WHEELS)


def test_rows_are_sorted_and_complete():
    assert [row["op"].encode() for row in OPS] == sorted(row["op"].encode() for row in OPS)
    assert [row["distribution"] for row in WHEELS] == sorted(row["distribution"] for row in WHEELS)
    for row in OPS:
        assert set(row) <= {"op", "library", "since", "until", "load"}, row
        assert {"op", "library", "since", "load"} <= set(row), row
    for row in WHEELS:
        assert set(row) <= {"distribution", "version", "tensorflow", "pythons", "cuda"}, row


def test_intervals_of_one_op_in_one_library_are_disjoint():
    by_key = {}
    for row in OPS:
        by_key.setdefault((row["op"], row["library"]), []).append(row)
    for rows in by_key.values():
        for earlier, later in pairwise(rows):
            assert libraries._numbers(earlier["until"]) < libraries._numbers(later["since"]), (earlier, later)
        for row in rows:
            assert "until" not in row or libraries._numbers(row["since"]) <= libraries._numbers(row["until"]), row


def test_every_bound_is_a_version_that_was_asked():
    asked = {(row["distribution"], row["version"]) for row in WHEELS}
    for row in OPS:
        for bound in ("since", "until"):
            if bound not in row:
                continue
            if row["library"] == libraries.CONTRIB:
                assert row[bound] in RELEASES and row[bound].startswith("1."), row
            else:
                assert (row["library"], row[bound]) in asked, row


def test_wheels_name_known_releases_in_order_and_versions_ascend():
    for row in WHEELS:
        assert row["tensorflow"] == sorted(row["tensorflow"], key=ORDER.__getitem__), row
    for name in libraries.distributions():
        versions = [libraries._numbers(wheel.version) for wheel in libraries.wheels(name)]
        assert versions == sorted(set(versions)), name


def test_every_library_has_ops_and_wheels():
    assert {row["library"] for row in OPS} - {libraries.CONTRIB} == set(libraries.distributions())


def test_statements_compile_and_import_only_their_library():
    for row in OPS:
        compile(row["load"], row["op"], "exec")
        first = (
            row["load"].split()[1].partition(".")[0].rstrip(";") if row["load"].startswith(("import", "from")) else "tf"
        )
        assert first, row


@pytest.mark.parametrize("prefix", libraries.PREFIXES)
def test_a_prefix_belongs_to_one_library(prefix):
    owners = {row["library"] for row in OPS if row["op"].startswith(prefix)}
    assert owners == {libraries.PREFIXES[prefix]}


@pytest.mark.parametrize(
    ("op", "tensorflow", "said"),
    [
        (
            "CaseFoldUTF8",
            "2.15.1",
            "pip install 'tensorflow-text==2.15.0' and run `import tensorflow_text` before loading",
        ),
        ("Resampler", "1.15.5", "run `import tensorflow.contrib.resampler` before loading"),
        ("Resampler", "2.4.0", "an op of tf.contrib in TensorFlow 1.4 to 1.15"),
        ("Addons>Resampler", "2.12", "tensorflow-addons==0.20.0"),
        ("Addons>Resampler", "2.16", "has no wheel for TensorFlow 2.16"),
        ("Addons>NotYetMade", "2.12", "install tensorflow-addons in the version made for this TensorFlow"),
    ],
)
def test_remedy_names_the_wheel_and_the_import(op, tensorflow, said):
    assert said in libraries.remedy(op, tensorflow)


@pytest.mark.parametrize("op", ["MatMul", "StatefulPartitionedCall", "MyOwnOp", "Custom>Thing", "Text", ""])
def test_nothing_is_said_of_other_ops(op):
    assert libraries.library_of(op) == ()
    assert libraries.namespace_of(op) is None
    assert libraries.remedy(op, "2.15") is None


@pytest.mark.parametrize(
    ("distribution", "version", "op", "registered"),
    [
        ("tensorflow_text", "2.15.0", "RougeL", True),
        ("tensorflow-text", "2.12.0", "RougeL", True),  # only 2.12.1 was asked
        ("tensorflow-text", "2.99.0", "RougeL", True),
        ("tensorflow-text", "2.15.0", "MatMul", False),
        ("tensorflow-text", "2.0.1", "TFText>PhraseDetokenize", False),
        ("tensorflow-addons", "0.20.0", "RougeL", False),
        ("tensorflow", "1.15.5", "Resampler", True),
        ("tensorflow", "2.0.0", "Resampler", False),
        ("tensorflow-hub", "0.12.0", "RougeL", False),
    ],
)
def test_registers(distribution, version, op, registered):
    assert libraries.registers(distribution, version, op) is registered


def test_wheel_for():
    assert libraries.wheel_for("tensorflow-text", "2.15") == "2.15.0"
    assert libraries.wheel_for("Tensorflow_Text", "2.12.1") == "2.12.1"
    assert libraries.wheel_for("tensorflow-text", "2.15", python="3.11.4") == "2.15.0"
    assert libraries.wheel_for("tensorflow-text", "2.15", python="3.13") is None
    assert libraries.wheel_for("tensorflow-addons", "2.16") is None
    assert libraries.wheel_for("numpy", "2.15") is None
    with pytest.raises(ValueError):
        libraries.wheel_for("tensorflow-text", "latest")


def test_a_wheel_made_for_another_minor_does_not_fit():
    assert libraries.fits("tensorflow-text", "2.15.0", "2.15.1") is True
    assert libraries.fits("tensorflow-text", "2.15.0", "2.16.1") is False
    assert libraries.fits("tensorflow-addons", "0.20.0", "2.12.0") is True
    assert (
        libraries.fits("tensorflow-addons", "0.20.0", "2.11.0") is False
    )  # its metadata admits 2.11, its symbols do not
    assert libraries.fits("tensorflow-text", "2.12.99", "2.12.0") is True
    assert libraries.fits("tensorflow-text", "2.12.99", "2.13.0") is None  # not asked: no verdict
    assert libraries.fits("numpy", "1.26", "2.15") is None


def test_keras_rows_are_sorted_and_known_kinds():
    rows = list(libraries.CLASSES)
    keys = [(row["class"].encode(), row["library"]) for row in rows]
    assert keys == sorted(set(keys))
    kinds = {"layer", "model", "optimizer", "loss", "metric", "initializer", "regularizer", "constraint", "schedule"}
    assert {row["kind"] for row in rows} <= kinds | {"function", "object"}
    for row in rows:
        assert "packages" not in row or row["packages"], row
        assert row["kind"] not in ("function", "object") or row.get("packages"), row


@pytest.mark.parametrize(
    ("class_name", "registered", "distributions"),
    [
        ("InstanceNormalization", None, {"keras-contrib", "tensorflow-addons"}),
        ("InstanceNormalization", "Addons>InstanceNormalization", {"tensorflow-addons"}),
        ("Addons>InstanceNormalization", None, {"tensorflow-addons"}),
        ("SeqSelfAttention", None, {"keras-self-attention"}),
        ("TFBertMainLayer", None, {"transformers"}),
        ("KerasLayer", None, {"tensorflow-hub"}),
        ("FixedDropout", None, {"efficientnet"}),
        ("PruneLowMagnitude", None, {"tensorflow-model-optimization"}),
        ("DistributionLambda", None, {"tensorflow-probability"}),
        ("BertBackbone", "keras_nlp>BertBackbone", {"keras-hub", "keras-nlp"}),
        ("BertBackbone", "keras_hub>BertBackbone", {"keras-hub"}),
        ("TCN", "Custom>TCN", {"keras-tcn"}),
        ("MyOwnLayer", None, set()),
        ("MyOwnLayer", "Custom>MyOwnLayer", set()),
        ("Dense", None, set()),
        ("Conv2D", "Addons>Conv2D", set()),
        ("InstanceNormalization", "MyPackage>InstanceNormalization", set()),
        ("", None, set()),
    ],
)
def test_keras_library_of(class_name, registered, distributions):
    assert {one.distribution for one in libraries.keras_library_of(class_name, registered)} == distributions


def test_keras_package_of():
    assert "tensorflow-addons" in libraries.keras_package_of("Addons>NotYetMade")
    assert libraries.keras_package_of("keras_cv>NotYetMade") == ("keras-cv",)
    assert libraries.keras_package_of("Custom>Mine") == ()
    assert libraries.keras_package_of("MyPackage>Mine") == ()
    assert libraries.keras_package_of("Dense") == ()


def test_importing_reads_no_table():
    code = (
        "import sys, analyzer.tables.libraries as l;"
        "assert l.OPS._data is None and l.WHEELS._data is None and l.CLASSES._data is None;"
        "assert not {'networkx', 'google.protobuf', 'numpy', 'packaging'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.tensorflow
@pytest.mark.parametrize("release", ["1.4", "1.15"])
def test_contrib_objects_register_what_the_table_says(release):
    """Loads every object of `tf.contrib` in the release itself and compares the ops with the rows, both ways."""
    environments = os.environ.get("ANALYZE_TF_ENVS")
    python = Path(environments or "", f"tf{release}", "bin", "python")
    if not environments or not python.exists():
        pytest.skip(f"no environment of TensorFlow {release}")
    folders = python.parents[1].glob("lib/python*/site-packages/tensorflow*/contrib")
    root = next(folder for folder in folders if "estimator" not in str(folder))
    objects = sorted(str(path) for path in root.rglob("*.so") if "toco" not in path.name)
    probe = Path(__file__).parents[2] / "tools/libraries/probe.py"
    run = subprocess.run([python, probe, "objects", *objects], capture_output=True, text=True, check=True, timeout=300)
    said = json.loads(run.stdout.splitlines()[-1])["objects"].values()
    registered = {op for result in said for op in result.get("ops", ())}
    known = {row["op"] for row in OPS if row["library"] == libraries.CONTRIB}
    assert registered == {op for op in known if libraries.registers(libraries.CONTRIB, release, op)}
