"""Models of Keras 1, whose H5 files are still about: ``PY corpus/write_keras/_keras_one.py OUTDIR KERAS ORDERING``.

KERAS is a folder that holds keras 1.2.2 (with PyYAML, six and SciPy), ORDERING its image_dim_ordering, `tf` or `th`: with `th` the
kernels are stored as Theano had them. Needs TensorFlow 1.4; not part of the ordinary run, as its API is another one.
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
FOLDER, PACKAGE, ORDERING = sys.argv[1:4]
sys.path.insert(0, PACKAGE)

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import backend  # noqa: E402
from keras.layers import (  # noqa: E402
    GRU,
    LSTM,
    Activation,
    BatchNormalization,
    Convolution2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Lambda,
    MaxPooling2D,
    Merge,
    TimeDistributed,
    merge,
)
from keras.models import Model, Sequential  # noqa: E402


def dense():
    inputs = Input(shape=(4,))
    return Model(input=inputs, output=Dense(3, activation="softmax")(Dense(8, activation="relu")(inputs)))


def dense_trained():
    built = Sequential(
        [Dense(8, input_dim=4, init="uniform"), Activation("relu"), Dropout(0.2), Dense(1, W_regularizer="l2")]
    )
    built.compile("adam", "mse", metrics=["accuracy"])
    return built


def convolution():
    shape = (8, 8, 3) if ORDERING == "tf" else (3, 8, 8)
    built = Sequential(
        [Convolution2D(4, 3, 3, border_mode="same", input_shape=shape), Activation("relu"), BatchNormalization()]
    )
    built.add(MaxPooling2D((2, 2)))
    built.add(Flatten())
    built.add(Dense(2))
    return built


def recurrent():
    built = Sequential(
        [Embedding(20, 4, input_length=6), LSTM(5, return_sequences=True), GRU(3, return_sequences=True)]
    )
    built.add(TimeDistributed(Dense(2)))
    return built


def joined():
    left, right = Input(shape=(4,)), Input(shape=(4,))
    return Model(input=[left, right], output=merge([Dense(2)(left), Dense(2)(right)], mode="concat"))


def joined_sequential():
    left, right = Sequential([Dense(2, input_dim=4)]), Sequential([Dense(2, input_dim=3)])
    return Sequential([Merge([left, right], mode="sum"), Dense(1)])


def function_layer():
    return Sequential([Lambda(lambda x: x * 2.0, input_shape=(4,)), Dense(1)])


def main():
    """Save each model whole, and the weights of the first, into FOLDER."""
    if not os.path.isdir(FOLDER):
        os.makedirs(FOLDER)
    backend.set_image_dim_ordering(ORDERING)
    rows = []
    for build in (dense, dense_trained, convolution, recurrent, joined, joined_sequential, function_layer):
        built = build()
        files = [(build.__name__ + ".h5", "keras_h5", built.save)]
        if build is dense:
            files.append(("dense_weights.h5", "weights_h5", built.save_weights))
        for name, form, save in files:
            path = os.path.join(FOLDER, name)
            if os.path.exists(path):
                os.remove(path)
            try:
                save(path)
            except Exception as error:
                sys.stderr.write("%s: not saved: %s\n" % (name, error))
                continue
            written_by = "tensorflow %s, keras %s" % (tf.__version__, keras.__version__)
            row = {"name": name, "path": name, "format": form, "written_by": written_by, "breaks": "K22", "tier": 1}
            rows.append(row)
    with open(os.path.join(FOLDER, "written.jsonl"), "w") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in rows)


main()
