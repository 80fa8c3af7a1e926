"""What alone would rescue a load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer import analyze
from analyzer.engine import Scan, scan
from analyzer.rules.keras import _models as m
from tests import examples

KERAS_2 = "tensorflow==2.15.0,keras==2.15.0,python==3.11"
KERAS_31 = "tensorflow==2.16.1,keras==3.1.1,python==3.11"
WITH_TF_KERAS = "tensorflow==2.18.0,keras==3.6.0,tf-keras==2.18.0,python==3.12"
OLD_ARCHIVE_LAYER = {"class_name": "Dense", "config": {"name": "dense", "units": 8, "activation": None}}


def rescues(target: str, given: dict[str, Any], loader: str = "tf.keras.models.load_model") -> tuple[str, ...]:
    """`loads_with` of one loader's verdict, which must not be that it loads."""
    report = scan(examples.artifact(given), Scan((examples.target({"target": target}),), loaders=(loader,)))
    (verdict,) = report.verdicts
    assert verdict.loads is False
    return verdict.loads_with


LAMBDA = m.serialized("Lambda", name="l", function=m.LAMBDA)
FOLDER = {"saved_model": m.PLAIN_SAVED_MODEL}


@pytest.mark.parametrize(
    ("target", "given", "expected"),
    [
        (KERAS_2, {"h5": m.h5(m.layer("Mine"))}, ("custom_objects",)),
        (KERAS_2, {"h5": m.compiled("mine")}, ("compile=False", "custom_objects")),
        (KERAS_2, {"h5": m.h5(m.layer("Mine"), m.dense(units="x"))}, ()),
        (KERAS_2, {"h5": m.h5(m.dense(shape=3))}, ()),
        (m.KERAS_3, {"archive": m.archive(LAMBDA, weights={})}, ("safe_mode=False",)),
        (m.KERAS_3, {"archive": m.archive(LAMBDA, m.serialized("Mine", None, name="m"), weights={})}, ()),
        (m.KERAS_3, FOLDER, ()),
        (m.KERAS_3, {"h5": m.compiled("mse")}, ("compile=False",)),
        (KERAS_31, {"h5": m.compiled("mse")}, ()),
        (KERAS_31, {"h5": m.h5(m.layer("Mine"))}, ()),
        (KERAS_31, {"h5": m.h5(m.layer("pkg>Mine"))}, ("custom_objects",)),
        (m.KERAS_3, {"h5": m.h5(m.dense(activation="mine"))}, ()),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_load_model(target: str, given: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert rescues(target, given) == expected


def test_legacy_keras_where_it_is_there() -> None:
    folder = Path(__file__).parent.parent / "corpus" / "artifacts" / "tf" / "w2.15" / "v2_dense"
    report = analyze(folder, target=WITH_TF_KERAS, loaders=["tf.keras.models.load_model"])
    assert [verdict.loads_with for verdict in report.verdicts] == [("TF_USE_LEGACY_KERAS=1",)]
    (finding,) = (finding for finding in report.findings if finding.rule == "unsupported-file-format")
    assert finding.remedy == (
        "tf.saved_model.load(path), or keras.layers.TFSMLayer(path, call_endpoint='serving_default') for inference, "
        "or set TF_USE_LEGACY_KERAS=1: tf_keras 2.18.0 loads it"
    )


@pytest.mark.parametrize(
    ("target", "given", "remedy"),
    [
        (m.KERAS_3, FOLDER, "what stops tf.saved_model.load as well: missing-variables"),
        (m.KERAS_3, {"h5": m.h5(m.layer("Mine"))}, "custom_objects={'Mine': Mine}"),
        (m.KERAS_3, {"h5": m.h5(m.layer("ThresholdedReLU"), m.dense(units="x"))}, "or replace the object"),
        (KERAS_2, {"h5": m.h5(m.layer("Mine"))}, "custom_objects={'Mine': Mine}"),
        (m.KERAS_3, {"h5": m.h5(m.dense(dynamic=False))}, "pip install tf_keras==2.18.0 and set TF_USE_LEGACY_KERAS=1"),
        (WITH_TF_KERAS, {"h5": m.h5(m.dense(dynamic=False))}, "set TF_USE_LEGACY_KERAS=1: tf_keras 2.18.0 loads it"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_remedies_name_tf_keras_where_it_loads_the_artifact(target: str, given: dict[str, Any], remedy: str) -> None:
    report = scan(examples.artifact(given), Scan((examples.target({"target": target}),)))
    stopping = [finding for finding in report.findings if "tf.keras.models.load_model" in finding.stops]
    assert any(finding.remedy.endswith(remedy) for finding in stopping)
    assert any("LEGACY_KERAS" in finding.remedy for finding in stopping) is ("tf_keras" in remedy)


def test_tags() -> None:
    one = {"saved_model": 'meta_graphs { meta_info_def { tags: "serve" tags: "gpu" } }'}
    assert rescues(KERAS_2, one, "tensorflow_serving") == ("tags=['gpu', 'serve']",)
    two = 'meta_graphs { meta_info_def { tags: "train" } } meta_graphs { meta_info_def { tags: "serve" } }'
    assert rescues(KERAS_2, {"saved_model": two}, "tf.saved_model.load") == ("tags=['train']", "tags=['serve']")
