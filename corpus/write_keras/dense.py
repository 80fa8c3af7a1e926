"""Dense models, the ways of giving a Sequential its input, and the layers that only reshape or drop."""

import numpy
from _writing import begin, has, keras, layers, main, model, train


@model(forms=("h5", "keras", "sm", "export", "weights_h5", "weights.h5", "ckpt", "h5_named_keras"), core=True)
def dense():
    inputs = keras.Input((4,))
    outputs = layers.Dense(3, activation="softmax")(layers.Dense(8, activation="relu")(inputs))
    return keras.Model(inputs, outputs)


@model(core=True, forms=("h5", "keras"))
def sequential_trained():
    built = keras.Sequential(
        [layers.Dense(8, input_shape=(4,), activation="tanh"), layers.Dropout(0.2), layers.Dense(1)]
    )
    built.compile("adam", "mse", metrics=["mae"])
    return train(built, (2, 4), (2, 1))


@model(core=True, forms=("h5", "keras"))
def sequential_compiled():
    """Compiled so that every Keras can compile it again: Keras 3 does not know `mse` of an H5 file."""
    built = keras.Sequential(
        [
            layers.Dense(8, input_shape=(4,), activation="tanh"),
            layers.Dropout(0.2),
            layers.Dense(2, activation="softmax"),
        ]
    )
    built.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return train(built, (2, 4), (2, 2))


@model()
def dense_options():
    inputs = keras.Input((4,), name="features")
    hidden = layers.Dense(
        6,
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.l1_l2(0.01, 0.02),
        kernel_constraint=keras.constraints.MaxNorm(2.0),
        name="bare",
    )(inputs)
    hidden = layers.Dense(
        5,
        activation="elu",
        bias_initializer=keras.initializers.Constant(0.1),
        kernel_initializer=keras.initializers.Orthogonal(0.5),
        bias_regularizer=keras.regularizers.l2(0.01),
        bias_constraint="non_neg",
        activity_regularizer="l2",
        dtype="float64",
    )(hidden)
    hidden = layers.Dense(
        3,
        trainable=False,
        kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.1),
        kernel_constraint="unit_norm",
    )(hidden)
    return keras.Model(inputs, hidden, name="options")


@model()
def initializers():
    """One layer for each built-in initializer, by object."""
    chosen = [
        "Zeros", "Ones", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "Orthogonal", "Identity",
        "GlorotUniform", "GlorotNormal", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform",
    ]  # fmt: skip
    inputs = hidden = keras.Input((3,))
    for name in chosen:
        if hasattr(keras.initializers, name):
            hidden = layers.Dense(3, kernel_initializer=getattr(keras.initializers, name)())(hidden)
    return keras.Model(inputs, hidden)


@model()
def sequential_input_layer():
    return keras.Sequential([begin((4,)), layers.Dense(3), layers.ReLU()])


@model(until=(2, 15), only_keras2=True)
def sequential_explicit_input_layer():
    first = layers.InputLayer(input_shape=(4,), batch_size=2, name="entry", dtype="float32")
    return keras.Sequential([first, layers.Dense(3, name="out")], name="explicit")


@model(every=True)
def sequential_unbuilt():
    return keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])


@model(since=(2, 0))
def sequential_built_by_call():
    built = keras.Sequential([layers.Dense(4, activation="relu"), layers.BatchNormalization(), layers.Dense(2)])
    built(numpy.ones((1, 3), "float32"))
    return built


@model()
def sequential_flatten():
    built = keras.Sequential(name="flat")
    built.add(layers.Flatten(input_shape=(4, 4), name="pixels"))
    built.add(layers.Dense(4, activation="relu", name="hidden"))
    built.add(layers.Dense(2, activation="softmax", name="classes"))
    built.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return train(built, (2, 4, 4), (2,))


@model()
def dropouts():
    inputs = hidden = keras.Input((6, 4))
    for layer in (
        layers.Dropout(0.1, noise_shape=(None, 1, 4), seed=3),
        layers.SpatialDropout1D(0.1),
        layers.GaussianNoise(0.1),
        layers.GaussianDropout(0.1),
        layers.AlphaDropout(0.1),
        layers.ActivityRegularization(l1=0.1, l2=0.2),
    ):
        hidden = layer(hidden)
    image = layers.SpatialDropout2D(0.1)(layers.Reshape((3, 2, 4))(hidden))
    volume = layers.SpatialDropout3D(0.1)(layers.Reshape((3, 2, 2, 2))(image))
    return keras.Model(inputs, [image, volume])


@model()
def reshapes():
    inputs = keras.Input((12,))
    hidden = layers.Reshape((3, 4), name="first")(inputs)
    hidden = layers.Permute((2, 1))(hidden)
    flat = layers.Flatten()(hidden)
    repeated = layers.RepeatVector(2)(flat)
    return keras.Model(inputs, [repeated, layers.Reshape((-1, 2))(flat)])


@model(since=(2, 6))
def einsum_dense():
    layer = layers.EinsumDense if has("EinsumDense") else layers.experimental.EinsumDense
    inputs = keras.Input((3, 4))
    hidden = layer("abc,cd->abd", output_shape=(None, 5), bias_axes="d", activation="relu")(inputs)
    return keras.Model(inputs, layer("abc,cde->abde", output_shape=(None, 2, 3))(hidden))


@model(only_keras2=True)
def locally_connected():
    line, image = keras.Input((6, 3)), keras.Input((5, 5, 2))
    return keras.Model(
        [line, image],
        [
            layers.LocallyConnected1D(2, 3)(line),
            layers.LocallyConnected2D(2, (3, 3), use_bias=False, implementation=1)(image),
        ],
    )


if __name__ == "__main__":
    main()
