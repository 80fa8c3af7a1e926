"""Object-based checkpoints: modules, optimizer slots, containers, tables, iterators, strings, many types."""

import os

import recipe
from recipe import RELEASE, case, tf


def module(width=4, units=2):
    root = tf.Module()
    root.w = tf.Variable(tf.ones([width, units]), name="w")
    root.b = tf.Variable(tf.zeros([units]), name="b")
    return root


@case("checkpoint", entry="ckpt-1", since="2.0")
def object_module(folder):
    tf.train.Checkpoint(model=module(), step=tf.Variable(1, dtype=tf.int64)).save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt-1", since="2.0", at="2.0 2.4 2.10 2.12 2.18")
def object_optimizer(folder):
    """Optimizer slots: of the old kind as .OPTIMIZER_SLOT, of the new as plain variables."""
    root = module()
    optimizer = tf.keras.optimizers.Adam(0.1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.ones([1, 4]) @ root.w + root.b)
    held = [root.w, root.b]
    optimizer.apply_gradients(zip(tape.gradient(loss, held), held))
    tf.train.Checkpoint(model=root, optimizer=optimizer).save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt", since="2.0", at="2.0 2.7 2.15")
def object_containers(folder):
    root = tf.Module()
    root.items = [tf.Variable(1.0), module()]
    root.named = {"a": tf.Variable([1, 2]), "b": [tf.Variable("text")]}
    root.pair = (module(2, 1), tf.Variable(2.0))
    saver = tf.train.Checkpoint(root=root, second=root.items[1])
    getattr(saver, "write", saver.save)(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt-1", since="2.0", at="2.3 2.12 2.21")
def object_dtypes(folder):
    root = tf.Module()
    for kind in "float16 float64 int8 uint8 int16 uint16 int32 int64 bool complex64 complex128 bfloat16".split():
        setattr(root, kind, tf.Variable(tf.cast([0, 1, 1], getattr(tf, kind))))
    root.text = tf.Variable([["a", "long " * 50], ["", "b"]])
    root.empty = tf.Variable(tf.zeros([0]))
    tf.train.Checkpoint(root=root).save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt-1", since="2.3", at="2.3 2.10 2.18")
def object_table_iterator(folder):
    """A dense hash table and a dataset iterator: a variant tensor with its own layout."""
    table = tf.lookup.experimental.DenseHashTable(tf.int64, tf.int64, 0, -1, -2)
    table.insert(tf.constant([1], tf.int64), tf.constant([5], tf.int64))
    iterator = iter(tf.data.Dataset.range(10).batch(2))
    next(iterator)
    tf.train.Checkpoint(table=table, iterator=iterator, v=tf.Variable(1.0)).save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="", since="2.0", at="2.4 2.15")
def object_manager(folder):
    """A folder kept by CheckpointManager: three of five, the state file names the last."""
    root = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0]))
    manager = tf.train.CheckpointManager(root, folder, max_to_keep=3)
    for _ in range(5):
        root.v.assign_add([1.0, 1.0])
        manager.save()


@case("checkpoint", entry="ckpt-1", since="2.0", at="2.4 2.15")
def object_empty(folder):
    tf.train.Checkpoint().save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt-1", since="2.0", at="2.0 2.12")
def object_many(folder):
    """Enough names for several blocks of the index."""
    root = tf.Module()
    root.layers = [module(2, 1) for _ in range(80)]
    tf.train.Checkpoint(root=root).save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt-1", since="2.0", at="2.4 2.10")
def object_mirrored(folder):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    with strategy.scope():
        root = module()
    tf.train.Checkpoint(model=root).save(os.path.join(folder, "ckpt"))


@case("checkpoint", entry="ckpt-1", since="2.10", at="2.15 2.21")
def object_shards(folder):
    """Several shards from one process."""
    options = tf.train.CheckpointOptions()
    if hasattr(tf.train.experimental, "MaxShardSizePolicy"):
        options = tf.train.CheckpointOptions(
            experimental_sharding_callback=tf.train.experimental.MaxShardSizePolicy(max_shard_size=4096)
        )
    root = tf.Module()
    root.layers = [module(16, 16) for _ in range(12)]
    tf.train.Checkpoint(root=root).save(os.path.join(folder, "ckpt"), options=options)


@case("checkpoint", entry="ckpt-1", since="2.0", at="2.0 2.10")
def object_random(folder):
    root = tf.train.Checkpoint(v=tf.Variable(tf.ones([3, 3])))
    if RELEASE >= (2, 4):
        root.source = tf.random.Generator.from_seed(3)
    root.save(os.path.join(folder, "ckpt"))


if __name__ == "__main__":
    recipe.main()
