"""The Keras tables: that they are whole, what they hold, and that they are what a Keras itself says."""

from __future__ import annotations

import json
import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from analyzer.tables.keras import KINDS, keras_api, releases_with, versions
from analyzer.tables.keras_symbol import KerasSymbol, Parameter
from analyzer.tables.rows import Rows

ROOT = Path(__file__).parents[2]
TABLES = {
    "keras_names.jsonl": "name",
    "keras_symbols.jsonl": "symbol",
    "keras_objects.jsonl": "object",
    "keras_modules.jsonl": "module",
    "keras_rules.jsonl": "rule",
}
ORDER = {f"{package}-{version}": position for position, (package, version) in enumerate(versions())}


def layer(package: str, version: str, name: str) -> KerasSymbol:
    found = keras_api(package, version).resolve("layer", name)
    assert found is not None
    return found


@pytest.mark.parametrize(("file", "key"), TABLES.items())
def test_rows_are_sorted_and_their_intervals_disjoint(file: str, key: str) -> None:
    rows = list(Rows(file, key))
    keys = [(row[key].encode(), ORDER[row["since"]]) for row in rows]
    assert keys == sorted(keys)
    for row, following in pairwise(rows):
        assert "until" not in row or ORDER[row["since"]] <= ORDER[row["until"]]
        if row[key] == following[key]:
            assert ORDER[row["until"]] < ORDER[following["since"]]


@pytest.mark.parametrize(("file", "key"), TABLES.items())
def test_neighbouring_rows_differ(file: str, key: str) -> None:
    def fact(row: dict) -> dict:
        return {name: value for name, value in row.items() if name not in ("since", "until")}

    for row, following in pairwise(Rows(file, key)):
        if row[key] == following[key] and ORDER[row["until"]] + 1 == ORDER[following["since"]]:
            assert fact(row) != fact(following)


def test_tables_stay_small() -> None:
    assert sum(Path(Rows(file, key).path).stat().st_size for file, key in TABLES.items()) < 2_700_000


def test_every_keras_that_can_be_the_loader_is_there() -> None:
    known = set(versions())
    assert {("tf.keras", release) for release in ("1.13", "1.15", "2.0", "2.4", "2.5")} <= known
    assert {("keras", f"2.{minor}") for minor in range(6, 16)} <= known
    assert {("tf_keras", f"2.{minor}") for minor in range(15, 22)} <= known
    assert {("keras", patch) for patch in ("3.1.1", "3.4.1", "3.6.0", "3.9.0", "3.11.3", "3.14.1")} <= known
    assert {version.split(".")[1] for package, version in known if package == "keras" and version[0] == "3"} == {
        str(minor) for minor in range(16)
    }


@pytest.mark.parametrize("pair", versions(), ids="-".join)
def test_every_version_resolves_the_common_names(pair: tuple[str, str]) -> None:
    api = keras_api(*pair)
    for kind, name in (
        ("layer", "Dense"),
        ("layer", "Conv2D"),
        ("layer", "LSTM"),
        ("layer", "InputLayer"),
        ("layer", "Sequential"),
        ("activation", "relu"),
        ("initializer", "VarianceScaling"),
        ("regularizer", "L1L2"),
        ("constraint", "MaxNorm"),
        ("loss", "mean_squared_error"),
        ("metric", "binary_accuracy"),
        ("optimizer", "Adam"),
        ("optimizer", "adam"),
        ("optimizer", "ADAM"),
    ):
        assert api.resolve(kind, name) is not None, (kind, name)
    for kind in KINDS:
        assert api.resolve(kind, "NoKerasHasThis") is None
        assert api.resolve(kind, "") is None
    assert api.resolve("layer", "dense") is None
    assert api.resolve("layer", "DENSE") is None
    dense = api.resolve("layer", "Dense")
    assert dense is not None
    assert dense.verified
    assert dense.required() == {"units"}
    assert not dense.accepts("an_argument_that_no_keras_knows")
    for key in ("units", "activation", "use_bias", "kernel_initializer", "name", "trainable", "dtype"):
        assert dense.accepts(key)


def test_a_version_between_is_the_one_before() -> None:
    assert keras_api("keras", "3.6.9").version == "3.6.0"
    assert keras_api("keras", "2.15.1").version == "2.15"
    assert keras_api("tf.keras", "2.4.1").version == "2.4"
    assert keras_api("tf_keras", "2.20.1").version == "2.20"
    assert keras_api("keras", "3.6.0rc1").version == "3.6.0"
    assert keras_api("keras", "9.0").version == "3.15.1"


@pytest.mark.parametrize(
    ("package", "version"), [("tf.keras", "1.4"), ("theano", "1.0"), ("keras", ""), ("keras", "x")]
)
def test_a_version_that_nothing_is_known_of_is_refused(package: str, version: str) -> None:
    with pytest.raises(ValueError, match="no table"):
        keras_api(package, version)


# What people meet (the numbers are those of the catalogue of failures) ---------------------------------------------


@pytest.mark.parametrize(
    ("name", "without", "having"),
    [
        ("Functional", ("tf.keras", "2.2"), ("tf.keras", "2.3")),  # K05
        ("TFOpLambda", ("keras", "3.0.5"), ("keras", "2.15")),  # K06
        ("SlicingOpLambda", ("keras", "3.14.1"), ("tf_keras", "2.21")),
        ("TensorFlowOpLayer", ("keras", "3.6.0"), ("tf.keras", "1.15")),
        ("LocallyConnected1D", ("keras", "3.6.0"), ("keras", "2.15")),
        ("CuDNNLSTM", ("keras", "3.6.0"), ("tf.keras", "1.15")),
        ("ThresholdedReLU", ("keras", "3.6.0"), ("keras", "2.15")),
        ("BatchNormalizationV1", ("keras", "3.6.0"), ("keras", "2.10")),
        ("GroupNormalization", ("keras", "2.10"), ("keras", "2.11")),
        ("MultiHeadAttention", ("tf.keras", "2.3"), ("tf.keras", "2.4")),
    ],
)
def test_layers_that_come_and_go(name: str, without: tuple[str, str], having: tuple[str, str]) -> None:
    assert keras_api(*without).resolve("layer", name) is None
    assert keras_api(*having).resolve("layer", name) is not None


@pytest.mark.parametrize(
    ("name", "key", "refusing", "taking"),
    [
        ("LSTM", "time_major", ("keras", "3.1.1"), ("keras", "2.15")),  # K08
        ("DepthwiseConv2D", "groups", ("keras", "3.6.0"), ("tf.keras", "2.4")),  # K09
        ("DepthwiseConv2D", "groups", ("keras", "3.6.0"), ("keras", "2.15")),
        ("Embedding", "input_length", ("keras", "3.1.1"), ("keras", "3.6.0")),  # K10
        ("InputLayer", "batch_shape", ("keras", "2.15"), ("keras", "3.0.0")),  # K11
        ("InputLayer", "optional", ("keras", "2.15"), ("keras", "3.9.0")),
        ("InputLayer", "ragged", ("tf.keras", "1.13"), ("tf.keras", "2.4")),
        ("GlobalAveragePooling2D", "keepdims", ("tf.keras", "2.4"), ("keras", "2.6")),
        ("Dense", "quantization_config", ("keras", "3.11.3"), ("keras", "3.14.1")),
        ("Embedding", "quantization_config", ("keras", "3.11.3"), ("keras", "3.14.1")),
        ("BatchNormalization", "renorm", ("keras", "3.11.3"), ("keras", "3.14.1")),
        ("BatchNormalization", "renorm", ("keras", "3.11.3"), ("keras", "2.15")),
        ("Dense", "batch_input_shape", ("keras", "3.6.0"), ("keras", "2.15")),
        ("MultiHeadAttention", "query_shape", ("keras", "3.6.0"), ("keras", "2.15")),
    ],
)
def test_arguments_that_come_and_go(name: str, key: str, refusing: tuple[str, str], taking: tuple[str, str]) -> None:
    assert not layer(*refusing, name).accepts(key)
    assert layer(*taking, name).accepts(key)


def test_initializers_lost_their_dtype() -> None:
    old, new = keras_api("tf.keras", "1.15"), keras_api("keras", "3.6.0")
    for name in ("GlorotUniform", "RandomUniform"):
        before, after = old.resolve("initializer", name), new.resolve("initializer", name)
        assert before is not None
        assert after is not None
        assert before.accepts("dtype")
        assert not after.accepts("dtype")


def test_the_l2_regularizer_of_2_0_and_later() -> None:
    assert keras_api("tf.keras", "1.15").resolve("regularizer", "L2") is None  # K11
    assert keras_api("tf.keras", "1.15").resolve("regularizer", "L1L2") is not None
    assert keras_api("tf.keras", "2.4").resolve("regularizer", "L2") is not None


def test_keras_3_cannot_revive_mse_by_name() -> None:
    for version in ("3.1.1", "3.6.0", "3.11.3", "3.14.1"):
        assert keras_api("keras", version).string_error("loss", "mse") is not None  # K15
        assert keras_api("keras", version).string_error("loss", "mean_squared_error") is None
        assert keras_api("keras", version).string_error("loss", "no such loss") is None
    assert keras_api("keras", "2.10").string_error("loss", "mse") is None


def test_registered_optimizers_and_their_legacy_kin() -> None:
    assert keras_api("tf.keras", "2.5").resolve("optimizer", "Custom>Adam") is None  # M02
    assert keras_api("keras", "2.15").resolve("optimizer", "Custom>Adam") is not None
    assert keras_api("keras", "3.6.0").resolve("optimizer", "Custom>Adam") is None
    api = keras_api("keras", "2.15")
    new, legacy = api.resolve("new_optimizer", "Adam"), api.resolve("legacy_optimizer", "Adam")
    assert new is not None
    assert legacy is not None
    assert not new.accepts("decay")  # M01
    assert legacy.accepts("decay")
    assert new.module != legacy.module
    assert api.resolve("optimizer", "Adam") == legacy  # a config that does not say is an old one
    only = keras_api("keras", "3.6.0")
    assert only.resolve("legacy_optimizer", "Adam") == only.resolve("optimizer", "Adam")


def test_modules_move_between_keras_2_and_3() -> None:
    two, three, tf_keras = keras_api("keras", "2.15"), keras_api("keras", "3.6.0"), keras_api("tf_keras", "2.18")
    assert two.importable("keras.src.engine.functional")
    assert not three.importable("keras.src.engine.functional")  # Z07
    assert three.importable("keras.src.models.functional")
    assert not two.importable("keras.src.models.functional")  # Z08
    assert tf_keras.importable("keras.src.engine.functional")
    assert two.symbol("keras.src.engine.functional", "Functional") is not None
    assert three.symbol("keras.src.engine.functional", "Functional") is None
    assert three.symbol("keras.src.models.functional", "Functional") is not None
    assert tf_keras.symbol("keras.src.engine.functional", "Functional") is not None
    assert keras_api("keras", "2.12").importable("keras.engine.functional")


def test_public_names_and_their_aliases() -> None:
    for package, version in (
        ("keras", "2.13"),
        ("keras", "2.15"),
        ("keras", "3.0.5"),
        ("keras", "3.14.1"),
        ("tf_keras", "2.21"),
    ):
        api = keras_api(package, version)
        for module, name in (
            ("keras.layers", "Dense"),
            ("keras.layers", "MaxPool2D"),  # an alias: found in the module, not among the canonical names
            ("keras.models", "Sequential"),
            ("keras", "Sequential"),
            ("keras.optimizers", "Adam"),
            ("keras.initializers", "GlorotUniform"),
            ("builtins", "relu"),
        ):
            assert api.symbol(module, name) is not None, (package, version, module, name)
        for module, name in (
            ("keras.layers", "Densely"),
            ("keras.nothing", "Dense"),
            ("builtins", "my_relu"),
            ("", ""),
        ):
            assert api.symbol(module, name) is None, (package, version, module, name)
    assert keras_api("keras", "2.10").symbol("keras.layers", "Dense") is None  # no such way of loading yet


def test_loading_functions_are_forbidden_at_last() -> None:
    assert keras_api("keras", "3.6.0").symbol("keras.saving", "load_model") is not None
    assert keras_api("keras", "3.14.1").symbol("keras.saving", "load_model") is None  # Z17


def test_which_modules_may_be_imported() -> None:
    assert keras_api("keras", "3.6.0").imports_any_module  # Z16
    assert not keras_api("keras", "3.9.0").imports_any_module
    assert keras_api("keras", "2.15").imports_any_module
    assert keras_api("keras", "3.14.1").saveable_only
    assert not keras_api("keras", "3.6.0").saveable_only


def test_the_shims_of_the_legacy_path() -> None:
    pairs = {
        json.dumps(before, sort_keys=True): after for before, after in keras_api("keras", "3.14.1").legacy_config()
    }
    before = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3]}}
    assert pairs[json.dumps(before, sort_keys=True)]["config"] == {"batch_shape": [None, 3]}
    assert keras_api("keras", "2.15").legacy_config() == ()


def test_parameters_are_read_as_python_means_them() -> None:
    dense = layer("keras", "2.15", "Dense")
    assert dense.parameter("units") == Parameter("units", "plain", required=True)
    assert dense.parameter("use_bias") == Parameter("use_bias", "plain", default=True)
    assert dense.parameter("kwargs") is None
    assert dense.parameters[-1] == Parameter("kwargs", "**")


def test_releases_with() -> None:
    assert releases_with("layer", "Dense") == versions()
    assert ("keras", "3.6.0") not in releases_with("layer", "TFOpLambda")
    assert releases_with("layer", "TFOpLambda")[0] == ("tf.keras", "2.3")
    assert releases_with("layer", "NoKerasHasThis") == ()


@pytest.mark.tensorflow
@pytest.mark.slow
@pytest.mark.parametrize(("environment", "package"), [("tf2.15", "keras"), ("tf2.4", "tf.keras")])
def test_the_table_says_what_the_release_says(tmp_path: Path, environment: str, package: str) -> None:
    from tools.keras_tables.facts import facts_of, label
    from tools.keras_tables.table import read_tables

    folder = os.environ.get("ANALYZE_TF_ENVS")
    if not folder or not Path(folder, environment, "bin", "python").exists():
        pytest.skip("no such TensorFlow environment")
    dump = tmp_path / "dump.json"
    python = Path(folder, environment, "bin", "python")
    subprocess.run(
        [python, ROOT / "tools" / "keras_tables" / "dump.py", package, dump], check=True, capture_output=True
    )
    document = json.loads(dump.read_text())
    fresh, kept = facts_of(document), read_tables()
    for file in ("keras_names.jsonl", "keras_symbols.jsonl", "keras_modules.jsonl", "keras_rules.jsonl"):
        assert fresh[file] == kept[file][label(document)]
    for name, row in fresh["keras_objects.jsonl"].items():
        assert row.get("arguments") == kept["keras_objects.jsonl"][label(document)][name].get("arguments")


@pytest.mark.parametrize("version", ["3.1.1", "3.3.3", "3.6.0", "3.9.0", "3.11.3", "3.14.1"])
def test_layers_that_only_tf_keras_registers(version: str) -> None:
    """`tf.keras.layers.AlphaDropout` is saved with the module `keras._legacy.layers`."""
    assert keras_api("keras", version).symbol("keras._legacy.layers", "AlphaDropout") is not None


@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_key_that_only_saved_models_hold(name: str) -> None:
    """`VocabularySavedModelSaver` adds it to the configuration (saved_model/layer_serialization.py)."""
    for version in ("2.7", "2.10", "2.15"):
        found = keras_api("keras", version).resolve("layer", name)
        assert found is not None and found.accepts("has_input_vocabulary")
    old = keras_api("tf.keras", "2.4").resolve("layer", name)
    assert old is not None and not old.accepts("has_input_vocabulary")
