"""Lambda layers: Python lambdas (whose bytecode is in the file) and named functions."""

from _writing import keras, layers, main, model


def double(x):
    return x * 2.0


@model(breaks="L03", every=True)
def lambda_lambda():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(1)(layers.Lambda(lambda x: x * 2.0)(inputs)))


@model(breaks="L04")
def lambda_with_global():
    inputs = keras.Input((3,))
    return keras.Model(
        inputs, layers.Lambda(lambda x: keras.backend.sum(x, axis=-1) if hasattr(keras.backend, "sum") else x)(inputs)
    )


@model(breaks="L05")
def lambda_named():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Lambda(double, name="twice")(inputs))


@model(breaks="L03")
def lambda_with_shape():
    inputs = keras.Input((3,))
    hidden = layers.Lambda(lambda x, k: x * k, output_shape=(3,), arguments={"k": 3.0})(inputs)
    return keras.Model(inputs, hidden)


@model(breaks="L03")
def lambda_with_shape_function():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Lambda(lambda x: -x, output_shape=lambda shape: shape)(inputs))


@model(breaks="L05")
def lambda_of_library():
    """A function of Keras itself."""
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Lambda(keras.activations.softplus)(inputs))


@model(breaks="L03")
def lambda_sequential():
    return keras.Sequential(
        [layers.Lambda(lambda x: x / 255.0, input_shape=(4, 4, 1)), layers.Flatten(), layers.Dense(2)]
    )


if __name__ == "__main__":
    main()
