"""SavedModels of tf.Module: layers, nesting, variables of every type, signatures or none, optimizers, save options."""

import recipe
from recipe import case, tf


def spec(shape, dtype=None, name=None):
    return tf.TensorSpec(shape, dtype or tf.float32, name)


class Dense(tf.Module if hasattr(tf, "Module") else object):
    """x @ w + b."""

    def __init__(self, width, units, name=None):
        super(Dense, self).__init__(name=name)
        self.w = tf.Variable(tf.ones([width, units]) * 0.1, name="w")
        self.b = tf.Variable(tf.zeros([units]), name="b")

    def __call__(self, x):
        return tf.nn.relu(x @ self.w + self.b)


def saved_module(at="all", since="2.0"):
    """Register a writer whose function returns (module, signatures or None[, SaveOptions arguments])."""

    def register(build):
        def write(folder):
            made = build(folder)
            options = {"options": tf.saved_model.SaveOptions(**made[2])} if len(made) > 2 else {}
            tf.saved_model.save(made[0], folder, signatures=made[1], **options)

        write.__name__ = build.__name__
        write.__module__ = build.__module__
        case("saved_model", at, since)(write)
        return build

    return register


def served(body, *specs):
    """A module with `body` as its traced __call__ and default signature."""
    module = tf.Module()
    module.serve = tf.function(body, input_signature=list(specs))
    return module, module.serve


@saved_module()
def v2_dense(folder):
    root = tf.Module()
    root.hidden, root.logits = Dense(4, 3), Dense(3, 2)
    root.serve = tf.function(lambda x: {"y": root.logits(root.hidden(x))}, input_signature=[spec([None, 4], name="x")])
    return root, root.serve


@saved_module(at="2.0 2.4 2.10 2.18")
def v2_no_signature(folder):
    root = Dense(4, 2)
    root.apply = tf.function(lambda x: root(x), input_signature=[spec([None, 4])])
    return root, None


@saved_module(at="2.3 2.15")
def v2_untraced(folder):
    """Functions that were never called: a function object without concrete functions."""
    root = Dense(4, 2)
    root.apply = tf.function(lambda x, training=False: root(x))
    return root, None


@saved_module(at="2.0 2.7 2.15")
def v2_variables_only(folder):
    return Dense(4, 2), None


@saved_module(at="2.4 2.12")
def v2_empty(folder):
    return tf.Module(), None


@saved_module(at="2.0 2.4 2.12 2.21")
def v2_no_variables(folder):
    return served(lambda x: x * 2.0 + 1.0, spec([None]))


@saved_module(at="2.0 2.4 2.12 2.18")
def v2_conv(folder):
    root = tf.Module()
    root.k, root.d, root.b = (
        tf.Variable(tf.ones([3, 3, 3, 4])),
        tf.Variable(tf.ones([3, 3, 4, 2])),
        tf.Variable(tf.zeros([8])),
    )
    root.mean, root.var = tf.Variable(tf.zeros([8])), tf.Variable(tf.ones([8]), trainable=False)

    def body(x):
        net = tf.nn.relu(tf.nn.conv2d(x, root.k, 2, "SAME"))
        net = tf.nn.bias_add(tf.nn.depthwise_conv2d(net, root.d, [1, 1, 1, 1], "SAME"), root.b)
        net = tf.compat.v1.nn.fused_batch_norm(net, root.var, root.b, root.mean, root.var, is_training=False)[0]
        net = tf.nn.max_pool2d(net, 2, 2, "VALID")
        return tf.reduce_mean(tf.nn.gelu(net) if hasattr(tf.nn, "gelu") else net, [1, 2])

    root.serve = tf.function(body, input_signature=[spec([None, 8, 8, 3])])
    return root, root.serve


@saved_module(at="2.3 2.10 2.21")
def v2_conv_nchw(folder):
    root = tf.Module()
    root.k = tf.Variable(tf.ones([3, 3, 3, 4]))
    root.serve = tf.function(
        lambda x: tf.nn.conv2d(x, root.k, 1, "SAME", data_format="NCHW"), input_signature=[spec([None, 3, 8, 8])]
    )
    return root, root.serve


@saved_module(at="2.0 2.4 2.10 2.18")
def v2_recurrent(folder):
    root = tf.Module()
    root.w, root.u = tf.Variable(tf.ones([3, 4])), tf.Variable(tf.ones([4, 4]) * 0.1)

    def body(x):
        state = tf.zeros([tf.shape(x)[0], 4])
        out = tf.TensorArray(tf.float32, size=5)
        for step in tf.range(5):
            state = tf.tanh(x[:, step] @ root.w + state @ root.u)
            out = out.write(step, state)
        return tf.transpose(out.stack(), [1, 0, 2])

    root.serve = tf.function(body, input_signature=[spec([None, 5, 3])])
    return root, root.serve


@saved_module(at="2.0 2.4 2.12 2.21")
def v2_dtypes(folder):
    root = tf.Module()
    for kind in "float16 float64 int8 uint8 int16 uint16 int32 int64 bool complex64 complex128 bfloat16".split():
        setattr(root, "v_" + kind, tf.Variable(tf.cast([0, 1], getattr(tf, kind)), trainable=False))
    root.words = tf.Variable(["a", "bc"], trainable=False)
    root.scalar = tf.Variable(1.0)
    root.empty = tf.Variable(tf.zeros([0, 2]))
    root.open = tf.Variable([1.0, 2.0], shape=tf.TensorShape([None]))
    root.serve = tf.function(lambda x: x + tf.cast(root.v_int8, tf.float32), input_signature=[spec([2])])
    return root, root.serve


@saved_module(at="2.0 2.4 2.15")
def v2_many_signatures(folder):
    root = Dense(4, 2)
    root.one = tf.function(lambda x: {"y": root(x)}, input_signature=[spec([None, 4], name="x")])
    root.two = tf.function(
        lambda x, scale: {"y": root(x) * scale, "x": x},
        input_signature=[spec([None, 4], name="x"), spec([], name="scale")],
    )
    root.text = tf.function(
        lambda t: {"length": tf.strings.length(t)}, input_signature=[spec([None], tf.string, "text")]
    )
    root.none = tf.function(lambda: {"w": root.w.read_value()}, input_signature=[])
    return root, {"serving_default": root.one, "two": root.two, "text": root.text, "none": root.none}


@saved_module(at="2.1 2.4 2.10 2.18")
def v2_structures(folder):
    """Lists, dicts, tuples and shared children; a function with default and keyword arguments, traced several ways."""
    root = tf.Module()
    root.layers = [Dense(4, 4), Dense(4, 4)]
    root.named = {"a": Dense(4, 2), "b": root.layers[0]}
    root.pair = (tf.Variable(1.0), tf.Variable(2.0))
    root.shared = root.layers[1].w

    @tf.function
    def apply(inputs, training=False, scale=1.0):
        net = root.named["a"](root.layers[1](root.layers[0](inputs["x"])))
        return {"y": net * scale, "parts": (net, [net])} if training else net

    apply({"x": tf.ones([1, 4])})
    apply({"x": tf.ones([1, 4])}, training=True, scale=2.0)
    root.apply = apply
    return root, None


@saved_module(at="2.0 2.4 2.6 2.10 2.12 2.15 2.21")
def v2_optimizer_slots(folder):
    """A module that keeps its Keras optimizer: slot variables in the object graph."""
    root = Dense(4, 2)
    keras = tf.keras.optimizers
    root.optimizer = (keras.legacy.Adam if hasattr(keras, "legacy") else keras.Adam)(0.1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(root(tf.ones([1, 4])))
    held = [root.w, root.b]
    root.optimizer.apply_gradients(zip(tape.gradient(loss, held), held))
    root.serve = tf.function(lambda x: root(x), input_signature=[spec([None, 4])])
    return root, root.serve


@saved_module(at="2.4 2.15")
def v2_train_step(folder):
    """A function that takes gradients and assigns: gradients of functions in the library."""
    root = Dense(4, 2)
    root.count = tf.Variable(0, dtype=tf.int64)

    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(root(x)))
        for held, grad in zip([root.w, root.b], tape.gradient(loss, [root.w, root.b])):
            held.assign_sub(0.1 * grad)
        root.count.assign_add(1)
        return loss

    root.step = tf.function(step, input_signature=[spec([None, 4])])
    return root, root.step


@saved_module(at="2.3 2.10 2.18", since="2.3")
def v2_aliases(folder):
    module = Dense(4, 2)
    module.apply = tf.function(lambda x: module(x), input_signature=[spec([None, 4])])
    return module, module.apply, {"function_aliases": {"applied": module.apply}}


@saved_module(at="2.4 2.12", since="2.4")
def v2_save_devices(folder):
    module = Dense(4, 2)
    module.serve = tf.function(lambda x: module(x), input_signature=[spec([None, 4])])
    return module, module.serve, {"experimental_variable_policy": "save_variable_devices"}


@saved_module(at="2.12 2.18", since="2.4")
def v2_no_debug_info(folder):
    module = Dense(4, 2)
    module.serve = tf.function(lambda x: module(x), input_signature=[spec([None, 4])])
    return module, module.serve, {"save_debug_info": False}


@saved_module(at="2.3 2.15")
def v2_checkpoint_root(folder):
    """A tf.train.Checkpoint as the root, with a save counter and a step."""
    inner = Dense(4, 2)
    root = tf.train.Checkpoint(model=inner, step=tf.Variable(3, dtype=tf.int64))
    root.serve = tf.function(lambda x: inner(x), input_signature=[spec([None, 4])])
    return root, root.serve


@saved_module(at="2.4 2.10")
def v2_loaded_again(folder):
    """A SavedModel that was loaded and saved once more."""
    first = folder + "_first"
    module = Dense(4, 2)
    module.serve = tf.function(lambda x: module(x), input_signature=[spec([None, 4])])
    tf.saved_model.save(module, first, signatures=module.serve)
    again = tf.saved_model.load(first)
    return again, again.signatures


if __name__ == "__main__":
    recipe.main()
