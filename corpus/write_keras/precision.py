"""Mixed precision and other dtype policies."""

from _writing import KERAS3, TF, keras, layers, main, model, train


def policy(name):
    if TF >= (2, 4):
        keras.mixed_precision.set_global_policy(name)
    else:
        keras.mixed_precision.experimental.set_policy(name)


@model(since=(2, 1), every=True)
def mixed_float16():
    policy("mixed_float16")
    try:
        inputs = keras.Input((4,))
        hidden = layers.BatchNormalization()(layers.Dense(3)(inputs))
        return keras.Model(inputs, layers.Activation("softmax", dtype="float32")(hidden))
    finally:
        policy("float32")


@model(since=(2, 4))
def mixed_bfloat16_trained():
    policy("mixed_bfloat16")
    try:
        built = keras.Sequential(
            [keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(1, dtype="float32")]
        )
        built.compile("adam", "mse")
        return train(built, (2, 4), (2, 1))
    finally:
        policy("float32")


@model(since=(2, 4))
def layer_policies():
    inputs = keras.Input((4,), dtype="float64")
    if TF >= (2, 4):
        hidden = layers.Dense(3, dtype="float64")(inputs)
        chosen = (keras.mixed_precision.Policy if TF < (2, 16) or not KERAS3 else keras.DTypePolicy)("mixed_float16")
        return keras.Model(inputs, layers.Dense(2, dtype=chosen)(hidden))


@model(since=(2, 2))
def float16_floatx():
    keras.backend.set_floatx("float16")
    try:
        return keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2, dtype="float32")])
    finally:
        keras.backend.set_floatx("float32")


@model(since=(2, 4))
def float64_floatx():
    keras.backend.set_floatx("float64")
    try:
        return keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu")])
    finally:
        keras.backend.set_floatx("float32")


@model(since=(2, 18), keras3="only", forms=("keras", "weights.h5"))
def quantized_int8():
    built = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
    built.quantize("int8")
    return built


@model(since=(2, 18), keras3="only", forms=("keras", "h5", "weights.h5"))
def lora():
    built = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
    built.layers[0].enable_lora(2)
    return built


if __name__ == "__main__":
    main()
