"""GraphDefs: frozen networks, with quantization, loops, functions and tables, binary and text."""

import recipe
from recipe import case, dense, graph, tf, v1, variable


def freeze(folder, outputs, name="graph.pb", as_text=False, **options):
    """Turn the default graph's variables into constants and write what leads to `outputs`."""
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        chosen = getattr(v1.graph_util, "convert_variables_to_constants")
        frozen = chosen(session, v1.get_default_graph().as_graph_def(), outputs, **options)
    v1.train.write_graph(frozen, folder, name, as_text=as_text)


def network():
    x = v1.placeholder(tf.float32, [None, 8, 8, 3], "x")
    net = v1.nn.conv2d(x, variable("conv", [3, 3, 3, 4]), strides=[1, 2, 2, 1], padding="SAME")
    net = v1.nn.max_pool(tf.nn.relu6(net), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    net = tf.reshape(net, [-1, 16])
    return tf.nn.softmax(dense(net, 2, "logits"), name="y")


@case("graph_def", entry="graph.pb")
def frozen_conv(folder):
    with graph():
        network()
        freeze(folder, ["y"])


@case("graph_def", entry="graph.pbtxt", at="1.4 1.15 2.12")
def frozen_text(folder):
    with graph():
        network()
        freeze(folder, ["y"], "graph.pbtxt", as_text=True)


@case("graph_def", entry="graph.pb", at="1.4 2.4")
def frozen_gpu(folder):
    with graph(), v1.device("/gpu:0"):
        x = v1.placeholder(tf.float32, [None, 4], "x")
        tf.add(tf.matmul(x, tf.ones([4, 2])), 1.0, name="y")
        v1.train.write_graph(v1.get_default_graph(), folder, "graph.pb", as_text=False)


@case("graph_def", entry="graph.pb", at="1.12 1.15 2.18")
def frozen_quantized(folder):
    with graph():
        x = v1.placeholder(tf.float32, [None, 4], "x")
        fake = tf if recipe.RELEASE < (1, 13) else tf.quantization
        net = fake.fake_quant_with_min_max_vars(dense(x, 2, "a"), -6.0, 6.0)
        parts = fake.quantize(net, -6.0, 6.0, tf.quint8)
        fake.dequantize(parts[0], parts[1], parts[2], name="y")
        freeze(folder, ["y"])


@case("graph_def", entry="graph.pb", at="1.4 1.15 2.10")
def frozen_loop(folder):
    if hasattr(v1, "disable_control_flow_v2"):
        v1.disable_control_flow_v2()
    with graph():
        x = v1.placeholder(tf.float32, [None, 2], "x")
        w = variable("w", [2, 2])
        loop = v1.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.matmul(a, w)), [tf.constant(0), x])
        tf.identity(loop[1], name="y")
        freeze(folder, ["y"])


@case("graph_def", entry="graph.pb", at="1.4 1.12 2.4")
def whole_training_graph(folder):
    """Not frozen: variables, gradients and a saver, as tf.train.write_graph leaves them."""
    with graph():
        x = v1.placeholder(tf.float32, [None, 4], "x")
        loss = tf.reduce_mean(dense(x, 2, "logits"))
        v1.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
        v1.train.Saver()
        v1.train.write_graph(v1.get_default_graph(), folder, "graph.pb", as_text=False)


@case("graph_def", entry="graph.pb", at="2.0 2.4 2.12 2.21", since="2.0")
def frozen_function(folder):
    """A concrete function with its calls, frozen by convert_variables_to_constants_v2."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    @tf.function
    def inner(a):
        return tf.nn.relu(a @ w)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def apply(x):
        return tf.cond(tf.reduce_sum(x) > 0.0, lambda: inner(x), lambda: x)

    frozen = convert_variables_to_constants_v2(apply.get_concrete_function(), lower_control_flow=False)
    v1.train.write_graph(frozen.graph.as_graph_def(), folder, "graph.pb", as_text=False)


@case("graph_def", entry="graph.pb", at="2.0 2.7 2.15", since="2.0")
def function_library(folder):
    """The graph of a function with calls, variables and a loop: library and resource arguments kept."""
    w = tf.Variable(1.0)

    @tf.function
    def body(i, a):
        return i + 1, a * w

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="x")])
    def apply(x):
        return tf.while_loop(lambda i, a: i < 3, body, [tf.constant(0), x])[1]

    v1.train.write_graph(apply.get_concrete_function().graph.as_graph_def(), folder, "graph.pb", as_text=False)


@case("graph_def", entry="graph.pb", at="1.15 2.15")
def empty_graph(folder):
    with graph():
        tf.no_op("nothing")
        v1.train.write_graph(v1.get_default_graph(), folder, "graph.pb", as_text=False)


@case("graph_def", entry="inference.pb", at="1.12 2.4")
def optimised_graph(folder):
    """Constants folded by hand, control edges, several outputs, an Identity chain, int8 and string constants."""
    with graph():
        x = v1.placeholder(tf.float32, [1, 4], "x")
        a = tf.constant([1, 2, 3], tf.int8, name="bytes")
        s = tf.constant([b"one", b"two"], name="words")
        with v1.control_dependencies([a]):
            parts = tf.split(x, 2, axis=1, name="parts")
        tf.concat([parts[1], parts[0]], 1, name="y")
        tf.size(s, name="n")
        v1.train.write_graph(v1.get_default_graph(), folder, "inference.pb", as_text=False)


if __name__ == "__main__":
    recipe.main()
