"""Normalizing layers."""

from _writing import keras, layers, main, model


@model(every=True, forms=("h5", "keras", "sm", "weights.h5"))
def batch_normalization():
    return keras.Sequential(
        [
            layers.Dense(4, input_shape=(3,)),
            layers.BatchNormalization(),
            layers.BatchNormalization(scale=False, momentum=0.9),
            layers.BatchNormalization(center=False, scale=False, epsilon=1e-5),
        ]
    )


@model(since=(1, 15))
def layer_normalization():
    inputs = keras.Input((4, 4, 3))
    hidden = layers.LayerNormalization(axis=[2, 3])(inputs)
    hidden = layers.LayerNormalization(center=False, axis=-1)(hidden)
    return keras.Model(inputs, layers.BatchNormalization(axis=2, trainable=False)(hidden))


@model(since=(2, 11))
def group_unit_normalization():
    inputs = keras.Input((4, 4, 6))
    hidden = layers.GroupNormalization(3)(inputs)
    hidden = layers.GroupNormalization(groups=-1, scale=False)(hidden)
    return keras.Model(inputs, layers.UnitNormalization()(hidden))


@model(since=(2, 13))
def spectral_normalization():
    inputs = keras.Input((4, 4, 2))
    return keras.Model(inputs, layers.SpectralNormalization(layers.Conv2D(3, 2))(inputs))


@model(since=(2, 20), keras3="only")
def rms_normalization():
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.RMSNormalization()(layers.Dense(3)(inputs)))


@model(since=(2, 2), only_keras2=True)
def sync_batch_normalization():
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.experimental.SyncBatchNormalization()(inputs))


@model(only_keras2=True, until=(2, 15))
def batch_normalization_v1():
    import tensorflow as tf

    v1 = tf.compat.v1.keras.layers.BatchNormalization
    inputs = keras.Input((4, 4, 3))
    hidden = v1(renorm=True)(inputs)
    return keras.Model(inputs, v1(fused=True)(hidden))


if __name__ == "__main__":
    main()
