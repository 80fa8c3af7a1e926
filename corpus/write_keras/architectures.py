"""Real architectures of keras.applications, small and untrained."""

from _writing import keras, layers, main, model


@model(forms=("h5", "keras"))
def mobilenet():
    return keras.applications.MobileNet(input_shape=(32, 32, 3), alpha=0.25, weights=None, classes=3, include_top=True)


@model(forms=("h5", "keras"))
def mobilenet_v2():
    return keras.applications.MobileNetV2(input_shape=(32, 32, 3), alpha=0.1, weights=None, include_top=False)


@model(forms=("h5", "keras"))
def mobilenet_v2_transfer():
    """The usual recipe of transfer learning."""
    base = keras.applications.MobileNetV2(input_shape=(32, 32, 3), alpha=0.1, weights=None, include_top=False)
    base.trainable = False
    built = keras.Sequential(
        [base, layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(2, activation="softmax")]
    )
    built.compile(keras.optimizers.Adam(), "categorical_crossentropy", metrics=["accuracy"])
    return built


@model(forms=("h5", "keras"), since=(2, 8))
def mobilenet_v3():
    return keras.applications.MobileNetV3Small(
        input_shape=(32, 32, 3), alpha=0.25, minimalistic=True, weights=None, classes=2
    )


if __name__ == "__main__":
    main()
