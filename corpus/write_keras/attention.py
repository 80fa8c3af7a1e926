"""Attention layers and a small transformer block."""

from _writing import TF, keras, layers, main, model


@model(since=(1, 15))
def attention():
    query, value = keras.Input((4, 3)), keras.Input((6, 3))
    outputs = [layers.Attention(use_scale=True)([query, value]), layers.AdditiveAttention()([query, value])]
    outputs.append(
        layers.Attention(dropout=0.1)([query, value, value])
        if TF >= (2, 2)
        else layers.Attention()([query, value, value])
    )
    return keras.Model([query, value], outputs)


@model(since=(2, 4))
def multi_head_attention():
    inputs = keras.Input((4, 6))
    hidden = layers.MultiHeadAttention(2, 3)(inputs, inputs)
    hidden = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([hidden, inputs]))
    hidden = layers.MultiHeadAttention(2, 3, value_dim=4, output_shape=(5,), use_bias=False, dropout=0.1)(
        hidden, hidden
    )
    return keras.Model(inputs, hidden)


@model(since=(2, 4))
def multi_head_cross():
    query, value = keras.Input((4, 6)), keras.Input((3, 6))
    outputs, scores = layers.MultiHeadAttention(num_heads=1, key_dim=2, name="cross")(
        query, value, return_attention_scores=True
    )
    return keras.Model([query, value], [outputs, scores])


@model(since=(2, 18), keras3="only")
def grouped_query_attention():
    name = "GroupQueryAttention" if hasattr(layers, "GroupQueryAttention") else "GroupedQueryAttention"
    inputs = keras.Input((4, 6))
    return keras.Model(inputs, getattr(layers, name)(4, 4, 2)(inputs, inputs))


@model(since=(2, 4), forms=("h5", "keras", "sm", "weights.h5"))
def transformer():
    inputs = keras.Input((5,), dtype="int32")
    hidden = layers.Embedding(10, 6)(inputs)
    attended = layers.MultiHeadAttention(2, 3)(hidden, hidden)
    hidden = layers.LayerNormalization()(layers.add([hidden, layers.Dropout(0.1)(attended)]))
    fed = keras.Sequential([layers.Dense(8, activation="gelu"), layers.Dense(6)])(hidden)
    hidden = layers.LayerNormalization()(layers.add([hidden, fed]))
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(hidden)))


if __name__ == "__main__":
    main()
