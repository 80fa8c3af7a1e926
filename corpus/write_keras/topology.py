"""Nested models, shared layers, several calls of one layer, and frozen parts."""

from _writing import TF, keras, layers, main, model, train


@model(every=True, forms=("h5", "keras", "sm", "weights.h5"))
def nested():
    inner_inputs = keras.Input((4,))
    inner = keras.Model(inner_inputs, layers.Dense(3, activation="relu")(inner_inputs), name="backbone")
    inputs = keras.Input((4,))
    hidden = keras.Sequential([layers.Dense(3, input_shape=(3,)), layers.Dropout(0.1)], name="head")(inner(inputs))
    return keras.Model(inputs, layers.Dense(1)(hidden), name="outer")


@model()
def nested_in_sequential():
    inner_inputs = keras.Input((6, 6, 1))
    inner = keras.Model(inner_inputs, layers.GlobalMaxPooling2D()(layers.Conv2D(2, 3)(inner_inputs)), name="features")
    inner.trainable = False
    built = keras.Sequential([inner, layers.Dense(2, activation="softmax")])
    built.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return train(built, (2, 6, 6, 1), (2, 2))


@model()
def nested_twice():
    """A model inside a model inside a model."""
    first = keras.Sequential([layers.Dense(3, input_shape=(4,), name="d1")], name="one")
    second = keras.Sequential([first, layers.Dense(2, name="d2")], name="two")
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(1, name="d3")(second(inputs)))


@model(every=True)
def shared():
    left, right = keras.Input((4,)), keras.Input((4,))
    encoder = layers.Dense(3, activation="tanh", name="encoder")
    joined = layers.concatenate([encoder(left), encoder(right)])
    return keras.Model([left, right], layers.Dense(1)(joined))


@model()
def siamese():
    tower = keras.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2)], name="tower")
    left, right = keras.Input((3,)), keras.Input((3,))
    return keras.Model([left, right], layers.Dot(axes=1)([tower(left), tower(right)]))


@model()
def frozen():
    built = keras.Sequential([layers.Dense(4, input_shape=(3,)), layers.BatchNormalization(), layers.Dense(2)])
    built.layers[0].trainable = False
    built.layers[1].trainable = False
    built.compile("adam", "mse")
    return train(built, (2, 3), (2, 2))


@model()
def taken_from_middle():
    """A model cut out of another one, whose layers keep call nodes that are not part of it."""
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, name="kept")(inputs)
    whole = keras.Model(inputs, layers.Dense(2, name="dropped")(hidden))
    return keras.Model(whole.input, whole.get_layer("kept").output)


@model()
def residual():
    inputs = keras.Input((6, 6, 2))
    hidden = inputs
    for index in range(2):
        branch = layers.Conv2D(2, 3, padding="same", use_bias=False, name="conv%d" % index)(hidden)
        branch = layers.BatchNormalization(name="bn%d" % index)(branch)
        hidden = layers.ReLU()(layers.add([branch, hidden]))
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(hidden)))


@model()
def unet():
    inputs = keras.Input((8, 8, 1))
    down = layers.Conv2D(2, 3, padding="same", activation="relu")(inputs)
    bottom = layers.Conv2D(3, 3, padding="same")(layers.MaxPooling2D()(down))
    up = layers.Conv2DTranspose(2, 2, strides=2, padding="same")(bottom)
    joined = layers.Concatenate(axis=-1)([up, down])
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(layers.UpSampling2D(1)(joined)))


@model()
def named_with_slashes():
    """Layer names that make HDF5 groups inside groups."""
    if TF >= (2, 16):
        return None
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2, name="block/inner/out")(layers.Dense(2, name="block/inner")(inputs)))


@model()
def input_fixed_batch():
    inputs = keras.Input(batch_size=2, shape=(3,), name="fixed", dtype="float32")
    return keras.Model(inputs, layers.Dense(2)(inputs))


@model(since=(2, 0))
def input_sparse_ragged():
    inputs = keras.Input((3,), sparse=True)
    return keras.Model(inputs, layers.Dense(2)(inputs))


@model()
def many_layers():
    """So many layer names that HDF5 attributes are near their limit of 64 KB."""
    inputs = hidden = keras.Input((1,))
    for index in range(40):
        hidden = layers.Dense(1, use_bias=False, name="layer_with_quite_a_long_name_%s_%d" % ("x" * 100, index))(hidden)
    return keras.Model(inputs, hidden)


@model(forms=("h5",), since=(2, 2))
def attribute_chunks():
    """Layer names that exceed 64 KB together, which HDF5 attributes hold in numbered pieces."""
    inputs = hidden = keras.Input((1,))
    for index in range(40):
        hidden = layers.Activation("linear", name="long_%s_%d" % ("x" * 2000, index))(hidden)
    return keras.Model(inputs, layers.Dense(1)(hidden))


if __name__ == "__main__":
    main()
