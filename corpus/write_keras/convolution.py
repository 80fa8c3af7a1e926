"""Convolutions, pooling, padding, cropping and upsampling, with the arguments that change weights or configs."""

from _writing import TF, has, keras, layers, main, model, train


@model(core=True, forms=("h5", "keras"))
def cnn():
    inputs = keras.Input((8, 8, 3))
    hidden = layers.Conv2D(4, 3, padding="same")(inputs)
    hidden = layers.Activation("relu")(layers.BatchNormalization()(hidden))
    hidden = layers.MaxPooling2D()(hidden)
    hidden = layers.DepthwiseConv2D(3)(hidden)
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(hidden)))


@model(forms=("h5", "keras", "sm", "weights_h5", "weights.h5"), every=True)
def cnn_sequential():
    built = keras.Sequential(
        [
            layers.Conv2D(4, (3, 3), activation="relu", input_shape=(10, 10, 1)),
            layers.BatchNormalization(),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    built.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
    return train(built, (2, 10, 10, 1), (2, 2))


@model()
def conv_1d_3d():
    line, volume = keras.Input((9, 2)), keras.Input((5, 5, 5, 1))
    first = layers.Conv1D(3, 3, padding="causal", dilation_rate=2)(line)
    first = layers.Conv1D(2, 2, strides=2, use_bias=False)(first)
    second = layers.Conv3D(2, 2, padding="same")(volume)
    second = layers.Conv3D(2, (1, 2, 3), strides=(1, 1, 2), kernel_regularizer="l2")(second)
    return keras.Model([line, volume], [first, second])


@model()
def conv_separable():
    line, image = keras.Input((9, 2)), keras.Input((8, 8, 2))
    first = layers.SeparableConv1D(3, 3, depth_multiplier=2)(line)
    second = layers.SeparableConv2D(3, 3, depth_multiplier=2, pointwise_initializer="he_normal", padding="same")(image)
    second = layers.SeparableConv2D(3, 3, use_bias=False, depthwise_regularizer="l2", strides=2)(second)
    return keras.Model([line, image], [first, second])


@model()
def conv_depthwise():
    inputs = keras.Input((8, 8, 2))
    hidden = layers.DepthwiseConv2D(3, depth_multiplier=2, depthwise_initializer="he_uniform")(inputs)
    hidden = layers.DepthwiseConv2D((3, 1), use_bias=False, padding="same", activation="relu")(hidden)
    return keras.Model(inputs, hidden)


@model(since=(2, 9))
def conv_depthwise_1d():
    inputs = keras.Input((8, 2))
    return keras.Model(inputs, layers.DepthwiseConv1D(3, depth_multiplier=2)(inputs))


@model()
def conv_transpose():
    image, volume = keras.Input((4, 4, 3)), keras.Input((3, 3, 3, 2))
    first = layers.Conv2DTranspose(4, 3, strides=2, padding="same")(image)
    first = layers.Conv2DTranspose(2, (2, 3), use_bias=False, output_padding=None)(first)
    outputs = [first, layers.Conv3DTranspose(3, 2)(volume)]
    return keras.Model([image, volume], outputs)


@model(since=(2, 3))
def conv_1d_transpose():
    inputs = keras.Input((4, 3))
    return keras.Model(inputs, layers.Conv1DTranspose(4, 3, strides=2, output_padding=1)(inputs))


@model(since=(2, 3))
def conv_groups():
    inputs = keras.Input((6, 6, 4))
    hidden = layers.Conv2D(4, 3, groups=2, name="grouped")(inputs)
    return keras.Model(inputs, layers.Conv2D(2, 1, dilation_rate=2)(hidden))


@model()
def conv_channels_first():
    inputs = keras.Input((3, 6, 6))
    hidden = layers.Conv2D(4, 3, data_format="channels_first")(inputs)
    hidden = layers.BatchNormalization(axis=1)(hidden)
    hidden = layers.MaxPooling2D(data_format="channels_first")(hidden)
    return keras.Model(inputs, layers.Flatten(data_format="channels_first")(hidden))


@model()
def pooling():
    line, image, volume = keras.Input((8, 2)), keras.Input((8, 8, 2)), keras.Input((4, 4, 4, 1))
    outputs = [
        layers.GlobalMaxPooling1D()(
            layers.AveragePooling1D(2, padding="same")(layers.MaxPooling1D(2, strides=1)(line))
        ),
        layers.GlobalMaxPooling2D()(layers.AveragePooling2D((2, 1))(layers.MaxPooling2D(2, padding="same")(image))),
        layers.GlobalMaxPooling3D()(layers.AveragePooling3D(1)(layers.MaxPooling3D(2)(volume))),
        layers.GlobalAveragePooling1D()(line),
        layers.GlobalAveragePooling3D()(volume),
    ]
    return keras.Model([line, image, volume], outputs)


@model(since=(2, 6))
def pooling_keepdims():
    inputs = keras.Input((8, 8, 2))
    return keras.Model(
        inputs, [layers.GlobalAveragePooling2D(keepdims=True)(inputs), layers.GlobalMaxPooling2D(keepdims=True)(inputs)]
    )


@model(since=(2, 20), keras3="only")
def pooling_adaptive():
    if not has("AdaptiveAveragePooling2D"):
        return None
    inputs = keras.Input((8, 8, 2))
    return keras.Model(inputs, layers.AdaptiveAveragePooling2D(3)(layers.AdaptiveMaxPooling2D((4, 4))(inputs)))


@model()
def padding_cropping():
    line, image, volume = keras.Input((8, 2)), keras.Input((8, 8, 2)), keras.Input((4, 4, 4, 1))
    options = {"interpolation": "bilinear"} if TF >= (1, 13) else {}
    outputs = [
        layers.UpSampling1D(2)(layers.Cropping1D((1, 2))(layers.ZeroPadding1D(2)(line))),
        layers.UpSampling2D((2, 3), **options)(
            layers.Cropping2D(((1, 2), (0, 1)))(layers.ZeroPadding2D((1, 2))(image))
        ),
        layers.UpSampling3D(2)(layers.Cropping3D(1)(layers.ZeroPadding3D(1)(volume))),
    ]
    return keras.Model([line, image, volume], outputs)


if __name__ == "__main__":
    main()
