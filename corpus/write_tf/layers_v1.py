"""Session SavedModels with the layers of networks: dense, convolutional, recurrent, normalised, trained, quantized."""

import numpy as np
import recipe
from recipe import dense, saved_model_v1, tf, v1, variable


@saved_model_v1()
def v1_dense(folder):
    x = v1.placeholder(tf.float32, [None, 4], "x")
    y = tf.nn.softmax(dense(tf.nn.relu(dense(x, 3, "hidden")), 2, "logits"), name="y")
    return {"x": x}, {"y": y}


@saved_model_v1(at="1.12 1.15 2.4 2.15")
def v1_dense_resource(folder):
    x = v1.placeholder(tf.float32, [None, 4], "x")
    y = tf.nn.sigmoid(dense(x, 2, "logits", resource=True), name="y")
    return {"x": x}, {"y": y}


@saved_model_v1(at="1.4 1.12 1.15 2.3 2.12 2.21")
def v1_conv(folder):
    x = v1.placeholder(tf.float32, [None, 8, 8, 3], "x")
    net = v1.nn.conv2d(x, variable("conv/kernel", [3, 3, 3, 4]), strides=[1, 2, 2, 1], padding="SAME")
    net = tf.nn.relu(v1.nn.bias_add(net, variable("conv/bias", [4])))
    net = v1.nn.depthwise_conv2d(net, variable("depthwise", [3, 3, 4, 1]), [1, 1, 1, 1], "VALID")
    net = v1.nn.max_pool(net, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    net = v1.nn.conv2d_transpose(net, variable("up", [2, 2, 4, 4]), [1, 2, 2, 4], [1, 2, 2, 1])
    y = tf.reduce_mean(net, [1, 2], name="y")
    return {"x": x}, {"y": y}


@saved_model_v1(at="1.12 2.4 2.18")
def v1_conv_variants(folder):
    x = v1.placeholder(tf.float32, [2, 6, 6, 6, 2], "x")
    net = v1.nn.conv3d(x, variable("k3", [2, 2, 2, 2, 3]), [1, 1, 1, 1, 1], "SAME")
    net = v1.nn.avg_pool3d(net, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], "SAME") if hasattr(v1.nn, "avg_pool3d") else net
    flat = tf.reshape(net, [2, -1, 3])
    net = v1.nn.conv1d(flat, variable("k1", [3, 3, 2]), 1, "VALID")
    line = tf.expand_dims(net, 1)
    net = v1.nn.atrous_conv2d(tf.tile(line, [1, 5, 1, 1]), variable("ka", [3, 3, 2, 2]), 2, "SAME")
    return {"x": x}, {"y": tf.reduce_sum(net, name="y")}


@saved_model_v1(at="1.4 1.15 2.10 2.21")
def v1_conv_nchw(folder):
    """Channels first: no CPU kernel can run it, loading does not."""
    x = v1.placeholder(tf.float32, [None, 3, 8, 8], "x")
    net = v1.nn.conv2d(x, variable("kernel", [3, 3, 3, 4]), strides=[1, 1, 1, 1], padding="SAME", data_format="NCHW")
    net = v1.nn.bias_add(net, variable("bias", [4]), data_format="NCHW")
    return {"x": x}, {"y": v1.nn.max_pool(net, [1, 1, 2, 2], [1, 1, 2, 2], "SAME", data_format="NCHW", name="y")}


@saved_model_v1(at="1.4 1.15 2.4 2.15")
def v1_batch_norm(folder):
    x = v1.placeholder(tf.float32, [None, 4, 4, 3], "x")
    training = v1.placeholder_with_default(False, [], "training")
    scale, offset = variable("gamma", [3], value=1.0), variable("beta", [3], value=0.0)
    mean, spread = variable("moving_mean", [3], trainable=False), variable("moving_variance", [3], trainable=False)
    fixed = v1.nn.fused_batch_norm(x, scale, offset, mean, spread, is_training=False)[0]
    batch, m, s = v1.nn.fused_batch_norm(x, scale, offset, is_training=True)[:3]
    updates = [v1.assign_sub(mean, (mean - m) * 0.1).op, v1.assign_sub(spread, (spread - s) * 0.1).op]
    for update in updates:
        v1.add_to_collection(v1.GraphKeys.UPDATE_OPS, update)
    y = v1.cond(training, lambda: tf.identity(batch), lambda: tf.identity(fixed))
    return {"x": x, "training": training}, {"y": tf.nn.lrn(y, name="y")}


@saved_model_v1(at="1.4 1.15 2.3 2.12")
def v1_dynamic_rnn(folder):
    x = v1.placeholder(tf.float32, [None, 5, 3], "x")
    lengths = v1.placeholder(tf.int32, [None], "lengths")
    cell = v1.nn.rnn_cell.BasicLSTMCell(4)
    outputs, _ = v1.nn.dynamic_rnn(cell, x, sequence_length=lengths, dtype=tf.float32)
    return {"x": x, "lengths": lengths}, {"y": tf.identity(outputs, "y")}


@saved_model_v1(at="1.12 2.0 2.15")
def v1_static_rnn(folder):
    x = v1.placeholder(tf.float32, [2, 4, 3], "x")
    cells = [v1.nn.rnn_cell.GRUCell(3), v1.nn.rnn_cell.BasicRNNCell(2)]
    outputs, _ = v1.nn.static_rnn(v1.nn.rnn_cell.MultiRNNCell(cells), tf.unstack(x, axis=1), dtype=tf.float32)
    return {"x": x}, {"y": tf.stack(outputs, name="y")}


@saved_model_v1(at="1.4 1.15 2.0 2.10")
def v1_bidirectional_rnn(folder):
    x = v1.placeholder(tf.float32, [None, 4, 3], "x")
    forward, backward = v1.nn.rnn_cell.LSTMCell(2, use_peepholes=True), v1.nn.rnn_cell.LSTMCell(2, num_proj=2)
    outputs, _ = v1.nn.bidirectional_dynamic_rnn(forward, backward, x, dtype=tf.float32)
    return {"x": x}, {"y": tf.concat(outputs, 2, name="y")}


@saved_model_v1(at="1.4 1.15 2.4 2.10 2.18")
def v1_training(folder):
    """A graph with its loss, gradients and optimizer slots, saved while training."""
    x = v1.placeholder(tf.float32, [None, 4], "x")
    labels = v1.placeholder(tf.float32, [None, 2], "labels")
    logits = dense(tf.nn.dropout(x, 0.5) if recipe.RELEASE < (2, 0) else x, 2, "logits")
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    step = v1.train.get_or_create_global_step()
    rate = v1.train.exponential_decay(0.1, step, 10, 0.9, staircase=True)
    optimizer = v1.train.AdamOptimizer(rate)
    gradients = optimizer.compute_gradients(loss)
    clipped, _ = tf.clip_by_global_norm([g for g, _ in gradients], 1.0)
    train = optimizer.apply_gradients(zip(clipped, [v for _, v in gradients]), step)
    with v1.control_dependencies([train]):
        done = tf.identity(loss, "loss")
    v1.summary.scalar("loss", loss)
    return {"x": x, "labels": labels}, {"y": tf.identity(logits, "y"), "loss": done}


@saved_model_v1(at="1.12 2.3 2.15")
def v1_optimizers(folder):
    x = v1.placeholder(tf.float32, [None, 4], "x")
    loss = tf.reduce_mean(tf.square(dense(x, 1, "a", resource=True)))
    made = [
        v1.train.GradientDescentOptimizer(0.1),
        v1.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
        v1.train.RMSPropOptimizer(0.1),
        v1.train.AdagradOptimizer(0.1),
        v1.train.AdadeltaOptimizer(0.1),
        v1.train.FtrlOptimizer(0.1),
    ]
    train = tf.group(*[item.minimize(loss) for item in made])
    average = v1.train.ExponentialMovingAverage(0.9)
    with v1.control_dependencies([train]):
        ema = average.apply(v1.trainable_variables())
    with v1.control_dependencies([ema]):
        y = tf.identity(loss, "y")
    return {"x": x}, {"y": y}


@saved_model_v1(at="1.4 1.15 2.4 2.21")
def v1_fake_quant(folder):
    x = v1.placeholder(tf.float32, [None, 4], "x")
    net = (
        tf.quantization.fake_quant_with_min_max_args(x)
        if hasattr(tf, "quantization")
        else tf.fake_quant_with_min_max_args(x)
    )
    vars_ = getattr(tf, "quantization", tf).fake_quant_with_min_max_vars
    y = vars_(dense(net, 2, "logits"), variable("low", [], value=-6.0), variable("high", [], value=6.0), name="y")
    return {"x": x}, {"y": y}


@saved_model_v1(at="1.12 2.4 2.12")
def v1_attention(folder):
    x = v1.placeholder(tf.float32, [None, 5, 4], "x")
    flat = tf.reshape(x, [-1, 4])
    q, k, v = [tf.reshape(dense(flat, 4, name), [-1, 5, 2, 2]) for name in ("q", "k", "v")]
    scores = tf.einsum("bqhd,bkhd->bhqk", q, k) / 2.0
    mixed = tf.einsum("bhqk,bkhd->bqhd", tf.nn.softmax(scores), v)
    centre, spread = (
        tf.nn.moments(mixed, [-1], keep_dims=True)
        if recipe.RELEASE < (2, 0)
        else tf.nn.moments(mixed, [-1], keepdims=True)
    )
    y = v1.nn.batch_normalization(mixed, centre, spread, None, None, 1e-6)
    return {"x": x}, {"y": tf.identity(y, "y")}


@saved_model_v1(at="1.4 2.0 2.15")
def v1_embedding(folder):
    ids = v1.placeholder(tf.int64, [None, 3], "ids")
    table = variable("table", [10, 4], partitioner=v1.fixed_size_partitioner(2))
    found = (
        tf.nn.embedding_lookup(table, ids)
        if recipe.RELEASE < (2, 0)
        else v1.nn.embedding_lookup(table, ids, partition_strategy="mod")
    )
    return {"ids": ids}, {"y": tf.reduce_sum(found, 1, name="y")}


@saved_model_v1(at="1.15 2.7 2.21")
def v1_mixed_precision(folder):
    x = v1.placeholder(tf.float32, [None, 4], "x")
    half = variable("half", [4, 2], dtype=tf.float16)
    brain = variable("brain", [2, 2], dtype=tf.bfloat16, resource=True)
    y = tf.matmul(tf.cast(x, tf.float16), half)
    return {"x": x}, {"y": tf.cast(y, tf.float32, name="y"), "b": tf.cast(brain, tf.float32, name="b")}


@saved_model_v1(at="1.12 1.15 2.4 2.12")
def v1_dtypes(folder):
    x = v1.placeholder(tf.float32, [], "x")
    kinds = [tf.float64, tf.int8, tf.uint8, tf.int16, tf.int32, tf.int64, tf.bool, tf.complex64, tf.uint16]
    made = [
        v1.get_variable(kind.name, initializer=np.ones([2, 3], kind.as_numpy_dtype), use_resource=True)
        for kind in kinds
    ]
    words = v1.get_variable(
        "words", initializer=np.array(["a", "bc"], dtype=object), dtype=tf.string, use_resource=False
    )
    outputs = {kind.name: tf.identity(item) for kind, item in zip(kinds, made)}
    outputs["words"] = tf.identity(words)
    return {"x": x}, outputs


if __name__ == "__main__":
    recipe.main()
