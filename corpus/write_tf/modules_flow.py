"""SavedModels of tf.Module with control flow, nested functions, gradients, Python callbacks, XLA and raw operations."""

import recipe
from modules import Dense, saved_module, served, spec
from recipe import RELEASE, tf


@saved_module(at="2.0 2.4 2.10 2.15 2.21")
def v2_control_flow(folder):
    root = tf.Module()
    root.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    def body(x, branch):
        net = tf.cond(tf.reduce_sum(x) > 0.0, lambda: x @ root.w, lambda: x)
        net = tf.switch_case(branch, [lambda: net + 1.0, lambda: net @ root.w, lambda: tf.zeros_like(net)])
        _, net = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a @ root.w), [tf.constant(0), net])
        return net

    root.serve = tf.function(body, input_signature=[spec([None, 2]), spec([], tf.int32)])
    return root, root.serve


@saved_module(at="2.3 2.12")
def v2_autograph(folder):
    root = tf.Module()
    root.total = tf.Variable(0.0)

    def body(x):
        for row in x:
            if tf.reduce_sum(row) > 1.0:
                root.total.assign_add(tf.reduce_sum(row))
            else:
                tf.print("small", row)
        while root.total > 10.0:
            root.total.assign(root.total / 2.0)
        tf.debugging.assert_greater(tf.shape(x)[0], 0)
        return root.total.read_value()

    root.serve = tf.function(body, input_signature=[spec([None, 2])])
    return root, root.serve


@saved_module(at="2.0 2.4 2.15")
def v2_map_fn(folder):
    def body(x):
        mapped = tf.map_fn(lambda row: row * 2.0, x)
        return tf.scan(lambda a, b: a + b, mapped) + tf.vectorized_map(lambda row: row + 1.0, x)

    return served(body, spec([3, 2]))


@saved_module(at="2.0 2.4 2.10 2.21")
def v2_nested_functions(folder):
    """Functions that call functions, one shared, one that nothing reaches from the signature."""
    root = tf.Module()
    root.w = tf.Variable(2.0)
    root.inner = tf.function(lambda x: x * root.w)
    root.middle = tf.function(lambda x: root.inner(x) + root.inner(x + 1.0))
    root.serve = tf.function(lambda x: root.middle(root.inner(x)), input_signature=[spec([None])])
    root.other = tf.function(lambda x: root.middle(x) - 1.0, input_signature=[spec([None], tf.float32)])
    return root, root.serve


@saved_module(at="2.1 2.4 2.15")
def v2_custom_gradient(folder):
    @tf.custom_gradient
    def clipped(a):
        return tf.identity(a), lambda grad: tf.clip_by_value(grad, -1.0, 1.0)

    return served(lambda x: clipped(x * 2.0), spec([None]))


@saved_module(at="2.7 2.12 2.18", since="2.6")
def v2_saved_gradient(folder):
    @tf.custom_gradient
    def clipped(a):
        return tf.identity(a), lambda grad: tf.clip_by_value(grad, -1.0, 1.0)

    module, signature = served(lambda x: clipped(x * 2.0), spec([None]))
    return module, signature, {"experimental_custom_gradients": True}


@saved_module(at="2.0 2.4 2.12 2.21")
def v2_py_function(folder):
    """Python callbacks: they load, and fail when called where the Python function is not."""

    def body(x):
        a = tf.numpy_function(lambda v: v + 1, [x], tf.float32)
        return a + tf.py_function(lambda v: v * 2, [x], tf.float32)

    return served(body, spec([None]))


@saved_module(at="2.1 2.4 2.10 2.18", since="2.1")
def v2_jit_compile(folder):
    name = "jit_compile" if RELEASE >= (2, 5) else "experimental_compile"
    root = tf.Module()
    root.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    root.fast = tf.function(lambda x: tf.tanh(x @ root.w), **{name: True})
    root.serve = tf.function(lambda x: root.fast(x), input_signature=[spec([None, 2])])
    return root, root.serve


@saved_module(at="2.0 2.4 2.12 2.21")
def v2_raw_cudnn(folder):
    """A GPU-only op in a function: loads on a CPU, fails when called."""

    def body(x):
        state = tf.zeros([1, 1, 4])
        return tf.raw_ops.CudnnRNN(input=x, input_h=state, input_c=state, params=tf.zeros([180]), is_training=False)[0]

    return served(body, spec([5, 1, 3]))


@saved_module(at="2.0 2.4 2.15")
def v2_gpu_pinned(folder):
    root = Dense(4, 2)

    def body(x):
        with tf.device("/GPU:0"):
            return root(x) * 2.0

    root.serve = tf.function(body, input_signature=[spec([None, 4])])
    return root, root.serve


@saved_module(at="2.4 2.12")
def v2_tpu_pinned(folder):
    def body(x):
        with tf.device("/job:worker/replica:0/task:0/device:TPU:0"):
            return x * 2.0

    return served(body, spec([None]))


@saved_module(at="2.12 2.15 2.18 2.21", since="2.12")
def v2_xla_call_module(folder):
    """What jax2tf leaves: an XlaCallModule with a payload that only a call would read."""
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops

    maximum = {(2, 12): 4, (2, 15): 8}.get(RELEASE, 9)

    def body(x):
        extra = {"dim_args_spec": []} if RELEASE < (2, 14) else {"platforms": ["CPU"]}
        return gen_xla_ops.xla_call_module(
            args=[x], version=maximum, module=b"MLIR", Sout=[tf.TensorShape([None])], Tout=[tf.float32], **extra
        )[0]

    return served(body, spec([None]))


@saved_module(at="2.0 2.4 2.10 2.18")
def v2_mirrored(folder):
    """Variables made under MirroredStrategy on one CPU."""
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    with strategy.scope():
        root = Dense(4, 2)
        root.sync = tf.Variable(
            1.0,
            trainable=False,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.MEAN,
        )
    root.serve = tf.function(lambda x: root(x), input_signature=[spec([None, 4])])
    return root, root.serve


@saved_module(at="2.7 2.15", since="2.4")
def v2_mirrored_expanded(folder):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    with strategy.scope():
        root = Dense(4, 2)
    root.serve = tf.function(lambda x: root(x), input_signature=[spec([None, 4])])
    return root, root.serve, {"experimental_variable_policy": "expand_distributed_variables"}


@saved_module(at="2.3 2.10 2.21")
def v2_numerics(folder):
    def body(x, ids):
        top = tf.math.top_k(x, 2)
        return {
            "top": top.values,
            "solve": tf.linalg.solve(x + tf.eye(4), x),
            "svd": tf.linalg.svd(x, compute_uv=False),
            "fft": tf.abs(tf.signal.fft(tf.cast(x, tf.complex64))),
            "stft": tf.abs(tf.signal.stft(x[0], 2, 1)),
            "einsum": tf.einsum("ij,jk->ik", x, x),
            "segment": tf.math.unsorted_segment_sum(x, ids, 4),
            "bins": tf.math.bincount(ids, minlength=4),
            "where": tf.where(x > 0.0, x, tf.zeros_like(x)),
            "scatter": tf.tensor_scatter_nd_update(x, [[0, 0]], [1.0]),
            "searched": tf.searchsorted(tf.constant([0.0, 1.0]), x[0]),
            "special": tf.math.lgamma(x) + tf.math.erf(x) + tf.math.digamma(x),
            "sort": tf.sort(x),
            "roll": tf.roll(x, 1, 0),
            "cast": tf.cast(x, tf.int8),
        }

    return served(body, spec([4, 4], name="x"), spec([4], tf.int32, "ids"))


@saved_module(at="2.0 2.4 2.15")
def v2_random(folder):
    root = tf.Module()
    if RELEASE >= (2, 4):
        root.source = tf.random.Generator.from_seed(1)

    def body(n):
        values = tf.random.stateless_uniform([2], [1, 2]) + tf.random.normal([2]) + tf.random.truncated_normal([2])
        return values + root.source.normal([2]) if RELEASE >= (2, 4) else values

    root.serve = tf.function(body, input_signature=[spec([], tf.int32)])
    return root, root.serve


if __name__ == "__main__":
    recipe.main()
