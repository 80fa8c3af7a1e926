"""Embeddings and masks."""

from _writing import begin, keras, layers, main, model, train


@model()
def embedding():
    built = keras.Sequential([begin((6,)), layers.Embedding(20, 4), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    built.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return train(built, (2, 6), (2, 1))


@model(every=True)
def embedding_masked():
    inputs = keras.Input((None,), dtype="int32")
    hidden = layers.Embedding(20, 4, mask_zero=True, embeddings_regularizer="l2", embeddings_initializer="normal")(
        inputs
    )
    return keras.Model(inputs, layers.LSTM(3)(hidden))


@model(only_keras2=True)
def embedding_input_length():
    return keras.Sequential(
        [layers.Embedding(20, 4, input_length=6), layers.Flatten(), layers.Dense(1, activation="sigmoid")]
    )


@model()
def masking():
    inputs = keras.Input((6, 3))
    hidden = layers.Masking(mask_value=-1.0)(inputs)
    return keras.Model(inputs, layers.TimeDistributed(layers.Dense(2))(layers.GRU(3, return_sequences=True)(hidden)))


if __name__ == "__main__":
    main()
