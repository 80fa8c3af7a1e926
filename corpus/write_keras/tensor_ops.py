"""Functional models with operations between the layers: TensorFlow's and, in Keras 3, keras.ops."""

import tensorflow as tf
from _writing import keras, layers, main, model


@model(only_keras2=True, since=(1, 15), every=True)
def tf_ops():
    """`TensorFlowOpLayer` up to 2.3, `TFOpLambda` from 2.4."""
    inputs = keras.Input((4,))
    hidden = tf.nn.relu(layers.Dense(3)(inputs) * 2.0)
    hidden = tf.concat([hidden, tf.square(hidden)], axis=-1)
    return keras.Model(inputs, layers.Dense(1)(hidden))


@model(only_keras2=True, since=(1, 15))
def tf_slicing():
    inputs = keras.Input((4, 3))
    first = inputs[:, 0]
    return keras.Model(inputs, layers.Dense(2)(first + inputs[:, 1]))


@model(only_keras2=True, since=(2, 4))
def tf_ops_more():
    inputs = keras.Input((4, 3))
    hidden = tf.transpose(inputs, [0, 2, 1])
    hidden = tf.reduce_mean(hidden, axis=1, keepdims=True)
    hidden = tf.cast(hidden > 0.5, tf.float32) - tf.expand_dims(inputs[:, :, 0], 1)
    first, second = tf.split(hidden, 2, axis=-1)
    return keras.Model(inputs, tf.reshape(tf.stack([first, second]), [-1, 4]))


@model(only_keras2=True, since=(2, 4))
def tf_ops_with_variable():
    """A variable that the op layers capture."""
    inputs = keras.Input((4,))
    hidden = tf.matmul(inputs, tf.ones((4, 2)))
    return keras.Model(inputs, tf.keras.backend.clip(hidden, 0.0, 1.0))


@model(keras3="only", every=True)
def keras_ops():
    ops = keras.ops
    inputs = keras.Input((4,))
    hidden = ops.relu(layers.Dense(3)(inputs) * 2.0)
    hidden = ops.concatenate([hidden, ops.square(hidden)], axis=-1)
    return keras.Model(inputs, layers.Dense(1)(hidden))


@model(keras3="only")
def keras_ops_more():
    ops = keras.ops
    inputs = keras.Input((4, 3))
    hidden = ops.transpose(inputs, (0, 2, 1))
    hidden = ops.mean(hidden, axis=1, keepdims=True)
    hidden = ops.cast(hidden > 0.5, "float32") - ops.expand_dims(inputs[:, :, 0], 1)
    return keras.Model(inputs, ops.reshape(hidden, (-1, 4)))


@model(keras3="only")
def keras_ops_nested():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    inputs = keras.Input((4,))
    return keras.Model(inputs, keras.ops.exp(inner(inputs)) + keras.ops.softmax(inner(inputs)))


if __name__ == "__main__":
    main()
