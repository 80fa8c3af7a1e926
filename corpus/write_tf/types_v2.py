"""SavedModels and checkpoints of tf.Module with types of their own or of late releases, collectives and odd arguments."""

import collections
import os

import recipe
from modules import saved_module, served, spec
from recipe import RELEASE, case, tf


@saved_module(at="2.8 2.12 2.18 2.21", since="2.8")
def v2_extension_type(folder):
    """An ExtensionType in the signature of a function: what loads it has no such class."""

    class Pair(tf.experimental.ExtensionType):
        __name__ = "acme.Pair"  # what makes it encodable
        first: tf.Tensor
        second: tf.Tensor

    root = tf.Module()
    root.w = tf.Variable(1.0)
    root.add = tf.function(lambda pair: pair.first + pair.second * root.w)
    root.add.get_concrete_function(Pair.Spec(first=spec([2]), second=spec([2])))
    return root, None


@saved_module(at="2.3 2.10 2.21")
def v2_namedtuple(folder):
    Point = collections.namedtuple("Point", "x y")
    root = tf.Module()
    root.swap = tf.function(lambda point: Point(point.y, point.x), input_signature=[Point(spec([]), spec([2]))])
    return root, None


@saved_module(at="2.4 2.15", since="2.3")
def v2_dataset_argument(folder):
    """A dataset and an optional as arguments: variant tensors in the signature."""
    root = tf.Module()
    root.total = tf.function(
        lambda data: data.reduce(0.0, lambda a, b: a + b), input_signature=[tf.data.DatasetSpec(spec([]))]
    )
    return root, None


@saved_module(at="2.4 2.8 2.12 2.21", since="2.1")
def v2_variable_argument(folder):
    """A variable as an argument, as in the steps that Keras's optimizers compile: its type has another argument since 2.11."""
    root = tf.Module()
    root.scaled = tf.function(lambda x, variable: x * variable)
    root.scaled.get_concrete_function(spec([2]), tf.Variable([1.0, 2.0]))
    return root, None


@saved_module(at="2.0 2.4 2.12 2.21")
def v2_python_arguments(folder):
    """Arguments of every Python type that a signature can hold, and keyword only ones."""

    @tf.function
    def apply(x, mode="fast", factor=2, ratio=0.5, flag=True, nothing=None, dtype=tf.float32, shape=(1, 2), **extra):
        return tf.reshape(tf.cast(x, dtype), shape) * factor * ratio + extra.get("shift", 0.0)

    root = tf.Module()
    apply(tf.ones([2]))
    apply(tf.ones([2]), mode="slow", factor=3, flag=False, shape=(2, 1), shift=tf.constant(1.0))
    root.apply = apply
    return root, None


@saved_module(at="2.13 2.15 2.21", since="2.13")
def v2_late_types(folder):
    """float8 and int4 variables, which older releases do not know."""
    root = tf.Module()
    root.small = tf.Variable(tf.cast([1.0, 2.0], tf.dtypes.experimental.float8_e4m3fn), trainable=False)
    root.nibble = (
        tf.Variable(tf.cast([1, 2], tf.dtypes.experimental.int4), trainable=False)
        if RELEASE >= (2, 15)
        else tf.Variable(1)
    )
    root.serve = tf.function(lambda x: x + tf.cast(root.small, tf.float32), input_signature=[spec([2])])
    return root, root.serve


@saved_module(at="2.4 2.15")
def v2_unsigned_types(folder):
    root = tf.Module()
    root.a, root.b = (
        tf.Variable(tf.cast([1], tf.uint32), trainable=False),
        tf.Variable(tf.cast([1], tf.uint64), trainable=False),
    )
    root.serve = tf.function(lambda x: x + tf.cast(root.a, tf.float32), input_signature=[spec([1])])
    return root, root.serve


@saved_module(at="2.4 2.12")
def v2_collective(folder):
    """A collective operation in a function that nothing runs while loading."""

    def body(x):
        return tf.raw_ops.CollectiveReduce(
            input=x, group_size=2, group_key=1, instance_key=1, merge_op="Add", final_op="Id", subdiv_offsets=[0]
        )

    return served(body, spec([2]))


@saved_module(at="2.0 2.4 2.10 2.18")
def v2_signature_only_call(folder):
    """A concrete function as the signature, with a default batch of one and an unused argument."""
    root = tf.Module()
    root.w = tf.Variable([[1.0], [2.0]])
    apply = tf.function(lambda x, unused: {"y": x @ root.w})
    return root, apply.get_concrete_function(spec([None, 2], name="x"), spec([], tf.int32, "unused"))


@saved_module(at="2.4 2.10 2.21")
def v2_list_operations(folder):
    """Tensor lists, optionals and switches as autograph leaves them, inside nested loops."""

    def body(n):
        rows = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
        for i in tf.range(n):
            if i % 2 == 0:
                continue
            for j in tf.range(i):
                if j > 3:
                    break
                rows = rows.write(rows.size(), i * j)
        return rows.stack()

    return served(body, spec([], tf.int32))


@case("checkpoint", entry="ckpt-1", since="2.13", at="2.13 2.21")
def object_late_types(folder):
    root = tf.Module()
    root.small = tf.Variable(tf.cast([1.0, 2.0], tf.dtypes.experimental.float8_e5m2))
    root.plain = tf.Variable([1.0])
    tf.train.Checkpoint(root=root).save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt-1", since="2.0", at="2.7 2.18")
def object_unsigned_types(folder):
    root = tf.Module()
    root.a, root.b = tf.Variable(tf.cast([1], tf.uint32)), tf.Variable(tf.cast([1], tf.uint64))
    tf.train.Checkpoint(root=root).save(os.path.join(folder, "ckpt"))


if __name__ == "__main__":
    recipe.main()
