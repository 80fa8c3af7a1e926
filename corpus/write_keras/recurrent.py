"""Recurrent layers, cells and wrappers."""

import _writing
from _writing import TF, begin, has, keras, layers, main, model, train


@model(core=True, forms=("h5", "keras"))
def lstm():
    inputs = keras.Input((5, 3))
    hidden = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(inputs)
    hidden = layers.GRU(3)(hidden)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))


@model(forms=("h5", "keras", "sm", "weights_h5", "weights.h5"))
def lstm_plain():
    built = keras.Sequential([layers.LSTM(4, input_shape=(5, 3)), layers.Dense(2)])
    built.compile("rmsprop", "mae")
    return train(built, (2, 5, 3), (2, 2))


@model()
def rnn_options():
    inputs = keras.Input((5, 3))
    hidden = layers.LSTM(4, return_sequences=True, dropout=0.1, recurrent_dropout=0.1, unit_forget_bias=False)(inputs)
    hidden = layers.GRU(4, return_sequences=True, reset_after=True, recurrent_activation="sigmoid")(hidden)
    hidden = layers.GRU(3, return_sequences=True, reset_after=False, use_bias=False)(hidden)
    hidden = layers.SimpleRNN(3, return_sequences=True, activation="relu", go_backwards=True)(hidden)
    hidden = (
        layers.LSTM(2, implementation=1, use_bias=False, kernel_constraint="max_norm")(hidden)
        if not _writing.KERAS3
        else hidden
    )
    return keras.Model(inputs, hidden)


@model()
def simple_rnn():
    built = keras.Sequential([layers.SimpleRNN(4, input_shape=(None, 3), unroll=False), layers.Dense(2)])
    return built


@model()
def gru():
    inputs = keras.Input((5, 3))
    return keras.Model(inputs, layers.GRU(4, name="memory", return_sequences=True)(inputs))


@model()
def rnn_states():
    inputs, start = keras.Input((5, 3)), keras.Input((4,))
    outputs, state_h, state_c = layers.LSTM(4, return_state=True, return_sequences=True)(inputs)
    second = layers.GRU(4)(outputs, initial_state=start)
    third = layers.LSTM(4)(outputs, initial_state=[state_h, state_c])
    return keras.Model([inputs, start], [second, third, state_c])


@model()
def rnn_stateful():
    if _writing.KERAS3:
        inputs = keras.Input(batch_shape=(2, 5, 3))
        return keras.Model(
            inputs, layers.GRU(2, stateful=True)(layers.LSTM(4, stateful=True, return_sequences=True)(inputs))
        )
    first = layers.LSTM(4, stateful=True, return_sequences=True, batch_input_shape=(2, 5, 3))
    return keras.Sequential([first, layers.SimpleRNN(3, stateful=True)])


@model()
def rnn_cells():
    inputs = keras.Input((5, 3))
    hidden = layers.RNN(layers.LSTMCell(4), return_sequences=True)(inputs)
    hidden = layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(2)], return_sequences=True)(hidden)
    hidden = layers.RNN(layers.StackedRNNCells([layers.LSTMCell(2), layers.LSTMCell(3)]))(hidden)
    return keras.Model(inputs, hidden)


@model()
def bidirectional():
    inputs = keras.Input((5, 3))
    hidden = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="sum", name="both")(inputs)
    hidden = layers.Bidirectional(layers.RNN(layers.LSTMCell(2), return_sequences=True), merge_mode="ave")(hidden)
    if TF >= (2, 2) or _writing.KERAS3:
        back = layers.LSTM(3, go_backwards=True, return_sequences=True)
        hidden = layers.Bidirectional(layers.LSTM(3, return_sequences=True), backward_layer=back)(hidden)
    return keras.Model(inputs, hidden)


@model()
def time_distributed():
    inputs = keras.Input((5, 6, 6, 2))
    hidden = layers.TimeDistributed(layers.Conv2D(3, 3, activation="relu"))(inputs)
    hidden = layers.TimeDistributed(layers.BatchNormalization())(hidden)
    hidden = layers.TimeDistributed(layers.Flatten())(hidden)
    inner = keras.Sequential([begin((48,)), layers.Dense(3)])
    hidden = layers.TimeDistributed(inner)(hidden)
    return keras.Model(inputs, layers.LSTM(2)(hidden))


@model()
def conv_lstm():
    inputs = keras.Input((3, 5, 5, 1))
    hidden = layers.ConvLSTM2D(2, 3, return_sequences=True, padding="same")(inputs)
    hidden = layers.Bidirectional(layers.ConvLSTM2D(2, 2, return_sequences=True))(hidden) if TF >= (2, 3) else hidden
    outputs = [layers.ConvLSTM2D(1, 2, use_bias=False, dropout=0.1)(hidden)]
    if has("ConvLSTM1D"):
        outputs.append(layers.ConvLSTM1D(2, 2)(layers.Reshape((3, 5, 5))(inputs)))
    return keras.Model(inputs, outputs)


@model(until=(2, 15), only_keras2=True)
def cudnn_rnn():
    """The layers that need a GPU to run; configs of models trained on one are common."""
    v1 = tf_compat_layers()
    inputs = keras.Input((5, 3))
    return keras.Model(inputs, v1.CuDNNGRU(3)(v1.CuDNNLSTM(4, return_sequences=True)(inputs)))


def tf_compat_layers():
    import tensorflow as tf

    return layers if _writing.STANDALONE else tf.compat.v1.keras.layers


@model(until=(2, 15), only_keras2=True, since=(2, 0))
def rnn_v1():
    """The v1 LSTM and GRU of a TensorFlow 2 release."""
    v1 = tf_compat_layers()
    inputs = keras.Input((5, 3))
    return keras.Model(inputs, v1.GRU(3)(v1.LSTM(4, return_sequences=True)(inputs)))


if __name__ == "__main__":
    main()
