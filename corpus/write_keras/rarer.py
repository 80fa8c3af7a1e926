"""Layers that few models have: identity, spectrograms, random features, feature columns, served models, einsum and the like."""

import tensorflow as tf
from _writing import KERAS3, has, keras, layers, main, model, preprocessing


@model(since=(2, 15), keras3="only")
def identity():
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Identity()(layers.Dense(2)(inputs)))


@model(since=(2, 18), keras3="only", every=True)
def spectrograms():
    inputs = keras.Input((2048,))
    outputs = [layers.MelSpectrogram(num_mel_bins=8, sampling_rate=8000, sequence_stride=256, fft_length=512)(inputs)]
    if has("STFTSpectrogram"):
        outputs.append(
            layers.STFTSpectrogram(frame_length=64, frame_step=32, fft_length=64)(layers.Reshape((2048, 1))(inputs))
        )
    return keras.Model(inputs, outputs)


@model(since=(2, 2), keras3=False)
def random_fourier_features():
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.experimental.RandomFourierFeatures(3, scale=2.0)(inputs))


@model(since=(2, 0), until=(2, 15), keras3=False)
def feature_columns():
    """`DenseFeatures` of TensorFlow's feature columns, which Keras 3 does not have."""
    columns = [tf.feature_column.numeric_column("age"), tf.feature_column.numeric_column("pay")]
    inputs = {"age": keras.Input((1,), name="age"), "pay": keras.Input((1,), name="pay")}
    return keras.Model(inputs, layers.Dense(1)(layers.DenseFeatures(columns)(inputs)))


@model(since=(2, 4), keras3=False)
def random_sizes():
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, preprocessing("RandomWidth")(0.2)(preprocessing("RandomHeight")((0.1, 0.2))(inputs)))


@model(since=(2, 8))
def wrapper_of_dense():
    """The base class of wrappers, used as it is."""
    if not has("Wrapper"):
        return None
    inputs = keras.Input((5, 4))
    return keras.Model(
        inputs, layers.TimeDistributed(layers.TimeDistributed(layers.Dense(2)))(layers.Reshape((5, 4, 1))(inputs))
    )


@model(since=(2, 1), keras3=False)
def added_loss_and_metric():
    """A model with a loss and a metric added to it."""
    inputs = keras.Input((4,))
    outputs = layers.Dense(2)(inputs)
    built = keras.Model(inputs, outputs)
    built.add_loss(tf.reduce_mean(outputs))
    built.add_metric(tf.reduce_sum(outputs), name="total", aggregation="mean")
    return built


@model(since=(2, 1))
def activity_regularized():
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, activity_regularizer=keras.regularizers.l1(0.01))(inputs)
    return keras.Model(inputs, layers.LSTM(2, activity_regularizer="l2")(layers.Reshape((3, 1))(hidden)))


@model()
def constraints():
    inputs = hidden = keras.Input((3,))
    for item in (
        keras.constraints.MaxNorm(2), keras.constraints.MinMaxNorm(0.1, 0.9), keras.constraints.NonNeg(),
        keras.constraints.UnitNorm(axis=0),
    ):  # fmt: skip
        hidden = layers.Dense(3, kernel_constraint=item)(hidden)
    return keras.Model(inputs, hidden)


@model()
def regularizers():
    inputs = hidden = keras.Input((3,))
    known = keras.regularizers
    chosen = [known.l1(0.1), known.l2(0.1), known.l1_l2(0.1, 0.2), "l2"]
    chosen += [known.OrthogonalRegularizer(0.1)] if hasattr(known, "OrthogonalRegularizer") else []
    for item in chosen:
        hidden = layers.Dense(3, kernel_regularizer=item)(hidden)
    return keras.Model(inputs, hidden)


@model(since=(2, 4))
def crossed_features():
    """Lookups of several columns, joined, as in the guides for structured data."""
    if KERAS3 and not has("HashedCrossing"):
        return None
    word, number = keras.Input((1,), dtype="string", name="word"), keras.Input((1,), name="number")
    lookup = preprocessing("StringLookup")(
        vocabulary=["a", "b"], **({"output_mode": "one_hot"} if has("StringLookup") else {})
    )
    scaled = preprocessing("Rescaling")(0.1)(number)
    encoded = lookup(word)
    joined = layers.Concatenate()([encoded, scaled]) if has("StringLookup") else scaled
    return keras.Model([word, number], layers.Dense(1)(joined))


if __name__ == "__main__":
    main()
