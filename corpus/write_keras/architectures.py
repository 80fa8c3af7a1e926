"""Real architectures of keras.applications, small and untrained."""

import importlib

from _writing import LEGACY, keras, layers, main, model


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


def builder(module, name):
    """A builder with free sizes, which the applications keep in their private modules."""
    for package in ("tf_keras.src" if LEGACY else "keras.src", "keras", "tensorflow.python.keras"):
        try:
            return getattr(importlib.import_module(package + ".applications." + module), name)
        except (ImportError, AttributeError):
            continue
    return None


@model(forms=("h5", "keras"), since=(2, 3), every=True)
def efficientnet():
    """Rescaling and Normalization inside, depthwise convolutions, swish."""
    build = builder("efficientnet", "EfficientNet")
    return build and build(0.1, 0.1, 32, weights=None, input_shape=(32, 32, 3), classes=2)


@model(forms=("h5", "keras"), since=(1, 15))
def densenet():
    build = builder("densenet", "DenseNet")
    return build and build([1, 1, 1, 1], weights=None, input_shape=(32, 32, 3), classes=2)


@model(forms=("h5", "keras"), since=(2, 10))
def convnext():
    """Layers of its own: LayerScale and StochasticDepth."""
    build = builder("convnext", "ConvNeXt")
    return build and build(
        [1, 1, 1, 1], [4, 4, 4, 4], default_size=32, weights=None, input_shape=(32, 32, 3), classes=2
    )


if __name__ == "__main__":
    main()
