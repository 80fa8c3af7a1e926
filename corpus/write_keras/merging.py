"""Layers that join tensors, and models of several inputs and outputs."""

from _writing import keras, layers, main, model, train


@model()
def merges():
    first, second = keras.Input((4,)), keras.Input((4,))
    pair = [first, second]
    parts = [
        layers.Add()(pair), layers.Subtract()(pair), layers.Multiply()(pair), layers.Average()(pair), layers.Maximum()(pair),
        layers.Minimum()(pair), layers.Concatenate()(pair), layers.Dot(axes=1, normalize=True)(pair),
    ]  # fmt: skip
    return keras.Model(pair, layers.concatenate(parts))


@model()
def merges_axes():
    first, second = keras.Input((3, 4)), keras.Input((3, 4))
    outputs = [
        layers.Concatenate(axis=1)([first, second]),
        layers.Dot(axes=(2, 2))([first, second]),
        layers.dot([first, second], 2),
    ]
    return keras.Model([first, second], outputs)


@model(every=True)
def two_in_two_out():
    left, right = keras.Input((4,), name="left"), keras.Input((3,), name="right", dtype="float32")
    hidden = layers.concatenate([layers.Dense(3, name="a")(left), layers.Dense(2, name="b")(right)])
    outputs = [layers.Dense(1, name="score")(hidden), layers.Dense(2, activation="softmax", name="kind")(hidden)]
    built = keras.Model(inputs=[left, right], outputs=outputs)
    built.compile(
        "adam",
        loss={"score": "mse", "kind": "categorical_crossentropy"},
        loss_weights={"score": 1.0, "kind": 0.5},
        metrics={"score": ["mae"], "kind": ["accuracy"]},
    )
    return train(built, (2, 4), (2, 3), (2, 1), (2, 2), targets=2)


@model(since=(2, 2))
def dict_in_dict_out():
    inputs = {"left": keras.Input((4,), name="left"), "right": keras.Input((3,), name="right")}
    hidden = layers.Concatenate()([inputs["left"], inputs["right"]])
    return keras.Model(
        inputs, {"score": layers.Dense(1, name="score")(hidden), "kind": layers.Dense(2, name="kind")(hidden)}
    )


if __name__ == "__main__":
    main()
