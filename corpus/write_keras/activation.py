"""Every built-in activation by its string, and the activation layers."""

from _writing import has, keras, layers, main, model

NAMES = [
    "linear", "relu", "elu", "selu", "softplus", "softsign", "tanh", "sigmoid", "hard_sigmoid", "exponential", "softmax",
]  # fmt: skip
NEWER = [
    "swish", "gelu", "mish", "relu6", "silu", "leaky_relu", "log_softmax", "hard_silu", "celu", "glu", "squareplus", "hard_tanh",
    "tanh_shrink", "soft_shrink", "hard_shrink", "sparse_plus", "sparsemax", "threshold",
]  # fmt: skip


@model(every=True)
def activations():
    inputs = hidden = keras.Input((4,))
    for name in NAMES:
        hidden = layers.Dense(4, activation=name)(hidden)
    return keras.Model(inputs, layers.Activation("relu")(hidden))


@model(since=(2, 2), every=True)
def activations_newer():
    inputs = hidden = keras.Input((4,))
    for name in NEWER:
        try:
            keras.activations.get(name)
        except ValueError:
            continue
        if name != "glu":
            hidden = layers.Activation(name)(hidden)
    return keras.Model(inputs, hidden)


@model()
def activation_layers():
    inputs = hidden = keras.Input((4, 4, 2))
    for layer in (
        layers.LeakyReLU(0.2), layers.PReLU(shared_axes=[1, 2]), layers.PReLU(), layers.ELU(0.5), layers.ReLU(6.0, 0.1, 0.2),
        layers.Softmax(axis=2),
    ):  # fmt: skip
        hidden = layer(hidden)
    if has("ThresholdedReLU"):
        hidden = layers.ThresholdedReLU(0.5)(hidden)
    return keras.Model(inputs, hidden)


@model()
def activations_given_as_functions():
    inputs = keras.Input((4,))
    hidden = layers.Dense(4, activation=keras.activations.relu)(inputs)
    hidden = layers.Activation(keras.activations.softplus)(hidden)
    return keras.Model(inputs, layers.Dense(2, activation=keras.activations.softmax)(hidden))


@model(since=(2, 0))
def activations_of_tensorflow():
    """`tf.nn` functions, which many people pass."""
    import tensorflow as tf

    inputs = keras.Input((4,))
    hidden = layers.Dense(4, activation=tf.nn.relu)(inputs)
    return keras.Model(inputs, layers.Dense(2, activation=tf.nn.softmax)(hidden))


@model(since=(2, 0))
def activation_of_tensorflow_leaky():
    import tensorflow as tf

    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(4, activation=tf.nn.leaky_relu)(inputs))


@model(since=(2, 4))
def activation_layer_as_argument():
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(4, activation=layers.LeakyReLU())(inputs))


if __name__ == "__main__":
    main()
