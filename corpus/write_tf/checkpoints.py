"""Checkpoints by name: Saver of either format, partitioned, sharded, of many types and many variables, with their .meta."""

import os

import numpy as np
import recipe
from recipe import case, dense, graph, tf, v1, variable


def save(folder, session=None, **options):
    """Initialise and save the default graph's variables to folder/model.ckpt."""
    options.setdefault("write_version", v1.train.SaverDef.V2)
    keep = v1.train.Saver(**options)
    with session or v1.Session() as chosen:
        chosen.run(v1.global_variables_initializer())
        keep.save(chosen, os.path.join(folder, "model.ckpt"))


@case("checkpoint", entry="model.ckpt")
def saver_dense(folder):
    with graph():
        x = v1.placeholder(tf.float32, [None, 4], "x")
        v1.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(dense(x, 2, "logits")))
        save(folder)


@case("checkpoint_v1", entry="model.ckpt", at="1.4 1.12 1.15 2.3 2.10 2.18")
def saver_v1_format(folder):
    with graph():
        dense(v1.placeholder(tf.float32, [None, 4], "x"), 2, "logits")
        variable("count", [], tf.int64, value=3)
        save(folder, write_version=v1.train.SaverDef.V1)


@case("checkpoint", entry="model.ckpt", at="1.4 1.15 2.4 2.15")
def saver_partitioned(folder):
    with graph():
        variable("w", [8, 6], partitioner=v1.fixed_size_partitioner(3))
        variable("u", [4, 6], tf.float64, partitioner=v1.variable_axis_size_partitioner(64, axis=1))
        variable("plain", [2])
        save(folder)


@case("checkpoint", entry="model.ckpt", at="1.4 1.15 2.4 2.15")
def saver_sharded(folder):
    with graph():
        for index in range(3):
            with v1.device("/cpu:%d" % index):
                variable("v%d" % index, [4, 3], value=float(index))
        config = v1.ConfigProto(device_count={"CPU": 3})
        save(folder, v1.Session(config=config), sharded=True)


@case("checkpoint", entry="model.ckpt", at="1.12 2.12")
def saver_sharded_partitioned(folder):
    with graph():
        for index in range(4):
            with v1.device("/cpu:%d" % (index % 2)):
                variable("p%d" % index, [6, 2], partitioner=v1.fixed_size_partitioner(2))
        save(folder, v1.Session(config=v1.ConfigProto(device_count={"CPU": 2})), sharded=True)


@case("checkpoint", entry="model.ckpt", at="1.12 1.15 2.3 2.12 2.21")
def saver_dtypes(folder):
    with graph():
        kinds = "float16 float64 int8 uint8 int16 uint16 int32 int64 bool complex64 complex128 bfloat16".split()
        for kind in kinds:
            dtype = getattr(tf, kind)
            start = tf.cast(tf.constant(np.arange(6).reshape(2, 3) % 2), dtype)
            v1.get_variable(kind, initializer=start, use_resource=True)
        v1.get_variable("words", initializer=tf.constant(["a", "", "a long word " * 20]), use_resource=False)
        v1.get_variable("empty", initializer=tf.zeros([0, 3]), use_resource=True)
        v1.get_variable("scalar", initializer=tf.constant(7.0), use_resource=True)
        save(folder)


@case("checkpoint", entry="model.ckpt", at="1.4 2.4")
def saver_many(folder):
    """Enough names for several blocks of the index."""
    with graph():
        for index in range(160):
            variable("scope_%02d/layer_%03d/kernel" % (index % 7, index), [2])
        save(folder)


@case("checkpoint", entry="model.ckpt-20", at="1.12 2.10")
def saver_steps(folder):
    with graph():
        w = variable("w", [3])
        keep = v1.train.Saver(max_to_keep=2)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            for step in (10, 20, 30):
                session.run(v1.assign_add(w, [1.0, 1.0, 1.0]))
                keep.save(session, os.path.join(folder, "model.ckpt"), global_step=step)


@case("checkpoint", entry="", at="1.15 2.15")
def saver_folder(folder):
    """The folder is what the loader is given; its state file names the latest."""
    with graph():
        dense(v1.placeholder(tf.float32, [None, 4], "x"), 2, "logits")
        save(folder)


@case("checkpoint", entry="model.ckpt", at="1.12 2.4 2.18")
def saver_loop_meta(folder):
    """A .meta with v1 loops, conditions, partitions and collections to rebuild."""
    if hasattr(v1, "disable_control_flow_v2"):
        v1.disable_control_flow_v2()
    with graph():
        x = v1.placeholder(tf.float32, [None, 2], "x")
        w = variable("w", [2, 2], partitioner=v1.fixed_size_partitioner(2))
        whole = tf.convert_to_tensor(w)
        loop = v1.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.matmul(a, whole)), [tf.constant(0), x])
        y = v1.cond(tf.reduce_sum(x) > 0.0, lambda: loop[1], lambda: x)
        v1.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))
        v1.add_to_collection("outputs", y)
        save(folder)


@case("checkpoint", entry="model.ckpt", at="1.4 1.15 2.4")
def saver_gpu_meta(folder):
    with graph():
        with v1.device("/gpu:0"):
            dense(v1.placeholder(tf.float32, [None, 4], "x"), 2, "logits")
        save(folder, v1.Session(config=v1.ConfigProto(allow_soft_placement=True)))


@case("checkpoint", entry="model.ckpt", at="1.15 2.12")
def saver_no_meta(folder):
    with graph():
        variable("w", [2, 3])
        keep = v1.train.Saver(write_version=v1.train.SaverDef.V2)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            keep.save(session, os.path.join(folder, "model.ckpt"), write_meta_graph=False, write_state=False)


@case("checkpoint", entry="model.ckpt", at="1.15 2.3 2.15", since="1.14")
def saver_resource_table(folder):
    """Resource variables and a mutable table, which the saver writes as keys and values."""
    from tensorflow.python.ops import lookup_ops

    with graph():
        variable("w", [2, 3], resource=True)
        table = lookup_ops.MutableHashTable(tf.string, tf.float32, tf.constant(0.0), name="table", checkpoint=True)
        keep = v1.train.Saver()
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            session.run(table.insert(tf.constant(["a", "b"]), tf.constant([1.0, 2.0])))
            keep.save(session, os.path.join(folder, "model.ckpt"))


if __name__ == "__main__":
    recipe.main()
