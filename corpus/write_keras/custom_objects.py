"""Classes and functions of a user: with and without registration, as layer, activation, loss and so on.

A plain load without ``custom_objects`` fails for most of them, which is the point.
"""

import tensorflow as tf
from _writing import TF, begin, keras, layers, main, model, train

if hasattr(keras.utils, "register_keras_serializable"):
    register = keras.utils.register_keras_serializable
else:

    def register(package="Custom", name=None):
        return lambda item: item


class Scale(layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.gain = self.add_weight(name="gain", shape=(int(input_shape[-1]),), initializer="ones")
        super().build(input_shape)

    def call(self, inputs):
        return inputs * self.gain * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = super().get_config()
        config["factor"] = self.factor
        return config


@register(package="acme")
class Special(Scale):
    pass


@register()
class InDefaultPackage(Scale):
    pass


@register(package="acme", name="renamed_act")
def registered_activation(x):
    return x * 2.0


def my_activation(x):
    return tf.nn.relu(x) * 0.5


class MyInitializer(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None, **kwargs):
        return tf.ones(shape, dtype or "float32")

    def get_config(self):
        return {}


class MyRegularizer(keras.regularizers.Regularizer):
    def __call__(self, x):
        return 0.01 * tf.reduce_sum(tf.abs(x))

    def get_config(self):
        return {}


class MyConstraint(keras.constraints.Constraint):
    def __call__(self, w):
        return w

    def get_config(self):
        return {}


def my_loss(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


class MyLoss(getattr(keras.losses, "Loss", object)):
    def __init__(self, weight=1.0, name="my_loss_object", **kwargs):
        super().__init__(name=name, **kwargs)
        self.weight = weight

    def call(self, y_true, y_pred):
        return self.weight * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)

    def get_config(self):
        return dict(super().get_config(), weight=self.weight)


def my_metric(y_true, y_pred):
    return tf.reduce_mean(tf.abs(y_true - y_pred))


class MyMetric(getattr(keras.metrics, "Mean", object)):
    def update_state(self, y_true, y_pred=None, sample_weight=None):
        return super().update_state(y_true if y_pred is None else y_true - y_pred)


class MySchedule(getattr(getattr(keras.optimizers, "schedules", None), "LearningRateSchedule", object)):
    def __init__(self, start=0.1):
        self.start = start

    def __call__(self, step):
        return self.start

    def get_config(self):
        return {"start": self.start}


class MySGD(keras.optimizers.SGD):
    pass


class GatedModel(keras.Model):
    """A functional model of another class than Model."""


@model(breaks="L01")
def custom_layer():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2)(Scale(factor=3.0, name="scale")(inputs)))


@model(breaks="L01", since=(2, 0), every=True)
def custom_layer_registered():
    inputs = keras.Input((3,))
    return keras.Model(inputs, InDefaultPackage()(Special(factor=0.5)(inputs)))


@model(breaks="L01")
def custom_layer_sequential():
    return keras.Sequential([layers.Dense(3, input_shape=(3,)), Scale()])


@model(breaks="L01", since=(2, 0))
def custom_layer_wrapped():
    inputs = keras.Input((4, 3))
    return keras.Model(inputs, layers.TimeDistributed(Scale())(inputs))


@model(breaks="L02")
def custom_activation():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2, activation=my_activation)(inputs))


@model(breaks="L02", since=(2, 3))
def custom_activation_registered():
    inputs = keras.Input((3,))
    return keras.Model(
        inputs, layers.Activation(registered_activation)(layers.Dense(2, activation=registered_activation)(inputs))
    )


@model(breaks="L02")
def custom_initializer():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2, kernel_initializer=MyInitializer())(inputs))


@model(breaks="L02")
def custom_regularizer():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2, kernel_regularizer=MyRegularizer())(inputs))


@model(breaks="L02")
def custom_constraint():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2, bias_constraint=MyConstraint())(inputs))


def compiled(optimizer="sgd", loss="mae", metrics=()):
    built = keras.Sequential([begin((3,)), layers.Dense(1)])
    built.compile(optimizer, loss, metrics=list(metrics))
    return train(built, (2, 3), (2, 1))


@model(breaks="K17", every=True)
def custom_loss():
    return compiled(loss=my_loss)


@model(breaks="K17", since=(1, 14))
def custom_loss_object():
    return compiled(loss=MyLoss(weight=0.5))


@model(breaks="K17")
def custom_metric():
    return compiled(metrics=[my_metric])


@model(breaks="K17", since=(2, 0))
def custom_metric_object():
    return compiled(metrics=[MyMetric(name="mine")])


@model(breaks="M05", since=(2, 0))
def custom_optimizer():
    return compiled(optimizer=MySGD(0.1))


@model(breaks="M05", since=(2, 0))
def custom_schedule():
    return compiled(optimizer=keras.optimizers.SGD(MySchedule(0.2)))


@model(breaks="L01", since=(2, 2))
def custom_model_class():
    inputs = keras.Input((3,))
    return GatedModel(inputs, layers.Dense(2)(inputs))


@model(breaks="L01", since=(2, 0), forms=("keras", "sm"))
def custom_layer_without_config():
    class Plain(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.inner = layers.Dense(units)

        def call(self, inputs):
            return self.inner(inputs)

    inputs = keras.Input((3,))
    return keras.Model(inputs, Plain(2)(inputs))


@model(breaks="L01", since=(2, 0))
def custom_layer_holding_layers():
    """A composite layer that builds its parts in its constructor."""
    inputs = keras.Input((3,))
    return keras.Model(inputs, Block(units=2)(inputs))


class Block(layers.Layer):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(units, activation="relu")
        self.second = layers.Dense(units)

    def call(self, inputs):
        return self.second(self.first(inputs))

    def get_config(self):
        return dict(super().get_config(), units=self.units)


class Perceptron(keras.Model):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden = layers.Dense(units, activation="relu")
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(self.hidden(inputs))

    def get_config(self):
        return {"units": self.units}


@model(breaks="L01", since=(2, 0), forms=("keras", "sm", "weights_h5", "weights.h5", "ckpt"), every=True)
def subclassed():
    built = Perceptron()
    if TF >= (2, 0):
        built(tf.ones((1, 4)))
    return built


@model(breaks="L01", since=(2, 2), forms=("keras", "sm"))
def subclassed_trained():
    built = Perceptron(units=2)
    built.compile("adam", "mse", metrics=["mae"])
    return train(built, (2, 4), (2, 1))


if __name__ == "__main__":
    main()
