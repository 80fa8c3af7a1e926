"""Session SavedModels and graphs with input pipelines, contributed operations and callbacks that loading runs."""

import recipe
from recipe import RELEASE, case, dense, graph, saved_model_v1, tf, v1, variable


@saved_model_v1(at="1.4 1.15 2.4 2.12")
def v1_queues(folder):
    """Queues and a queue runner, as input pipelines before tf.data."""
    x = v1.placeholder(tf.float32, [None, 4], "x")
    queue = tf.queue.FIFOQueue(10, [tf.float32], [[4]]) if RELEASE >= (1, 13) else tf.FIFOQueue(10, [tf.float32], [[4]])
    v1.train.add_queue_runner(v1.train.QueueRunner(queue, [queue.enqueue_many([x])]))
    size = queue.size()
    batch = v1.train.batch([tf.constant([1.0, 2.0])], 2)
    return {"x": x}, {"y": tf.identity(dense(x, 2, "logits"), "y"), "size": size, "batch": batch}


@saved_model_v1(at="1.4 1.12 1.15")
def v1_contrib(folder):
    """Operations of tf.contrib, which no later TensorFlow registers."""
    image = v1.placeholder(tf.float32, [1, 4, 4, 1], "image")
    warp = v1.placeholder(tf.float32, [1, 2, 2, 2], "warp")
    from tensorflow.contrib.resampler import resampler

    return {"image": image, "warp": warp}, {"y": tf.identity(resampler(image, warp), "y")}


@saved_model_v1(at="1.4 1.12 1.15")
def v1_contrib_rnn(folder):
    """The block LSTM: contributed in 1.4, of the core later."""
    x = v1.placeholder(tf.float32, [None, 4, 3], "x")
    cell = tf.contrib.rnn.LSTMBlockCell(2)
    outputs, _ = v1.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    return {"x": x}, {"y": tf.identity(outputs, "y")}


@saved_model_v1(at="1.15 2.4 2.15", since="1.13")
def v1_callback_at_load(folder):
    """A main op that calls Python: there is nothing to call in another process."""
    x = v1.placeholder(tf.float32, [None], "x")
    w = variable("w", [])
    call = v1.py_func(lambda: 1.0, [], tf.float32)
    return {"x": x}, {"y": tf.multiply(x, w, name="y")}, {"main_op": tf.group(call.op if hasattr(call, "op") else call)}


@saved_model_v1(at="1.15 2.3 2.18")
def v1_assertion_at_load(folder):
    """A main op with an assertion over a restored variable that holds."""
    x = v1.placeholder(tf.float32, [None], "x")
    w = variable("w", [], resource=True)
    check = v1.assert_greater(w.read_value(), 0.0)
    return {"x": x}, {"y": tf.multiply(x, w, name="y")}, {"main_op": tf.group(check)}


@saved_model_v1(at="1.12 1.15 2.4 2.21")
def v1_summaries(folder):
    x = v1.placeholder(tf.float32, [None, 4], "x")
    y = tf.identity(dense(x, 2, "logits"), "y")
    merged = v1.summary.merge([v1.summary.histogram("y_histogram", y), v1.summary.scalar("mean", tf.reduce_mean(y))])
    return {"x": x}, {"y": y, "summary": merged}


@case("graph_def", entry="graph.pb", at="1.4 1.15 2.3 2.10 2.21")
def graph_normalised(folder):
    """Whatever this release makes of batch normalisation, resizing, padding, equality and quantization."""
    with graph():
        x = v1.placeholder(tf.float32, [1, 8, 8, 3], "x")
        net = v1.nn.fused_batch_norm(x, [1.0] * 3, [0.0] * 3, [0.0] * 3, [1.0] * 3, is_training=False)[0]
        net = v1.image.resize_bilinear(net, [4, 4])
        net = v1.nn.conv2d(v1.pad(net, [[0, 0], [1, 1], [1, 1], [0, 0]]), tf.ones([3, 3, 3, 2]), [1, 1, 1, 1], "VALID")
        same = tf.cast(tf.equal(v1.argmax(net, 3), tf.constant(0, tf.int64)), tf.float32)
        tf.nn.leaky_relu(same, name="y")
        v1.train.write_graph(v1.get_default_graph(), folder, "graph.pb", as_text=False)


@case("graph_def", entry="graph.pb", at="1.4 2.0 2.15")
def graph_strings(folder):
    """A graph with tables, strings and examples, its placeholders unknown in every dimension."""
    with graph():
        text = v1.placeholder(tf.string, name="text")
        parsed = v1.parse_single_example(text, {"a": v1.FixedLenFeature([2], tf.float32)})
        v1.string_to_hash_bucket_fast(v1.as_string(parsed["a"]), 7, name="y")
        v1.train.write_graph(v1.get_default_graph(), folder, "graph.pb", as_text=False)


if __name__ == "__main__":
    recipe.main()
