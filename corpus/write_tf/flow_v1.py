"""Session SavedModels with control flow, functions, gradients of functions and Python callbacks."""

import recipe
from recipe import dense, saved_model_v1, tf, v1, variable


def flow_v2(on):
    """Choose If/While (on) or Switch/Merge/Enter/Exit (off) where the release has the choice."""
    name = ("enable" if on else "disable") + "_control_flow_v2"
    if hasattr(v1, name):
        getattr(v1, name)()


@saved_model_v1(at="1.4 1.15 2.4 2.15 2.21")
def v1_while(folder):
    flow_v2(False)
    x = v1.placeholder(tf.float32, [None, 2], "x")
    w = variable("w", [2, 2])
    _, inner = v1.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.matmul(a, w)), [tf.constant(0), x])
    _, outer = v1.while_loop(
        lambda i, a: tf.less(i, 2),
        lambda i, a: (i + 1, v1.while_loop(lambda j, b: j < i, lambda j, b: (j + 1, b * 2.0), [tf.constant(0), a])[1]),
        [tf.constant(0), inner],
        swap_memory=True,
        parallel_iterations=1,
    )
    gradient = tf.gradients(inner, w)[0] if recipe.RELEASE < (2, 0) else v1.gradients(inner, w)[0]
    return {"x": x}, {"y": tf.identity(outer, "y"), "gradient": gradient}


@saved_model_v1(at="1.4 1.15 2.0 2.12")
def v1_cond(folder):
    flow_v2(False)
    x = v1.placeholder(tf.float32, [None], "x")
    flag = v1.placeholder(tf.bool, [], "flag")
    w = variable("w", [])
    y = v1.cond(flag, lambda: v1.assign_add(w, 1.0) * x, lambda: x - 1.0)
    z = v1.case([(tf.reduce_sum(x) > 1.0, lambda: y * 2.0), (flag, lambda: y)], default=lambda: y - 1.0)
    return {"x": x, "flag": flag}, {"y": tf.identity(z, "y")}


@saved_model_v1(at="1.15 2.0 2.4 2.10 2.18", since="1.13")
def v1_flow_v2(folder):
    flow_v2(True)
    x = v1.placeholder(tf.float32, [None, 2], "x")
    w = variable("w", [2, 2], resource=True)
    y = v1.cond(tf.reduce_sum(x) > 0.0, lambda: tf.matmul(x, w), lambda: x)
    _, z = v1.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a @ w), [tf.constant(0), y])
    return {"x": x}, {"y": tf.identity(z, "y")}


@saved_model_v1(at="1.4 1.12 1.15 2.3 2.15")
def v1_tensor_array(folder):
    flow_v2(False)
    x = v1.placeholder(tf.float32, [3], "x")
    array = tf.TensorArray(tf.float32, size=3).unstack(x)
    _, filled = v1.while_loop(
        lambda i, a: i < 3,
        lambda i, a: (i + 1, a.write(i, array.read(i) * 2.0)),
        [tf.constant(0), tf.TensorArray(tf.float32, size=3)],
    )
    return {"x": x}, {"y": tf.identity(filled.stack(), "y"), "map": v1.map_fn(lambda e: e + 1.0, x)}


@saved_model_v1(at="1.4 1.12 2.0 2.10")
def v1_higher_order(folder):
    flow_v2(False)
    x = v1.placeholder(tf.float32, [None, 2], "x")
    y = v1.scan(lambda a, b: a + b, x)
    z = v1.foldl(lambda a, b: a * b, x)
    return {"x": x}, {"y": tf.identity(y, "y"), "z": z}


@saved_model_v1(at="1.4 1.12 1.15 2.4 2.15")
def v1_defun(folder):
    """Functions of TensorFlow 1: called by name, with SymbolicGradient for their gradient."""
    from tensorflow.python.framework import function

    @function.Defun(tf.float32, tf.float32, func_name="scale")
    def scale(a, b):
        return tf.nn.relu(a * b)

    @function.Defun(tf.float32, tf.float32, func_name="twice")
    def twice(a, b):
        return scale(scale(a, b), b)

    x = v1.placeholder(tf.float32, [None, 2], "x")
    w = variable("w", [2])
    y = twice(x, w)
    return {"x": x}, {"y": tf.identity(y, "y"), "gradient": v1.gradients(y, [w])[0]}


@saved_model_v1(at="1.12 1.15 2.4 2.12", since="1.7")
def v1_custom_gradient(folder):
    @tf.custom_gradient
    def clipped(a):
        return tf.identity(a), lambda grad: tf.clip_by_value(grad, -1.0, 1.0)

    x = v1.placeholder(tf.float32, [None, 4], "x")
    y = clipped(dense(x, 2, "logits", resource=True))
    return {"x": x}, {"y": tf.identity(y, "y")}


@saved_model_v1(at="1.4 1.15 2.3 2.18")
def v1_py_func(folder):
    x = v1.placeholder(tf.float32, [None], "x")
    y = (tf.numpy_function if hasattr(tf, "numpy_function") else tf.py_func)(lambda a: a + 1, [x], tf.float32)
    return {"x": x}, {"y": tf.identity(y, "y")}


@saved_model_v1(at="1.4 2.4 2.21")
def v1_control_dependencies(folder):
    x = v1.placeholder(tf.float32, [None], "x")
    count = variable("count", [], tf.int32, value=0)
    check = v1.assert_greater(tf.size(x), 0)
    with v1.control_dependencies([check, v1.assign_add(count, 1), tf.no_op("nothing")]):
        y = v1.Print(x, [x], "x is") if hasattr(v1, "Print") else x
    return {"x": x}, {"y": tf.identity(y, "y"), "count": tf.identity(count)}


@saved_model_v1(at="1.12 1.15 2.0 2.15", since="1.12")
def v1_function_tf2(folder):
    """tf.function in a v1 graph: StatefulPartitionedCall with captured variables."""
    wrap = getattr(tf, "function", None) or tf.contrib.eager.defun
    x = v1.placeholder(tf.float32, [None, 2], "x")
    w = variable("w", [2, 2], resource=True)

    @wrap
    def apply(a):
        return tf.nn.relu(tf.matmul(a, w))

    return {"x": x}, {"y": tf.identity(apply(apply(x)), "y")}


if __name__ == "__main__":
    recipe.main()
