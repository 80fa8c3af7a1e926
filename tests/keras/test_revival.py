"""Keras SavedModels: which objects come from their configuration, which from functions, and which from neither."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.artifact import Artifact
from analyzer.keras.emulation import events, made, replaced
from tests import examples

TARGETS = (
    "tensorflow==2.4.1,python==3.8",
    "tensorflow==2.10.0,keras==2.10.0,python==3.10",
    "tensorflow==2.15.0,keras==2.15.0,python==3.11",
)
ALL = pytest.mark.parametrize("target", TARGETS)


STORED_OBJECTS = """nodes { children { node_id: 1 local_name: "layer-1" } } nodes { children { node_id: 2 local_name: "kernel" } }
nodes { attributes { name: "VARIABLE_VALUE" full_name: "k" checkpoint_key: "k" } }"""


def causes(target: str, *nodes: dict[str, Any], **options: Any) -> list[str]:
    artifact = saved(target, *nodes, **options)
    return [event.cause for event in events(artifact, examples.target({"target": target, "options": {}}))]


def saved(
    target: str,
    *nodes: dict[str, Any],
    call: bool = True,
    below: str = "",
    rows: int = 3,
    stored: Any = None,
    count: str = "",
    kept: str = "",
) -> Artifact:
    """A functional model of an input and of a layer, with the metadata given.

    `call`: the layer's call function was saved; `below`: metadata of a layer that it holds; `rows`: of the kernel, as the graph of
    objects describes it; `stored`: its shape in the checkpoint; `count`: the type of a scalar of that name instead of a kernel; `kept`: what a list without a version
    hangs on the layer's `keras_api` as.
    """
    kernel = f'dtype: DT_FLOAT shape {{ dim {{ size: {rows} }} dim {{ size: 2 }} }} name: "d/kernel"'
    variable = f'dtype: {count} shape {{ }} name: "d/count"' if count else kernel
    texts = [""] * 3
    within = any(f"=={release}." in target for release in ("2.0", "2.1", "2.2", "2.3", "2.4"))
    if within:
        texts = [examples_text(node["metadata"]) for node in nodes] + [""] * (3 - len(nodes))
    identifiers = [node["identifier"] for node in nodes] + ["_tf_keras_layer"] * (3 - len(nodes))
    function = "children { node_id: 5 local_name: 'call_and_return_conditional_losses' }" if call else ""
    held = f"children {{ node_id: 6 local_name: '{kept or 'layers'}' }}" if below else ""
    api = "children { node_id: 8 local_name: 'keras_api' }" if below else ""
    more = f"""nodes {{ children {{ node_id: 7 local_name: "0" }} user_object {{ identifier: "trackable_list_wrapper" }} }}
        nodes {{ user_object {{ identifier: "_tf_keras_layer" metadata: "{below}" }} }}
        nodes {{ {function} children {{ node_id: 9 local_name: "layers" }} user_object {{ identifier: "_generic_user_object" }} }}
        nodes {{ children {{ node_id: 1 local_name: "0" }} children {{ node_id: 2 local_name: "1" }}
                 user_object {{ identifier: "trackable_list_wrapper" }} }}"""
    more = more if below else ""
    saved_model = f"""meta_graphs {{ meta_info_def {{ tags: "serve" }} object_graph_def {{
        nodes {{ {api} children {{ node_id: 1 local_name: "layer-0" }} children {{ node_id: 2 local_name: "layer-1" }}
                 user_object {{ identifier: "{identifiers[0]}" metadata: "{texts[0]}" version {{ producer: 1 }} }} }}
        nodes {{ user_object {{ identifier: "{identifiers[1]}" metadata: "{texts[1]}" version {{ producer: 1 }} }} }}
        nodes {{ children {{ node_id: 3 local_name: "{"count" if count else "kernel"}" }} children {{ node_id: 4 local_name: "keras_api" }}
                 user_object {{ identifier: "{identifiers[2]}" metadata: "{texts[2]}" version {{ producer: 1 }} }} }}
        nodes {{ variable {{ {variable} }} }}
        nodes {{ {function} {held} user_object {{ identifier: "_generic_user_object" version {{ producer: 1 }} }} }}
        nodes {{ function {{ concrete_functions: "f" }} }} {more} }} }}"""
    given: dict[str, Any] = {"saved_model": saved_model}
    if not within:
        given["keras_metadata"] = list(nodes)
    if stored is not None:
        given |= {"checkpoint": {"k": ("float32", stored)}, "objects": STORED_OBJECTS}
    return examples.artifact(given)


def examples_text(metadata: Any) -> str:
    import json

    return json.dumps(metadata).replace("\\", "\\\\").replace('"', '\\"')


def item(class_name: str, config: dict[str, Any], inbound: list[Any]) -> dict[str, Any]:
    return {"class_name": class_name, "config": config, "name": config["name"], "inbound_nodes": inbound}


SHAPE = {"class_name": "TensorShape", "items": [None, 3]}
IMAGES = {"class_name": "TensorShape", "items": [None, 4, 4, 3]}
INPUT = {"batch_input_shape": [None, 3], "dtype": "float32", "sparse": False, "ragged": False, "name": "i"}


def model(class_name: str = "Dense", inbound: Any = None) -> dict[str, Any]:
    calls = [[["i", 0, 0, {}]]] if inbound is None else inbound
    config = {
        "name": "m",
        "layers": [item("InputLayer", INPUT, []), item(class_name, {"name": "d", "units": 2}, calls)],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["d", 0, 0]],
    }
    data = {"class_name": "Functional", "name": "m", "trainable": True, "expects_training_arg": True, "config": config}
    return {
        "node": 0,
        "path": "root",
        "identifier": "_tf_keras_network",
        "metadata": {**data, "is_graph_network": True, "dtype": "float32"},
    }


def input_layer(**changes: Any) -> dict[str, Any]:
    data = {"class_name": "InputLayer", **INPUT, "config": INPUT, **changes}
    return {"node": 1, "path": "root.layer-0", "identifier": "_tf_keras_input_layer", "metadata": data}


def layer(
    class_name: str = "Dense", identifier: str = "_tf_keras_layer", units: int = 2, **changes: Any
) -> dict[str, Any]:
    config = changes.pop("config", {"name": "d", "units": units, "use_bias": False})
    data = {"class_name": class_name, "name": "d", "trainable": True, "expects_training_arg": False, "config": config}
    return {
        "node": 2,
        "path": "root.layer-1",
        "identifier": identifier,
        "metadata": {**data, "build_input_shape": SHAPE, **changes},
    }


@ALL
def test_layers_from_their_configuration(target: str) -> None:
    assert causes(target, model(), input_layer(), layer()) == []


@ALL
def test_a_class_of_the_users_comes_from_its_functions(target: str) -> None:
    assert causes(target, model("Mine"), input_layer(), layer("Mine")) == []
    assert (
        causes(target, model("Mine"), input_layer(), layer("Mine", config={"layer was saved without config": True}))
        == []
    )


@ALL
def test_an_input_of_another_class_is_one(target: str) -> None:
    assert causes(target, model(), input_layer(class_name="Mine"), layer()) == []


@ALL
def test_a_layer_of_the_name_of_inputs_is_none(target: str) -> None:
    given = layer("InputLayer", config={"layer was saved without config": True})
    assert causes(target, model(), input_layer(), given) == []
    assert causes(target, model(), input_layer(), given, call=False) == ["unresolved-custom-object"]


@ALL
def test_what_the_network_says_of_its_layers_is_not_read_again(target: str) -> None:
    assert causes(target, model("Mine"), input_layer(), layer()) == []


@ALL
def test_a_layer_without_call_function_cannot_be_called(target: str) -> None:
    assert causes(target, model("Mine"), input_layer(), layer("Mine"), call=False) == ["unresolved-custom-object"]
    assert causes(target, model(), input_layer(), layer(), call=False) == []


@ALL
def test_recurrent_layers_come_from_their_configuration_only(target: str) -> None:
    cell = {"class_name": "MyCell", "config": {"name": "c", "units": 2}}
    given = layer("RNN", "_tf_keras_rnn_layer", config={"name": "d", "cell": cell})
    assert causes(target, model("RNN"), input_layer(), given) == ["unresolved-custom-object"]


@ALL
def test_values_of_another_shape(target: str) -> None:
    assert causes(target, model(), input_layer(), layer(units=5)) == ["weight-shape"]


@ALL
@pytest.mark.parametrize(("count", "found"), [("DT_INT64", []), ("DT_INT32", ["weight-dtype"])])
def test_the_count_of_a_normalization(target: str, count: str, found: list[str]) -> None:
    """As TensorFlow 2.2 and as later ones write it; each loaded under 2.2, 2.4 and 2.15."""
    given = layer("Normalization", config={"name": "d", "axis": [-1]})
    assert causes(target, model("Normalization"), input_layer(), given, count=count) == found


@ALL
def test_a_layer_without_metadata(target: str) -> None:
    if "2.4" not in target:
        assert causes(target, model(), input_layer()) == ["keras-metadata"]


@ALL
def test_the_calls_of_a_network_are_read(target: str) -> None:
    assert causes(target, model(inbound=[[["nowhere", 0, 0, {}]]]), input_layer(), layer()) == ["invalid-graph"]


@ALL
def test_metadata_that_functions_need(target: str) -> None:
    given = layer("Mine")
    del given["metadata"]["expects_training_arg"]
    assert causes(target, model("Mine"), input_layer(), given) == ["keras-metadata"]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("tensorflow==2.5.0,python==3.9", ["keras-metadata"]),
        ("tensorflow==2.6.0,keras==2.6.0,python==3.9", []),
        ("tensorflow==2.9.0,keras==2.9.0,python==3.10", []),
    ],
)
def test_networks_without_metadata_in_the_graph_of_objects(target: str, found: list[str]) -> None:
    assert causes(target, model(), input_layer(), layer()) == found


TUPLE = {"class_name": "__tuple__", "items": [None, 3]}
BELOW = examples_text({"class_name": "Dropout", "name": "b", "trainable": True, "expects_training_arg": False})
OF_2_1 = "tensorflow==2.1.0,python==3.7"


def functional_of_2_1(shape: Any) -> list[str]:
    return causes(OF_2_1, model(), input_layer(batch_input_shape=shape), layer(), below=BELOW)


def test_shapes_as_later_releases_encode_them() -> None:
    assert functional_of_2_1([None, 3]) == []
    assert functional_of_2_1(TUPLE) == ["keras-metadata"]
    later = "tensorflow==2.4.1,python==3.8"
    assert causes(later, model(), input_layer(batch_input_shape=TUPLE), layer()) == []


@pytest.mark.parametrize(
    ("target", "found"),
    [("tensorflow==2.3.1,python==3.8", ["keras-metadata"]), ("tensorflow==2.4.1,python==3.8", [])],
)
def test_models_saved_without_traces(target: str, found: list[str]) -> None:
    assert causes(target, model(), input_layer(), layer()) == found


NEW = pytest.mark.parametrize("target", TARGETS[1:])


@NEW
def test_tables_of_lookup_layers(target: str) -> None:
    config = {"name": "d", "vocabulary": None, "max_tokens": None, "dtype": "int64"}
    adapted = layer("StringLookup", config=config)
    given = layer("StringLookup", config={**config, "has_input_vocabulary": True})
    listed = layer("StringLookup", config={**config, "vocabulary": ["a", "b"]})
    assert causes(target, model("StringLookup"), input_layer(), adapted) == ["missing-weights"]
    assert causes(target, model("StringLookup"), input_layer(), given) == []
    assert causes(target, model("StringLookup"), input_layer(), listed) == []


@NEW
def test_text_vectorization_keeps_its_table_in_a_layer(target: str) -> None:
    config = {"name": "d", "max_tokens": None, "output_mode": "int", "standardize": None, "split": None}
    assert causes(target, model("TextVectorization"), input_layer(), layer("TextVectorization", config=config)) == [
        "missing-weights"
    ]


@pytest.mark.parametrize("release", ["2.2.3", "2.3.2", "2.4.1", "2.7.0", "2.8.0"])
def test_text_vectorization_that_was_built_for_a_tuple(release: str) -> None:
    shaped, plain = ({"class_name": name, "items": [3, 1]} for name in ("TensorShape", "__tuple__"))
    reads = release in ("2.3.2", "2.4.1", "2.7.0")
    for shape, split in ((plain, "whitespace"), (plain, None), (shaped, "whitespace")):
        text = layer("TextVectorization", config={"name": "d", "split": split}, build_input_shape=shape)
        said = causes(f"tensorflow=={release}", model("TextVectorization"), input_layer(), text)
        assert ("malformed-config" in said) is (reads and shape is plain and split is not None)


@ALL
def test_random_layers_saved_without_traces(target: str) -> None:
    dropout = layer("Dropout", config={"name": "d", "rate": 0.5})
    built = layer("Dropout", config={"name": "d", "rate": 0.5}, build_input_shape=[None, 3])
    for metadata in (dropout["metadata"], built["metadata"]):
        metadata.pop("units", None)
    dropout["metadata"].pop("build_input_shape", None)
    expected = [] if "2.4" in target else ["unresolved-custom-object"]
    assert causes(target, model("Dropout"), input_layer(), dropout, call=False) == expected
    assert causes(target, model("Dropout"), input_layer(), built, call=False) == []


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("tensorflow==2.6.0,keras==2.6.0,python==3.9", ["missing-weights"]),
        ("tensorflow==2.9.0,keras==2.9.0,python==3.10", []),
    ],
)
def test_generators_of_random_images(target: str, found: list[str]) -> None:
    config = {"name": "d", "mode": "horizontal", "seed": None}
    image = {"batch_input_shape": [None, 4, 4, 3]}
    whole, given = model("RandomFlip"), input_layer(**image, config={**INPUT, **image})
    whole["metadata"]["config"]["layers"][0] = item("InputLayer", {**INPUT, **image}, [])
    assert causes(target, whole, given, layer("RandomFlip", config=config, build_input_shape=IMAGES)) == found


@pytest.mark.parametrize(
    ("release", "class_name", "loads"),
    [
        ("2.7.0", "Dropout", True),
        ("2.8.0", "Dropout", False),
        ("2.9.0", "GaussianNoise", True),
        ("2.10.0", "GaussianNoise", False),
        ("2.12.0", "GlobalAveragePooling1D", True),
        ("2.13.1", "GlobalAveragePooling1D", False),
        ("2.15.0", "Flatten", True),
    ],
)
def test_classes_that_have_got_a_build(release: str, class_name: str, loads: bool) -> None:
    python = {"2.7": "3.9", "2.8": "3.10", "2.9": "3.10", "2.10": "3.10"}.get(release.rpartition(".")[0], "3.11")
    config = {"name": "d", "rate": 0.5} if class_name == "Dropout" else {"name": "d"}
    config |= {"stddev": 0.1} if class_name == "GaussianNoise" else {}
    given = layer(class_name, config=config)
    del given["metadata"]["build_input_shape"]
    target = f"tensorflow=={release},keras=={release},python=={python}"
    shape = {"batch_input_shape": [None, 4, 3]}
    first = input_layer(**shape, config={**INPUT, **shape})
    found = causes(target, model(class_name), first, given, call=False)
    assert found == ([] if loads else ["unresolved-custom-object"])


@ALL
def test_prelu_saved_without_its_shape(target: str) -> None:
    own = layer("PReLU", config={"name": "d", "shared_axes": None})
    shared = layer("PReLU", config={"name": "d", "shared_axes": [1]})
    built = layer("PReLU", config={"name": "d", "shared_axes": None})
    for given in (own, shared):
        del given["metadata"]["build_input_shape"]
    assert causes(target, model("PReLU"), input_layer(), own) == ["keras-metadata"]
    assert causes(target, model("PReLU"), input_layer(), shared) == []
    assert causes(target, model("PReLU"), input_layer(), built) == []


@pytest.mark.parametrize(
    ("own", "inner", "found"), [(False, True, ["keras-metadata"]), (True, True, []), (False, False, [])]
)
def test_layers_that_take_training_below_ones_that_do_not(own: bool, inner: bool, found: list[str]) -> None:
    outer = layer("Mine", expects_training_arg=own)
    below = examples_text({"class_name": "Dropout", "name": "b", "trainable": True, "expects_training_arg": inner})
    assert causes(OF_2_1, model("Mine"), input_layer(), outer, below=below) == found


@pytest.mark.parametrize(
    ("dtype", "found"),
    [("float32", []), ("float64", ["weight-dtype"]), ("mixed_float16", []), (None, []), ("int32", ["weight-dtype"])],
)
def test_dtypes_of_metrics(dtype: Any, found: list[str]) -> None:
    config = {"name": "loss", "dtype": dtype}
    data = {"class_name": "Mean", "name": "loss", "dtype": "float32", "config": config}
    metric = {"node": 1, "path": "root.m", "identifier": "_tf_keras_metric", "metadata": data}
    saved_model = """meta_graphs { meta_info_def { tags: "serve" } object_graph_def {
        nodes { children { node_id: 1 local_name: "m" } user_object { identifier: "_generic_user_object" } }
        nodes { children { node_id: 2 local_name: "total" } user_object { identifier: "_tf_keras_metric" } }
        nodes { variable { dtype: DT_FLOAT name: "total" shape { } } } } }"""
    artifact = examples.artifact({"saved_model": saved_model, "keras_metadata": [metric]})
    target = examples.target({"target": TARGETS[2], "options": {}})
    assert [event.cause for event in events(artifact, target)] == found


@pytest.mark.parametrize(("target", "found"), [(TARGETS[1], ["invalid-argument"]), (TARGETS[2], [])])
def test_an_input_whose_shape_holds_a_list(target: str, found: list[str]) -> None:
    """A TypeError, which Keras lets through up to 2.11; later ones make the input from what is beside its configuration."""
    assert causes(target, model(), input_layer(config={**INPUT, "batch_input_shape": [[None], 3]}), layer()) == found


@pytest.mark.parametrize(
    ("path", "class_name", "found"),
    [
        ("root.m", "Mean", []),
        ("root.other", "Mean", ["keras-metadata"]),  # which is there and holds no total
        ("root.m", False, ["keras-metadata"]),
    ],
)
def test_metrics_are_found_by_path_and_made_by_name(path: str, class_name: Any, found: list[str]) -> None:
    data = {
        "class_name": class_name,
        "name": "loss",
        "dtype": "float32",
        "config": {"name": "loss", "dtype": "float32"},
    }
    metric = {"node": 1, "path": path, "identifier": "_tf_keras_metric", "metadata": data}
    saved_model = """meta_graphs { meta_info_def { tags: "serve" } object_graph_def {
        nodes { children { node_id: 1 local_name: "m" } children { node_id: 3 local_name: "other" } user_object { identifier: "_generic_user_object" } }
        nodes { children { node_id: 2 local_name: "total" } user_object { identifier: "_tf_keras_metric" } }
        nodes { variable { dtype: DT_FLOAT name: "total" shape { } } }
        nodes { user_object { identifier: "_generic_user_object" } } } }"""
    artifact = examples.artifact({"saved_model": saved_model, "keras_metadata": [metric]})
    assert [event.cause for event in events(artifact, examples.target({"target": TARGETS[2], "options": {}}))] == found


@pytest.mark.parametrize(
    ("kind", "found"),
    [('variable { dtype: DT_FLOAT name: "total" shape { } }', True), ("", True), ("asset { }", False)],
)
def test_nobody_makes_the_variables_of_metrics_that_are_there(kind: str, found: bool) -> None:
    data = {"class_name": "Mean", "name": "loss", "config": {"name": "loss", "dtype": "float32"}}
    metric = {"node": 1, "path": "root.m", "identifier": "_tf_keras_metric", "metadata": data}
    saved_model = f"""meta_graphs {{ meta_info_def {{ tags: "serve" }} object_graph_def {{
        nodes {{ children {{ node_id: 1 local_name: "m" }} user_object {{ identifier: "_generic_user_object" }} }}
        nodes {{ children {{ node_id: 2 local_name: "total" }} user_object {{ identifier: "_tf_keras_metric" }} }}
        nodes {{ {kind} }} }} }}"""
    objects = """nodes { children { node_id: 1 local_name: "m" } } nodes { children { node_id: 2 local_name: "total" } }
        nodes { attributes { name: "VARIABLE_VALUE" checkpoint_key: "k/.ATTRIBUTES/VARIABLE_VALUE" } }"""
    given = {"checkpoint": {"k/.ATTRIBUTES/VARIABLE_VALUE": ("float32", ())}, "objects": objects}
    artifact = examples.artifact({"saved_model": saved_model, "keras_metadata": [metric], **given})
    assert ("object/2" in made(artifact, examples.target({"target": TARGETS[2], "options": {}}))) is found


def test_a_tuple_of_nothing() -> None:
    broken = layer(config={"name": "d", "units": 2, "input_shape": {"class_name": "__tuple__", "items": None}})
    assert causes(TARGETS[1], model(), input_layer(), broken) == ["keras-metadata"]


@pytest.mark.parametrize(("stored", "set_aside"), [((), {"object/2"}), ((2,), set())])
def test_metrics_make_their_own_variables(stored: tuple[int, ...], set_aside: set[str]) -> None:
    """Whatever shape the file gives a total: the value goes into the number that the metric makes."""
    data = {"class_name": "Mean", "name": "loss", "config": {"name": "loss", "dtype": "float32"}}
    metric = {"node": 1, "path": "root.keras_api.metrics.0", "identifier": "_tf_keras_metric", "metadata": data}
    saved_model = """meta_graphs { meta_info_def { tags: "serve" } object_graph_def {
        nodes { children { node_id: 1 local_name: "m" } user_object { identifier: "_generic_user_object" } }
        nodes { children { node_id: 2 local_name: "total" } user_object { identifier: "_tf_keras_metric" } }
        nodes { variable { dtype: DT_FLOAT name: "total" shape { dim { size: 2 } } } } } }"""
    objects = """nodes { children { node_id: 1 local_name: "m" } } nodes { children { node_id: 2 local_name: "total" } }
        nodes { attributes { name: "VARIABLE_VALUE" checkpoint_key: "k" } }"""
    given = {"checkpoint": {"k": ("float32", stored)}, "objects": objects}
    artifact = examples.artifact({"saved_model": saved_model, "keras_metadata": [metric], **given})
    assert replaced(artifact, examples.target({"target": TARGETS[2], "options": {}})) == set_aside


@ALL
@pytest.mark.parametrize(
    ("rows", "stored", "expected", "set_aside"),
    [
        (3, (3, 2), [], set()),
        (3, None, [], set()),
        (4, (3, 2), [], {"object/3"}),  # the layer's own variable takes the value
        (4, (4, 2), ["weight-shape"], set()),
        (4, None, ["weight-shape"], set()),
    ],
)
def test_variables_that_are_described_wrongly(
    target: str, rows: int, stored: Any, expected: list[str], set_aside: set[str]
) -> None:
    nodes = (model(), input_layer(), layer(units=2))
    assert causes(target, *nodes, rows=rows, stored=stored) == expected
    artifact = saved(target, *nodes, rows=rows, stored=stored)
    assert replaced(artifact, examples.target({"target": target, "options": {}})) == set_aside


@ALL
@pytest.mark.parametrize(
    ("dtype", "loads"),
    [
        ("float32", True),
        (None, True),
        ({"class_name": "Policy", "config": {"name": "mixed_float16"}}, True),
        ("floats", False),
    ],
)
def test_dtype_of_a_network(target: str, dtype: Any, loads: bool) -> None:
    whole = model()
    whole["metadata"]["dtype"] = dtype
    assert (causes(target, whole, input_layer(), layer(units=2)) == []) is loads


@ALL
def test_an_input_with_an_argument_of_another_name_comes_from_its_metadata(target: str) -> None:
    assert causes(target, model(), input_layer(config={**INPUT, "Name": "i"}), layer(units=2)) == []


@ALL
def test_an_input_that_the_configuration_of_the_network_does_not_list(target: str) -> None:
    whole = model()
    del whole["metadata"]["config"]["layers"][0]
    assert causes(target, whole, input_layer(), layer(units=2)) == []


@pytest.mark.parametrize(("dtype", "loads"), [("float32", True), ("mixed_float16", False), ("nothing", False)])
def test_inputs_that_a_sequential_model_makes_itself(dtype: str, loads: bool) -> None:
    whole = model()
    data = whole["metadata"]
    data["class_name"] = "Sequential"
    data["config"] = {"name": "m", "layers": [{"class_name": "InputLayer", "config": {**INPUT, "dtype": dtype}}]}
    whole["identifier"] = "_tf_keras_sequential"
    flat = {**layer("Flatten", config={"name": "f"}), "node": 1, "path": "root.layer-0"}
    flat["metadata"]["name"] = "f"
    found = causes("tensorflow==2.15.0,keras==2.15.0,python==3.11", whole, flat, layer())
    assert found == ([] if loads else ["invalid-argument"])


@pytest.mark.parametrize("key", ["class_name", "name", "trainable", "expects_training_arg"])
def test_what_releases_before_2_2_need_of_a_layers_metadata(key: str) -> None:
    target = "tensorflow==2.1.0,python==3.7"
    whole, poor = layer(), layer()
    del poor["metadata"][key]
    known = causes(target, model(), input_layer(), whole)
    assert "keras-metadata" in causes(target, model(), input_layer(), poor)
    assert causes(target, model(), input_layer(), layer(surplus=1)) == known


def _shape(*items: Any) -> dict[str, Any]:
    return {"class_name": "TensorShape", "items": list(items)}


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        (_shape(None, 3), []),
        (_shape(None, 3.0), []),
        (_shape(None, "3"), []),
        ({"class_name": "TensorShape", "items": None}, []),
        ({"class_name": "TensorShape", "items": "x"}, ["keras-metadata"]),
        (_shape(None, -1), ["keras-metadata"]),
        (_shape(None, [3]), ["keras-metadata"]),
        (_shape(), ["keras-metadata"]),
        ({}, ["keras-metadata"]),
    ],
)
@ALL
def test_shapes_that_layers_are_built_for(target: str, shape: Any, found: list[str]) -> None:
    assert causes(target, model(), input_layer(), layer(build_input_shape=shape)) == found


@NEW
def test_operations_on_scalars_have_nothing_to_build(target: str) -> None:
    """Every model that adds to a sum has one: what its function is called with is no matter of its build."""
    add = {"name": "d", "trainable": True, "dtype": "float32", "function": "__operators__.add"}
    calls = [["i", 0, 0, {"y": 1.0, "name": None}]]
    scalar = layer("TFOpLambda", config=add, build_input_shape=_shape())
    assert causes(target, model("TFOpLambda", calls), input_layer(), scalar) == []


@pytest.mark.parametrize(
    ("name", "found"), [("d", []), ("", []), (None, []), (3, []), ({}, ["keras-metadata"]), (["d"], ["keras-metadata"])]
)
@ALL
def test_layers_of_functional_models_are_looked_up_by_name(target: str, name: Any, found: list[str]) -> None:
    got = causes(target, model(), input_layer(), layer(name=name))
    assert [each for each in got if each == "keras-metadata"] == found


@pytest.mark.parametrize(
    ("release", "found"), [("2.2.0", ["missing-weights"]), ("2.3.0", ["missing-weights"]), ("2.4.0", [])]
)
def test_layers_that_a_network_makes_anew(release: str, found: list[str]) -> None:
    """Up to 2.3 they are there when values are restored, and have none."""
    renamed = layer(name="e", config={"name": "e", "units": 2, "use_bias": False})
    assert causes(f"tensorflow=={release}", model(), input_layer(), renamed, below="{}") == found
    assert causes(f"tensorflow=={release}", model(), input_layer(), layer(), below="{}") == []


@pytest.mark.parametrize(
    ("release", "found"),
    [("2.0.0", []), ("2.1.0", ["keras-metadata"]), ("2.2.0", ["keras-metadata"]), ("2.3.0", ["keras-metadata"])],
)
def test_networks_without_a_configuration(release: str, found: list[str]) -> None:
    """2.1 and 2.2 set the inputs of what is no Model, 2.3 makes one without inputs."""
    bare = model()
    bare["metadata"]["config"] = None
    flat = input_layer(batch_input_shape=[None, 3])
    assert causes(f"tensorflow=={release}", bare, flat, layer(build_input_shape=None), below=BELOW) == found


@pytest.mark.parametrize(("release", "found"), [("2.2.0", ["keras-metadata"]), ("2.3.0", [])])
def test_models_of_functions_that_were_not_saved(release: str, found: list[str]) -> None:
    mine = {**model("Mine"), "identifier": "_tf_keras_model"}
    mine["metadata"] |= {"config": {"layer was saved without config": True}, "is_graph_network": False}
    assert causes(f"tensorflow=={release}", mine, input_layer(), layer(), call=False, below="{}") == found
    assert causes(f"tensorflow=={release}", mine, input_layer(), layer(), below="{}") == []


@pytest.mark.parametrize(
    ("kept", "class_name", "found"),
    [
        ("layers", "Dense", []),
        ("layer_metrics", "Dense", ["keras-metadata"]),
        ("layer_regularization_losses", "Dense", []),
        ("layer_regularization_losses", "Mine", ["keras-metadata"]),
    ],
)
@NEW
def test_lists_of_no_version_are_none(target: str, kept: str, class_name: str, found: list[str]) -> None:
    assert causes(target, model(class_name), input_layer(), layer(class_name), below="{}", kept=kept) == found


@pytest.mark.parametrize(
    ("identifier", "found"), [("_tf_keras_layer", []), ("_tf_keras_rnn_layer", ["keras-metadata"])]
)
def test_recurrent_layers_of_sequential_models_in_2_1(identifier: str, found: list[str]) -> None:
    stacked = {**model(), "identifier": "_tf_keras_sequential"}
    held = layer(identifier=identifier, build_input_shape=None)
    flat = input_layer(batch_input_shape=[None, 3])
    assert causes(OF_2_1, stacked, flat, held, below=BELOW) == found


@pytest.mark.parametrize(
    ("name", "config", "found"),
    [("L1L2", {"l1": 0.0, "l2": 0.1}, []), ("L2", {"l2": 0.1}, ["unresolved-name"])],
)
def test_activity_regularizers_in_2_1(name: str, config: dict[str, Any], found: list[str]) -> None:
    regularized = layer(build_input_shape=None, activity_regularizer={"class_name": name, "config": config})
    flat = input_layer(batch_input_shape=[None, 3])
    assert causes(OF_2_1, model(), flat, regularized, below=BELOW) == found
