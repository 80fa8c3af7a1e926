"""Preprocessing layers: adapted or given their state, images, text and categories."""

import numpy
import tensorflow as tf
from _writing import KERAS3, has, keras, layers, main, model, preprocessing


@model(since=(2, 4), every=True)
def normalization_adapted():
    layer = preprocessing("Normalization")()
    layer.adapt(numpy.array([[1.0, 2.0], [3.0, 5.0]], "float32"))
    inputs = keras.Input((2,))
    return keras.Model(inputs, layers.Dense(1)(layer(inputs)))


@model(since=(2, 6))
def normalization_given():
    inputs = keras.Input((2,))
    return keras.Model(inputs, preprocessing("Normalization")(mean=[1.0, 2.0], variance=[0.5, 0.6], axis=-1)(inputs))


@model(since=(2, 4), every=True)
def text_vectorization():
    layer = preprocessing("TextVectorization")(max_tokens=20, output_sequence_length=4)
    layer.adapt(tf.constant(["a cat", "a dog", "the cat sat"]))
    inputs = keras.Input((1,), dtype="string")
    return keras.Model(inputs, layers.Embedding(20, 2)(layer(inputs)))


@model(since=(2, 6))
def text_vectorization_vocabulary():
    layer = preprocessing("TextVectorization")(
        vocabulary=["cat", "dog"], standardize="strip_punctuation", output_mode="multi_hot"
    )
    inputs = keras.Input((1,), dtype="string")
    return keras.Model(inputs, layer(inputs))


@model(since=(2, 6), every=True)
def string_lookup():
    inputs = keras.Input((2,), dtype="string")
    return keras.Model(inputs, preprocessing("StringLookup")(vocabulary=["a", "b", "c"], num_oov_indices=2)(inputs))


@model(since=(2, 6))
def string_lookup_inverted():
    inputs = keras.Input((2,), dtype="int64")
    return keras.Model(inputs, preprocessing("StringLookup")(vocabulary=["a", "b", "c"], invert=True)(inputs))


@model(since=(2, 6))
def integer_lookup_adapted():
    layer = preprocessing("IntegerLookup")()
    layer.adapt(numpy.array([[3], [5], [3]], "int64"))
    inputs = keras.Input((1,), dtype="int64")
    return keras.Model(inputs, layer(inputs))


@model(since=(2, 6))
def discretization_encoding():
    inputs = keras.Input((1,))
    bins = preprocessing("Discretization")(bin_boundaries=[0.0, 1.0, 2.0])(inputs)
    return keras.Model(inputs, preprocessing("CategoryEncoding")(num_tokens=4, output_mode="one_hot")(bins))


@model(since=(2, 6))
def discretization_adapted():
    layer = preprocessing("Discretization")(num_bins=3)
    layer.adapt(numpy.array([[1.0], [2.0], [3.0], [4.0]], "float32"))
    inputs = keras.Input((1,))
    return keras.Model(inputs, layer(inputs))


@model(since=(2, 6))
def hashing():
    inputs = keras.Input((1,), dtype="string")
    hashed = preprocessing("Hashing")(num_bins=5)(inputs)
    return keras.Model(inputs, layers.Embedding(5, 2)(hashed))


@model(since=(2, 9))
def hashed_crossing():
    first, second = keras.Input((1,), dtype="string"), keras.Input((1,), dtype="string")
    layer = layers.HashedCrossing if has("HashedCrossing") else layers.experimental.preprocessing.HashedCrossing
    return keras.Model([first, second], layer(num_bins=5)((first, second)))


@model(since=(2, 4), every=True)
def image_augmentation():
    inputs = keras.Input((8, 8, 3))
    hidden = preprocessing("Rescaling")(1 / 255.0, offset=-1.0)(inputs)
    hidden = preprocessing("Resizing")(6, 6)(hidden)
    hidden = preprocessing("RandomFlip")("horizontal")(hidden)
    hidden = preprocessing("RandomRotation")(0.1)(hidden)
    hidden = preprocessing("RandomZoom")(0.1, seed=2)(hidden)
    hidden = preprocessing("RandomContrast")(0.1)(hidden)
    return keras.Model(inputs, layers.Conv2D(2, 3)(hidden))


@model(since=(2, 4))
def image_augmentation_nested():
    """The usual recipe: a Sequential of random layers before a backbone."""
    augment = keras.Sequential(
        [
            preprocessing("RandomFlip")("horizontal_and_vertical", input_shape=(8, 8, 3)),
            preprocessing("RandomRotation")(0.2),
        ]
    )
    return keras.Sequential(
        [
            augment,
            preprocessing("Rescaling")(1 / 255.0),
            layers.Conv2D(2, 3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )


@model(since=(2, 4))
def image_geometry():
    inputs = keras.Input((8, 8, 3))
    hidden = preprocessing("RandomTranslation")(0.1, 0.2, fill_mode="nearest")(inputs)
    hidden = preprocessing("RandomCrop")(6, 6)(hidden)
    hidden = preprocessing("CenterCrop")(4, 4)(hidden)
    return keras.Model(inputs, preprocessing("RandomHeight")(0.1)(hidden) if not KERAS3 else hidden)


@model(since=(2, 9))
def image_brightness():
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, layers.RandomBrightness(0.2)(inputs))


@model(since=(2, 20), keras3="only")
def image_newer_augmentation():
    inputs = hidden = keras.Input((8, 8, 3))
    for name in (
        "RandomGrayscale",
        "RandomHue",
        "RandomSaturation",
        "RandomErasing",
        "RandomSharpness",
        "RandomShear",
        "AutoContrast",
    ):
        if has(name):
            hidden = getattr(layers, name)(
                *([] if name in ("AutoContrast", "RandomShear", "RandomErasing") else [0.2])
            )(hidden)
    return keras.Model(inputs, hidden)


if __name__ == "__main__":
    main()
