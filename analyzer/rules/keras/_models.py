"""Small models for the rules' examples, as plain values."""

from __future__ import annotations

from typing import Any

INPUT_2 = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4], "dtype": "float32", "name": "x"}}
DENSE = {"class_name": "Dense", "config": {"name": "dense", "units": 8, "activation": "relu"}}
WEIGHTS = {"dense": {"dense/kernel:0": (4, 8), "dense/bias:0": (8,)}}
STORED = {"layers/dense/vars/0": (4, 8), "layers/dense/vars/1": (8,)}
KERAS_3 = "tensorflow==2.18.0,keras==3.6.0,python==3.12"
KERAS_3_15 = "tensorflow==2.21.0,keras==3.15.1,python==3.13"
ADAM = {"class_name": "Adam", "config": {"name": "Adam", "learning_rate": 0.001}}


def sequential(*layers: dict[str, Any], name: str = "m") -> dict[str, Any]:
    """A Sequential model of four features as Keras 2 writes it into H5 files."""
    return {"class_name": "Sequential", "config": {"name": name, "layers": [INPUT_2, *layers]}}


def dense(**config: Any) -> dict[str, Any]:
    """A Dense layer with other arguments."""
    return {"class_name": "Dense", "config": {**DENSE["config"], **config}}  # type: ignore[dict-item]


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    """Any layer, in the form of H5 files."""
    return {"class_name": class_name, "config": {"name": class_name.lower(), **config}}


def h5(*layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An H5 file with a Sequential model of these layers, a Dense one without any."""
    return {"config": sequential(*(layers or (DENSE,))), "weights": WEIGHTS, **more}


def compiled(loss: Any = "mse", metrics: Any = (), optimizer: Any = ADAM, **more: Any) -> dict[str, Any]:
    """The same with a training configuration."""
    config = {"optimizer_config": optimizer, "loss": loss, "metrics": list(metrics), "loss_weights": None, **more}
    return h5(training_config=config)


QUANTIZED = {
    "module": "keras.dtype_policies",
    "class_name": "QuantizedDTypePolicy",
    "config": {"mode": "int8", "source_name": "float32"},
    "registered_name": None,
}
STORED_INT8 = {**STORED, "layers/dense/vars/2": (8,)}


def archive(*layers: dict[str, Any], weights: Any = STORED, **more: Any) -> dict[str, Any]:
    """A Keras 3 archive with a Sequential model of these layers."""
    first = serialized("InputLayer", batch_shape=[None, 4], dtype="float32", name="x")
    config = serialized("Sequential", name="m", layers=[first, *(layers or (serialized_dense(),))])
    return {"config": {**config, "module": "keras"}, "weights": weights, **more}


def serialized(class_name: str, module: str | None = "keras.layers", **config: Any) -> dict[str, Any]:
    """An object in the form of archives."""
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def serialized_dense(**config: Any) -> dict[str, Any]:
    """The Dense layer in the form of archives."""
    return serialized("Dense", name="dense", units=8, activation="relu", **config)


# lambda x: x, of Python 3.10 and of Python 3.11
LAMBDA_310 = "YwEAAAAAAAAAAAAAAAEAAAABAAAAQwAAAPMEAAAAfABTAKkBTqkAqQHaAXhyAgAAAHICAAAA2gFm2gFsAwAAAPMCAAAABAA="
LAMBDA = {
    "class_name": "__lambda__",
    "config": {
        "code": "YwEAAAAAAAAAAAAAAAEAAAADAAAA8wYAAACXAHwAUwCpAU6pACkB2gF4cwEAAAAg2gFm2gFscgUAAAADAAAA8wAAAAByBgAAAA==",
        "defaults": None,
        "closure": None,
    },
}


def functional(source: str) -> dict[str, Any]:
    """A functional model whose Dense layer is called on `source`; its input is `x`."""
    return {
        "class_name": "Functional",
        "config": {
            "name": "m",
            "layers": [
                {**INPUT_2, "name": "x", "inbound_nodes": []},
                {**DENSE, "name": "dense", "inbound_nodes": [[[source, 0, 0, {}]]]},
            ],
            "input_layers": [["x", 0, 0]],
            "output_layers": [["dense", 0, 0]],
        },
    }


# lambda x: tf.abs(x), of Python 3.11
LAMBDA_TF = (
    "YwEAAAAAAAAAAAAAAAMAAAADAAAA8zYAAACXAHQAAAAAAAAAAAAAAKABAAAAAAAAAAAAAAAAAAAAAAAAAAB8AKYBAACrAQAAAAAA"
    "AAAAUwCpAU6pAtoCdGbaA2FicykB2gF4cwEAAAAg2gFm2gFscgcAAAACAAAA8wAAAAByCAAAAA=="
)
_OBJECTS = """meta_graphs { meta_info_def { tags: "serve" } object_graph_def { nodes { user_object { identifier: "%s" version { } } } } }"""
KERAS_SAVED_MODEL = _OBJECTS % "_tf_keras_layer"
PLAIN_SAVED_MODEL = _OBJECTS % "_generic_user_object"
METADATA = {
    "node": 0,
    "path": "root",
    "identifier": "_tf_keras_layer",
    "metadata": {"class_name": "Dense", "name": "d", "trainable": True, "config": {"name": "d", "units": 2}},
}
